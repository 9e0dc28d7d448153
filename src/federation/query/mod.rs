//! Subgraphs and supergraphs in the graph.

mod root;
mod subgraph;
mod supergraph;
mod usage;

pub use super::document::SUBGRAPH;
pub use root::FederationQuery;
pub use subgraph::{Subgraph, subgraph, subgraphs_of};
pub use supergraph::Supergraph;
pub use usage::{FieldUsage, SchemaChange};
