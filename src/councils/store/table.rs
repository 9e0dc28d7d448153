//! All SQL of working tables.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::councils::table::model::{TableFilter, TableRow};
use crate::db::columns::Columns;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

/// Working tables below their council, the latest first.
impl Listed for Arc<TableRow> {
    type Parent = ();
    type Filter = TableFilter;
    type Order = ();

    const TABLE: &'static str = "working_table w";
    const JOINS: &'static str = "";

    fn columns() -> String {
        TableRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        TableRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "w.council_id = k.id::uuid"
    }

    fn push_filter(filter: &TableFilter, query: &mut QueryBuilder<Postgres>) {
        match filter.is_open {
            Some(true) => drop(query.push(" and w.closed_on is null")),
            Some(false) => drop(query.push(" and w.closed_on is not null")),
            None => {}
        }
    }

    fn keyset((): ()) -> Keyset {
        Keyset::by_date("-opens", "w.opens_on", "w.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.opens_on.to_string())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

/// A council's tables with a meeting from an instant on, the last ones where there are too many.
pub async fn meeting_since(
    connection: &mut PgConnection,
    council: Uuid,
    from: DateTime<Utc>,
    most: i64,
) -> sqlx::Result<Vec<Uuid>> {
    let sql = "select w.id from working_table w where w.council_id = $1 and exists (
                 select from table_meeting m where m.working_table_id = w.id and m.starts_at >= $2)
               order by w.opens_on desc, w.id limit $3";
    sqlx::query_scalar(sql).bind(council).bind(from).bind(most).fetch_all(connection).await
}
