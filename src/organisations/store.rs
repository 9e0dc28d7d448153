//! All SQL of organisations.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::model::{
    Competence, ContactRow, NaturalKey, OrganisationFilter, OrganisationOrder, OrganisationRow, OrganisationsOf,
    RegisterEntryRow,
};
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

async fn select(
    connection: &mut PgConnection,
    rest: &'static str,
    bind: impl FnOnce(Query<'_>) -> Query<'_>,
) -> sqlx::Result<Vec<Arc<OrganisationRow>>> {
    let sql = format!("select {} from organisation o {rest}", OrganisationRow::LIST);
    let rows = bind(sqlx::query(AssertSqlSafe(sql))).fetch_all(connection).await?;
    rows.iter().map(|row| OrganisationRow::read(row, 0).map(Arc::new)).collect()
}

type Query<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;

pub async fn institutional(connection: &mut PgConnection) -> sqlx::Result<Vec<Arc<OrganisationRow>>> {
    select(connection, "where o.kind in ('central_authority', 'prefecture', 'territorial_council')", |query| query)
        .await
}

pub async fn competences(connection: &mut PgConnection) -> sqlx::Result<Vec<Competence>> {
    sqlx::query_as(
        "select id, office_id, province_code, valid_from, valid_until from office_competence order by province_code",
    )
    .fetch_all(connection)
    .await
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<OrganisationRow>>> {
    let rows = select(connection, "where o.id = any($1)", |query| query.bind(ids.to_vec())).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// By natural keys of any kind, in one statement.
pub async fn by_natural_keys(
    connection: &mut PgConnection,
    keys: &[NaturalKey],
) -> Result<HashMap<NaturalKey, Arc<OrganisationRow>>> {
    let values = |of: &str| -> Vec<String> {
        keys.iter().map(NaturalKey::column).filter(|(column, _)| *column == of).map(|(_, value)| value.into()).collect()
    };
    let rows = select(
        connection,
        "where o.fiscal_code = any($1) or o.ipa_code = any($2) or o.runts_number = any($3) or o.office_code = any($4)",
        |query| {
            query
                .bind(values("fiscal_code"))
                .bind(values("ipa_code"))
                .bind(values("runts_number"))
                .bind(values("office_code"))
        },
    )
    .await?;
    let bears = |row: &OrganisationRow, key: &NaturalKey| match key {
        NaturalKey::FiscalCode(value) => row.fiscal_code.as_ref() == Some(value),
        NaturalKey::IpaCode(value) => row.ipa_code.as_ref() == Some(value),
        NaturalKey::RuntsNumber(value) => row.runts_number.as_ref() == Some(value),
        NaturalKey::OfficeCode(value) => row.office_code.as_ref() == Some(value),
    };
    let found = |key: &NaturalKey| rows.iter().find(|row| bears(row, key)).map(|row| (key.clone(), row.clone()));
    Ok(keys.iter().filter_map(found).collect())
}

impl Listed for Arc<OrganisationRow> {
    type Parent = OrganisationsOf;
    type Filter = OrganisationFilter;
    type Order = OrganisationOrder;

    const TABLE: &'static str = "organisation o";
    const JOINS: &'static str = "";

    fn columns() -> String {
        OrganisationRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        OrganisationRow::read(row, offset).map(Arc::new)
    }

    fn within(parent: OrganisationsOf) -> &'static str {
        match parent {
            OrganisationsOf::Province => "o.province_code = k.id",
            OrganisationsOf::Office => {
                "o.province_code in (select c.province_code from office_competence c where c.office_id = k.id::uuid \
                 and (c.valid_from is null or c.valid_from <= current_date) \
                 and (c.valid_until is null or c.valid_until >= current_date))"
            }
        }
    }

    fn push_filter(filter: &OrganisationFilter, query: &mut QueryBuilder<Postgres>) {
        if !filter.kinds.is_empty() {
            let kinds: Vec<_> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
            query.push(" and o.kind = any(").push_bind(kinds).push(")");
        }
        if let Some(provinces) = &filter.provinces {
            query.push(" and o.province_code = any(").push_bind(provinces.clone()).push(")");
        }
        if let Some(municipality) = &filter.municipality {
            query.push(" and o.municipality_code = ").push_bind(municipality.clone());
        }
        if let Some(section) = &filter.runts_section {
            query.push(" and o.runts_section = ").push_bind(section.clone());
        }
        if let Some(day) = filter.exists_on {
            query.push(" and (o.valid_from is null or o.valid_from <= ").push_bind(day);
            query.push(") and (o.valid_until is null or o.valid_until >= ").push_bind(day).push(")");
        }
        if let Some(synthetic) = filter.is_synthetic {
            query.push(" and o.is_synthetic = ").push_bind(synthetic);
        }
    }

    fn keyset(order: OrganisationOrder) -> Keyset {
        let by_name = Keyset {
            name: "name",
            column: "o.sort_key",
            id: "o.id",
            sql_type: "text",
            descending: false,
            nullable: false,
        };
        match order {
            OrganisationOrder::Name => by_name,
            OrganisationOrder::NameDescending => Keyset { name: "-name", descending: true, ..by_name },
        }
    }

    fn sort_value(&self, _order: OrganisationOrder) -> Option<String> {
        Some(self.sort_key.clone())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

pub async fn contacts(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<ContactRow>>> {
    let rows: Vec<ContactRow> = sqlx::query_as(
        "select organisation_id, email, certified_email, phone from organisation_contact where organisation_id = any($1)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organisation_id, Arc::new(row))).collect())
}

pub async fn register_entries(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[RegisterEntryRow]>>> {
    let rows: Vec<RegisterEntryRow> = sqlx::query_as(
        "select organisation_id, section, entry_number, registered_on, removed_on
         from organisation_register_entry where organisation_id = any($1) order by section",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(crate::db::columns::grouped(rows.into_iter().map(|row| (row.organisation_id, row))))
}
