//! The command line. Its names are a contract: scripts and documents rely on them.
//!
//! A command's answer goes to standard output, everything else to standard error. Exit codes: 0 done,
//! 1 it failed or found something wrong, 2 it was called wrongly.

mod audit;
mod demo;
mod doctor;
mod export;
mod health;
mod import;
mod invite;
mod keys;
mod migrate;
mod open;
mod remote;
mod reread;
mod schema;
mod serve;
mod sign_in;
mod subgraph;
mod supergraph;
mod table;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use uuid::Uuid;

use crate::config::{Config, Flags};
use crate::graphql::NodeId;
use crate::organisations::model::KIND;
use crate::telemetry;

/// One federated GraphQL graph for the governance of migration in Italy.
#[derive(Parser)]
#[command(name = "raccordo", version)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the graph; brings the database up to date first. Refuses the demonstration's tokens.
    Serve,
    /// Serve the graph with demonstration data and tokens, loaded at the first start.
    Demo(demo::Arguments),
    /// Bring the database's schema up to date.
    Migrate,
    /// Import a file, matching records by their natural keys.
    Import(import::Arguments),
    /// Invite a person into an organisation, e.g. its first administrator; prints the link.
    Invite(invite::Arguments),
    /// Work with the audit.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Write data to a file.
    #[command(subcommand)]
    Export(Box<export::Command>),
    /// Work with the schema.
    #[command(subcommand)]
    Schema(schema::Command),
    /// Work with partners' subgraphs.
    #[command(subcommand)]
    Subgraph(Box<subgraph::Command>),
    /// Work with the graphs that a hub has served to routers.
    #[command(subcommand)]
    Supergraph(supergraph::Command),
    /// Sign in at a hub by your browser: what only persons may do can then be done from here.
    SignIn(sign_in::SignIn),
    /// End the sign-in at a hub.
    SignOut(sign_in::SignOut),
    /// Print a demonstration token.
    Token(token::Arguments),
    /// Work with the keys that sign the hub's own tokens.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Have every running hub read anew, in full, what it keeps in memory: after rows were changed past their triggers.
    Reread,
    /// Ask the running hub whether it is ready; tells by its exit code.
    Health,
    /// Check everything that the hub needs on this machine, with a remedy for what is missing.
    Doctor,
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = Config::read(&cli.flags).and_then(|config| {
        telemetry::start(config.log_format);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let result = runtime.block_on(run(cli.command, &config));
        // What still runs after the draining time is not waited for.
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            if error.is::<Misuse>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// A command was called wrongly, which was found out only while it ran.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Misuse(String);

async fn run(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve::run(config).await,
        Command::Demo(arguments) => demo::run(config, arguments).await,
        Command::Migrate => migrate::run(config).await,
        Command::Import(arguments) => import::run(config, arguments).await,
        Command::Invite(arguments) => invite::run(config, arguments).await,
        Command::Audit(command) => audit::run(config, command).await,
        Command::Export(command) => export::run(config, *command).await,
        Command::Schema(command) => schema::run(&command),
        Command::Subgraph(command) => subgraph::run(*command).await,
        Command::Supergraph(command) => supergraph::run(command).await,
        Command::SignIn(arguments) => sign_in::sign_in(arguments).await,
        Command::SignOut(arguments) => sign_in::sign_out(arguments).await,
        Command::Token(arguments) => token::run(config, arguments),
        Command::Keys(command) => keys::run(config, command).await,
        Command::Reread => reread::run(config).await,
        Command::Health => health::run(config).await,
        Command::Doctor => doctor::run(config).await,
    }
}

/// An organisation that the command line names by its UUID or its global id.
fn body(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().or_else(|| NodeId::uuid(KIND, id).ok())
}
