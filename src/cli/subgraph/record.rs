//! A subgraph as a hub tells it.

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::remote::{Refusal, Remote};
use crate::federation::composer::Weight;

/// What is asked of a subgraph, as a fragment `Standing` on it; beside it a fragment `Version` on its versions.
pub const STANDING: &str = "
fragment Standing on Subgraph {
  id name version status description contact organisation { name } health { state lastFailure }
  pendingVersion { ...Version } servedVersion { ...Version }
}
fragment Version on SubgraphVersion { number status routingUrl terms { fields purpose until } }";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subgraph {
    pub id: String,
    pub name: String,
    /// Of the record: what a mutation expects.
    pub version: i32,
    pub status: String,
    pub description: String,
    pub contact: String,
    pub organisation: Option<Named>,
    pub health: Option<Health>,
    /// The one that waits for the central department.
    pub pending_version: Option<Version>,
    pub served_version: Option<Version>,
    /// All of them, the last first; empty where they are not asked for.
    #[serde(default)]
    pub versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
pub struct Named {
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    pub state: String,
    pub last_failure: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    pub number: i32,
    pub status: String,
    pub routing_url: String,
    pub terms: Terms,
    /// `None` where it is not asked for.
    pub sdl: Option<String>,
}

/// What of the hub's data a subgraph may be sent, for what, and until when.
#[derive(Clone, Debug, Deserialize)]
pub struct Terms {
    pub fields: Vec<String>,
    pub purpose: String,
    pub until: String,
}

/// What became of a mutation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    pub subgraph: Option<Subgraph>,
    /// None where the mutation publishes nothing.
    #[serde(default)]
    pub changes: Vec<Change>,
    pub is_dry_run: bool,
    pub user_errors: Vec<Refusal>,
}

#[derive(Debug, Deserialize)]
pub struct Change {
    weight: String,
    message: String,
}

impl Change {
    pub fn weighed(self) -> (Weight, String) {
        let weight = match self.weight.as_str() {
            "HARMLESS" => Weight::Harmless,
            "DANGEROUS" => Weight::Dangerous,
            _ => Weight::Breaking,
        };
        (weight, self.message)
    }
}

/// The subgraph of this name as it stands, with its versions and their schemas; `None` where the caller sees none.
///
/// # Errors
/// Those of [`Remote::ask`].
pub async fn find(hub: &Remote, name: &str) -> anyhow::Result<Option<Subgraph>> {
    #[derive(Deserialize)]
    struct Found {
        subgraph: Option<Subgraph>,
    }
    let query = "query Find($name: String!) { subgraph(by: { name: $name }) {
        ...Standing pendingVersion { sdl } servedVersion { sdl } versions(first: 100) { ...Version } } }";
    let found: Found = hub.ask(&format!("{query}{STANDING}"), json!({ "name": name })).await?;
    Ok(found.subgraph)
}

/// The same where there must be one.
///
/// # Errors
/// Those of [`Remote::ask`]; there is none that the caller sees.
pub async fn known(hub: &Remote, name: &str) -> anyhow::Result<Subgraph> {
    find(hub, name).await?.with_context(|| format!("the hub has no subgraph {name:?} that you may see"))
}

/// A mutation, by the name under which the hub knows it, e.g. `publishSubgraph`.
///
/// # Errors
/// Those of [`Remote::ask`]; what breaks a rule is told in the answer.
pub async fn change(hub: &Remote, mutation: &str, input: Value) -> anyhow::Result<Done> {
    #[derive(Deserialize)]
    struct Answer {
        done: Option<Done>,
    }
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let changes = if mutation == "withdrawSubgraph" { "" } else { "changes { weight message }" };
    let document = format!(
        "mutation Change($input: {input_type}!) {{ done: {mutation}(input: $input) {{
            subgraph {{ ...Standing }} {changes} isDryRun userErrors {{ rule field message }} }} }}{STANDING}"
    );
    let answer: Answer = hub.ask(&document, json!({ "input": input })).await?;
    answer.done.context("the hub does not say what became of it")
}
