//! `/graphql/ws`: the protocol `graphql-transport-ws`,
//! after <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.
//!
//! The session's cookie counts only for the hub's own pages; a connection that came in with it is looked at again as
//! soon as sessions change.

mod run;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::pin_mut;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::executor::Answer;
use super::failures::Address;
use super::reply::{LARGEST_BODY, Refused};
use super::{App, caller, cookies, graphql};
use crate::access::Viewer;
use crate::graphql::{Error, Graph};
use crate::locale::{self, Locale};
use run::{Event, Run, error};

const PROTOCOL: &str = "graphql-transport-ws";
/// Bytes read at one time: what a connection holds of memory while it waits, whereas a longer message has as much as it needs.
const READ_BUFFER: usize = 1024;
/// Operations under way on one connection at the most.
const MOST_OPERATIONS: usize = 50;
/// A silent connection is asked this often whether it is still there, and whether its token still holds.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// A client that does not take a message for this long has gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a connection is closed; the codes are the protocol's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Close {
    BadMessage,
    Unauthorized,
    Forbidden,
    NoSuchProtocol,
    InitTimeout,
    DuplicateId,
    InitTwice,
    TooManyFailures,
    TryLater,
    GoingAway,
}

impl Close {
    fn frame(self) -> Message {
        let (code, reason) = match self {
            Self::BadMessage => (4400, "Invalid message"),
            Self::Unauthorized => (4401, "Unauthorized"),
            Self::Forbidden => (4403, "Forbidden"),
            Self::NoSuchProtocol => (4406, "Subprotocol not acceptable"),
            Self::InitTimeout => (4408, "Connection initialisation timeout"),
            Self::DuplicateId => (4409, "Subscriber for this id already exists"),
            Self::InitTwice => (4429, "Too many initialisation requests"),
            Self::TooManyFailures => (4429, "Too many failed attempts"),
            Self::TryLater => (1013, "Try again later"),
            Self::GoingAway => (1001, "The hub is stopping"),
        };
        Message::Close(Some(CloseFrame { code, reason: reason.into() }))
    }
}

/// Opens the connection.
pub async fn endpoint(
    State(app): State<Arc<App>>,
    address: Option<Extension<Address>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let address = address.map(|Extension(Address(address))| address);
    let locale = caller::locale(&headers);
    let headers = caller::kept(&headers);
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .max_message_size(LARGEST_BODY)
        .max_frame_size(LARGEST_BODY)
        .on_upgrade(move |socket| locale.scope(serve(app, socket, headers, address)))
}

/// A message of the client that the protocol knows.
enum Incoming {
    Init(Map<String, Value>),
    Ping(Option<Value>),
    Pong,
    Subscribe { id: String, payload: Value },
    Complete { id: String },
}

impl Incoming {
    fn read(text: &str) -> Option<Self> {
        let Value::Object(mut message) = serde_json::from_str(text).ok()? else { return None };
        let payload = match message.remove("payload") {
            None | Some(Value::Null) => None,
            Some(payload @ Value::Object(_)) => Some(payload),
            Some(_) => return None,
        };
        let id = |message: &mut Map<String, Value>| match message.remove("id") {
            Some(Value::String(id)) if !id.is_empty() => Some(id),
            _ => None,
        };
        Some(match message.get("type")?.as_str()? {
            "connection_init" => Self::Init(match payload {
                Some(Value::Object(payload)) => payload,
                _ => Map::new(),
            }),
            "ping" => Self::Ping(payload),
            "pong" => Self::Pong,
            "subscribe" => Self::Subscribe { id: id(&mut message)?, payload: payload? },
            "complete" => Self::Complete { id: id(&mut message)? },
            _ => return None,
        })
    }
}

/// The `Authorization` that came with the opening, if any; without it the headers count. The viewer is found anew for
/// each operation: rights change.
struct Opening(Option<String>);

struct Connection {
    app: Arc<App>,
    socket: WebSocket,
    headers: Arc<HeaderMap>,
    /// Where it comes from.
    address: Option<IpAddr>,
    /// What the client said of itself when it opened the connection; `None` before.
    opened: Option<Opening>,
    /// Whether anything came since the client was last asked.
    alive: bool,
    under_way: HashMap<String, (u64, AbortHandle)>,
    runs: u64,
    events: mpsc::Sender<Box<Event>>,
}

async fn serve(app: Arc<App>, socket: WebSocket, headers: HeaderMap, address: Option<IpAddr>) {
    let (events, mut happened) = mpsc::channel(16);
    let stopping = app.stopping.clone();
    let mut sessions = app.hub.people.changes();
    let mut connection = Connection {
        app,
        socket,
        headers: Arc::new(headers),
        address,
        opened: None,
        alive: true,
        under_way: HashMap::new(),
        runs: 0,
        events,
    };
    if connection.socket.protocol().is_none() {
        return connection.close(Close::NoSuchProtocol).await;
    }
    let init_due = tokio::time::sleep(connection.app.settings.init_timeout);
    pin_mut!(init_due);
    let mut keep_alive = tokio::time::interval(KEEP_ALIVE);
    keep_alive.reset();
    let why = loop {
        let step = tokio::select! {
            received = connection.socket.recv() => match received {
                Some(Ok(Message::Text(text))) => Box::pin(connection.receive(&text)).await,
                Some(Ok(Message::Binary(_))) => Err(Close::BadMessage),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                    connection.alive = true;
                    Ok(())
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break None,
            },
            Some(event) = happened.recv() => Box::pin(connection.tell(event)).await,
            () = &mut init_due, if connection.opened.is_none() => Err(Close::InitTimeout),
            _ = keep_alive.tick() => Box::pin(connection.keep_alive()).await,
            Ok(()) = sessions.changed(), if connection.is_of_session() => Box::pin(connection.viewer()).await.map(drop),
            () = stopping.cancelled() => Err(Close::GoingAway),
        };
        if let Err(why) = step {
            break Some(why);
        }
    };
    if let Some(why) = why {
        Box::pin(connection.close(why)).await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.under_way.values().for_each(|(_, operation)| operation.abort());
    }
}

impl Connection {
    async fn close(&mut self, why: Close) {
        // The client answers, so that it sees the code rather than a broken connection.
        let closed = async {
            if self.socket.send(why.frame()).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), closed).await;
    }

    async fn send(&mut self, message: String) -> Result<(), Close> {
        self.put(Message::Text(message.into())).await
    }

    async fn put(&mut self, message: Message) -> Result<(), Close> {
        match tokio::time::timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Close::GoingAway),
        }
    }

    async fn keep_alive(&mut self) -> Result<(), Close> {
        if !std::mem::take(&mut self.alive) {
            return Err(Close::GoingAway);
        }
        if self.opened.is_some() {
            self.viewer().await?;
        }
        self.put(Message::Ping(Default::default())).await
    }

    /// Whether the caller came in by a session's cookie.
    fn is_of_session(&self) -> bool {
        matches!(self.opened, Some(Opening(None))) && cookies::find(&self.headers, cookies::SESSION).is_some()
    }

    /// Counts refused credentials; once there were too many from one address, tells it to wait.
    fn failed(&self) -> Close {
        let Some(address) = self.address else { return Close::Forbidden };
        self.app.failures.note(address);
        if self.app.failures.wait(address).is_some() { Close::TooManyFailures } else { Close::Forbidden }
    }

    /// Who the connection's caller is now.
    async fn viewer(&mut self) -> Result<Viewer, Close> {
        let viewer = match &self.opened {
            None => return Err(Close::Unauthorized),
            Some(Opening(None)) => caller::viewer(&self.app, &self.headers, false).await,
            Some(Opening(Some(authorization))) => {
                let authenticated = self.app.hub.authenticator.authenticate(Some(authorization.as_bytes())).await;
                authenticated.map_err(caller::refused)
            }
        };
        viewer.map_err(|refused| match refused.status {
            StatusCode::UNAUTHORIZED => self.failed(),
            status if status.is_server_error() => Close::TryLater,
            _ => Close::Forbidden,
        })
    }

    async fn receive(&mut self, text: &str) -> Result<(), Close> {
        self.alive = true;
        match Incoming::read(text).ok_or(Close::BadMessage)? {
            Incoming::Init(payload) => self.init(&payload).await,
            Incoming::Ping(Some(payload)) => self.send(json!({ "type": "pong", "payload": payload }).to_string()).await,
            Incoming::Ping(None) => self.send(json!({ "type": "pong" }).to_string()).await,
            Incoming::Pong => Ok(()),
            Incoming::Subscribe { id, payload } => self.subscribe(id, payload).await,
            Incoming::Complete { id } => {
                if let Some((_, operation)) = self.under_way.remove(&id) {
                    operation.abort();
                }
                Ok(())
            }
        }
    }

    /// The token comes in the payload, because browsers cannot set headers here; a header counts, too.
    async fn init(&mut self, payload: &Map<String, Value>) -> Result<(), Close> {
        if self.opened.is_some() {
            return Err(Close::InitTwice);
        }
        let mut given = payload.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        self.opened = match given.next() {
            Some((_, Value::String(authorization))) => Some(Opening(Some(authorization.clone()))),
            Some((_, Value::Null)) | None => Some(Opening(None)),
            Some(_) => return Err(Close::Forbidden),
        };
        self.viewer().await?;
        self.send(json!({ "type": "connection_ack" }).to_string()).await
    }

    async fn subscribe(&mut self, id: String, payload: Value) -> Result<(), Close> {
        let viewer = self.viewer().await?;
        let operation = graphql::operation(payload).map_err(|_| Close::BadMessage)?;
        if self.under_way.contains_key(&id) {
            return Err(Close::DuplicateId);
        }
        let request_id = caller::request_id(&self.headers);
        if self.under_way.len() >= MOST_OPERATIONS {
            return self.send(error(&id, &too_many(self.under_way.len() + 1, &request_id))).await;
        }
        let shows_schema = self.app.settings.introspection.is_open_to(&viewer);
        let checked = match self.app.executor.check(operation, shows_schema, &request_id) {
            Ok(checked) => checked,
            Err(answer) => return self.send(error(&id, &answer.response)).await,
        };
        let budget = self.app.budgets.of(&viewer);
        let spent = budget.map(|budget| budget.request().and_then(|()| budget.spend(checked.complexity()))).transpose();
        let remaining = match spent {
            Ok(remaining) => remaining,
            Err(refused) => return self.send(refusal(&id, &refused, &request_id)).await,
        };
        self.runs += 1;
        let authorization = self.opened.as_ref().and_then(|opening| opening.0.clone());
        let renewal = caller::renewal(self.app.clone(), self.headers.clone(), authorization);
        let graph = Graph::listening(self.app.hub.clone(), viewer, &request_id, renewal);
        let (app, events) = (self.app.clone(), self.events.clone());
        let run = Run { app, id: id.clone(), run: self.runs, request_id, remaining, events };
        let operation = tokio::spawn(Locale::current().scope(run.answer(graph, checked)));
        self.under_way.insert(id, (self.runs, operation.abort_handle()));
        Ok(())
    }

    async fn tell(&mut self, event: Box<Event>) -> Result<(), Close> {
        // What an operation said before the client ended it is no longer wanted.
        if self.under_way.get(&event.id).is_none_or(|(run, _)| *run != event.run) {
            return Ok(());
        }
        if event.last {
            self.under_way.remove(&event.id);
        }
        self.send(event.message).await
    }
}

fn refusal(id: &str, refused: &Refused, request_id: &str) -> String {
    json!({ "type": "error", "id": id, "payload": refused.body(request_id)["errors"] }).to_string()
}

fn too_many(requested: usize, request_id: &str) -> GraphqlResponse {
    let message = locale::Message::new(
        format!("Una connessione ha al massimo {MOST_OPERATIONS} operazioni in corso."),
        format!("A connection has at most {MOST_OPERATIONS} operations under way."),
    );
    let (limit, requested) = (MOST_OPERATIONS as u64, requested as u64);
    Answer::refused(Error::LimitExceeded { message, limit, requested }, request_id).response
}
