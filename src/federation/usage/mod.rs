//! What of the graph is used, by whom (ADR 0027): each operation that is answered counts for its caller and for the fields and
//! arguments that it asks for. A breaking change of what nobody used does not wait for the central department.
//!
//! Values are never looked at. People are not told apart; programs are, by their client. Who calls is the central department's
//! to know; whoever owns a field knows how often it is used and by how many. Tables owned: `usage_operation`, `usage_caller`,
//! `usage_day`, `usage_recording`.

mod concern;
mod coordinates;
mod keeping;
pub mod loader;
pub mod model;
mod recorder;
mod used;
mod weighing;

pub use coordinates::{coordinates_of, is_coordinate};
pub use keeping::{begin_day, keep, write_down};
pub use model::counted_as;
pub use recorder::{Counted, MOST_OPERATIONS, Recorder};
pub use used::Used;
pub use weighing::{WINDOW, Weighed, trace, weigh};
