//! `raccordo subgraph approve`

use std::process::ExitCode;

use anyhow::{bail, ensure};
use serde_json::json;

use super::{record, told};
use crate::cli::remote::Access;

#[derive(clap::Args)]
pub struct Approve {
    #[command(flatten)]
    access: Access,
    /// Name of the subgraph
    #[arg(long)]
    name: String,
    /// Only if the version that waits has this number: the one that was looked at
    #[arg(long, value_name = "NUMBER")]
    only_version: Option<i32>,
    /// Tell the version's terms and what it changes; approve nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(arguments: Approve) -> anyhow::Result<ExitCode> {
    let Approve { access, name, only_version, dry_run } = arguments;
    let hub = access.enter().await?;
    let known = record::known(&hub, &name).await?;
    let is_meant = |number: i32| only_version.is_none_or(|only| only == number);
    let Some(pending) = &known.pending_version else {
        return match &known.served_version {
            Some(served) if is_meant(served.number) => {
                println!("{name}: version {} is served already", served.number);
                Ok(ExitCode::SUCCESS)
            }
            _ => bail!("no version of {name} waits for approval"),
        };
    };
    ensure!(is_meant(pending.number), "version {} of {name} waits for approval", pending.number);
    println!("{name}: version {} at {} {}", pending.number, pending.routing_url, told::terms(&pending.terms));
    let input = json!({ "subgraphId": known.id, "expectedVersion": known.version, "dryRun": dry_run });
    Ok(told::published(record::change(&hub, "approveSubgraph", input).await?, None))
}
