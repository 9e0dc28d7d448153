//! A standby server that answers read sessions, as long as it is not too far behind.
//!
//! How far a server is, is a place in the log of changes. What a session of the primary server saw stands before the place that
//! the log had reached after its snapshot; a standby that has replayed the log up to there, before its own snapshot, shows all of
//! that. Versions of records would not do: they are given out before the commit, and commits do not keep to their order.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, Weak};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor as _, Postgres, Row as _};

use super::Database;

/// A standby that does not answer is left alone for so long: the primary answers.
const REST: Duration = Duration::from_secs(2);
/// How long a session waits for a connection to the standby.
const PATIENCE: Duration = Duration::from_secs(1);
/// Within the time that an answer may be behind, the primary's place is looked at so many times.
const LOOKS: u32 = 4;

/// A place in the log of changes: who has read up to it has read all that was committed before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(u64);

impl Place {
    /// Reads what [`Display`](fmt::Display) writes: 1 to 16 hexadecimal digits.
    pub fn read(text: &str) -> Option<Self> {
        let is_hexadecimal = (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hexadecimal.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }

    /// As PostgreSQL writes it, e.g. `16/B374D848`.
    pub(super) fn of_server(text: &str) -> Option<Self> {
        let (high, low) = text.split_once('/')?;
        Some(Self(u64::from_str_radix(high, 16).ok()? << 32 | u64::from_str_radix(low, 16).ok()?))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}", self.0)
    }
}

/// The standby, and how far it has to be.
pub struct Standby {
    pool: PgPool,
    /// How far behind an answer may be.
    bound: Duration,
    /// Where the primary server was, and when: within the bound.
    passed: Mutex<VecDeque<(Instant, Place)>>,
    rests_until: Mutex<Option<Instant>>,
}

impl Standby {
    pub(super) fn new(options: PgConnectOptions, sessions: PgPoolOptions, bound: Duration) -> Self {
        let pool = sessions
            .acquire_timeout(PATIENCE)
            // The opening ends a transaction that is none, and PostgreSQL remarks on it.
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute("set client_min_messages = error").await.map(drop) })
            })
            .connect_lazy_with(options);
        Self { pool, bound, passed: Mutex::default(), rests_until: Mutex::default() }
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    /// Opens a session, if the standby is as far as it was so long ago, and as this place; with the place that the session shows.
    pub(super) async fn open(&self, opening: &str, seen: Option<Place>) -> Option<(PoolConnection<Postgres>, Place)> {
        let needed = self.needed(Instant::now())?.max(seen.unwrap_or_default());
        let rests_until = *self.rests_until.lock().expect("no panic while held");
        if rests_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        match self.opened(opening).await {
            Ok((connection, before, after)) => (before >= needed).then_some((connection, after)),
            Err(error) => {
                tracing::warn!(%error, "the standby server is out of reach");
                *self.rests_until.lock().expect("no panic while held") = Some(Instant::now() + REST);
                None
            }
        }
    }

    /// A session with the places that the standby had reached before and after its snapshot, in one round trip.
    async fn opened(&self, opening: &str) -> sqlx::Result<(PoolConnection<Postgres>, Place, Place)> {
        const PLACE: &str = "select pg_last_wal_replay_lsn()::text";
        let mut connection = self.pool.acquire().await?;
        let text = format!("{PLACE}; commit; {opening}; {PLACE}");
        let rows = connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(text))).await?;
        let places: Vec<Place> = rows.iter().filter_map(|row| Place::of_server(row.get(0))).collect();
        match places[..] {
            [before, after] => Ok((connection, before, after)),
            _ => Err(sqlx::Error::Protocol("the server is no standby".into())),
        }
    }

    /// Where the standby has to be now; `None` where nobody looked within the bound.
    fn needed(&self, now: Instant) -> Option<Place> {
        let passed = self.passed.lock().expect("no panic while held");
        // All that was committed before the bound began was so when somebody looked within it.
        passed.iter().find(|(at, _)| *at + self.bound >= now).map(|(_, place)| *place)
    }

    fn note(&self, at: Instant, place: Place) {
        let mut passed = self.passed.lock().expect("no panic while held");
        passed.push_back((at, place));
        while passed.front().is_some_and(|(at, _)| at.elapsed() > self.bound) {
            passed.pop_front();
        }
    }
}

/// Looks where the primary server is, again and again, as long as somebody has the standby.
pub(super) async fn watch(database: Database, standby: Weak<Standby>) {
    while let Some(standby) = standby.upgrade() {
        let looked_at = Instant::now();
        match primary_place(&database).await {
            Ok(Some(place)) => standby.note(looked_at, place),
            Ok(None) => {}
            Err(sqlx::Error::PoolClosed) => return,
            // Until it is, nobody knows how far behind the standby is.
            Err(error) => tracing::warn!(%error, "the place of the primary server is not known"),
        }
        let pause = standby.bound / LOOKS;
        drop(standby);
        tokio::time::sleep(pause).await;
    }
}

async fn primary_place(database: &Database) -> sqlx::Result<Option<Place>> {
    let mut connection = database.upkeep().await?;
    let text: String = sqlx::query_scalar(PRIMARY_PLACE).fetch_one(&mut *connection).await?;
    Ok(Place::of_server(&text))
}

/// Where the log of the primary server is.
pub(super) const PRIMARY_PLACE: &str = "select pg_current_wal_insert_lsn()::text";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written_and_as_the_server_writes_it() {
        let place = Place::of_server("16/B374D848").unwrap();
        assert_eq!(place.to_string(), "16b374d848");
        assert_eq!(Place::read("16b374d848"), Some(place));
        assert!(place > Place::of_server("A/FFFFFFFF").unwrap());
        for wrong in ["", "+1", "16/B374D848", "11112222333344445", "g"] {
            assert_eq!(Place::read(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_standby_has_to_be_where_the_primary_was_at_any_look_within_the_bound() {
        let options = PgConnectOptions::new_without_pgpass();
        let standby = Standby::new(options, PgPoolOptions::new(), Duration::from_secs(1));
        let now = Instant::now();
        assert_eq!(standby.needed(now), None, "nobody looked");
        for (ago, place) in [(900, 1), (600, 2), (100, 3)] {
            standby.note(now - Duration::from_millis(ago), Place(place));
        }
        assert_eq!(standby.needed(now), Some(Place(1)));
        assert_eq!(standby.needed(now + Duration::from_millis(200)), Some(Place(2)));
        assert_eq!(standby.needed(now + Duration::from_millis(900)), Some(Place(3)));
        assert_eq!(standby.needed(now + Duration::from_millis(901)), None, "nobody looked for too long");
    }
}
