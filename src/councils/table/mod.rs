//! Working tables [tavoli] of a council: who works in them on what, and when they met.

mod document;
pub mod model;
mod work;

pub use document::{MEETING, MEMBER, TABLE, TableDocument};
pub use work::{Meeting, change, close, join, leave, meet, open};
