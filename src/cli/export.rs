//! `raccordo export`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::builder::PossibleValuesParser;
use uuid::Uuid;

use super::body;
use super::open::Opened;
use crate::access::persona::Persona;
use crate::config::Config;
use crate::hub::Hub;
use crate::locale::Locale;
use crate::network::export::{Format, Part, Question};
use crate::network::operator;
use crate::schema;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Write a part of the coordination network, as the public or an organisation may see it.
    Network(Network),
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("scope").required(true))]
pub(super) struct Network {
    /// How the file is written
    #[arg(long, value_parser = PossibleValuesParser::new(Format::ALL.map(Format::extension)))]
    format: String,
    /// A province: abbreviation or ISTAT code
    #[arg(long, group = "scope")]
    province: Option<String>,
    /// A region: ISTAT code
    #[arg(long, group = "scope")]
    region: Option<String>,
    /// What lies around a record, by its global id
    #[arg(long, group = "scope", value_name = "ID")]
    around: Option<String>,
    /// The whole country
    #[arg(long, group = "scope")]
    national: bool,
    /// Steps from the centre or the territory, 1 to 3
    #[arg(long)]
    hops: Option<String>,
    /// Day; today when left out
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["from", "until"])]
    as_of: Option<String>,
    /// All that held on some day from this one on
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<String>,
    /// All that held on some day until this one
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<String>,
    /// Only these kinds of nodes, with commas
    #[arg(long, value_name = "KINDS")]
    node_kinds: Option<String>,
    /// Only these kinds of ties, with commas
    #[arg(long, value_name = "KINDS")]
    tie_kinds: Option<String>,
    /// Of the bodies only these kinds, with commas
    #[arg(long, value_name = "KINDS")]
    organisation_kinds: Option<String>,
    /// Of the projects only those on this node of a programme's tree or below it
    #[arg(long, value_name = "CODE")]
    programme: Option<String>,
    /// Of interventions and projects only those of this territorial plan, by its global id
    #[arg(long, value_name = "ID")]
    plan: Option<String>,
    /// Which table of a CSV file
    #[arg(long, value_parser = PossibleValuesParser::new(Part::ALL.map(Part::as_str)))]
    part: Option<String>,
    /// As whom: public, a persona of the demonstration, or an organisation by its UUID or global id
    #[arg(long = "as", value_name = "WHOM", default_value = "public")]
    whom: String,
    /// Language of the texts in the file
    #[arg(long, default_value = "it", value_parser = PossibleValuesParser::new(["it", "en"]))]
    language: String,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Network {
    fn question(&self) -> anyhow::Result<Question> {
        let national = self.national.then(|| "true".to_owned());
        let parameters = [
            ("province", &self.province),
            ("region", &self.region),
            ("around", &self.around),
            ("national", &national),
            ("hops", &self.hops),
            ("asOf", &self.as_of),
            ("from", &self.from),
            ("until", &self.until),
            ("nodeKinds", &self.node_kinds),
            ("tieKinds", &self.tie_kinds),
            ("organisationKinds", &self.organisation_kinds),
            ("programme", &self.programme),
            ("plan", &self.plan),
            ("part", &self.part),
        ];
        let given = parameters.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
        Question::read(&query, chrono::Local::now().date_naive()).map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// The organisation whose rights count; `None` for the public.
    fn organisation(&self) -> anyhow::Result<Option<Uuid>> {
        if self.whom == "public" {
            return Ok(None);
        }
        let persona = Persona::find(&self.whom).map(|persona| persona.organisation_id());
        match persona.or_else(|| body(&self.whom)) {
            Some(id) => Ok(Some(id)),
            None => bail!("--as: \"{}\" is neither public nor a persona nor an organisation's id", self.whom),
        }
    }
}

pub(super) async fn run(config: &Config, Command::Network(arguments): Command) -> anyhow::Result<ExitCode> {
    let locale = if arguments.language == "en" { Locale::English } else { Locale::Italian };
    // What was called wrongly is told before a database is opened.
    let (question, organisation) = (locale.scope(async { arguments.question() }).await?, arguments.organisation()?);
    let format = Format::of_extension(&arguments.format).context("the command line allows formats only")?;
    let opened = Opened::beside_hub(config).await?;
    let done = async {
        let hub = Hub::start(opened.database.clone(), config.access()?, schema::references()).await?;
        let done = operator::export(&hub, &question, format, organisation, locale, &arguments.out).await;
        hub.stop();
        done
    };
    let done = done.await;
    opened.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}
