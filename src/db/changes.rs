//! The database's change notifications: which table changed, and the data version since.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use super::Database;

/// One committed change of a watched table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Data version: grows with every change; not dense.
    pub version: i64,
    /// Table name.
    pub table: String,
}

/// Passes changes on to the hub's listeners until the hub ends; reconnects when the connection is lost.
/// After a reconnection it sends a [`Change`] with table `*`: anything may have changed meanwhile.
pub async fn listen(database: Database, changes: broadcast::Sender<Change>) {
    loop {
        if let Err(error) = listen_once(&database, &changes).await {
            tracing::warn!(%error, "change notifications interrupted; reconnecting");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn listen_once(database: &Database, changes: &broadcast::Sender<Change>) -> anyhow::Result<()> {
    // A pool of one: the listener must not occupy a place that requests wait for.
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(database.options().clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen("raccordo_data").await?;
    let version = current_version(&mut *database.pool().acquire().await?).await?;
    let _ = changes.send(Change { version, table: "*".into() });
    loop {
        let Some(notification) = listener.try_recv().await? else {
            anyhow::bail!("the listening connection was lost");
        };
        if let Some(change) = parse(notification.payload()) {
            // No listener is no error.
            let _ = changes.send(change);
        }
    }
}

fn parse(payload: &str) -> Option<Change> {
    let (version, table) = payload.split_once(' ')?;
    Some(Change { version: version.parse().ok()?, table: table.into() })
}

/// The newest version whose rows the session can see.
pub async fn current_version(connection: &mut sqlx::PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("select coalesce(max(version), 0) from data_change").fetch_one(connection).await
}
