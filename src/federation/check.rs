//! Holds a partner's subgraph against the graph that it is to join.

use super::HUB;
use super::composer::{self, Failure, Obstacle, Part, SchemaChange};
use super::graphs::{self, Graphs};
use super::ownership::{self, Finding, HubSchema, Partner};

/// What is known of a partner's subgraph after it was looked at.
#[derive(Debug)]
pub enum Report {
    /// It breaks rules of ownership: at least one.
    Refused(Vec<Finding>),
    /// It keeps them, and does not compose with what is there, or a contract does not: at least one reason.
    DoesNotCompose(Vec<Obstacle>),
    /// It composes: what the whole would be, and how it differs for callers from what is there.
    Composes { graphs: Graphs, changes: Vec<SchemaChange> },
}

/// Holds the schema of `partner` against the graph that `others` make, of which the first is the hub's own subgraph.
///
/// # Errors
/// The composer failed, or the others do not compose among themselves, which is the hub's fault.
pub fn check(others: &[Part<'_>], partner: &Partner<'_>, url: &str, sdl: &str) -> Result<Report, Failure> {
    let hub = others.iter().find(|part| part.name == HUB).map(|part| part.sdl).unwrap_or_default();
    let hub = HubSchema::read(hub).map_err(|error| Failure::Script(error.to_string()))?;
    let findings = ownership::check(&hub, partner, sdl);
    if !findings.is_empty() {
        return Ok(Report::Refused(findings));
    }
    let before = composer::compose(others, None)?;
    let before =
        before.map_err(|obstacles| Failure::Script(format!("what is there does not compose: {obstacles:?}")))?;
    let with_partner = [others, &[Part { name: partner.name, url, sdl }]].concat();
    Ok(match graphs::compose(&with_partner)? {
        Err(obstacles) => Report::DoesNotCompose(obstacles),
        Ok(graphs) => Report::Composes { changes: composer::compare(&before.schema, &graphs.schema)?, graphs },
    })
}
