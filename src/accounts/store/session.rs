//! Sessions: seen and ended by their own person.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::accounts::model::SessionRow;
use crate::db::columns::{Columns, grouped};
use crate::graphql::Result;

/// Sessions that were not ended and are not over, the last begun first.
pub async fn of_accounts(connection: &mut PgConnection, accounts: &[Uuid]) -> Result<HashMap<Uuid, Arc<[SessionRow]>>> {
    let sql = format!(
        "select {} from browser_session s where s.account_id = any($1) and s.ended_at is null and s.expires_at > now()
         order by s.created_at desc, s.id",
        SessionRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(accounts).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| SessionRow::read(row, 0)).collect::<sqlx::Result<Vec<_>>>()?;
    Ok(grouped(rows.into_iter().map(|row| (row.account_id, row))))
}

/// Ends a session; tells whether it was still there.
pub async fn end(connection: &mut PgConnection, session: Uuid) -> sqlx::Result<bool> {
    let sql = "update browser_session set ended_at = now() where id = $1 and ended_at is null";
    Ok(sqlx::query(sql).bind(session).execute(connection).await?.rows_affected() == 1)
}

/// Ends every session of an account; returns how many there were.
pub async fn end_all(connection: &mut PgConnection, account: Uuid) -> sqlx::Result<u64> {
    let sql = "update browser_session set ended_at = now() where account_id = $1 and ended_at is null";
    Ok(sqlx::query(sql).bind(account).execute(connection).await?.rows_affected())
}

/// Says for whom a session acts from now on.
pub async fn act_for(
    connection: &mut PgConnection,
    session: Uuid,
    membership: Option<Uuid>,
    delegation: Option<Uuid>,
) -> sqlx::Result<bool> {
    let sql = "update browser_session set membership_id = $2, delegation_id = $3 where id = $1 and ended_at is null";
    let acting = sqlx::query(sql).bind(session).bind(membership).bind(delegation).execute(connection).await?;
    Ok(acting.rows_affected() == 1)
}
