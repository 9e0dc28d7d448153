//! Memberships that a sign-in or an invitation changes.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use crate::access::people::claims::Held;
use crate::access::persona::stable_id;
use crate::access::{Membership, Role};

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

/// Takes the address from every invitation that nobody accepted in time.
pub async fn forget_addresses(connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("update invitation set email = '' where expires_at <= $1 and email <> ''")
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}
