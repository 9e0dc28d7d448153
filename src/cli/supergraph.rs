//! `raccordo supergraph`

use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::remote::{Access, Refusal};
use super::table;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List the graphs that routers were served, the last first: the first one is served now.
    List {
        #[command(flatten)]
        access: Access,
        /// How many, 1 to 100
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=100))]
        first: i32,
    },
    /// Put an earlier graph back, as the central department: its members take part again, each with its version of then.
    RollBack {
        #[command(flatten)]
        access: Access,
        /// Number of the graph that is put back
        #[arg(long, value_name = "NUMBER")]
        to: i32,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Supergraph {
    number: i32,
    composed_at: DateTime<Utc>,
    cause: String,
    like_number: Option<i32>,
    members: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    name: String,
    version_number: i32,
}

/// What is asked of a supergraph.
const FIELDS: &str = "number composedAt cause likeNumber members { name versionNumber }";

impl Supergraph {
    fn members(&self) -> String {
        let members = self.members.iter().map(|member| format!("{} {}", member.name, member.version_number));
        let members: Vec<String> = members.collect();
        if members.is_empty() { "the hub alone".into() } else { members.join(", ") }
    }

    fn row(&self) -> [String; 4] {
        let cause = match (self.cause.as_str(), self.like_number) {
            ("ROLL_BACK", Some(number)) => format!("rolled back to {number}"),
            (cause, _) => cause.to_lowercase(),
        };
        let composed = self.composed_at.format("%Y-%m-%d %H:%M UTC").to_string();
        [self.number.to_string(), composed, cause, self.members()]
    }
}

pub(super) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List { access, first } => list(access, first).await,
        Command::RollBack { access, to } => roll_back(access, to).await,
    }
}

async fn list(access: Access, first: i32) -> anyhow::Result<ExitCode> {
    #[derive(Deserialize)]
    struct Found {
        supergraphs: Vec<Supergraph>,
    }
    let query = format!("query List($first: Int!) {{ supergraphs(first: $first) {{ {FIELDS} }} }}");
    let found: Found = access.enter_or_look().await?.ask(&query, json!({ "first": first })).await?;
    let rows: Vec<_> = found.supergraphs.iter().map(Supergraph::row).collect();
    table::print(["NUMBER", "COMPOSED", "CAUSE", "MEMBERS"], &rows);
    Ok(ExitCode::SUCCESS)
}

async fn roll_back(access: Access, to: i32) -> anyhow::Result<ExitCode> {
    #[derive(Deserialize)]
    struct Served {
        supergraph: Option<Number>,
    }
    #[derive(Deserialize)]
    struct Number {
        number: i32,
    }
    #[derive(Deserialize)]
    struct Answer {
        done: Option<Done>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Done {
        supergraph: Option<Supergraph>,
        user_errors: Vec<Refusal>,
    }
    let hub = access.enter().await?;
    let served: Served = hub.ask("{ supergraph { number } }", json!({})).await?;
    let served = served.supergraph.context("the hub has served no graph yet")?.number;
    let mutation = format!(
        "mutation RollBack($input: RollBackSupergraphInput!) {{ done: rollBackSupergraph(input: $input) {{
            supergraph {{ {FIELDS} }} userErrors {{ rule field message }} }} }}"
    );
    let input = json!({ "toNumber": to, "expectedNumber": served });
    let answer: Answer = hub.ask(&mutation, json!({ "input": input })).await?;
    let done = answer.done.context("the hub does not say what became of it")?;
    for refusal in &done.user_errors {
        println!("{}", refusal.line(None));
    }
    let Some(made) = done.supergraph else { return Ok(ExitCode::FAILURE) };
    println!("graph {} is served in place of {served}, like {to}: {}", made.number, made.members());
    Ok(ExitCode::SUCCESS)
}
