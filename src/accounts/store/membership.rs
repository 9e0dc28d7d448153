//! Memberships.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::access::Role;
use crate::accounts::model::{Membership, MembershipRow};
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;
use crate::organisations::model::OrganisationRow;

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<MembershipRow>>> {
    let sql = format!("select {} from membership m where m.id = any($1)", MembershipRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| MembershipRow::read(row, 0).map(|row| (row.id, Arc::new(row))));
    Ok(rows.collect::<sqlx::Result<_>>()?)
}

/// Memberships with their organisations, in the order of their beginning.
pub async fn with_organisations(connection: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Membership>> {
    let sql = format!(
        "select {}, {} from membership m join organisation o on o.id = m.organisation_id where m.id = any($1)
         order by m.since, m.id",
        MembershipRow::LIST,
        OrganisationRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let read = |row: &PgRow| {
        let organisation = Some(Arc::new(OrganisationRow::read(row, MembershipRow::WIDTH)?));
        Ok(Membership { row: Arc::new(MembershipRow::read(row, 0)?), organisation })
    };
    rows.iter().map(read).collect()
}

/// The memberships of an organisation's administrators, which stay as they are until the transaction ends.
pub async fn lock_administrators(connection: &mut PgConnection, organisation: Uuid) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select id from membership where organisation_id = $1 and role = 'administrator' and ended_at is null
         order by id for update",
    )
    .bind(organisation)
    .fetch_all(connection)
    .await
}

/// Gives another role, if the membership is still as it was loaded.
pub async fn set_role(connection: &mut PgConnection, held: &MembershipRow, role: Role) -> sqlx::Result<bool> {
    let sql =
        "update membership set role = $3, version = version + 1 where id = $1 and version = $2 and ended_at is null";
    let saved = sqlx::query(sql).bind(held.id).bind(held.version).bind(role.as_str()).execute(connection).await?;
    Ok(saved.rows_affected() == 1)
}

/// Ends a membership, if it is still as it was loaded.
pub async fn end(connection: &mut PgConnection, held: &MembershipRow) -> sqlx::Result<bool> {
    let sql = "update membership set ended_at = now(), version = version + 1
               where id = $1 and version = $2 and ended_at is null";
    let saved = sqlx::query(sql).bind(held.id).bind(held.version).execute(connection).await?;
    Ok(saved.rows_affected() == 1)
}

/// Memberships in force, below their organisation, in the order of their beginning: the order tells no name.
impl Listed for Arc<MembershipRow> {
    type Parent = ();
    type Filter = Option<Role>;
    type Order = ();

    const TABLE: &'static str = "membership m";
    const JOINS: &'static str = "";

    fn columns() -> String {
        MembershipRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        MembershipRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "m.organisation_id = k.id::uuid and m.ended_at is null"
    }

    fn push_filter(role: &Option<Role>, query: &mut QueryBuilder<Postgres>) {
        if let Some(role) = role {
            query.push(" and m.role = ").push_bind(role.as_str());
        }
    }

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("since", "m.since", "m.id", false)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.since.to_rfc3339())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
