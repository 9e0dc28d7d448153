use std::sync::Weak;
use std::time::Duration;

use chrono::{Days, NaiveDate};

use crate::federation::Setup;
use crate::federation::store;
use crate::hub::Hub;

/// How often what was counted is written down: as much is lost if a hub is killed.
const ROUND: Duration = Duration::from_secs(60);
/// For so long it is known what was used.
pub const RETENTION: Days = Days::new(400);

/// Writes down once a minute what was used, and lets go of what is too old once a day, until the hub ends.
pub async fn keep(hub: Weak<Hub>) {
    let mut tidied = None;
    while let Some(hub) = hub.upgrade() {
        let today = chrono::Local::now().date_naive();
        if tidied != Some(today) {
            match begin_day(&hub, today).await {
                Ok(()) => tidied = Some(today),
                Err(error) => tracing::warn!(%error, "old usage could not be let go; trying again"),
            }
        }
        if let Err(error) = write_down(&hub, today).await {
            tracing::warn!(%error, "usage could not be written down; trying again");
        }
        drop(hub);
        tokio::time::sleep(ROUND).await;
    }
}

/// Notes since when usage is known, if nothing was known before: from tomorrow on, for of today only a part is. Lets go of what is
/// past its time.
///
/// # Errors
/// The database's.
pub async fn begin_day(hub: &Hub, today: NaiveDate) -> sqlx::Result<()> {
    let mut writing = hub.database.write_for_hub().await?;
    store::usage::begin(writing.connection(), today + Days::new(1)).await?;
    store::usage::let_go(writing.connection(), today - RETENTION).await?;
    writing.commit().await
}

/// Writes down what was used since it was last written, as of this day. When it is done, so is what others began to write.
///
/// # Errors
/// The database's; then it is written the next time.
pub async fn write_down(hub: &Hub, day: NaiveDate) -> sqlx::Result<()> {
    let Some(setup) = hub.provided::<Setup>() else { return Ok(()) };
    let database = hub.database.clone();
    // In a task of its own: what was taken must not be lost with whoever asks for it.
    let writing = tokio::spawn(async move {
        let _turn = setup.usage.turn.lock().await;
        let counted = setup.usage.take(day);
        if counted.is_empty() {
            return Ok(());
        }
        let write = async {
            let mut writing = database.write_for_hub().await?;
            store::usage::write_down(writing.connection(), day, &counted).await?;
            writing.commit().await
        };
        let written = write.await;
        if written.is_err() {
            setup.usage.take_back(counted);
        }
        written
    });
    writing.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}
