//! Who owns what in the graph: what a partner's subgraph may say of the hub's types, and how it names its own.
//!
//! Composition alone lets any subgraph take over, loosen or hide what is another's. These rules are held against a partner's
//! schema before it is composed: it may add fields and types that bear its prefix, and be sent what its terms say, no more.

mod finding;
mod hub;
mod links;
mod reading;
mod walk;

use std::collections::BTreeSet;

pub use finding::{Finding, Rule};
pub use hub::HubSchema;
pub(in crate::federation) use hub::{bare, normal, text};
pub(in crate::federation) use reading::selection;
use walk::Walk;

/// Bytes of a partner's schema at the most.
pub const LARGEST_SDL: usize = 512 * 1024;
/// Braces and brackets within each other at the most.
const DEEPEST: u64 = 16;

/// Tags that choose what stands in a contract: the public graph, and that of the institutions.
pub const CONTRACTS: [&str; 2] = ["public", "institutional"];

/// A partner that hands in a schema.
#[derive(Clone, Debug)]
pub struct Partner<'a> {
    /// Name of its subgraph, e.g. `servizi-lazio`: its fields begin with `serviziLazio`, its types with `ServiziLazio`.
    pub name: &'a str,
    /// What its resolvers may be sent of the hub's data besides global ids, e.g. `Municipality.code`.
    pub terms: &'a BTreeSet<String>,
}

impl Partner<'_> {
    /// What its fields begin with.
    pub fn field_prefix(&self) -> String {
        let mut words = self.name.split('-').map(str::to_owned);
        let first = words.next().unwrap_or_default();
        words.fold(first, |name, word| name + &capitalised(&word))
    }

    /// What its types begin with.
    pub fn type_prefix(&self) -> String {
        capitalised(&self.field_prefix())
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Whether a subgraph may be called so: small letters, digits and single hyphens, a letter first, 3 to 30 of them.
pub fn is_name(name: &str) -> bool {
    let is_fit = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    (3..=30).contains(&name.len())
        && name.starts_with(|char: char| char.is_ascii_lowercase())
        && name.chars().all(is_fit)
        && !name.contains("--")
        && !name.ends_with('-')
        && name != crate::federation::HUB
}

/// What a partner's schema breaks, in the order of its lines.
pub fn check(hub: &HubSchema, partner: &Partner<'_>, sdl: &str) -> Vec<Finding> {
    let document = match reading::read(sdl) {
        Ok(document) => document,
        Err(finding) => return vec![*finding],
    };
    let mut findings = Walk::new(hub, partner).go(&document);
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

#[cfg(test)]
mod tests;
