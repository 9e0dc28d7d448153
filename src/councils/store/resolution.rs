//! All SQL of resolutions, as they are found apart from their sittings.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use crate::councils::sitting::model::{Resolution, ResolutionFilter, ResolutionRow};
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<ResolutionRow>>> {
    let sql = format!("select {} from council_resolution q where q.id = any($1)", ResolutionRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| ResolutionRow::read(row, 0).map(|row| (row.id, Arc::new(row))));
    Ok(rows.collect::<sqlx::Result<_>>()?)
}

/// Resolutions, all or those about a plan, those of the latest sitting first.
impl Listed for Resolution {
    /// The plan, by its id.
    type Parent = ();
    type Filter = ResolutionFilter;
    type Order = ();

    const TABLE: &'static str = "council_resolution q join council_sitting g on g.id = q.sitting_id";
    const JOINS: &'static str = "";

    fn columns() -> String {
        format!("{}, g.starts_at", ResolutionRow::LIST)
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        let starts_at = row.try_get(offset + ResolutionRow::WIDTH)?;
        Ok(Self { row: Arc::new(ResolutionRow::read(row, offset)?), starts_at })
    }

    fn within((): ()) -> &'static str {
        "q.plan_id = k.id::uuid"
    }

    fn push_filter(filter: &ResolutionFilter, query: &mut QueryBuilder<Postgres>) {
        if !filter.kinds.is_empty() {
            let kinds: Vec<_> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
            query.push(" and q.kind = any(").push_bind(kinds).push(")");
        }
        if let Some(council) = filter.council {
            query.push(" and g.council_id = ").push_bind(council);
        }
    }

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("-starts", "g.starts_at", "q.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.starts_at.to_rfc3339())
    }

    fn id(&self) -> Uuid {
        self.row.id
    }
}
