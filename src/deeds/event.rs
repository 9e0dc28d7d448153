//! What happened to records.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::RowChange;
use crate::access::{Room, Viewer};
use crate::columns;
use crate::db::columns::Columns;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

columns! {
    /// One deed, as it is remembered.
    pub struct EventRow as "e" {
        id: Uuid,
        seq: i64,
        at: DateTime<Utc>,
        record_kind: String,
        record_id: Uuid,
        version: i32,
        action: String,
        account_id: Option<Uuid>,
        client_id: Option<Uuid>,
        persona: Option<String>,
        organisation_id: Option<Uuid>,
        audience: i32,
    }
}

/// One deed with what it changed, as far as whoever reads it may know.
#[derive(Clone, Debug)]
pub struct Event {
    pub row: EventRow,
    /// `None` where they tell of what is hidden.
    changed: Option<Changed>,
}

#[derive(Clone, Debug)]
struct Changed {
    rows: Arc<[RowChange]>,
    /// The key of whoever may know what was before.
    audience: i32,
}

impl Event {
    /// Select list and tables of a statement that reads events.
    pub const TABLES: &'static str = "record_event e left join record_event_change c on c.seq = e.seq";

    /// What it changed; `None` where that tells of what is hidden.
    pub fn changes(&self) -> Option<&[RowChange]> {
        self.changed.as_ref().map(|changed| &*changed.rows)
    }

    /// As this viewer may know it, in the record's room.
    pub fn known_to(self: &Arc<Self>, viewer: &Viewer, room: Room) -> Arc<Self> {
        match &self.changed {
            Some(changed) if !viewer.holds(room, changed.audience) => {
                Arc::new(Self { row: self.row.clone(), changed: None })
            }
            _ => self.clone(),
        }
    }

    pub(super) fn selected() -> String {
        format!("{}, c.changes, c.audience", EventRow::LIST)
    }

    pub(super) fn read_from(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        let at = offset + EventRow::WIDTH;
        let rows = row.try_get::<Option<Json<Vec<RowChange>>>, _>(at)?;
        let changed = rows.zip(row.try_get(at + 1)?).map(|(rows, audience)| Changed { rows: rows.0.into(), audience });
        Ok(Self { row: EventRow::read(row, offset)?, changed })
    }
}

/// What happened to a record, the last first.
impl Listed for Arc<Event> {
    /// The record, by its id.
    type Parent = ();
    type Filter = ();
    type Order = ();

    const TABLE: &'static str = "record_event e";
    const JOINS: &'static str = "left join record_event_change c on c.seq = e.seq";

    fn columns() -> String {
        Event::selected()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        Event::read_from(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "e.record_id = k.id::uuid"
    }

    fn push_filter((): &(), _query: &mut QueryBuilder<Postgres>) {}

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("-at", "e.at", "e.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.row.at.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    fn id(&self) -> Uuid {
        self.row.id
    }
}
