use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::access::{Action, audience};
use crate::text_enum;

text_enum! {
    /// How an action ended [esito].
    pub enum Outcome {
        /// It was done [eseguita].
        Done = "done",
        /// A rule refused it [rifiutata].
        Refused = "refused",
        /// Something went wrong [non riuscita].
        Failed = "failed",
    }
}

/// The reason in an entry for what the hub's operator did at the command line: nobody who signed in did it.
pub const BY_OPERATOR: &str = "BY_OPERATOR";

/// What an action was done to.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Name of its kind, as in global ids.
    pub kind: &'static str,
    pub id: Uuid,
    /// Number of the organisation that it belongs to; `None` for what belongs to a person.
    pub owner_number: Option<i32>,
    /// The record's audience key: whoever lacks it reads the entry without what changed.
    pub audience: i32,
}

impl Subject {
    /// The whole chain of the audit, which is nobody's.
    pub fn chain() -> Self {
        Self { kind: "Audit", id: Uuid::nil(), owner_number: None, audience: audience::OVERSIGHT }
    }
}

/// What changed, field by field. Personal data are never written here: [`Changes::personal`].
#[derive(Clone, Debug, Default)]
pub struct Changes(Map<String, Value>);

impl Changes {
    pub fn new() -> Self {
        Self::default()
    }

    /// A field's values before and after; left out where they are the same. Null before: it was made.
    pub fn field(mut self, name: &str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.insert(name.into(), json!({ "before": before, "after": after }));
        }
        self
    }

    /// That a field with personal data or a secret changed, and nothing more.
    pub fn personal(mut self, name: &str) -> Self {
        self.0.insert(name.into(), json!({ "personal": true }));
        self
    }

    pub(super) fn json(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| Value::Object(self.0.clone()))
    }
}

/// One entry, but for who did it and when.
#[derive(Clone, Debug)]
pub struct Entry {
    pub action: Action,
    pub outcome: Outcome,
    /// The code of the rule that refused, or of the failure; [`BY_OPERATOR`].
    pub reason: Option<String>,
    pub subject: Option<Subject>,
    pub changes: Changes,
}

impl Entry {
    pub fn done(action: Action, subject: Subject, changes: Changes) -> Self {
        Self { action, outcome: Outcome::Done, reason: None, subject: Some(subject), changes }
    }

    pub fn refused(action: Action, reason: impl Into<String>, subject: Option<Subject>) -> Self {
        Self { action, outcome: Outcome::Refused, reason: Some(reason.into()), subject, changes: Changes::new() }
    }
}
