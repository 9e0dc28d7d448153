//! `raccordo demo`

use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::open::{self, Opened};
use super::serve;
use crate::access::Settings;
use crate::access::persona::PERSONAS;
use crate::access::token::DemoKey;
use crate::config::Config;
use crate::demo::{self, Loaded, Size};
use crate::http::DemoPersona;
use crate::hub::Hub;
use crate::{http, schema};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// How much synthetic data: small, national, or a multiple of national such as 10x
    #[arg(long, default_value = "small")]
    size: Size,
    /// Seed of the synthetic data: the same seed makes the same data
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    serve::check_address(config.listen)?;
    let preparing = ProgressBar::new_spinner().with_message("preparing the database and the reference data");
    preparing.enable_steady_tick(Duration::from_millis(100));
    let opened = Opened::migrated(config).await?;
    preparing.finish_and_clear();
    load(&opened, &arguments).await?;
    let key = DemoKey::read_or_make(&config.data_dir)?;
    let access = Settings { demo_key: Some(key.clone()), ..open::access(config)? };
    let hub = Hub::start(opened.database.clone(), access, schema::references()).await?;
    open::lend_documents(config, &hub).await?;
    hub.provide(config.federation());
    let settings = http::Settings { personas: http::personas(&hub, &key).await?, ..config.http()? };
    introduce(config, &settings.personas);
    serve::until_signalled(opened, hub, settings, config.listen).await
}

async fn load(opened: &Opened, arguments: &Arguments) -> anyhow::Result<()> {
    let bar = ProgressBar::new(1000).with_message("loading demonstration data");
    bar.set_style(ProgressStyle::with_template("{msg} {wide_bar} {percent} % {elapsed}")?);
    let loaded = demo::load(&opened.database, arguments.size, arguments.seed, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    if let Loaded::Now { rows } = loaded {
        println!("{rows} synthetic rows loaded in {:.1} s\n", bar.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Says where to go and as whom.
fn introduce(config: &Config, personas: &[DemoPersona]) {
    let base = format!("http://{}", config.listen);
    println!("Raccordo, demonstration\n");
    println!("  start here   {base}/");
    println!("  GraphiQL     {base}/graphiql");
    println!("  GraphQL      {base}/graphql   (subscriptions: {}/graphql/ws)\n", base.replacen("http", "ws", 1));
    println!("Without a token you are the public. To be somebody else, send \"Authorization: Bearer <token>\":\n");
    for persona in personas {
        println!("  {} ({})\n    {}\n", persona.name, persona.organisation, persona.token);
    }
    println!("Print one again with: raccordo token --persona {}", PERSONAS[0].name);
}
