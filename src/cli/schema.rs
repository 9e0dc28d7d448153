//! `raccordo schema`

use std::process::ExitCode;

use crate::schema::definition;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Print the schema's definition.
    Print {
        /// As a subgraph, with the federation's directives
        #[arg(long)]
        federation: bool,
    },
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Print { federation } = command;
    print!("{}", definition(*federation));
    Ok(ExitCode::SUCCESS)
}
