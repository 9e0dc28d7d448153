//! What the whole hub shares: the database, who may come in, and the reference data kept in memory.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock, Weak};
use std::time::Duration;

use async_graphql::{Context, Object, Subscription};
use futures_util::Stream;
use futures_util::future::BoxFuture;
use sqlx::PgConnection;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::access::audience::Viewers;
use crate::access::people::People;
use crate::access::token::Authenticator;
use crate::access::{Settings, audit};
use crate::db::Database;
use crate::db::changes::{self, Change};
use crate::deeds::news::{self, News};
use crate::graphql::{Graph, Result};

/// Data that are asked for much more often than they change: kept in memory, so that a reference to them costs no SQL.
///
/// Either small and wholly public, or, where they hold what not everybody may see, with each record's audience key, by
/// which every answer from them is filtered.
pub trait Reference: Send + Sync + Sized + 'static {
    /// Tables that it is made from.
    const TABLES: &'static [&'static str];
    fn load(connection: &mut PgConnection) -> impl Future<Output = sqlx::Result<Self>> + Send;

    /// What takes its place after changes of its tables; loaded anew where nothing shorter is known.
    fn renewed(&self, connection: &mut PgConnection) -> impl Future<Output = sqlx::Result<Self>> + Send {
        let _ = self;
        Self::load(connection)
    }
}

/// Reference data of some kind.
pub type Kept = Arc<dyn Any + Send + Sync>;
/// Loads a kind of data, or renews what is kept of it.
type Load = for<'c> fn(Option<Kept>, &'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<Kept>>;

#[derive(Clone, Copy)]
struct ReferenceKind {
    id: TypeId,
    name: &'static str,
    tables: &'static [&'static str],
    load: Load,
}

impl ReferenceKind {
    /// Whether it is made from this table; `*` stands for any.
    fn follows(&self, table: &str) -> bool {
        table == "*" || self.tables.contains(&table)
    }
}

/// The kinds of reference data that a hub keeps; `schema.rs` names them.
#[derive(Default)]
pub struct References(Vec<ReferenceKind>);

impl References {
    pub fn keep<R: Reference>(mut self) -> Self {
        self.0.push(ReferenceKind {
            id: TypeId::of::<R>(),
            name: type_name::<R>(),
            tables: R::TABLES,
            load: |kept, connection| {
                Box::pin(async move {
                    let loaded = match kept.and_then(|kept| kept.downcast::<R>().ok()) {
                        Some(kept) => kept.renewed(connection).await?,
                        None => R::load(connection).await?,
                    };
                    Ok(Arc::new(loaded) as Kept)
                })
            },
        });
        self
    }
}

/// The running hub.
pub struct Hub {
    pub database: Database,
    pub authenticator: Authenticator,
    /// Signs people in and knows their sessions.
    pub people: Arc<People>,
    /// How callers come in.
    pub access: Settings,
    kept: RwLock<HashMap<TypeId, watch::Sender<Kept>>>,
    generation: AtomicU64,
    /// Held while data are loaded: one kind after the other.
    refreshing: tokio::sync::Mutex<()>,
    /// What stands beside the database, by its type.
    provided: RwLock<HashMap<TypeId, Kept>>,
    changes: broadcast::Sender<Change>,
    /// What happens to records.
    pub news: News,
    /// What keeps the hub up to date; ends with it.
    following: Mutex<JoinSet<()>>,
}

impl Hub {
    /// Loads the reference data and starts to listen for changes. The database must be migrated.
    pub async fn start(database: Database, access: Settings, kinds: References) -> anyhow::Result<Arc<Self>> {
        let viewers = Viewers::default();
        let people = Arc::new(People::new(database.clone(), &access, viewers.clone())?);
        let authenticator = Authenticator::new(database.clone(), &access, viewers, people.clone())?;
        people.check_rules().await?;
        let hub = Arc::new(Self {
            database,
            authenticator,
            people,
            access,
            kept: RwLock::default(),
            generation: AtomicU64::default(),
            refreshing: tokio::sync::Mutex::default(),
            provided: RwLock::default(),
            changes: broadcast::channel(1024).0,
            news: News::default(),
            following: Mutex::default(),
        });
        // Listening comes first: a change during the load is heard after it.
        let listener = changes::connect(&hub.database).await?;
        for kind in &kinds.0 {
            hub.refresh(kind).await?;
        }
        let told = news::last(&mut *hub.database.upkeep().await?).await?;
        let mut following = hub.following.lock().expect("no panic while held");
        following.spawn(tend(Arc::downgrade(&hub)));
        following.spawn(forget(Arc::downgrade(&hub), hub.changes.subscribe()));
        following.spawn(News::follow(Arc::downgrade(&hub), hub.changes.subscribe(), told));
        for kind in kinds.0 {
            following.spawn(follow(Arc::downgrade(&hub), kind, hub.changes.subscribe()));
        }
        following.spawn(audit::keep(hub.database.clone(), hub.access.audit_retention));
        following.spawn(changes::listen(listener, hub.database.clone(), hub.changes.clone()));
        drop(following);
        Ok(hub)
    }

    /// Follows the database's changes no more: it is about to be closed.
    pub fn stop(&self) {
        self.following.lock().expect("no panic while held").abort_all();
    }

    /// Forgets what is known of callers' rights if this table decides them. Called for every change that the database
    /// tells of; by who makes one, so that this hub knows it from the next request on.
    pub fn note_change(&self, table: &str) {
        self.authenticator.note_change(table);
        self.people.note_change(table);
    }

    /// Lends the rooms what stands beside the database, e.g. where the content of documents is kept; one of each type.
    pub fn provide<T: Send + Sync + 'static>(&self, thing: T) {
        self.provided.write().expect("no panic while held").insert(TypeId::of::<T>(), Arc::new(thing));
    }

    /// What was lent of a type.
    pub fn provided<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let provided = self.provided.read().expect("no panic while held");
        provided.get(&TypeId::of::<T>())?.clone().downcast().ok()
    }

    /// One kind of reference data, as it stands now.
    pub fn reference<R: Reference>(&self) -> Arc<R> {
        typed(&self.followed::<R>().borrow())
    }

    /// One kind of reference data, as it stands and as it will: told each time when another takes its place.
    pub fn followed<R: Reference>(&self) -> watch::Receiver<Kept> {
        let kept = self.kept.read().expect("no panic while held");
        kept.get(&TypeId::of::<R>()).expect("every kind of reference data is loaded at the start").subscribe()
    }

    /// Grows whenever any reference data are exchanged: as long as it is the same, what follows from them alone is, too.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Puts new reference data in the place of the old, and only then raises the generation: who sees the new generation
    /// sees these data or newer ones. Who sees these data in the old generation keeps an answer that ends in a moment.
    fn exchange(&self, id: TypeId, loaded: Kept) {
        let mut all = self.kept.write().expect("no panic while held");
        match all.get(&id) {
            Some(kept) => drop(kept.send_replace(loaded)),
            None => drop(all.insert(id, watch::Sender::new(loaded))),
        }
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Changes of data from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    async fn refresh(&self, kind: &ReferenceKind) -> sqlx::Result<()> {
        let _turn = self.refreshing.lock().await;
        let mut connection = self.database.upkeep().await?;
        let before = self.kept.read().expect("no panic while held").get(&kind.id).map(|kept| kept.borrow().clone());
        let loaded = (kind.load)(before, &mut connection).await?;
        self.exchange(kind.id, loaded);
        Ok(())
    }
}

/// What is kept of a kind of reference data, by its type.
pub fn typed<R: Reference>(kept: &Kept) -> Arc<R> {
    kept.clone().downcast().expect("filed under its own type")
}

/// What every caller may ask of the hub itself.
#[derive(Default)]
pub struct HubQuery;

#[Object]
impl HubQuery {
    /// Version of the data that this answer shows [versione dei dati]: grows with every change of any record; not dense.
    async fn data_version(&self, ctx: &Context<'_>) -> Result<i64> {
        let mut statement = Graph::of(ctx).statement().await?;
        Ok(changes::current_version(&mut statement).await?)
    }
}

/// What the hub tells as it happens.
#[derive(Default)]
pub struct HubSubscription;

#[Subscription]
impl HubSubscription {
    /// The data version, now and after every change; several changes at once may come as one.
    async fn data_version_changed(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = i64> + use<>> {
        let hub = ctx.data_unchecked::<Arc<Hub>>().clone();
        let mut changes = hub.changes();
        let mut sent = changes::current_version(&mut *hub.database.pool().acquire().await?).await?;
        Ok(async_stream::stream! {
            yield sent;
            loop {
                match changes.recv().await {
                    Ok(change) if change.version > sent => {
                        sent = change.version;
                        yield sent;
                    }
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        })
    }
}

/// After a kind was loaded anew, it rests for so many times as long: a storm of changes costs it a fifth of the time
/// at the most. A change after the rest is followed at once, one during a load within six times what a load takes.
const REST: u32 = 4;

/// How long a kind that could not be loaded waits before it is tried again: at first, and at the most.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Brings one kind of reference data up to date after changes; those that come together are followed together.
/// Until a load succeeds it is tried again: what was hidden meanwhile must not stay in view until the next change.
async fn follow(hub: Weak<Hub>, kind: ReferenceKind, mut changes: broadcast::Receiver<Change>) {
    let (mut rested, mut pause, mut stale) = (Instant::now(), PAUSES.0, false);
    loop {
        while !stale {
            let Some(table) = heard(&mut changes).await else { return };
            stale = kind.follows(&table);
        }
        // A load of many tables notifies many times: what has come, and what comes during the rest, is read once.
        while let Ok(more) = tokio::time::timeout_at(rested, heard(&mut changes)).await {
            if more.is_none() {
                return;
            }
        }
        let Some(hub) = hub.upgrade() else { return };
        let started = Instant::now();
        if let Err(error) = hub.refresh(&kind).await {
            tracing::error!(%error, kind = kind.name, "reference data could not be refreshed; trying again");
            rested = Instant::now() + pause;
            pause = PAUSES.1.min(pause * 2);
        } else {
            rested = Instant::now() + started.elapsed() * REST;
            (pause, stale) = (PAUSES.0, false);
        }
    }
}

/// How often the hub does what needs doing now and then.
const TENDED: Duration = Duration::from_secs(60);

/// Lets the authenticator look after its keys, clients and assertions.
async fn tend(hub: Weak<Hub>) {
    while let Some(hub) = hub.upgrade() {
        hub.authenticator.tend().await;
        hub.people.tend().await;
        if let Err(error) = crate::deeds::keep(&hub.database).await {
            tracing::warn!(%error, "old idempotency keys could not be forgotten");
        }
        drop(hub);
        tokio::time::sleep(TENDED).await;
    }
}

/// Forgets viewers' rights as soon as data change that they follow from: that must not wait for a load.
async fn forget(hub: Weak<Hub>, mut changes: broadcast::Receiver<Change>) {
    while let Some(table) = heard(&mut changes).await {
        let Some(hub) = hub.upgrade() else { return };
        hub.note_change(&table);
    }
}

/// The table of the next change; `*` where some were missed, `None` when no more will come.
async fn heard(changes: &mut broadcast::Receiver<Change>) -> Option<String> {
    match changes.recv().await {
        Ok(change) => Some(change.table),
        Err(broadcast::error::RecvError::Lagged(_)) => Some("*".into()),
        Err(broadcast::error::RecvError::Closed) => None,
    }
}
