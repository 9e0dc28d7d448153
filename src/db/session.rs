//! One read session a request: the whole answer is one consistent snapshot, seen with one viewer's rights.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Postgres, Row as _};
use tokio::sync::{Mutex, MutexGuard};

use super::Database;
use super::standby::{PRIMARY_PLACE, Place};
use super::traced;
use crate::trace::Trace;

/// A read-only repeatable-read transaction under the application role with the viewer's audience keys.
///
/// It opens lazily, in one round trip, when the first statement needs it, and ends when it is dropped.
pub struct Session {
    database: Database,
    settings: std::sync::Mutex<String>,
    connection: Mutex<Option<PoolConnection<Postgres>>>,
    statements: AtomicU32,
    trace: Option<Trace>,
    reading: std::sync::Mutex<Reading>,
}

/// Where a session reads.
#[derive(Clone, Copy, Default)]
struct Reading {
    /// A standby server will do, if it is as far as this.
    of_standby: Option<Option<Place>>,
    /// The furthest place that a snapshot showed.
    shown: Option<Place>,
}

impl Session {
    /// A session with a viewer's settings, statements that set what the policies ask for.
    pub fn new(database: Database, settings: &str) -> Self {
        let settings = std::sync::Mutex::new(settings.to_owned());
        let (connection, statements, reading) = Default::default();
        Self { database, settings, connection, statements, trace: Trace::current(), reading }
    }

    /// Lets a standby server answer, if there is one: what is read may be behind for as long as the settings allow, and is not
    /// older than what the caller has seen.
    pub fn may_be_behind(&self, seen: Option<Place>) {
        self.reading.lock().expect("no panic while held").of_standby = Some(seen);
    }

    /// The place up to which this session has shown what was committed; `None` where there is no standby to know it.
    pub fn shown(&self) -> Option<Place> {
        self.reading.lock().expect("no panic while held").shown
    }

    /// Changes the viewer's settings, from the next snapshot on.
    pub fn set(&self, settings: &str) {
        settings.clone_into(&mut self.settings.lock().expect("no panic while held"));
    }

    fn opening(&self) -> String {
        let timeout = self.database.settings().statement_timeout.as_millis();
        let settings = self.settings.lock().expect("no panic while held");
        let traced = traced(self.trace);
        format!(
            "begin isolation level repeatable read read only; set local role raccordo_app; {settings} {traced} \
             set local statement_timeout = {timeout}"
        )
    }

    /// Notes that the request changed something, which counts among what it has shown; without a standby there is nothing to note.
    ///
    /// # Errors
    /// The primary server does not say where it is.
    pub async fn note_written(&self) -> sqlx::Result<()> {
        if self.database.standby().is_some() {
            let place: String = sqlx::query_scalar(PRIMARY_PLACE).fetch_one(self.database.pool()).await?;
            let mut reading = self.reading.lock().expect("no panic while held");
            reading.shown = reading.shown.max(Place::of_server(&place));
        }
        Ok(())
    }

    /// The connection for one SQL statement, which is counted, also where there is no connection for it.
    pub async fn statement(&self) -> Result<Statement<'_>, sqlx::Error> {
        self.count();
        let mut guard = self.connection.lock().await;
        if guard.is_none() {
            *guard = Some(self.open().await?);
        }
        Ok(Statement(guard))
    }

    async fn open(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        let opening = self.opening();
        let Some(standby) = self.database.standby() else {
            let mut connection = self.database.pool().acquire().await?;
            connection.execute(sqlx::raw_sql(AssertSqlSafe(opening))).await?;
            return Ok(connection);
        };
        let of_standby = self.reading.lock().expect("no panic while held").of_standby;
        let opened = match of_standby {
            Some(seen) => standby.open(&opening, seen).await,
            None => None,
        };
        let (connection, shown) = match opened {
            Some((connection, place)) => (connection, Some(place)),
            None => {
                let mut connection = self.database.pool().acquire().await?;
                let opening = format!("{opening}; {PRIMARY_PLACE}");
                let place = connection.fetch_one(sqlx::raw_sql(AssertSqlSafe(opening))).await?;
                (connection, Place::of_server(place.get(0)))
            }
        };
        let mut reading = self.reading.lock().expect("no panic while held");
        reading.shown = reading.shown.max(shown);
        Ok(connection)
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
