//! All SQL of sign-in and sessions.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::claims::Held;
use super::session::Session;
use crate::access::persona::stable_id;
use crate::access::{Delegation, Membership, Person, Role};

/// A sign-in under way.
pub struct Attempt {
    pub browser_hash: Vec<u8>,
    pub provider: String,
    pub nonce: String,
    pub verifier: String,
    pub return_to: String,
    pub invitation_hash: Option<Vec<u8>>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps an attempt, and lets go of those that are over.
pub async fn begin_attempt(connection: &mut PgConnection, state_hash: &[u8], attempt: &Attempt) -> sqlx::Result<()> {
    sqlx::query(
        "with over as (delete from sign_in_attempt where expires_at < now() - interval '1 hour')
         insert into sign_in_attempt
           (state_hash, browser_hash, provider, nonce, verifier, return_to, invitation_hash, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(state_hash)
    .bind(&attempt.browser_hash)
    .bind(&attempt.provider)
    .bind(&attempt.nonce)
    .bind(&attempt.verifier)
    .bind(&attempt.return_to)
    .bind(&attempt.invitation_hash)
    .bind(attempt.expires_at)
    .execute(connection)
    .await
    .map(drop)
}

/// Takes an attempt out: it is answered once, whatever comes of it.
pub async fn take_attempt(connection: &mut PgConnection, state_hash: &[u8]) -> sqlx::Result<Option<Attempt>> {
    let row = sqlx::query(
        "delete from sign_in_attempt where state_hash = $1
         returning browser_hash, provider, nonce, verifier, return_to, invitation_hash, expires_at",
    )
    .bind(state_hash)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Attempt {
        browser_hash: row.try_get(0)?,
        provider: row.try_get(1)?,
        nonce: row.try_get(2)?,
        verifier: row.try_get(3)?,
        return_to: row.try_get(4)?,
        invitation_hash: row.try_get(5)?,
        expires_at: row.try_get(6)?,
    }))
}

/// An account, as a sign-in finds or makes it.
pub struct Account {
    pub id: Uuid,
    pub number: i32,
    pub is_erased: bool,
}

/// The account of whom an issuer knows by this subject; made where there is none. Two first sign-ins at once make one.
pub async fn account(connection: &mut PgConnection, issuer: &str, subject: &str) -> sqlx::Result<Account> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))")
        .bind(issuer)
        .bind(subject)
        .execute(&mut *connection)
        .await?;
    let found = sqlx::query_as::<_, (Uuid, i32, bool)>(
        "select a.id, a.number, a.erased_at is not null from account_identity i join account a on a.id = i.account_id
         where i.issuer = $1 and i.subject = $2 for update of a",
    )
    .bind(issuer)
    .bind(subject)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some((id, number, is_erased)) = found {
        return Ok(Account { id, number, is_erased });
    }
    let id = Uuid::now_v7();
    let number = sqlx::query_scalar("insert into account (id) values ($1) returning number")
        .bind(id)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("insert into account_identity (issuer, subject, account_id) values ($1, $2, $3)")
        .bind(issuer)
        .bind(subject)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(Account { id, number, is_erased: false })
}

/// Notes a sign-in. What the provider does not tell of the person stays as it was.
pub async fn note_sign_in(
    connection: &mut PgConnection,
    account: Uuid,
    name: &str,
    email: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "update account set name = coalesce(nullif($2, ''), name), email = coalesce(nullif($3, ''), email),
           last_sign_in_at = $4
         where id = $1",
    )
    .bind(account)
    .bind(name)
    .bind(email)
    .bind(now)
    .execute(connection)
    .await
    .map(drop)
}

/// Organisations by the codes of the settings: `office:PREF-BO` and the like, `ipa:…`, `fiscal:…`, `id:…`.
pub async fn organisations_by_code(
    connection: &mut PgConnection,
    codes: &[&str],
) -> sqlx::Result<HashMap<String, Uuid>> {
    let after = |prefix: &str| codes.iter().map(|code| code.strip_prefix(prefix)).collect::<Vec<_>>();
    let by_id = |code: &&str| match code.split_once(':') {
        Some(("id", id)) => Uuid::parse_str(id).ok(),
        Some(("ipa" | "fiscal", _)) => None,
        _ => Some(stable_id(code)),
    };
    let found = sqlx::query_as::<_, (String, Uuid)>(
        "select c.code, o.id from unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) as c (code, id, ipa, fiscal)
         join organisation o on o.id = c.id or o.ipa_code = c.ipa or o.fiscal_code = c.fiscal",
    )
    .bind(codes)
    .bind(codes.iter().map(by_id).collect::<Vec<_>>())
    .bind(after("ipa:"))
    .bind(after("fiscal:"))
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().collect())
}

/// Memberships in force on a day in organisations that exist on it, in the order in which they began.
pub async fn memberships(connection: &mut PgConnection, account: Uuid, day: NaiveDate) -> sqlx::Result<Vec<Held>> {
    let rows = sqlx::query(
        "select m.id, m.organisation_id, m.role, m.owner_number, m.origin = 'mapping'
         from membership m join organisation o on o.id = m.organisation_id
         where m.account_id = $1 and m.ended_at is null and (o.valid_until is null or o.valid_until >= $2)
         order by m.since, m.id",
    )
    .bind(account)
    .bind(day)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Held {
                membership: Membership { id: row.try_get(0)?, organisation: row.try_get(1)?, role: row.try_get(2)? },
                owner_number: row.try_get(3)?,
                by_mapping: row.try_get(4)?,
            })
        })
        .collect()
}

/// Begins a membership; its id and the organisation's number. `None` where the person belongs to it already.
pub async fn begin_membership(
    connection: &mut PgConnection,
    account: Uuid,
    organisation: Uuid,
    role: Role,
    origin: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<(Uuid, i32)>> {
    sqlx::query_as(
        "insert into membership (id, account_id, organisation_id, owner_number, role, origin, since, person_name, person_email)
         select $1, a.id, o.id, o.number, $4, $5, $6, a.name, a.email from account a, organisation o
         where a.id = $2 and o.id = $3
         on conflict (account_id, organisation_id) where ended_at is null do nothing
         returning id, owner_number",
    )
    .bind(Uuid::now_v7())
    .bind(account)
    .bind(organisation)
    .bind(role.as_str())
    .bind(origin)
    .bind(now)
    .fetch_optional(connection)
    .await
}

pub async fn change_membership(connection: &mut PgConnection, membership: Uuid, role: Role) -> sqlx::Result<()> {
    sqlx::query("update membership set role = $2, version = version + 1 where id = $1")
        .bind(membership)
        .bind(role.as_str())
        .execute(connection)
        .await
        .map(drop)
}

pub async fn end_membership(connection: &mut PgConnection, membership: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("update membership set ended_at = $2, version = version + 1 where id = $1")
        .bind(membership)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

/// An invitation, locked until the change is over.
pub struct Invitation {
    pub id: Uuid,
    pub organisation: Uuid,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

pub async fn invitation(connection: &mut PgConnection, secret_hash: &[u8]) -> sqlx::Result<Option<Invitation>> {
    let row = sqlx::query(
        "select id, organisation_id, role, expires_at, accepted_at, withdrawn_at from invitation
         where secret_hash = $1 for update",
    )
    .bind(secret_hash)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Invitation {
        id: row.try_get(0)?,
        organisation: row.try_get(1)?,
        role: row.try_get(2)?,
        expires_at: row.try_get(3)?,
        accepted_at: row.try_get(4)?,
        withdrawn_at: row.try_get(5)?,
    }))
}

/// Marks an invitation as taken up; the address is no longer needed.
pub async fn accept_invitation(
    connection: &mut PgConnection,
    invitation: Uuid,
    account: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query("update invitation set accepted_at = $3, accepted_by = $2, email = '' where id = $1")
        .bind(invitation)
        .bind(account)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

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

/// Takes the address from every invitation that nobody accepted in time.
pub async fn forget_addresses(connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("update invitation set email = '' where expires_at <= $1 and email <> ''")
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
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
