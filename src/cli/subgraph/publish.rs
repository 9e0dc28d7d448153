//! `raccordo subgraph publish`

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use serde_json::{Value, json};
use url::Url;

use super::record::{self, Subgraph, Terms, Version};
use super::{read_sdl, told};
use crate::cli::Misuse;
use crate::cli::remote::{Access, Remote};

#[derive(clap::Args)]
#[command(after_help = "A first version needs --url, --purpose, --until, --contact and --description. \
    Of a further one, what is left out is as in the version approved last.")]
pub struct Publish {
    #[command(flatten)]
    access: Access,
    /// Name of the subgraph, e.g. servizi-lazio: its types begin with ServiziLazio, its fields with serviziLazio
    #[arg(long)]
    name: String,
    /// File with its schema; - reads standard input
    #[arg(long, value_name = "FILE")]
    sdl: PathBuf,
    /// Where the service is: https, an address of the open network
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// A field of the hub's that its resolvers may be sent, e.g. Municipality.code; may be given several times: all of them
    #[arg(long = "term", value_name = "TYPE.FIELD")]
    terms: Vec<String>,
    /// Its resolvers are sent nothing but global ids any more
    #[arg(long, conflicts_with = "terms")]
    no_terms: bool,
    /// What it is sent that for
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// Last day on which it takes part
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<NaiveDate>,
    /// Where its keepers are reached, e.g. a functional mailbox
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// What it adds to the graph, in a few sentences
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Check everything against the graph as it is served; change nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(arguments: Publish) -> anyhow::Result<ExitCode> {
    let Publish { access, name, sdl: file, url, terms, no_terms, purpose, until, contact, description, dry_run } =
        arguments;
    let given = Given {
        sdl: read_sdl(&file)?,
        fields: (no_terms || !terms.is_empty()).then_some(terms),
        until: until.map(|day| day.to_string()),
        name,
        url,
        purpose,
        contact,
        description,
        dry_run,
    };
    let hub = access.enter().await?;
    let done = match record::find(&hub, &given.name).await? {
        None => record::change(&hub, "proposeSubgraph", given.first()?).await?,
        Some(known) => match given.further(&hub, &known).await? {
            Some(done) => done,
            None => return Ok(ExitCode::SUCCESS),
        },
    };
    Ok(told::published(done, Some(&file)))
}

/// What was given on the command line.
struct Given {
    name: String,
    sdl: String,
    url: Option<String>,
    /// `None`: as before.
    fields: Option<Vec<String>>,
    purpose: Option<String>,
    until: Option<String>,
    contact: Option<String>,
    description: Option<String>,
    dry_run: bool,
}

impl Given {
    /// The input of a first version.
    ///
    /// # Errors
    /// [`Misuse`]: arguments that it needs are missing.
    fn first(self) -> Result<Value, Misuse> {
        let needed = [
            ("--url", &self.url),
            ("--purpose", &self.purpose),
            ("--until", &self.until),
            ("--contact", &self.contact),
            ("--description", &self.description),
        ];
        let missing: Vec<&str> = needed.iter().filter(|(_, given)| given.is_none()).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            let (name, missing) = (self.name, missing.join(", "));
            return Err(Misuse(format!(
                "the hub has no subgraph {name:?} that you may see: a first version needs {missing}"
            )));
        }
        Ok(json!({
            "name": self.name, "sdl": self.sdl, "routingUrl": self.url, "contact": self.contact,
            "description": self.description, "dryRun": self.dry_run,
            "terms": { "fields": self.fields.unwrap_or_default(), "purpose": self.purpose, "until": self.until },
        }))
    }

    /// Publishes a further version; `None`, and said so, where the last one says the same already.
    async fn further(self, hub: &Remote, known: &Subgraph) -> anyhow::Result<Option<record::Done>> {
        for (argument, given, kept) in
            [("--contact", &self.contact, &known.contact), ("--description", &self.description, &known.description)]
        {
            if given.as_ref().is_some_and(|given| given.trim() != kept) {
                eprintln!("{argument} is left as it was first handed in: {kept}");
            }
        }
        let approved = known.versions.iter().find(|version| version.status == "APPROVED");
        let before = approved.or(known.versions.first());
        let terms = self.terms(before.map(|version| &version.terms));
        let last = known.pending_version.as_ref().or(known.served_version.as_ref());
        if let (Some(last), Some(before)) = (last, before)
            && self.is_like(last, self.url.as_deref().unwrap_or(&before.routing_url), &terms)
        {
            let stands = match known.pending_version {
                Some(_) => "waits for the central department's approval",
                None => "is served",
            };
            println!("{}: version {} says the same and {stands}", known.name, last.number);
            return Ok(None);
        }
        let input = json!({
            "subgraphId": known.id, "expectedVersion": known.version, "dryRun": self.dry_run,
            "sdl": self.sdl, "routingUrl": self.url,
            "terms": { "fields": terms.fields, "purpose": terms.purpose, "until": terms.until },
        });
        record::change(hub, "publishSubgraph", input).await.map(Some)
    }

    /// The terms that are meant: what is not given is as before.
    fn terms(&self, before: Option<&Terms>) -> Terms {
        let kept = |part: fn(&Terms) -> &String| before.map(part).cloned().unwrap_or_default();
        let fields = self.fields.clone().or_else(|| before.map(|before| before.fields.clone()));
        Terms {
            fields: fields.unwrap_or_default(),
            purpose: self.purpose.clone().unwrap_or_else(|| kept(|terms| &terms.purpose)),
            until: self.until.clone().unwrap_or_else(|| kept(|terms| &terms.until)),
        }
    }

    fn is_like(&self, version: &Version, url: &str, terms: &Terms) -> bool {
        let set = |terms: &Terms| terms.fields.iter().map(|field| field.trim().to_owned()).collect::<BTreeSet<_>>();
        let url = Url::parse(url.trim()).map(String::from);
        version.sdl.as_ref() == Some(&self.sdl)
            && url.is_ok_and(|url| url == version.routing_url)
            && set(&version.terms) == set(terms)
            && version.terms.purpose == terms.purpose.trim()
            && version.terms.until == terms.until
    }
}
