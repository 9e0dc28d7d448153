//! All SQL of the signing keys.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use super::SigningKey;
use crate::access::token::PublicKey;

/// Taken by whoever changes the keys, so that replicas do it one after the other.
const LOCK: i64 = 0x7261_6363_6b65_7973;

/// Lets nobody else change the keys until the transaction ends.
pub async fn lock(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(LOCK).execute(connection).await.map(drop)
}

/// All keys that are kept, the newest first.
pub async fn all(connection: &mut PgConnection) -> sqlx::Result<Vec<SigningKey>> {
    let rows = sqlx::query(
        "select kid, public_jwk, private_key, created_at, signs_from, signs_until, published_until
         from signing_key order by signs_from desc, created_at desc",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let jwk: Value = row.try_get(1)?;
            let public = PublicKey::from_jwk(&jwk).ok_or_else(|| sqlx::Error::Decode("no public key".into()))?;
            Ok(SigningKey {
                kid: row.try_get(0)?,
                public: public.into(),
                jwk,
                sealed: row.try_get(2)?,
                created_at: row.try_get(3)?,
                signs_from: row.try_get(4)?,
                signs_until: row.try_get(5)?,
                published_until: row.try_get(6)?,
            })
        })
        .collect()
}

pub async fn insert(
    connection: &mut PgConnection,
    kid: &str,
    jwk: &Value,
    sealed: &[u8],
    signs_from: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into signing_key (kid, algorithm, public_jwk, private_key, signs_from) values ($1, 'ES256', $2, $3, $4)",
    )
    .bind(kid)
    .bind(jwk)
    .bind(sealed)
    .bind(signs_from)
    .execute(connection)
    .await
    .map(drop)
}

/// Lets go of keys that are published no longer: their private part has no use.
pub async fn let_go(connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("delete from signing_key where published_until < $1").bind(now).execute(connection).await.map(drop)
}

/// Ends the keys that are in force: when they sign no longer, and when they are published no longer.
pub async fn end(
    connection: &mut PgConnection,
    signs_until: DateTime<Utc>,
    published_until: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "update signing_key set signs_until = least(signs_until, $1), published_until = least(published_until, $2)
         where signs_until is null or signs_until > $1 or published_until > $2",
    )
    .bind(signs_until)
    .bind(published_until)
    .execute(connection)
    .await
    .map(drop)
}
