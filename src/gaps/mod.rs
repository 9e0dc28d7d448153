//! Coordination gaps [lacune di coordinamento]: what a plan, a council or the network lacks, item by item.
//!
//! Each gap names the record that it is about and those behind it, and belongs to the offices that can close it. Invariants: all
//! gaps of a day are found over the same records and from the same moment of the data (the network's own moment for the
//! kinds that need it); below the national level these are public records alone unless the caller asks for all that they
//! see, so that offices compare; a gap never tells of what its basis does not hold. Kinds that the overview counts too are
//! found by its rules. Owns no tables.

pub mod broker;
mod loader;
pub mod model;
mod network;
pub mod query;
mod store;
