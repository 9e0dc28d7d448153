//! `raccordo subgraph`

mod approve;
mod check;
mod list;
mod publish;
mod record;
mod told;
mod withdraw;

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Hold a partner's subgraph against the hub's: whether it keeps to what is its own, composes, and what it adds.
    Check(check::Check),
    /// Hand a subgraph in to a hub, or a new version of it.
    Publish(publish::Publish),
    /// List the subgraphs of a hub that one may see: one's own organisation's, or all for the central department.
    List(list::List),
    /// Approve the version of a subgraph that waits, as the central department.
    Approve(approve::Approve),
    /// Take a subgraph out of a hub's graph, for good.
    Withdraw(withdraw::Withdraw),
}

pub(super) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(arguments) => check::run(arguments),
        Command::Publish(arguments) => publish::run(arguments).await,
        Command::List(arguments) => list::run(arguments).await,
        Command::Approve(arguments) => approve::run(arguments).await,
        Command::Withdraw(arguments) => withdraw::run(arguments).await,
    }
}

/// A schema in a file, or from standard input where that is `-`.
fn read_sdl(file: &Path) -> anyhow::Result<String> {
    match file.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin().take(1 << 24)).context("standard input"),
        _ => std::fs::read_to_string(file).with_context(|| file.display().to_string()),
    }
}
