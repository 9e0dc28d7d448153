//! Sign-ins under way.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row as _};

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
