//! What a resolver works with: the hub, the viewer, the request's session and its batches.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_graphql::Context;
use chrono::NaiveDate;
use futures_util::future::BoxFuture;

use super::Result;
use super::batch::{Batched, Batches};
use crate::access::{Room, Sight, Viewer};
use crate::db::{Session, Statement};
use crate::hub::{Hub, Reference};

/// Asks again who the caller of a stream is: whom its credentials name now, `None` where they let nobody in any more.
pub type Renewal = Arc<dyn Fn() -> BoxFuture<'static, Option<Viewer>> + Send + Sync>;

/// One request's view of the graph.
pub struct Graph {
    pub hub: Arc<Hub>,
    pub viewer: Viewer,
    pub session: Session,
    /// Names the request in answers, in the log and in the audit.
    pub request_id: String,
    /// The day that counts as today in this request.
    pub today: NaiveDate,
    batches: Batches,
    kept: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    is_of_the_moment: AtomicBool,
    /// Keys of groups that this request made the caller a member of, which the viewer did not come with.
    gained: Mutex<Vec<(Room, i32)>>,
    /// Of a request that lasts.
    renewal: Option<Renewal>,
}

impl Graph {
    /// Opens the graph for one request of this viewer. Put it into the request's data as `Arc<Graph>`.
    pub fn open(hub: Arc<Hub>, viewer: Viewer, request_id: &str) -> Arc<Self> {
        Self::open_on(hub, viewer, request_id, chrono::Local::now().date_naive())
    }

    /// Opens the graph for a request that lasts, in which the caller's rights may change.
    pub fn listening(hub: Arc<Hub>, viewer: Viewer, request_id: &str, renewal: Renewal) -> Arc<Self> {
        let graph = Self::new(hub, viewer, request_id, chrono::Local::now().date_naive());
        Arc::new(Self { renewal: Some(renewal), ..graph })
    }

    /// The same as it would be on another day (tests).
    pub fn open_on(hub: Arc<Hub>, viewer: Viewer, request_id: &str, today: NaiveDate) -> Arc<Self> {
        Arc::new(Self::new(hub, viewer, request_id, today))
    }

    fn new(hub: Arc<Hub>, viewer: Viewer, request_id: &str, today: NaiveDate) -> Self {
        let session = Session::new(hub.database.clone(), &viewer.settings());
        Self {
            hub,
            viewer,
            session,
            request_id: request_id.to_owned(),
            today,
            batches: Batches::default(),
            kept: Mutex::default(),
            is_of_the_moment: AtomicBool::new(false),
            gained: Mutex::default(),
            renewal: None,
        }
    }

    /// Who the caller is by now; `None` where its credentials let nobody in any more.
    pub async fn viewer_now(&self) -> Option<Viewer> {
        match &self.renewal {
            Some(renewal) => renewal().await,
            None => Some(self.viewer.clone()),
        }
    }

    /// The graph of the request being answered.
    pub fn of<'a>(ctx: &Context<'a>) -> &'a Arc<Self> {
        ctx.data_unchecked::<Arc<Self>>()
    }

    /// The keys that the caller holds in a room by now.
    pub fn held(&self, room: Room) -> Vec<i32> {
        self.sight().keys(room).to_vec()
    }

    /// What a transaction sets so that the policies know what the caller holds by now.
    pub(super) fn settings(&self) -> String {
        Viewer { sight: self.sight(), ..self.viewer.clone() }.settings()
    }

    /// From the next statement after [`Graph::renew`] on the caller holds this key, too.
    pub fn hold(&self, room: Room, key: Option<i32>) {
        self.gained.lock().expect("no panic while held").extend(key.map(|key| (room, key)));
        self.session.set(&self.settings());
    }

    fn sight(&self) -> Sight {
        let gained = self.gained.lock().expect("no panic while held");
        gained.iter().fold(self.viewer.sight.clone(), |sight, (room, key)| {
            sight.in_rooms([*room], |held| [held, &[*key]].concat())
        })
    }

    /// Forgets what was read: what is read next sees a change just made.
    pub async fn renew(&self) {
        self.session.renew().await;
        self.batches.clear();
        self.kept.lock().expect("no panic while held").clear();
    }

    /// A value by its key, batched with its siblings; `None` where the viewer may see none.
    pub async fn load<K: Batched>(&self, key: K) -> Result<Option<K::Value>> {
        self.batches.load(&self.session, key).await
    }

    /// Files a value that another statement brought along, so that a later `load` costs none.
    pub fn feed<K: Batched>(&self, key: K, value: Option<K::Value>) {
        self.batches.feed(key, value);
    }

    /// The connection for one statement that no batch covers (lists, counts).
    pub async fn statement(&self) -> Result<Statement<'_>> {
        Ok(self.session.statement().await?)
    }

    /// What a room keeps for the length of this request, one of each type; empty at first.
    pub fn kept<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.kept.lock().expect("no panic while held");
        let kept = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        kept.clone().downcast().expect("filed under its own type")
    }

    /// Says that the answer depends on the clock, on chance, or on anything else but the request, the viewer and the data:
    /// whatever resolves such a field must say so, or another request may be given the same answer.
    pub fn note_moment(&self) {
        self.is_of_the_moment.store(true, Ordering::Relaxed);
    }

    /// Whether all that was answered so far follows from the request, the viewer and the reference data in memory alone.
    pub fn is_from_memory(&self) -> bool {
        self.session.statements() == 0 && !self.is_of_the_moment.load(Ordering::Relaxed)
    }

    /// Reference data in memory.
    pub fn reference<R: Reference>(&self) -> Arc<R> {
        self.hub.reference()
    }
}
