//! Transactions that change something.

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Postgres};

use super::{Database, traced};
use crate::trace::Trace;

/// A transaction under the writing role, which is as bound by the policies as a reading one: it writes only what its
/// settings let it see. Dropped without [`Writing::commit`], it leaves nothing behind.
pub struct Writing(PoolConnection<Postgres>);

impl Database {
    /// Opens a transaction with a viewer's settings.
    pub async fn write(&self, settings: &str) -> sqlx::Result<Writing> {
        let mut connection = self.writing.acquire().await?;
        let timeout = self.settings().statement_timeout.as_millis();
        let traced = traced(Trace::current());
        let opening = format!(
            "begin; set local role raccordo_writer; {settings} {traced} set local statement_timeout = {timeout}"
        );
        connection.execute(sqlx::raw_sql(AssertSqlSafe(opening))).await?;
        Ok(Writing(connection))
    }

    /// Opens a transaction for what the hub does by itself: sign-ins, tokens, keys. It sees every row, and still has
    /// the writing role's rights alone.
    pub async fn write_for_hub(&self) -> sqlx::Result<Writing> {
        self.write("set local raccordo.sees_all = 'on';").await
    }
}

impl Writing {
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.0
    }

    pub async fn commit(mut self) -> sqlx::Result<()> {
        self.0.execute("commit").await.map(drop)
    }

    /// Runs a last statement and commits, both in one message: what the statement locks is free again as soon as the
    /// commit is on disk.
    pub async fn commit_after(mut self, last: &'static str) -> sqlx::Result<()> {
        self.0.execute(sqlx::raw_sql(AssertSqlSafe(format!("{last}; commit")))).await.map(drop)
    }
}
