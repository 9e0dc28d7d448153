//! All SQL of funding.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::model::{Call, CallFilter, CallOrder, CallRow, CallsOf, ProgrammeRow};
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;
use crate::organisations::model::OrganisationRow;

pub async fn programmes(connection: &mut PgConnection) -> sqlx::Result<Vec<Arc<ProgrammeRow>>> {
    let sql = format!("select {} from programme_node g order by g.code collate \"C\"", ProgrammeRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await?;
    rows.iter().map(|row| ProgrammeRow::read(row, 0).map(Arc::new)).collect()
}

async fn calls(connection: &mut PgConnection, condition: &str, keys: Vec<String>) -> Result<Vec<Arc<Call>>> {
    let sql = format!(
        "select {} from {} {} where {condition}",
        Arc::<Call>::columns(),
        Arc::<Call>::TABLE,
        Arc::<Call>::JOINS
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(keys).fetch_all(connection).await?;
    Ok(rows.iter().map(|row| Listed::read(row, 0)).collect::<sqlx::Result<_>>()?)
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<Call>>> {
    let ids = ids.iter().map(Uuid::to_string).collect();
    let found = calls(connection, "c.id = any($1::uuid[])", ids).await?;
    Ok(found.into_iter().map(|call| (call.row.id, call)).collect())
}

pub async fn by_references(
    connection: &mut PgConnection,
    references: Vec<String>,
) -> Result<HashMap<String, Arc<Call>>> {
    let found = calls(connection, "c.reference = any($1)", references).await?;
    Ok(found.into_iter().map(|call| (call.row.reference.clone(), call)).collect())
}

impl Listed for Arc<Call> {
    type Parent = CallsOf;
    type Filter = CallFilter;
    type Order = CallOrder;

    const TABLE: &'static str = "funding_call c";
    const JOINS: &'static str = "left join organisation o on o.id = c.issuer_id";

    fn columns() -> String {
        format!("{}, {}", CallRow::LIST, OrganisationRow::LIST)
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        let issuer = OrganisationRow::read_joined(row, offset + CallRow::WIDTH)?.map(Arc::new);
        Ok(Arc::new(Call { row: CallRow::read(row, offset)?, issuer }))
    }

    fn within(parent: CallsOf) -> &'static str {
        match parent {
            CallsOf::Programme => "c.programme_code = k.id",
            CallsOf::Issuer => "c.issuer_id = k.id::uuid",
        }
    }

    fn push_filter(filter: &CallFilter, query: &mut QueryBuilder<Postgres>) {
        if let Some(programmes) = &filter.programmes {
            query.push(" and c.programme_code = any(").push_bind(programmes.clone()).push(")");
        }
        if let Some(day) = filter.open_on {
            query.push(" and c.opens_on <= ").push_bind(day);
            query.push(" and (c.closes_on is null or c.closes_on >= ").push_bind(day).push(")");
        }
        if let Some(province) = &filter.province {
            query.push(" and (c.province_code is null or c.province_code = ").push_bind(province.clone()).push(")");
        }
        if let Some(synthetic) = filter.is_synthetic {
            query.push(" and c.is_synthetic = ").push_bind(synthetic);
        }
    }

    fn keyset(order: CallOrder) -> Keyset {
        match order {
            CallOrder::NewestFirst => Keyset::by_date("-opens", "c.opens_on", "c.id", true),
            CallOrder::OldestFirst => Keyset::by_date("opens", "c.opens_on", "c.id", false),
        }
    }

    fn sort_value(&self, _order: CallOrder) -> Option<String> {
        Some(self.row.opens_on.to_string())
    }

    fn id(&self) -> Uuid {
        self.row.id
    }
}
