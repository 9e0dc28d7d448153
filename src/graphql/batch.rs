//! Batch loading: keys that a selection asks for at the same time are fetched by one statement.
//!
//! The framework's own loader waits on a timer and a spawned task, which costs time and lets a batch
//! be split by chance; here siblings of a selection are gathered by yielding, so that the number of
//! statements of an operation is exact and can be tested (docs/adr/0003-batching.md).

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard};

use sqlx::PgConnection;
use tokio::sync::Notify;

use super::Result;
use crate::db::Session;

/// Keys asked of the database at the most in one statement.
const MOST_KEYS: usize = 1000;

/// A key that knows how to fetch its values: `graph.load(ProjectsOf(id))`.
pub trait Batched: Clone + Eq + Hash + Send + Sync + 'static {
    type Value: Clone + Send + Sync + 'static;
    /// Whether one statement can serve both keys: keys that carry other arguments cannot share it.
    fn shares_statement(&self, _other: &Self) -> bool {
        true
    }
    /// Runs **one** statement for all keys. A key without a value is left out.
    fn fetch(
        connection: &mut PgConnection,
        keys: &[Self],
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>>> + Send;
}

struct Batch<K: Batched> {
    state: Mutex<State<K>>,
    /// Told when a batch was served, or failed: all who wait are woken at once, and so ask for what comes next at once.
    served: Notify,
}

struct State<K: Batched> {
    known: HashMap<K, Option<K::Value>>,
    waiting: Vec<K>,
    /// Whether somebody gathers keys or waits for their statement.
    is_served: bool,
}

impl<K: Batched> Default for Batch<K> {
    fn default() -> Self {
        let state = State { known: HashMap::new(), waiting: Vec::new(), is_served: false };
        Self { state: Mutex::new(state), served: Notify::new() }
    }
}

/// The turn of whoever serves the batch; ends when it is dropped, however that comes.
struct Turn<'a, K: Batched>(&'a Batch<K>);

impl<K: Batched> Drop for Turn<'_, K> {
    fn drop(&mut self) {
        self.0.state().is_served = false;
        self.0.served.notify_waiters();
    }
}

impl<K: Batched> Batch<K> {
    fn state(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().expect("no panic while held")
    }

    async fn load(&self, session: &Session, key: K) -> Result<Option<K::Value>> {
        loop {
            let served = self.served.notified();
            {
                let mut state = self.state();
                if let Some(value) = state.known.get(&key) {
                    return Ok(value.clone());
                }
                // Asked for again if a failed batch took it along: to fail with the cause.
                state.waiting.push(key.clone());
                if !std::mem::replace(&mut state.is_served, true) {
                    break;
                }
            }
            // The runtime's budget for one poll must not hold some of the siblings back: they would miss the next batch.
            tokio::task::unconstrained(served).await;
        }
        let _turn = Turn(self);
        self.gather().await;
        let keys = self.take();
        self.serve(session, keys).await?;
        Ok(self.state().known.get(&key).cloned().flatten())
    }

    /// Lets the siblings join before the batch is served. Many are not all polled at once: whoever is first waits as long as
    /// more of them come.
    async fn gather(&self) {
        let mut known = 0;
        while self.state().waiting.len() > known {
            known = self.state().waiting.len();
            tokio::task::yield_now().await;
        }
    }

    /// The keys that wait and are not known, each once.
    fn take(&self) -> Vec<K> {
        let mut state = self.state();
        let mut keys = std::mem::take(&mut state.waiting);
        let mut seen = HashSet::with_capacity(keys.len());
        keys.retain(|key| !state.known.contains_key(key) && seen.insert(key.clone()));
        keys
    }

    async fn serve(&self, session: &Session, mut keys: Vec<K>) -> Result<()> {
        while let Some(first) = keys.first().cloned() {
            let (together, others) = keys.into_iter().partition::<Vec<_>, _>(|key| first.shares_statement(key));
            keys = others;
            for chunk in together.chunks(MOST_KEYS) {
                let mut statement = session.statement().await?;
                let mut found = K::fetch(&mut statement, chunk).await?;
                drop(statement);
                let mut state = self.state();
                for key in chunk {
                    let value = found.remove(key);
                    state.known.insert(key.clone(), value);
                }
            }
        }
        Ok(())
    }
}

/// The batches of one request, one for each kind of key.
#[derive(Default)]
pub struct Batches(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Batches {
    fn of<K: Batched>(&self) -> Arc<Batch<K>> {
        let mut batches = self.0.lock().expect("no panic while held");
        let batch = batches.entry(TypeId::of::<K>()).or_insert_with(|| Arc::new(Batch::<K>::default()));
        batch.clone().downcast().expect("filed under its own type")
    }

    /// The key's value, `None` where there is none that the viewer may see.
    pub async fn load<K: Batched>(&self, session: &Session, key: K) -> Result<Option<K::Value>> {
        self.of::<K>().load(session, key).await
    }

    /// Forgets every value: they are asked for anew.
    pub fn clear(&self) {
        self.0.lock().expect("no panic while held").clear();
    }

    /// Files a value that another statement brought along.
    pub fn feed<K: Batched>(&self, key: K, value: Option<K::Value>) {
        self.of::<K>().state().known.insert(key, value);
    }
}

/// Declares a key type for values that a store function fetches by UUIDs:
/// `batched_by_uuid! { /// doc  SeatsOf => Arc<[SeatRow]>, store::seats_of }`.
#[macro_export]
macro_rules! batched_by_uuid {
    ($(#[$doc:meta])* $name:ident => $value:ty, $fetch:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub uuid::Uuid);

        impl $crate::graphql::Batched for $name {
            type Value = $value;
            async fn fetch(
                connection: &mut sqlx::PgConnection,
                keys: &[Self],
            ) -> $crate::graphql::Result<std::collections::HashMap<Self, $value>> {
                let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
                Ok($fetch(connection, &ids).await?.into_iter().map(|(id, value)| ($name(id), value)).collect())
            }
        }
    };
}
