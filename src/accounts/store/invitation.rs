//! Invitations.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::access::Role;
use crate::accounts::model::InvitationRow;
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<InvitationRow>>> {
    let sql = format!("select {} from invitation i where i.id = any($1)", InvitationRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| InvitationRow::read(row, 0).map(|row| (row.id, Arc::new(row))));
    Ok(rows.collect::<sqlx::Result<_>>()?)
}

/// Whether an address belongs to a member already, and whether an invitation to it is waiting.
pub async fn known(connection: &mut PgConnection, organisation: Uuid, email: &str) -> sqlx::Result<(bool, bool)> {
    sqlx::query_as(
        "select exists (select from membership where organisation_id = $1 and ended_at is null
                          and lower(person_email) = lower($2)),
                exists (select from invitation where organisation_id = $1 and accepted_at is null and withdrawn_at is null
                          and expires_at > now() and lower(email) = lower($2))",
    )
    .bind(organisation)
    .bind(email)
    .fetch_one(connection)
    .await
}

/// An invitation to be written.
pub struct New<'a> {
    pub organisation: Uuid,
    pub role: Role,
    pub email: &'a str,
    pub secret_hash: [u8; 32],
    pub invited_by: Option<Uuid>,
    pub expires_at: DateTime<Utc>,
}

/// Writes an invitation; `None` where there is no such organisation in sight.
pub async fn insert(connection: &mut PgConnection, new: &New<'_>) -> sqlx::Result<Option<InvitationRow>> {
    let sql = format!(
        "insert into invitation as i (id, organisation_id, owner_number, role, email, secret_hash, invited_by, expires_at)
         select $1, o.id, o.number, $3, $4, $5, $6, $7 from organisation o where o.id = $2 returning {}",
        InvitationRow::LIST
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(Uuid::now_v7())
        .bind(new.organisation)
        .bind(new.role.as_str())
        .bind(new.email)
        .bind(new.secret_hash.as_slice())
        .bind(new.invited_by)
        .bind(new.expires_at)
        .fetch_optional(connection)
        .await?;
    row.map(|row| InvitationRow::read(&row, 0)).transpose()
}

/// Takes an invitation back, with its address, if nobody accepted it meanwhile.
pub async fn withdraw(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    let sql = "update invitation set withdrawn_at = now(), email = ''
               where id = $1 and accepted_at is null and withdrawn_at is null";
    Ok(sqlx::query(sql).bind(id).execute(connection).await?.rows_affected() == 1)
}

/// Invitations below their organisation, the newest first.
impl Listed for Arc<InvitationRow> {
    type Parent = ();
    type Filter = ();
    type Order = ();

    const TABLE: &'static str = "invitation i";
    const JOINS: &'static str = "";

    fn columns() -> String {
        InvitationRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        InvitationRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "i.organisation_id = k.id::uuid"
    }

    fn push_filter((): &(), _query: &mut QueryBuilder<Postgres>) {}

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("-created", "i.created_at", "i.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.created_at.to_rfc3339())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
