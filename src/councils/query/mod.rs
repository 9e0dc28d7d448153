//! Councils in the graph.

mod council;
mod feed;
mod resolution;
mod seat;
mod sitting;
mod subscription;
mod table;

pub use council::{CouncilQuery, TerritorialCouncilFields};
pub use feed::CalendarFeed;
pub use resolution::{CouncilResolution, RESOLUTION, resolution, resolutions};
pub use seat::{CouncilSeat, SEAT, seat, seats_held_by};
pub use sitting::{CouncilSitting, SITTING, sitting};
pub use subscription::CouncilSubscription;
pub use table::{TABLE, WorkingTable, working_table};
