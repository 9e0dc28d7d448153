//! Measures of a network's structure [analisi di rete]: pure functions over a [`Topology`], which is made of what one
//! viewer sees on one day and knows nothing of records, viewers or dates.

mod deadline;
mod topology;

pub use deadline::{Deadline, Pace, Stopped};
pub use topology::Topology;
