//! How long entries are kept, and that the chain's head is told outside the database.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::{Changes, Entry, Subject, store};
use crate::access::{Action, Viewer};
use crate::db::Database;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// After a failure it is tried again so much later.
const PAUSE: Duration = Duration::from_secs(60);

/// At once and then once a day, as long as the hub runs: writes the head into the log, so that the log holds anchors
/// for [`super::verify`], and lets go of what is older than `retention`.
pub async fn keep(database: Database, retention: Option<Duration>) {
    loop {
        let pause = match daily(&database, retention).await {
            Ok(()) => DAY,
            Err(error) => {
                tracing::warn!(%error, "the audit could not be looked after; trying again");
                PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

async fn daily(database: &Database, retention: Option<Duration>) -> sqlx::Result<()> {
    let mut connection = database.upkeep().await?;
    if let Some(retention) = retention {
        let gone = let_go(&mut connection, Utc::now() - retention, None).await?;
        tracing::info!(gone, "entries of the audit past their time were let go");
    }
    let head = store::head(&mut connection).await?;
    tracing::info!(%head, "the audit's head");
    Ok(())
}

/// Lets go of the entries before an instant, never of the last one, and says so in a new entry, with the reason if there
/// is one besides the settings. Returns how many they were. Needs the rights of maintenance.
pub async fn let_go(connection: &mut PgConnection, before: DateTime<Utc>, reason: Option<&str>) -> sqlx::Result<i64> {
    let mut change = connection.begin().await?;
    let first = store::lock_chain(&mut change).await?.first_seq;
    let gone = store::let_go(&mut change, before).await?;
    if gone > 0 {
        let changes = Changes::new().field("first_seq", first, first + gone);
        let done = Entry::done(Action::LetGoOfAudit, Subject::chain(), changes);
        let entry = Entry { reason: reason.map(String::from), ..done };
        store::add(&mut change, &Viewer::public(), &Uuid::now_v7().to_string(), &entry).await?;
    }
    change.commit().await?;
    Ok(gone)
}
