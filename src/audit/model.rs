//! Which entries are asked for, and what an entry says.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::access::Action;
use crate::access::audit::{Outcome, Record};
use crate::text_enum;

/// What a list of entries is narrowed to; all conditions hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Whose records.
    pub organisation: Option<Uuid>,
    /// Which record: kind, as in global ids, and id.
    pub subject: Option<(String, Uuid)>,
    /// Any of these; empty is all.
    pub actions: Vec<Action>,
    pub outcome: Option<Outcome>,
    /// From this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
}

text_enum! {
    /// Who it was that acted [tipo di autore].
    pub enum ActorKind {
        /// A person who signed in [persona].
        Person = "person",
        /// A program of a partner [programma].
        Client = "client",
        /// A caller of the demonstration [persona dimostrativa].
        Persona = "persona",
        /// The hub itself, or somebody before they signed in [sistema, o chi non ha ancora effettuato l'accesso].
        Unnamed = "unnamed",
    }
}

impl ActorKind {
    /// Who did what a record tells.
    pub fn of(record: &Record) -> Self {
        match record {
            Record { account_id: Some(_), .. } => Self::Person,
            Record { client_id: Some(_), .. } => Self::Client,
            Record { persona: Some(_), .. } => Self::Persona,
            _ => Self::Unnamed,
        }
    }
}

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: String,
    pub before: Value,
    pub after: Value,
    /// That it changed is all that was written down.
    pub is_personal: bool,
}

/// What a record says has changed; `None` where it says nothing that whoever asks may read.
pub fn changes(record: &Record) -> Option<Vec<FieldChange>> {
    let fields: serde_json::Map<String, Value> = serde_json::from_str(record.changes.as_deref()?).ok()?;
    let change = |(field, mut change): (String, Value)| FieldChange {
        field,
        before: change["before"].take(),
        after: change["after"].take(),
        is_personal: change["personal"] == true,
    };
    Some(fields.into_iter().map(change).collect())
}
