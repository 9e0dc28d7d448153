//! All SQL of programs.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::model::{ClientRow, SecretRow, Terms};
use crate::access::clients::Authentication;
use crate::db::columns::{Columns, grouped};
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<ClientRow>>> {
    let sql = format!("select {} from client c where c.id = any($1)", ClientRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| ClientRow::read(row, 0).map(|row| (row.id, Arc::new(row))));
    Ok(rows.collect::<sqlx::Result<_>>()?)
}

/// Secrets in force by their clients, the newest first.
pub async fn secrets_of(connection: &mut PgConnection, clients: &[Uuid]) -> Result<HashMap<Uuid, Arc<[SecretRow]>>> {
    let sql = format!(
        "select {} from client_secret s where s.client_id = any($1) and s.expires_at > now()
         order by s.created_at desc, s.id desc",
        SecretRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(clients).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| SecretRow::read(row, 0).map(|row| (row.client_id, row)));
    Ok(grouped(rows.collect::<sqlx::Result<Vec<_>>>()?))
}

/// A program as another issuer knows it.
pub struct External<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    pub purpose: Option<&'a str>,
}

/// Writes a program; `None` where there is no such organisation in sight.
pub async fn insert(
    connection: &mut PgConnection,
    organisation: Uuid,
    authentication: Authentication,
    terms: &Terms,
    external: Option<&External<'_>>,
) -> sqlx::Result<Option<ClientRow>> {
    let sql = format!(
        "insert into client as c (id, organisation_id, owner_number, name, scopes, authentication, jwks, external_issuer,
             external_subject, external_purpose, requests_per_minute, cost_per_minute, expires_at)
         select $1, o.id, o.number, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from organisation o where o.id = $2
         returning {}",
        ClientRow::LIST
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(Uuid::now_v7())
        .bind(organisation)
        .bind(&terms.name)
        .bind(&terms.scopes)
        .bind(authentication.as_str())
        .bind(&terms.jwks)
        .bind(external.map(|external| external.issuer))
        .bind(external.map(|external| external.subject))
        .bind(external.and_then(|external| external.purpose))
        .bind(terms.requests_per_minute)
        .bind(terms.cost_per_minute)
        .bind(terms.expires_at)
        .fetch_optional(connection)
        .await?;
    row.map(|row| ClientRow::read(&row, 0)).transpose()
}

/// Writes a secret, which is in force as long as its client.
pub async fn insert_secret(connection: &mut PgConnection, client: &ClientRow, hash: &str) -> sqlx::Result<()> {
    sqlx::query(
        "insert into client_secret (id, client_id, owner_number, hash, created_at, expires_at)
         values ($1, $2, $3, $4, clock_timestamp(), $5)",
    )
    .bind(Uuid::now_v7())
    .bind(client.id)
    .bind(client.owner_number)
    .bind(hash)
    .bind(client.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets new terms, if the program is still as it was loaded.
pub async fn change(connection: &mut PgConnection, held: &ClientRow, terms: &Terms) -> sqlx::Result<bool> {
    let saved = sqlx::query(
        "update client set name = $3, scopes = $4, jwks = $5, requests_per_minute = $6, cost_per_minute = $7,
             expires_at = $8, version = version + 1
         where id = $1 and version = $2 and revoked_at is null",
    )
    .bind(held.id)
    .bind(held.version)
    .bind(&terms.name)
    .bind(&terms.scopes)
    .bind(&terms.jwks)
    .bind(terms.requests_per_minute)
    .bind(terms.cost_per_minute)
    .bind(terms.expires_at)
    .execute(connection)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// A secret that was to last as long as its client goes on doing so; one that gives way to another does not.
pub async fn move_end_of_secrets(connection: &mut PgConnection, held: &ClientRow, terms: &Terms) -> sqlx::Result<()> {
    sqlx::query("update client_secret set expires_at = $3 where client_id = $1 and expires_at = $2")
        .bind(held.id)
        .bind(held.expires_at)
        .bind(terms.expires_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that a program gets another secret, if it is still as it was loaded; nobody else changes it until the commit.
pub async fn touch(connection: &mut PgConnection, held: &ClientRow) -> sqlx::Result<bool> {
    let sql = "update client set version = version + 1 where id = $1 and version = $2 and revoked_at is null";
    Ok(sqlx::query(sql).bind(held.id).bind(held.version).execute(connection).await?.rows_affected() == 1)
}

/// Lets the newest secret work for so many hours more at the most, and ends the others.
pub async fn give_way(connection: &mut PgConnection, client: Uuid, hours: i32) -> sqlx::Result<()> {
    sqlx::query(
        "update client_secret s set expires_at = case
             when s.id = (select n.id from client_secret n where n.client_id = $1 and n.expires_at > now()
                          order by n.created_at desc, n.id desc limit 1)
             then least(s.expires_at, now() + make_interval(hours => $2)) else now() end
         where s.client_id = $1 and s.expires_at > now()",
    )
    .bind(client)
    .bind(hours)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets a program in no more, if it is still as it was loaded.
pub async fn revoke(connection: &mut PgConnection, held: &ClientRow) -> sqlx::Result<bool> {
    let sql = "update client set revoked_at = now(), version = version + 1
               where id = $1 and version = $2 and revoked_at is null";
    Ok(sqlx::query(sql).bind(held.id).bind(held.version).execute(connection).await?.rows_affected() == 1)
}

/// Programs below their organisation, the newest first.
impl Listed for Arc<ClientRow> {
    type Parent = ();
    type Filter = ();
    type Order = ();

    const TABLE: &'static str = "client c";
    const JOINS: &'static str = "";

    fn columns() -> String {
        ClientRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        ClientRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "c.organisation_id = k.id::uuid"
    }

    fn push_filter((): &(), _query: &mut QueryBuilder<Postgres>) {}

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("-created", "c.created_at", "c.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.created_at.to_rfc3339())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
