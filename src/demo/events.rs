//! What is told to have been done to generated records: their history.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::scribe::Scribe;
use crate::access::persona::stable_id;

/// Number of the first generated event: all are below those of real deeds.
pub const FIRST: i64 = -1_000_000_000;

/// A record whose history is told.
pub struct Subject<'a> {
    pub room: &'static str,
    pub kind: &'static str,
    pub table: &'static str,
    pub id: Uuid,
    /// Its audience key by its visibility.
    pub key: &'a dyn Fn(&str) -> i32,
}

/// One deed in the life of a record, and how the record stands since.
pub struct Step<'a> {
    pub action: &'static str,
    pub at: String,
    pub by: Uuid,
    pub status: &'static str,
    pub visibility: &'a str,
    /// Columns that were set, besides those two.
    pub set: Vec<(&'static str, Value)>,
}

/// Writes a record's history, its making first; returns its version.
pub fn tell<'a>(scribe: &mut Scribe, subject: &Subject, steps: impl IntoIterator<Item = Step<'a>>) -> u32 {
    let mut version = 0;
    let mut known: Option<(&str, &str)> = None;
    for step in steps {
        version += 1;
        let (mut before, mut after) = (Map::new(), Map::new());
        let was = known.unzip();
        let of_step =
            [("status", json!(was.0), json!(step.status)), ("visibility", json!(was.1), json!(step.visibility))];
        let set = step.set.into_iter().map(|(column, value)| (column, Value::Null, value));
        for (column, was, is) in of_step.into_iter().chain(set).filter(|(_, was, is)| was != is) {
            before.insert(column.into(), was);
            after.insert(column.into(), is);
        }
        let before = known.map(|_| before);
        let changes = json!([{ "part": subject.table, "kind": subject.kind, "key": subject.id, "before": before, "after": after }]);
        let audience = (subject.key)(step.visibility);
        let audience_before = known.map_or(audience, |(_, visibility)| (subject.key)(visibility));
        let seq = scribe.counters.event;
        scribe.counters.event += 1;
        let id = stable_id(&format!("event:{}:{version}", subject.id));
        scribe.sheets.events.row(&[
            &seq,
            &id,
            &step.at,
            &subject.room,
            &subject.kind,
            &subject.id,
            &version,
            &step.action,
            &step.by,
            &audience,
        ]);
        scribe.sheets.event_changes.row(&[&seq, &subject.room, &changes.to_string(), &audience_before]);
        known = Some((step.status, step.visibility));
    }
    version
}
