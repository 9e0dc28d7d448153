//! Measures of a network's structure [analisi di rete]: pure functions over a [`Topology`], which is made of what one
//! viewer sees on one day and knows nothing of records, viewers or dates.
//!
//! Invariants: the same topology gives the same answer on every replica, in every run and with any number of threads;
//! whatever may take long asks its [`Deadline`] at least every few milliseconds. What runs in parallel runs in the
//! rayon pool that it is called from.

pub mod betweenness;
mod bidirectional;
pub mod brokerage;
mod chance;
pub mod communities;
pub mod components;
pub mod core;
pub mod cuts;
mod deadline;
pub mod degree;
pub mod density;
pub mod k_paths;
pub mod page_rank;
pub mod projection;
mod topology;
mod trimming;

pub use deadline::{Deadline, Pace, Stopped};
pub use topology::Topology;
