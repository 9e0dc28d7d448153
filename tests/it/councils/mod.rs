//! The work of the territorial councils: who sits in them, their sittings, working tables and calendars.

mod feeds;
mod guests;
mod resolutions;
mod seats;
mod sittings;
mod tables;

use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::people::id;

/// What mutations about sittings answer with.
pub const SITTING: &str = "councilSitting { id version status visibility }";

/// The council of Bologna.
pub fn council() -> String {
    id("Organisation", stable_id("council:PREF-BO"))
}

fn body(natural_key: &str) -> String {
    id("Organisation", stable_id(natural_key))
}

/// The record's id and version from a payload.
fn at(payload: &Value, record: &str) -> (Value, Value) {
    (payload[record]["id"].clone(), payload[record]["version"].clone())
}

fn on(named: &str, (record, version): &(Value, Value), more: Value) -> Value {
    let mut input = json!({ named: record, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A sitting that is held today, as the secretariat plans it.
pub fn today() -> Value {
    json!({
        "councilId": council(), "title": "Seduta ordinaria", "startsAt": "2026-11-24T09:00:00Z",
        "endsAt": "2026-11-24T12:00:00Z", "place": "Prefettura, sala riunioni",
        "items": [{ "title": "Piano territoriale", "text": "Parere sul piano." }, { "title": "Varie" }],
    })
}

impl TestHub {
    /// Takes a step of a sitting that must be done; gives its id and version since.
    async fn sit(&self, viewer: &Viewer, verb: &str, sitting: &(Value, Value), more: Value) -> (Value, Value) {
        at(&self.done(viewer, verb, SITTING, on("sittingId", sitting, more)).await, "councilSitting")
    }

    /// Takes a step of a sitting that must be refused.
    async fn unseated(&self, viewer: &Viewer, verb: &str, sitting: &(Value, Value), more: Value) -> Vec<String> {
        self.refused(viewer, verb, SITTING, on("sittingId", sitting, more)).await
    }
}
