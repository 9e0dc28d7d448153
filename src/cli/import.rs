//! `raccordo import`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use super::open::Opened;
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// CSV file: UTF-8 or Latin-1, separated by commas or semicolons
    file: PathBuf,
    /// What its rows are
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Kind,
    /// Show what would be added, changed, left and refused; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Report as JSON
    #[arg(long)]
    json: bool,
    /// Import the good rows although others are refused; those come back as a file to correct
    #[arg(long)]
    keep_going: bool,
}

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Organisations,
    Projects,
    Memberships,
    Agreements,
    /// OpenCoesione's columns of projects
    Opencoesione,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { file, kind, dry_run, json, keep_going } = arguments;
    let opened = Opened::migrated(config).await?;
    let _ = (&opened, dry_run, json, keep_going);
    bail!("{kind:?} cannot be imported yet from {}", file.display());
}
