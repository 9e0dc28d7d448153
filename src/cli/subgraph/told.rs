//! What became of a subgraph, for people and for logs.

use std::path::Path;
use std::process::ExitCode;

use super::record::{Done, Terms, Version};
use crate::federation::composer::Weight;

/// What a version changes for callers, a line each, the heaviest first.
pub fn changes(changes: impl IntoIterator<Item = (Weight, String)>) {
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    if !changes.is_empty() {
        println!("For callers:");
    }
    for (weight, message) in changes {
        let weight = match weight {
            Weight::Harmless => "",
            Weight::Dangerous => " (dangerous)",
            Weight::Breaking => " (breaking)",
        };
        // Descriptions that it repeats may have several lines.
        println!("  {}{weight}", message.replace('\n', " "));
    }
}

/// Whether a version is served or waits, and what it changes; or why it was refused.
pub fn published(done: Done, sdl: Option<&Path>) -> ExitCode {
    let Done { subgraph, changes: made, is_dry_run, user_errors } = done;
    for refusal in &user_errors {
        println!("{}", refusal.line(sdl));
    }
    let Some(subgraph) = subgraph.filter(|_| user_errors.is_empty()) else { return ExitCode::FAILURE };
    let name = subgraph.name;
    match (subgraph.pending_version, subgraph.served_version) {
        (Some(Version { number, .. }), served) => {
            let waits = if is_dry_run { "would wait" } else { "waits" };
            let until_then = served.map(|served| format!("; version {} is served", served.number)).unwrap_or_default();
            println!("{name}: version {number} {waits} for the central department's approval{until_then}");
        }
        (None, Some(Version { number, .. })) => {
            println!("{name}: version {number} {}", if is_dry_run { "would be served" } else { "is served" });
        }
        (None, None) => println!("{name}: no version of it is served"),
    }
    changes(made.into_iter().map(|change| change.weighed()));
    ExitCode::SUCCESS
}

/// What of the hub's data a version may be sent.
pub fn terms(terms: &Terms) -> String {
    let Terms { fields, purpose, until } = terms;
    let fields = if fields.is_empty() { "global ids alone".into() } else { fields.join(", ") };
    format!("is sent {fields}, until {until}, for: {purpose}")
}
