//! What happened to records, told within the hub as it is committed, here or by another hub.

use std::any::Any;
use std::sync::{Arc, Weak};

use futures_util::Stream;
use sqlx::PgConnection;
use tokio::sync::{OnceCell, broadcast};
use uuid::Uuid;

use super::aggregate::{self, Aggregate};
use super::event::Event;
use super::store;
use crate::db::Database;
use crate::graphql::Graph;
use crate::hub::Hub;

/// Events that a slow listener may be behind at the most; beyond, its stream ends and it asks anew.
const BACKLOG: usize = 1024;
/// Events read at one time.
const BATCH: i64 = 500;

/// An event, with the record as it stands: read once for all who listen.
pub struct Happened {
    pub event: Arc<Event>,
    whole: OnceCell<Option<Arc<dyn Any + Send + Sync>>>,
}

impl Happened {
    /// The record with all of its parts, without its facts; `None` where it is gone or cannot be read now.
    ///
    /// It is read with the hub's own eyes: whoever tells it must hold the caller's keys against its audience.
    async fn whole<A: Aggregate>(&self, database: &Database) -> Option<Arc<A>> {
        let read = async || {
            let found = store::find_bare::<A>(&mut *database.upkeep().await?, self.event.row.record_id).await?;
            Ok::<_, sqlx::Error>(found.and_then(|found| aggregate::read::<A>(found).ok()))
        };
        let whole = self.whole.get_or_init(|| async {
            match read().await {
                Ok(found) => found.map(|record| Arc::new(record) as Arc<dyn Any + Send + Sync>),
                Err(error) => {
                    tracing::warn!(%error, kind = A::KIND, "a record that changed could not be read");
                    None
                }
            }
        });
        whole.await.clone()?.downcast().ok()
    }
}

/// Tells events as they are committed.
#[derive(Clone)]
pub struct News(broadcast::Sender<Arc<Happened>>);

impl Default for News {
    fn default() -> Self {
        Self(broadcast::channel(BACKLOG).0)
    }
}

impl News {
    /// Passes on what is committed from now on until the hub ends. `changes` must be listened to already.
    pub async fn follow(hub: Weak<Hub>, mut changes: broadcast::Receiver<crate::db::changes::Change>, mut told: i64) {
        loop {
            match changes.recv().await {
                Ok(change) if change.table != "record_event" && change.table != "*" => continue,
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            }
            let Some(hub) = hub.upgrade() else { return };
            if let Err(error) = hub.news.pass_on(&hub.database, &mut told).await {
                tracing::warn!(%error, "events could not be read; the next change tries again");
            }
        }
    }

    async fn pass_on(&self, database: &Database, told: &mut i64) -> sqlx::Result<()> {
        let mut connection = database.upkeep().await?;
        loop {
            let rows = store::newer(&mut connection, *told, BATCH).await?;
            let is_all = (rows.len() as i64) < BATCH;
            for event in rows {
                *told = event.row.seq;
                // No listener is no error.
                let _ = self.0.send(Arc::new(Happened { event: Arc::new(event), whole: OnceCell::new() }));
            }
            if is_all {
                return Ok(());
            }
        }
    }
}

/// Number of the last event.
pub async fn last(connection: &mut PgConnection) -> sqlx::Result<i64> {
    store::last_event(connection).await
}

/// What happens to records of a kind, each told with the rights that the caller has when it is told.
///
/// `of` is the one record that is followed, if it is one: the stream ends when the caller may see it no more. It ends, too,
/// when the caller may come in no more, or is so slow that events were missed.
pub fn stream<A, T, W, I>(graph: Arc<Graph>, of: Option<Uuid>, is_wanted: W, item: I) -> impl Stream<Item = T>
where
    A: Aggregate,
    T: Send + 'static,
    W: Fn(&A) -> bool + Send + Sync + 'static,
    I: Fn(Arc<Event>, Arc<A>) -> T + Send + Sync + 'static,
{
    let mut news = graph.hub.news.0.subscribe();
    async_stream::stream! {
        while let Ok(happened) = news.recv().await {
            let row = &happened.event.row;
            if row.record_kind != A::KIND || of.is_some_and(|of| of != row.record_id) {
                continue;
            }
            let Some(viewer) = graph.viewer_now().await else { return };
            let whole = match viewer.holds(A::ROOM, row.audience) {
                true => happened.whole::<A>(&graph.hub.database).await,
                false => None,
            };
            match whole.filter(|whole| viewer.holds(A::ROOM, whole.audience())) {
                Some(whole) if is_wanted(&whole) => {
                    graph.session.set(&viewer.settings());
                    yield item(happened.event.known_to(&viewer, A::ROOM), whole);
                    // What it was answered with is let go before the next one is waited for.
                    graph.renew().await;
                }
                None if of.is_some() => return,
                _ => {}
            }
        }
    }
}
