//! Federation: partners' subgraphs beside the hub's own, and the supergraph that is composed of all.
//!
//! A partner hands a subgraph in with the terms under which it is sent the hub's data; the central department approves it; each
//! change of who takes part makes a supergraph with the next number, in the same transaction. Tables owned: `subgraph`,
//! `subgraph_version`, `supergraph`, `supergraph_member`, `schema_text`, and those of [`usage`].

pub mod address;
pub mod check;
pub mod composer;
mod document;
pub mod graphs;
pub mod joining;
mod life;
mod loader;
pub mod model;
pub mod mutation;
pub mod ownership;
pub mod partner;
pub mod query;
pub mod served;
mod setup;
mod store;
pub mod subgraph;
pub mod usage;

pub use setup::Setup;

/// Name of the hub's own subgraph.
pub const HUB: &str = "hub";

/// The graph that everybody sees.
pub const PUBLIC: composer::Contract = composer::Contract { include: &["public"], exclude: &["institutional"] };

/// The graph that those see who are signed in.
pub const INSTITUTIONAL: composer::Contract =
    composer::Contract { include: &["public", "institutional"], exclude: &[] };
