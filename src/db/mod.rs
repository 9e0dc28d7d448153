//! The database: an outside PostgreSQL or the embedded default, the pools, the migrations
//! and the read [`Session`] that every request works in.

pub mod changes;
pub mod columns;
pub mod decimal;
pub mod embedded;

mod session;
mod standby;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Executor as _, Postgres};

use crate::trace::Trace;

pub use session::{Session, Statement};
pub use standby::Place;
use standby::Standby;
pub use writing::Writing;

/// Oldest server that the product is tested with, as `server_version_num`.
pub const OLDEST_SERVER: i32 = 150_000;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// Connections at the most by which the hub keeps itself up to date.
const UPKEEP: u32 = 3;

/// Connections at the most that change something: a request holds one beside that of its session, and must not wait
/// for it among those that wait for a session.
const WRITING: u32 = 4;

/// How the hub reaches its database.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// Connections at the most.
    pub pool_size: u32,
    /// Time limit of one statement of a read session.
    pub statement_timeout: Duration,
    /// A standby server for read sessions, and how far behind an answer may be.
    pub standby: Option<(PgConnectOptions, Duration)>,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self { pool_size: 16, statement_timeout: Duration::from_secs(10), standby: None }
    }
}

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    /// Read sessions: what callers' requests run in.
    pool: PgPool,
    /// Transactions that change something: [`Self::write`].
    writing: PgPool,
    /// What the hub reads for itself: [`Self::upkeep`].
    upkeep: PgPool,
    standby: Option<Arc<Standby>>,
    options: PgConnectOptions,
    settings: DatabaseSettings,
}

impl Database {
    /// Opens the pools; connects once, and refuses a server that is too old.
    pub async fn open(options: PgConnectOptions, settings: DatabaseSettings) -> anyhow::Result<Self> {
        let sessions = PgPoolOptions::new()
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(5))
            // A session ends here whatever became of its request: nothing that it set outlives it.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.execute("rollback").await?;
                    Ok(true)
                })
            });
        let writing = sessions.clone().max_connections(WRITING).connect_lazy_with(options.clone());
        let sessions = sessions.max_connections(settings.pool_size);
        let standby = settings.standby.clone();
        let standby = standby.map(|(at, bound)| Arc::new(Standby::new(at, sessions.clone(), bound)));
        let pool = sessions.connect_with(options.clone()).await.context("PostgreSQL does not answer")?;
        let version: i32 =
            sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&pool).await?;
        anyhow::ensure!(
            version >= OLDEST_SERVER,
            "PostgreSQL {} or newer is needed; this server is {}",
            OLDEST_SERVER / 10_000,
            version / 10_000
        );
        let upkeep = PgPoolOptions::new()
            .max_connections(UPKEEP)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(60))
            .after_connect(|connection, _| Box::pin(see_all(connection)))
            .connect_lazy_with(options.clone());
        let database = Self { pool, writing, upkeep, standby, options, settings };
        if let Some(standby) = &database.standby {
            let alone = Self { standby: None, ..database.clone() };
            tokio::spawn(standby::watch(alone, Arc::downgrade(standby)));
        }
        Ok(database)
    }

    /// Brings the schema up to date. Safe to run from several hubs at once.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        let mut connection = self.maintenance().await?;
        MIGRATIONS.run_direct(None, &mut connection, false).await.context("migrations")?;
        Ok(())
    }

    /// A connection of its own that sees every row: migrations, imports, generation.
    /// Never used on behalf of a caller.
    pub async fn maintenance(&self) -> anyhow::Result<PgConnection> {
        use sqlx::Connection as _;
        let mut connection = PgConnection::connect_with(&self.options).await?;
        see_all(&mut connection).await?;
        Ok(connection)
    }

    /// One of a few connections that see every row, for what the hub keeps in memory: reference data and viewers'
    /// rights. A burst of sign-ins waits here instead of using up the server's connections.
    pub async fn upkeep(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        self.upkeep.acquire().await
    }

    /// Closes the pools, once their connections have come back.
    pub async fn close(&self) {
        let standby = async {
            if let Some(standby) = &self.standby {
                standby.close().await;
            }
        };
        tokio::join!(self.pool.close(), self.writing.close(), self.upkeep.close(), standby);
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> sqlx::Result<()> {
        self.pool.execute("select 1").await.map(drop)
    }

    fn standby(&self) -> Option<&Standby> {
        self.standby.as_deref()
    }

    /// The pool behind the read sessions.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    pub fn settings(&self) -> &DatabaseSettings {
        &self.settings
    }
}

async fn see_all(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute("set raccordo.sees_all = 'on'; set client_min_messages = warning").await.map(drop)
}

/// Names a session after the trace that it belongs to, where the server's operators look: in `pg_stat_activity`, and in its log
/// (`%a`).
fn traced(trace: Option<Trace>) -> String {
    trace.map(|trace| format!("set local application_name = 'raccordo {trace}';")).unwrap_or_default()
}
