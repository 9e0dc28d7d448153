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
use crate::access::Room;
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
    pub async fn whole<A: Aggregate>(&self, database: &Database) -> Option<Arc<A>> {
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

/// What a stream tells of: the records of one kind, or of several kinds of one room that belong together.
pub trait Followed: Clone + Send + Sync + 'static {
    const ROOM: Room;

    /// Whether records of this kind, named as in the graph, are among them.
    fn has(kind: &str) -> bool;
    /// The record of an event, which is of one of these kinds; `None` as for [`Happened::whole`].
    fn of(happened: &Happened, database: &Database) -> impl Future<Output = Option<Self>> + Send;
    /// The record's audience key.
    fn audience(&self) -> i32;
}

impl<A: Aggregate> Followed for Arc<A> {
    const ROOM: Room = A::ROOM;

    fn has(kind: &str) -> bool {
        kind == A::KIND
    }

    async fn of(happened: &Happened, database: &Database) -> Option<Self> {
        happened.whole::<A>(database).await
    }

    fn audience(&self) -> i32 {
        A::audience(self)
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
    /// Streams that listen now.
    pub fn listeners(&self) -> usize {
        self.0.receiver_count()
    }

    /// Passes on what is committed from now on until the hub ends. `changes` must be listened to already.
    pub async fn follow(hub: Weak<Hub>, mut changes: broadcast::Receiver<crate::db::changes::Change>, mut told: i64) {
        loop {
            match changes.recv().await {
                Ok(change) if change.table != "record_event" && change.table != "*" => continue,
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            }
            // What was told meanwhile is read with it.
            while changes.try_recv().is_ok() {}
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

/// What happens to records, each told with the rights that the caller has when it is told.
///
/// `of` is the one record that is followed, if it is one: the stream ends when the caller may see it no more. It ends, too,
/// when the caller may come in no more, or is so slow that events were missed.
pub fn stream<F, T, W, I>(graph: Arc<Graph>, of: Option<Uuid>, is_wanted: W, item: I) -> impl Stream<Item = T>
where
    F: Followed,
    T: Send + 'static,
    W: Fn(&F) -> bool + Send + Sync + 'static,
    I: Fn(Arc<Event>, F) -> T + Send + Sync + 'static,
{
    let mut news = graph.hub.news.0.subscribe();
    async_stream::stream! {
        while let Ok(happened) = news.recv().await {
            let row = &happened.event.row;
            if !F::has(&row.record_kind) || of.is_some_and(|of| of != row.record_id) {
                continue;
            }
            // In memory of its own, which a stream that waits does not hold.
            match Box::pin(told(&graph, &happened, &is_wanted)).await {
                Told::Record(event, record) => {
                    yield item(event, record);
                    // What it was answered with is let go before the next one is waited for.
                    Box::pin(graph.renew()).await;
                }
                Told::Unwanted => {}
                Told::Hidden if of.is_none() => {}
                Told::Hidden | Told::ToNobody => return,
            }
        }
    }
}

/// What a caller is told of something that happened.
enum Told<F> {
    /// The event as the caller may know it, and the record.
    Record(Arc<Event>, F),
    /// Nothing, for the caller asked for other records.
    Unwanted,
    /// Nothing, for the caller may not see the record, or it is gone.
    Hidden,
    /// Nothing any more: the caller may come in no longer.
    ToNobody,
}

/// What the caller is told with the rights that it has now; what is then read of the graph is seen with the same.
async fn told<F: Followed>(graph: &Graph, happened: &Happened, is_wanted: &impl Fn(&F) -> bool) -> Told<F> {
    let Some(viewer) = graph.viewer_now().await else { return Told::ToNobody };
    let record = match viewer.holds(F::ROOM, happened.event.row.audience) {
        true => F::of(happened, &graph.hub.database).await,
        false => None,
    };
    match record.filter(|record| viewer.holds(F::ROOM, record.audience())) {
        Some(record) if is_wanted(&record) => {
            graph.session.set(&viewer.settings());
            Told::Record(happened.event.known_to(&viewer, F::ROOM), record)
        }
        Some(_) => Told::Unwanted,
        None => Told::Hidden,
    }
}
