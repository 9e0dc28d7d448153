//! What the whole hub shares: the database, who may come in, and the reference data kept in memory.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use async_graphql::{Context, Object, Subscription};
use futures_util::Stream;
use futures_util::future::BoxFuture;
use sqlx::PgConnection;
use tokio::sync::broadcast;
use tokio::task::JoinSet;

use crate::access::token::{Authenticator, DemoKey};
use crate::db::Database;
use crate::db::changes::{self, Change};
use crate::graphql::{Graph, Result};

/// Small, wholly public data that change slowly: kept in memory, so that a reference to them costs no SQL.
pub trait Reference: Send + Sync + Sized + 'static {
    /// Tables that it is made from.
    const TABLES: &'static [&'static str];
    fn load(connection: &mut PgConnection) -> impl Future<Output = sqlx::Result<Self>> + Send;
}

type Kept = Arc<dyn Any + Send + Sync>;
type Load = fn(&mut PgConnection) -> BoxFuture<'_, sqlx::Result<Kept>>;

struct ReferenceKind {
    id: TypeId,
    tables: &'static [&'static str],
    load: Load,
}

/// The kinds of reference data that a hub keeps; `schema.rs` names them.
#[derive(Default)]
pub struct References(Vec<ReferenceKind>);

impl References {
    pub fn keep<R: Reference>(mut self) -> Self {
        self.0.push(ReferenceKind {
            id: TypeId::of::<R>(),
            tables: R::TABLES,
            load: |connection| Box::pin(async move { Ok(Arc::new(R::load(connection).await?) as Kept) }),
        });
        self
    }
}

/// The running hub.
pub struct Hub {
    pub database: Database,
    pub authenticator: Authenticator,
    kinds: References,
    kept: RwLock<HashMap<TypeId, Kept>>,
    changes: broadcast::Sender<Change>,
    /// What keeps the hub up to date; ends with it.
    following: Mutex<JoinSet<()>>,
}

impl Hub {
    /// Loads the reference data and starts to listen for changes. The database must be migrated.
    pub async fn start(database: Database, demo_key: Option<&DemoKey>, kinds: References) -> anyhow::Result<Arc<Self>> {
        let authenticator = Authenticator::new(database.clone(), demo_key);
        let hub = Arc::new(Self {
            database,
            authenticator,
            kinds,
            kept: RwLock::default(),
            changes: broadcast::channel(1024).0,
            following: Mutex::default(),
        });
        hub.refresh(|_| true).await?;
        let mut following = hub.following.lock().expect("no panic while held");
        following.spawn(follow(Arc::downgrade(&hub), hub.changes.subscribe()));
        following.spawn(changes::listen(hub.database.clone(), hub.changes.clone()));
        drop(following);
        Ok(hub)
    }

    /// Follows the database's changes no more: it is about to be closed.
    pub fn stop(&self) {
        self.following.lock().expect("no panic while held").abort_all();
    }

    /// One kind of reference data, as it stands now.
    pub fn reference<R: Reference>(&self) -> Arc<R> {
        let kept = self.kept.read().expect("no panic while held");
        kept.get(&TypeId::of::<R>())
            .and_then(|kept| kept.clone().downcast().ok())
            .expect("every kind of reference data is loaded at the start")
    }

    /// Changes of data from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    async fn refresh(&self, of_table: impl Fn(&[&str]) -> bool) -> anyhow::Result<()> {
        let mut connection = self.database.maintenance().await?;
        for kind in self.kinds.0.iter().filter(|kind| of_table(kind.tables)) {
            let kept = (kind.load)(&mut connection).await?;
            self.kept.write().expect("no panic while held").insert(kind.id, kept);
        }
        Ok(())
    }

    /// Brings everything that follows from these tables up to date (`*` stands for any table).
    pub async fn note_changes(&self, tables: &[String]) -> anyhow::Result<()> {
        for table in tables {
            self.authenticator.note_change(table);
        }
        let touched = |of: &[&str]| tables.iter().any(|table| table == "*" || of.contains(&table.as_str()));
        if self.kinds.0.iter().any(|kind| touched(kind.tables)) {
            self.refresh(touched).await?;
        }
        Ok(())
    }
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

async fn follow(hub: std::sync::Weak<Hub>, mut changes: broadcast::Receiver<Change>) {
    loop {
        let mut tables = vec![match changes.recv().await {
            Ok(change) => change.table,
            Err(broadcast::error::RecvError::Lagged(_)) => "*".into(),
            Err(broadcast::error::RecvError::Closed) => return,
        }];
        // A load of many tables notifies many times: read everything once.
        while let Ok(change) = changes.try_recv() {
            tables.push(change.table);
        }
        let Some(hub) = hub.upgrade() else { return };
        if let Err(error) = hub.note_changes(&tables).await {
            tracing::error!(%error, "reference data could not be refreshed");
        }
    }
}
