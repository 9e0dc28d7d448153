//! `raccordo subgraph withdraw`

use std::process::ExitCode;

use serde_json::json;

use super::record;
use crate::cli::remote::Access;

#[derive(clap::Args)]
pub struct Withdraw {
    #[command(flatten)]
    access: Access,
    /// Name of the subgraph; it is not given away again
    #[arg(long)]
    name: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Say whether it could be done; change nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(arguments: Withdraw) -> anyhow::Result<ExitCode> {
    let Withdraw { access, name, reason, dry_run } = arguments;
    let hub = access.enter().await?;
    let known = record::known(&hub, &name).await?;
    let input =
        json!({ "subgraphId": known.id, "expectedVersion": known.version, "reason": reason, "dryRun": dry_run });
    let done = record::change(&hub, "withdrawSubgraph", input).await?;
    for refusal in &done.user_errors {
        println!("{}", refusal.line(None));
    }
    if !done.user_errors.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    println!("{name}: {} from the graph, for good", if done.is_dry_run { "would be withdrawn" } else { "withdrawn" });
    Ok(ExitCode::SUCCESS)
}
