//! Federation: partners' subgraphs beside the hub's own, and the supergraph that is composed of all.

pub mod composer;
