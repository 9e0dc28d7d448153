//! Coordination gaps in the graph.

mod behind;
mod gap;
mod root;
mod sentence;

pub use gap::CoordinationGap;
pub use root::GapQuery;
