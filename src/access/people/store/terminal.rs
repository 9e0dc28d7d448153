//! Sessions of the command line.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use super::Account;

/// What a browser's session granted.
pub struct Grant {
    pub challenge: String,
    pub redirect_uri: String,
    pub session: Uuid,
    pub expires_at: DateTime<Utc>,
}

/// Keeps a grant, and lets go of those that are over.
pub async fn begin_grant(connection: &mut PgConnection, code_hash: &[u8], grant: &Grant) -> sqlx::Result<()> {
    sqlx::query(
        "with over as (delete from terminal_grant where expires_at < now())
         insert into terminal_grant (code_hash, challenge, redirect_uri, session_id, expires_at)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(code_hash)
    .bind(&grant.challenge)
    .bind(&grant.redirect_uri)
    .bind(grant.session)
    .bind(grant.expires_at)
    .execute(connection)
    .await
    .map(drop)
}

/// Takes a grant out: it is taken up once, whatever comes of it.
pub async fn take_grant(connection: &mut PgConnection, code_hash: &[u8]) -> sqlx::Result<Option<Grant>> {
    let row = sqlx::query(
        "delete from terminal_grant where code_hash = $1 returning challenge, redirect_uri, session_id, expires_at",
    )
    .bind(code_hash)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Grant {
        challenge: row.try_get(0)?,
        redirect_uri: row.try_get(1)?,
        session: row.try_get(2)?,
        expires_at: row.try_get(3)?,
    }))
}

/// A session that began beside a browser's: of the same person, for the same body, with the same end.
pub struct Beside {
    pub account: Account,
    pub membership: Option<Uuid>,
    pub provider: String,
    pub expires_at: DateTime<Utc>,
}

/// Begins a session of the command line; `None` where the browser's is over, unused since `used_since`, or none of a browser.
pub async fn begin_beside(
    connection: &mut PgConnection,
    browser: Uuid,
    (id, secret_hash): (Uuid, &[u8]),
    (now, used_since): (DateTime<Utc>, DateTime<Utc>),
) -> sqlx::Result<Option<Beside>> {
    let row = sqlx::query(
        "insert into browser_session (id, secret_hash, account_id, account_number, membership_id, delegation_id, provider,
           is_terminal, created_at, seen_at, expires_at)
         select $2, $3, s.account_id, s.account_number, s.membership_id, s.delegation_id, s.provider, true, $4, $4, s.expires_at
         from browser_session s join account a on a.id = s.account_id
         where s.id = $1 and s.ended_at is null and s.expires_at > $4 and s.seen_at > $5 and not s.is_terminal
           and a.erased_at is null
         returning account_id, account_number, membership_id, provider, expires_at",
    )
    .bind(browser)
    .bind(id)
    .bind(secret_hash)
    .bind(now)
    .bind(used_since)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Beside {
        account: Account { id: row.try_get(0)?, number: row.try_get(1)?, is_erased: false },
        membership: row.try_get(2)?,
        provider: row.try_get(3)?,
        expires_at: row.try_get(4)?,
    }))
}
