//! Funding in the graph.

mod call;
mod programme;

pub use call::{CALL, CallQuery, FundingCall, call, calls_of};
pub use programme::{PROGRAMME_NODE, ProgrammeNode, ProgrammeQuery, programme};
