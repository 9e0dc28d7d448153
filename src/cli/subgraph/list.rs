//! `raccordo subgraph list`

use std::process::ExitCode;

use serde::Deserialize;
use serde_json::json;

use super::record::{STANDING, Subgraph};
use crate::cli::remote::Access;
use crate::cli::table;

#[derive(clap::Args)]
pub struct List {
    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
struct Page {
    subgraphs: Subgraphs,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subgraphs {
    nodes: Vec<Subgraph>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

pub async fn run(arguments: List) -> anyhow::Result<ExitCode> {
    let hub = arguments.access.enter().await?;
    let query = "query List($after: String) { subgraphs(first: 100, after: $after) {
        nodes { ...Standing } pageInfo { hasNextPage endCursor } } }";
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page: Page = hub.ask(&format!("{query}{STANDING}"), json!({ "after": after })).await?;
        rows.extend(page.subgraphs.nodes.iter().map(row));
        if !page.subgraphs.page_info.has_next_page {
            break;
        }
        after = page.subgraphs.page_info.end_cursor;
    }
    table::print(["NAME", "STATUS", "VERSION", "OWNER", "UNTIL", "HEALTH"], &rows);
    Ok(ExitCode::SUCCESS)
}

fn row(subgraph: &Subgraph) -> [String; 6] {
    let none = || "-".to_owned();
    let (served, pending) = (subgraph.served_version.as_ref(), subgraph.pending_version.as_ref());
    let version = match (served, pending) {
        (Some(served), Some(pending)) => format!("{}, {} waits", served.number, pending.number),
        (Some(served), None) => served.number.to_string(),
        (None, Some(pending)) => format!("{} waits", pending.number),
        (None, None) => none(),
    };
    let health = subgraph.health.as_ref().map(|health| match &health.last_failure {
        Some(reason) if health.state == "FAILING" => format!("failing: {reason}"),
        _ => health.state.to_lowercase(),
    });
    [
        subgraph.name.clone(),
        subgraph.status.to_lowercase(),
        version,
        subgraph.organisation.as_ref().map_or_else(none, |organisation| organisation.name.clone()),
        served.or(pending).map_or_else(none, |version| version.terms.until.clone()),
        health.unwrap_or_else(none),
    ]
}
