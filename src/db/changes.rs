//! The database's change notifications: which table changed, and the data version since.

use std::convert::Infallible;
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

/// Starts to listen: every change committed after this will be heard.
pub async fn connect(database: &Database) -> sqlx::Result<PgListener> {
    // A pool of one: the listener must not occupy a place that requests wait for.
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(database.options().clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen("raccordo_data").await?;
    Ok(listener)
}

/// Passes changes on to the hub's listeners until the hub ends; reconnects when the connection is lost.
/// After a reconnection it sends a [`Change`] with table `*`: anything may have changed meanwhile.
pub async fn listen(mut listener: PgListener, database: Database, changes: broadcast::Sender<Change>) {
    loop {
        let Err(error) = pass_on(&mut listener, &changes).await;
        tracing::warn!(%error, "change notifications interrupted; reconnecting");
        listener = loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            match reconnect(&database, &changes).await {
                Ok(listener) => break listener,
                Err(error) => tracing::warn!(%error, "change notifications still interrupted"),
            }
        };
    }
}

async fn pass_on(listener: &mut PgListener, changes: &broadcast::Sender<Change>) -> anyhow::Result<Infallible> {
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

async fn reconnect(database: &Database, changes: &broadcast::Sender<Change>) -> anyhow::Result<PgListener> {
    let listener = connect(database).await?;
    let version = current_version(&mut *database.pool().acquire().await?).await?;
    let _ = changes.send(Change { version, table: "*".into() });
    Ok(listener)
}

fn parse(payload: &str) -> Option<Change> {
    let (version, table) = payload.split_once(' ')?;
    Some(Change { version: version.parse().ok()?, table: table.into() })
}

/// Tells every hub, once the transaction is committed, that anything may have changed.
pub async fn announce_all(connection: &mut sqlx::PgConnection) -> sqlx::Result<()> {
    sqlx::query(
        "with noted as (insert into data_change (table_name) values ('*') returning version)
         select pg_notify('raccordo_data', version || ' *') from noted",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest version whose rows the session can see.
pub async fn current_version(connection: &mut sqlx::PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("select coalesce(max(version), 0) from data_change").fetch_one(connection).await
}
