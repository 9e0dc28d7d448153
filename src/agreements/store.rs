//! All SQL of agreements.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::model::{Agreement, AgreementFilter, AgreementOrder, AgreementRow, AgreementsOf, Party, PartyRow};
use crate::db::columns::{Columns, grouped};
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;
use crate::organisations::model::OrganisationRow;

/// Parties that one agreement shows at the most.
const MOST_PARTIES: i32 = 500;

async fn select(connection: &mut PgConnection, condition: &str, keys: Vec<String>) -> Result<Vec<Arc<Agreement>>> {
    let (columns, table, joins) = (Arc::<Agreement>::columns(), Arc::<Agreement>::TABLE, Arc::<Agreement>::JOINS);
    let sql = format!("select {columns} from {table} {joins} where {condition}");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(keys).fetch_all(connection).await?;
    Ok(rows.iter().map(|row| Listed::read(row, 0)).collect::<sqlx::Result<_>>()?)
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<Agreement>>> {
    let ids = ids.iter().map(Uuid::to_string).collect();
    let found = select(connection, "a.id = any($1::uuid[])", ids).await?;
    Ok(found.into_iter().map(|agreement| (agreement.row.id, agreement)).collect())
}

pub async fn renewals(connection: &mut PgConnection, renewed: &[Uuid]) -> Result<HashMap<Uuid, Arc<Agreement>>> {
    let ids = renewed.iter().map(Uuid::to_string).collect();
    // The last one stands where it was ended and renewed again.
    let condition = "a.renews_id = any($1::uuid[]) and a.status <> 'withdrawn' order by a.valid_from, a.id";
    let found = select(connection, condition, ids).await?;
    Ok(found.into_iter().filter_map(|agreement| Some((agreement.row.renews_id?, agreement))).collect())
}

pub async fn by_references(
    connection: &mut PgConnection,
    references: Vec<String>,
) -> Result<HashMap<String, Arc<Agreement>>> {
    // The last one stands where two promoters gave the same.
    let condition = "a.reference = any($1) order by a.valid_from, a.id";
    let found = select(connection, condition, references).await?;
    Ok(found.into_iter().filter_map(|agreement| Some((agreement.row.reference.clone()?, agreement))).collect())
}

pub async fn parties(connection: &mut PgConnection, agreements: &[Uuid]) -> Result<HashMap<Uuid, Arc<[Party]>>> {
    let sql = format!(
        "select k.id, x.* from unnest($1::uuid[]) k(id) cross join lateral (
           select {}, {} from agreement_party b left join organisation o on o.id = b.organisation_id
           where b.agreement_id = k.id order by b.signed_on nulls last, o.sort_key, b.id limit {MOST_PARTIES}
         ) x",
        PartyRow::LIST,
        OrganisationRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(agreements).fetch_all(connection).await?;
    let read = |row: &PgRow| {
        let organisation = OrganisationRow::read_joined(row, 1 + PartyRow::WIDTH)?.map(Arc::new);
        Ok((row.try_get(0)?, Party { row: PartyRow::read(row, 1)?, organisation }))
    };
    Ok(grouped(rows.iter().map(read).collect::<sqlx::Result<Vec<_>>>()?))
}

pub async fn parties_by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<Party>>> {
    let sql = format!(
        "select {}, {} from agreement_party b left join organisation o on o.id = b.organisation_id where b.id = any($1)",
        PartyRow::LIST,
        OrganisationRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let read = |row: &PgRow| {
        let organisation = OrganisationRow::read_joined(row, PartyRow::WIDTH)?.map(Arc::new);
        let row = PartyRow::read(row, 0)?;
        Ok((row.id, Arc::new(Party { row, organisation })))
    };
    Ok(rows.iter().map(read).collect::<sqlx::Result<_>>()?)
}

impl Listed for Arc<Agreement> {
    type Parent = AgreementsOf;
    type Filter = AgreementFilter;
    type Order = AgreementOrder;

    const TABLE: &'static str = "agreement a";
    const JOINS: &'static str = "left join organisation o on o.id = a.promoter_id";

    fn columns() -> String {
        format!("{}, {}", AgreementRow::LIST, OrganisationRow::LIST)
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        let promoter = OrganisationRow::read_joined(row, offset + AgreementRow::WIDTH)?.map(Arc::new);
        Ok(Arc::new(Agreement { row: AgreementRow::read(row, offset)?, promoter }))
    }

    fn within(parent: AgreementsOf) -> &'static str {
        match parent {
            AgreementsOf::Organisation => {
                "a.id in (select l.id from agreement l where l.promoter_id = k.id::uuid \
                 union select m.agreement_id from agreement_party m where m.organisation_id = k.id::uuid)"
            }
            AgreementsOf::Province => "a.province_code = k.id",
        }
    }

    fn push_filter(filter: &AgreementFilter, query: &mut QueryBuilder<Postgres>) {
        if let Some(provinces) = &filter.provinces {
            query.push(" and a.province_code = any(").push_bind(provinces.clone()).push(")");
        }
        if let Some(day) = filter.in_force_on {
            query.push(" and a.status in ('in_force', 'ended') and a.valid_from <= ").push_bind(day);
            query.push(" and (a.signed_on is null or a.signed_on <= ").push_bind(day);
            query.push(") and (a.valid_until is null or a.valid_until >= ").push_bind(day);
            query.push(") and (a.ended_on is null or a.ended_on >= ").push_bind(day).push(")");
        }
        if !filter.statuses.is_empty() {
            let statuses: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
            query.push(" and case when a.status = 'in_force' and a.valid_until < ").push_bind(filter.today);
            query.push(" then 'ended' else a.status end = any(").push_bind(statuses).push(")");
        }
        if let Some(synthetic) = filter.is_synthetic {
            query.push(" and a.is_synthetic = ").push_bind(synthetic);
        }
    }

    fn keyset(order: AgreementOrder) -> Keyset {
        match order {
            AgreementOrder::NewestFirst => Keyset::by_date("-from", "a.valid_from", "a.id", true),
            AgreementOrder::OldestFirst => Keyset::by_date("from", "a.valid_from", "a.id", false),
        }
    }

    fn sort_value(&self, _order: AgreementOrder) -> Option<String> {
        Some(self.row.valid_from.to_string())
    }

    fn id(&self) -> Uuid {
        self.row.id
    }
}
