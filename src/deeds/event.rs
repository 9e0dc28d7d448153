//! What happened to records.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::RowChange;
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
        changes: Json<Vec<RowChange>>,
        account_id: Option<Uuid>,
        client_id: Option<Uuid>,
        persona: Option<String>,
        organisation_id: Option<Uuid>,
        audience: i32,
    }
}

/// What happened to a record, the last first.
impl Listed for Arc<EventRow> {
    /// The record, by its id.
    type Parent = ();
    type Filter = ();
    type Order = ();

    const TABLE: &'static str = "record_event e";
    const JOINS: &'static str = "";

    fn columns() -> String {
        EventRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        EventRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "e.record_id = k.id::uuid"
    }

    fn push_filter((): &(), _query: &mut QueryBuilder<Postgres>) {}

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("-at", "e.at", "e.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.at.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
