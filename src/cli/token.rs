//! `raccordo token`

use std::process::ExitCode;

use anyhow::Context as _;

use super::body;
use crate::access::persona::{PERSONAS, Persona};
use crate::access::token::DemoKey;
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Whose token
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(PERSONAS.map(|p| p.name)))]
    persona: String,

    /// Acts for another body than its own: that body's global id or UUID
    #[arg(long, value_name = "ID")]
    organisation: Option<String>,
}

/// Prints the token and nothing else, for `$(raccordo token --persona dlci)`.
pub(super) fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let persona = Persona::find(&arguments.persona).context("the command line allows personas only")?;
    let key = DemoKey::read(&config.data_dir)?.with_context(|| {
        format!("{} holds no demonstration yet: start it once with raccordo demo", config.data_dir.display())
    })?;
    let organisation = match &arguments.organisation {
        None => persona.organisation_id(),
        Some(id) => body(id).with_context(|| format!("--organisation: \"{id}\" is no organisation's id"))?,
    };
    println!("{}", key.token_for(persona, organisation)?);
    Ok(ExitCode::SUCCESS)
}
