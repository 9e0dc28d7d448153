//! History [cronologia]: what was done to a record, by which body, when, and what that changed.
//!
//! Invariant: an event is seen by whom the record's key of that time lets see it, and only through the record itself.
//! Reads `record_event`, which `deeds` owns.

pub mod query;
