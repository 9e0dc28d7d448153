//! One read session a request: the whole answer is one consistent snapshot, seen with one viewer's rights.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Postgres};
use tokio::sync::{Mutex, MutexGuard};

use super::Database;

/// A read-only repeatable-read transaction under the application role with the viewer's audience keys.
///
/// It opens lazily, in one round trip, when the first statement needs it, and ends when it is dropped.
pub struct Session {
    database: Database,
    settings: std::sync::Mutex<String>,
    connection: Mutex<Option<PoolConnection<Postgres>>>,
    statements: AtomicU32,
}

impl Session {
    /// A session with a viewer's settings, statements that set what the policies ask for.
    pub fn new(database: Database, settings: &str) -> Self {
        let settings = std::sync::Mutex::new(settings.to_owned());
        Self { database, settings, connection: Mutex::new(None), statements: AtomicU32::new(0) }
    }

    /// Changes the viewer's settings, from the next snapshot on.
    pub fn set(&self, settings: &str) {
        settings.clone_into(&mut self.settings.lock().expect("no panic while held"));
    }

    fn opening(&self) -> String {
        let timeout = self.database.settings().statement_timeout.as_millis();
        let settings = self.settings.lock().expect("no panic while held");
        format!(
            "begin isolation level repeatable read read only; set local role raccordo_app; {settings} \
             set local statement_timeout = {timeout}"
        )
    }

    /// The connection for one SQL statement, which is counted, also where there is no connection for it.
    pub async fn statement(&self) -> Result<Statement<'_>, sqlx::Error> {
        self.count();
        let mut guard = self.connection.lock().await;
        if guard.is_none() {
            let mut connection = self.database.pool().acquire().await?;
            connection.execute(sqlx::raw_sql(AssertSqlSafe(self.opening()))).await?;
            *guard = Some(connection);
        }
        Ok(Statement(guard))
    }

    /// Ends the snapshot: the next statement opens another, which sees what was committed meanwhile.
    pub async fn renew(&self) {
        // A connection that comes back is rolled back.
        self.connection.lock().await.take();
    }

    /// Counts a statement that the same request runs elsewhere: in a transaction that changes something.
    pub fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// How many statements this session has run so far, its opening left out.
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// The right to run one statement in a [`Session`].
pub struct Statement<'a>(MutexGuard<'a, Option<PoolConnection<Postgres>>>);

impl Deref for Statement<'_> {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        self.0.as_ref().expect("a statement is handed out with an open connection")
    }
}

impl DerefMut for Statement<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.0.as_mut().expect("a statement is handed out with an open connection")
    }
}
