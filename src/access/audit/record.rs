use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::Hash;

/// An entry as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Record {
    /// Its number: each is one more than the one before it.
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub request_id: String,
    pub action: String,
    pub outcome: String,
    pub reason: Option<String>,
    pub account_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    pub persona: Option<String>,
    pub organisation_id: Option<Uuid>,
    pub delegation_id: Option<Uuid>,
    pub purpose: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<Uuid>,
    pub owner_number: Option<i32>,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
    /// JSON as the database writes it: `{"field": {"before": …, "after": …}}`; `None` where nothing changed, or where
    /// whoever asks may not read it.
    pub changes: Option<String>,
    pub change_audience: Option<i32>,
}

impl Record {
    /// Select list and tables of a statement that reads records.
    pub const SELECT: &'static str = "select e.seq, e.at, e.request_id, e.action, e.outcome, e.reason, e.account_id, \
        e.client_id, e.persona, e.organisation_id, e.delegation_id, e.purpose, e.subject_kind, e.subject_id, \
        e.owner_number, e.previous_hash, e.hash, c.changes::text as changes, c.audience as change_audience \
        from audit_entry e left join audit_change c on c.seq = e.seq";

    /// The hash that it must have: computed here, from what `audit_hash()` hashes in the database, so that a function
    /// changed there deceives nobody.
    pub fn expected_hash(&self) -> Hash {
        Hash::of(&[&self.previous_hash, self.canonical().as_bytes()])
    }

    /// A JSON array of all fields, to the byte as PostgreSQL writes it: `jsonb_build_array(…)::text`.
    fn canonical(&self) -> String {
        fn json<T: Serialize>(value: T) -> String {
            serde_json::to_string(&value).expect("plain values are JSON")
        }
        let micros = self.at.timestamp_micros();
        let fields = [
            json(self.seq),
            json(format!("{}.{:06}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000))),
            json(&self.request_id),
            json(&self.action),
            json(&self.outcome),
            json(&self.reason),
            json(self.account_id),
            json(self.client_id),
            json(&self.persona),
            json(self.organisation_id),
            json(self.delegation_id),
            json(&self.purpose),
            json(&self.subject_kind),
            json(self.subject_id),
            json(self.owner_number),
            self.changes.clone().unwrap_or_else(|| json(())),
            json(self.change_audience),
        ];
        format!("[{}]", fields.join(", "))
    }
}
