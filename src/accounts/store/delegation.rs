//! Delegations.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::access::{DelegationMode, Room};
use crate::accounts::model::DelegationRow;
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<DelegationRow>>> {
    let sql = format!("select {} from delegation d where d.id = any($1)", DelegationRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| DelegationRow::read(row, 0).map(|row| (row.id, Arc::new(row))));
    Ok(rows.collect::<sqlx::Result<_>>()?)
}

/// A grant to be written.
pub struct New<'a> {
    pub office: Uuid,
    pub delegate: Uuid,
    pub rooms: &'a [Room],
    pub mode: DelegationMode,
    pub reason: &'a str,
    pub valid_from: NaiveDate,
    pub valid_until: NaiveDate,
}

/// Writes a grant, with the group of its office and its delegate, who see it; `None` where one of the two is not there.
pub async fn insert(connection: &mut PgConnection, new: &New<'_>) -> sqlx::Result<Option<DelegationRow>> {
    let sql = format!(
        "with parties as (select o.number as office, b.number as delegate from organisation o, organisation b
                          where o.id = $2 and b.id = $3),
              made as (insert into audience_group (purpose) select 'delegation' from parties returning number),
              members as (insert into audience_group_member (group_number, member)
                          select m.number, 1000000 + p.party from made m, parties,
                            lateral (values (parties.office), (parties.delegate)) p (party))
         insert into delegation as d (id, office_id, delegate_id, owner_number, rooms, mode, reason, valid_from, valid_until,
             group_number)
         select $1, $2, $3, p.office, $4, $5, $6, $7, $8, m.number from parties p, made m returning {}",
        DelegationRow::LIST
    );
    let rooms: Vec<&str> = new.rooms.iter().map(|room| room.as_str()).collect();
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(Uuid::now_v7())
        .bind(new.office)
        .bind(new.delegate)
        .bind(rooms)
        .bind(new.mode.as_str())
        .bind(new.reason)
        .bind(new.valid_from)
        .bind(new.valid_until)
        .fetch_optional(connection)
        .await?;
    row.map(|row| DelegationRow::read(&row, 0)).transpose()
}

/// Ends a grant before its time, if it is still as it was loaded.
pub async fn end(connection: &mut PgConnection, held: &DelegationRow) -> sqlx::Result<bool> {
    let sql = "update delegation set ended_at = now(), version = version + 1
               where id = $1 and version = $2 and ended_at is null";
    let saved = sqlx::query(sql).bind(held.id).bind(held.version).execute(connection).await?;
    Ok(saved.rows_affected() == 1)
}

/// Grants that a body gave or holds, the last begun first.
impl Listed for Arc<DelegationRow> {
    type Parent = ();
    type Filter = ();
    type Order = ();

    const TABLE: &'static str = "delegation d";
    const JOINS: &'static str = "";

    fn columns() -> String {
        DelegationRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        DelegationRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "(d.office_id = k.id::uuid or d.delegate_id = k.id::uuid)"
    }

    fn push_filter((): &(), _query: &mut QueryBuilder<Postgres>) {}

    fn keyset((): ()) -> Keyset {
        Keyset::by_date("-from", "d.valid_from", "d.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.valid_from.to_string())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
