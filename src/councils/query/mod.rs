//! Councils in the graph.

mod council;
mod seat;

pub use council::{CouncilQuery, TerritorialCouncilFields};
pub use seat::{CouncilSeat, SEAT, seat, seats_held_by};
