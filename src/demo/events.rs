//! What is told to have been done to a generated record: its history.

use serde_json::Value;
use uuid::Uuid;

use super::scribe::Scribe;

/// Number of the first generated event: all are below those of real deeds.
pub const FIRST: i64 = -1_000_000_000;

/// One deed. Keys as after it, and of what it changed as before it.
pub struct Event {
    pub room: &'static str,
    pub kind: &'static str,
    pub record: Uuid,
    pub version: u32,
    pub action: &'static str,
    pub at: String,
    pub by: Uuid,
    pub audience: i32,
    pub audience_before: i32,
    /// As `record_event_change.changes`.
    pub changes: Value,
}

pub fn tell(scribe: &mut Scribe, event: &Event) {
    let seq = scribe.counters.event;
    scribe.counters.event += 1;
    let id = scribe.beside.id();
    scribe.sheets.events.row(&[
        &seq,
        &id,
        &event.at,
        &event.room,
        &event.kind,
        &event.record,
        &event.version,
        &event.action,
        &event.by,
        &event.audience,
    ]);
    scribe.sheets.event_changes.row(&[&seq, &event.room, &event.changes.to_string(), &event.audience_before]);
}
