//! Sessions of browsers.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::{Account, memberships};
use crate::access::people::session::Session;
use crate::access::{Delegation, Membership, Person};

/// The membership that the person acted for last.
pub async fn last_used(connection: &mut PgConnection, account: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "select membership_id from browser_session where account_id = $1 and membership_id is not null
         order by seen_at desc, id desc limit 1",
    )
    .bind(account)
    .fetch_optional(connection)
    .await
}

/// A session that begins.
pub struct NewSession<'a> {
    pub id: Uuid,
    pub secret_hash: &'a [u8],
    pub account: &'a Account,
    pub membership: Option<Uuid>,
    pub provider: &'a str,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub async fn begin_session(connection: &mut PgConnection, session: NewSession<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into browser_session
           (id, secret_hash, account_id, account_number, membership_id, provider, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
    )
    .bind(session.id)
    .bind(session.secret_hash)
    .bind(session.account.id)
    .bind(session.account.number)
    .bind(session.membership)
    .bind(session.provider)
    .bind(session.now)
    .bind(session.expires_at)
    .execute(connection)
    .await
    .map(drop)
}

pub async fn end_session(connection: &mut PgConnection, secret_hash: &[u8], now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("update browser_session set ended_at = $2 where secret_hash = $1 and ended_at is null")
        .bind(secret_hash)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

/// Notes that a session is in use.
pub async fn note_seen(connection: &mut PgConnection, session: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("update browser_session set seen_at = $2 where id = $1 and seen_at < $2")
        .bind(session)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

/// The session behind a secret, with the person as they stand on a day; `None` where it was ended or never was.
pub async fn session(
    connection: &mut PgConnection,
    secret_hash: &[u8],
    day: NaiveDate,
) -> sqlx::Result<Option<Session>> {
    let row = sqlx::query(
        "select s.id, s.account_id, s.account_number, s.membership_id, s.delegation_id, s.provider, s.seen_at, s.expires_at
         from browser_session s join account a on a.id = s.account_id
         where s.secret_hash = $1 and s.ended_at is null and a.erased_at is null",
    )
    .bind(secret_hash)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let account = row.try_get(1)?;
    let memberships: Arc<[Membership]> =
        memberships(connection, account, day).await?.into_iter().map(|held| held.membership).collect();
    let delegations: Arc<[Delegation]> = delegations(connection, &memberships, day).await?.into();
    let (membership, delegation) = (row.try_get(3)?, row.try_get(4)?);
    Ok(Some(Session {
        person: Person {
            account,
            session: row.try_get(0)?,
            memberships,
            delegations,
            membership: None,
            delegation: None,
        }
        .acting(membership, delegation),
        account_number: row.try_get(2)?,
        provider: row.try_get(5)?,
        seen_at: row.try_get(6)?,
        expires_at: row.try_get(7)?,
    }))
}

/// The hash of a session's secret; `None` where it was ended or never was.
pub async fn hash_of_session(connection: &mut PgConnection, session: Uuid) -> sqlx::Result<Option<[u8; 32]>> {
    let hash: Option<Vec<u8>> =
        sqlx::query_scalar("select secret_hash from browser_session where id = $1 and ended_at is null")
            .bind(session)
            .fetch_optional(connection)
            .await?;
    Ok(hash.and_then(|hash| hash.try_into().ok()))
}

/// Grants in force on a day to the bodies of these memberships.
async fn delegations(
    connection: &mut PgConnection,
    memberships: &[Membership],
    day: NaiveDate,
) -> sqlx::Result<Vec<Delegation>> {
    if memberships.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "select id, office_id, delegate_id, rooms, mode, valid_until from delegation
         where delegate_id = any($1) and ended_at is null and $2 between valid_from and valid_until
         order by valid_from, id",
    )
    .bind(memberships.iter().map(|membership| membership.organisation).collect::<Vec<_>>())
    .bind(day)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let rooms: Vec<String> = row.try_get(3)?;
            Ok(Delegation {
                id: row.try_get(0)?,
                office: row.try_get(1)?,
                delegate: row.try_get(2)?,
                rooms: rooms.iter().filter_map(|room| room.parse().ok()).collect(),
                mode: row.try_get(4)?,
                until: row.try_get(5)?,
            })
        })
        .collect()
}

/// Lets go of sessions that were over before this time. The database tells hubs of every deletion, of none, too: it is
/// asked first.
pub async fn let_go_of_sessions(connection: &mut PgConnection, before: DateTime<Utc>) -> sqlx::Result<()> {
    let over = "least(coalesce(ended_at, expires_at), expires_at) < $1";
    let are_there: bool =
        sqlx::query_scalar(AssertSqlSafe(format!("select exists (select from browser_session where {over})")))
            .bind(before)
            .fetch_one(&mut *connection)
            .await?;
    if are_there {
        sqlx::query(AssertSqlSafe(format!("delete from browser_session where {over}")))
            .bind(before)
            .execute(connection)
            .await?;
    }
    Ok(())
}
