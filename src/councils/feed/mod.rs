//! Calendar feeds: secret addresses from which a body's calendars read a council's sittings and meetings.

mod calendar;
pub mod model;

pub use calendar::calendar;
