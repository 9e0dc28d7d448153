//! Federation: partners' subgraphs beside the hub's own, and the supergraph that is composed of all.

pub mod check;
pub mod composer;
pub mod ownership;
pub mod subgraph;

/// Name of the hub's own subgraph.
pub const HUB: &str = "hub";

/// The graph that everybody sees.
pub const PUBLIC: composer::Contract = composer::Contract { include: &["public"], exclude: &["institutional"] };

/// The graph that those see who are signed in.
pub const INSTITUTIONAL: composer::Contract =
    composer::Contract { include: &["public", "institutional"], exclude: &[] };
