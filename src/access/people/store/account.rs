//! Accounts, and by which identity provider a person is known.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

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
