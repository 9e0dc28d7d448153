//! All SQL of sittings.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::councils::sitting::model::{SittingFilter, SittingOrder, SittingRow};
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

/// Sittings, all or those of a council.
impl Listed for Arc<SittingRow> {
    /// The council, by its id.
    type Parent = ();
    type Filter = SittingFilter;
    type Order = SittingOrder;

    const TABLE: &'static str = "council_sitting g";
    const JOINS: &'static str = "";

    fn columns() -> String {
        SittingRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        SittingRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "g.council_id = k.id::uuid"
    }

    fn push_filter(filter: &SittingFilter, query: &mut QueryBuilder<Postgres>) {
        if !filter.statuses.is_empty() {
            let statuses: Vec<_> = filter.statuses.iter().map(|status| status.as_str()).collect();
            query.push(" and g.status = any(").push_bind(statuses).push(")");
        }
        if let Some(from) = filter.from {
            query.push(" and g.starts_at >= ").push_bind(from);
        }
        if let Some(until) = filter.until {
            query.push(" and g.starts_at < ").push_bind(until);
        }
        if let Some(called) = filter.called {
            // By a body that the viewer may not see, nothing is found.
            query.push(
                " and exists (select from sitting_invitation i join organisation o on o.id = i.organisation_id
                   where i.sitting_id = g.id and o.id = ",
            );
            query.push_bind(called).push(")");
        }
    }

    fn keyset(order: SittingOrder) -> Keyset {
        match order {
            SittingOrder::LatestFirst => Keyset::by_instant("-starts", "g.starts_at", "g.id", true),
            SittingOrder::EarliestFirst => Keyset::by_instant("starts", "g.starts_at", "g.id", false),
        }
    }

    fn sort_value(&self, _order: SittingOrder) -> Option<String> {
        Some(self.starts_at.to_rfc3339())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<SittingRow>>> {
    let sql = format!("select {} from council_sitting g where g.id = any($1)", SittingRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let found = rows.iter().map(|row| SittingRow::read(row, 0).map(|sitting| (sitting.id, Arc::new(sitting))));
    Ok(found.collect::<sqlx::Result<_>>()?)
}

/// A council's sittings from an instant on, the last ones where there are too many.
pub async fn recent(
    connection: &mut PgConnection,
    council: Uuid,
    from: DateTime<Utc>,
    most: i64,
) -> sqlx::Result<Vec<Uuid>> {
    let sql =
        "select id from council_sitting where council_id = $1 and starts_at >= $2 order by starts_at desc, id limit $3";
    sqlx::query_scalar(sql).bind(council).bind(from).bind(most).fetch_all(connection).await
}
