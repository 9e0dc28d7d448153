//! Whoever guesses and probes learns nothing: the recorded ways in which a member of Bologna's council may try to read
//! the draft plan of Modena's office and what belongs to it.
//!
//! There are two worlds: in the one the hidden records are laid (`probes/worlds.sql`), in the other they never were.
//! Each way is tried in both; all that comes back must be the same, to the byte and to the SQL statement. So that no
//! dead question passes for a safe one, each way that is marked as telling is also tried by those who may see the
//! records, and must tell them. A new way is a line in a file of `probes/`: see [`recorded`].

mod recorded;

use std::collections::HashSet;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use raccordo::access::persona::Persona;
use raccordo::access::{self, Viewer};
use raccordo::http::Settings;
use reqwest::header;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};

use crate::http::Served;
use crate::levels::SMALL;
use crate::websocket::Socket;
use recorded::{Request, Way};

/// Who tries.
const COUNCIL: &str = "consiglio-bologna";
/// Who may see the hidden records: the plan's own office, and DLCI, which sees those that are for the province. The
/// demonstration knows its callers by name: the office's acts for Modena here.
const WITNESSES: [Persona; 2] = [
    Persona { name: "prefettura-bologna", organisation: "office:PREF-MO" },
    Persona { name: "dlci", organisation: "authority:DLCI" },
];

/// One of the two worlds.
struct World {
    served: Served,
    client: reqwest::Client,
}

/// Someone who asks in one of the worlds.
struct Caller {
    viewer: Viewer,
    token: String,
}

/// The world in which the records are hidden, and the one without them.
async fn worlds() -> (World, World) {
    tokio::join!(World::laid(true), World::laid(false))
}

impl World {
    async fn laid(with_hidden: bool) -> Self {
        let served = Served::with(SMALL, Settings::default()).await;
        let laid = format!("set probes.laid = '{with_hidden}'; {}", recorded::filled(recorded::WORLDS));
        let mut connection = served.hub.maintenance().await;
        sqlx::raw_sql(AssertSqlSafe(laid)).execute(&mut connection).await.unwrap();
        // What the database does by itself some time after a load: search goes slowly until then.
        sqlx::raw_sql("vacuum search_document, search_word").execute(&mut connection).await.unwrap();
        let world = Self { served, client: reqwest::Client::new() };
        world.until_current().await;
        world
    }

    /// Waits until the network in memory shows the data as they are.
    async fn until_current(&self) {
        loop {
            let query = "{ dataVersion network(scope: { national: true }) { version } }";
            let answer = self.served.hub.execute(&Viewer::public(), query, Value::Null).await;
            if answer.data()["dataVersion"] == answer.data()["network"]["version"] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn caller(&self, persona: Persona) -> Caller {
        let token = self.served.key.token(persona).unwrap();
        let viewer = self.served.hub.acting_for(persona).await;
        Caller { viewer: Viewer { caller: access::Caller::Persona(persona.name), ..viewer }, token }
    }

    /// What comes back to the caller; of a document, the graph's answer and the number of its statements.
    async fn told(&self, caller: &Caller, way: &Way) -> String {
        match way {
            Way::Graphql(document) => {
                let answer = self.served.hub.execute(&caller.viewer, document, Value::Null).await;
                format!("{}\n{} statements", answer.json, answer.statements)
            }
            Way::Http(request) => self.over_http(caller, request).await,
            Way::Socket(payload) => self.over_websocket(caller, payload).await,
        }
    }

    /// Status, headers and body of an answer.
    async fn over_http(&self, caller: &Caller, asked: &Request) -> String {
        let address = format!("http://{}{}", self.served.address, asked.path);
        let mut request = self.client.request(asked.method.clone(), address).bearer_auth(&caller.token);
        // The request's id is the caller's own, so that nothing needs to be struck out.
        request = request.header("x-request-id", "probe");
        if !asked.body.is_empty() && asked.headers.iter().all(|(name, _)| name != "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request = asked.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = request.body(asked.body.clone()).send().await.unwrap();
        let mut told = format!("{}\n", answer.status());
        for (name, value) in answer.headers().iter().filter(|(name, _)| *name != header::DATE) {
            told += &format!("{name}: {value:?}\n");
        }
        let bytes = answer.bytes().await.unwrap();
        told + &format!("{} bytes\n{}", bytes.len(), bytes.escape_ascii())
    }

    /// The messages about one operation, up to its end; of a subscription, up to its first event.
    async fn over_websocket(&self, caller: &Caller, payload: &Value) -> String {
        let mut messages = self.subscribed(caller, payload).await;
        let is_followed = payload["query"].as_str().is_some_and(|query| query.starts_with("subscription"));
        let mut told = String::new();
        loop {
            let message = next(&mut messages).await;
            told += &format!("{message}\n");
            let ends = |kind: &str| message.contains(&format!("\"type\":\"{kind}\""));
            if ends("complete") || ends("error") || is_followed && ends("next") || !message.starts_with('{') {
                return told;
            }
        }
    }

    /// The messages of a connection on which this operation was begun.
    async fn subscribed(&self, caller: &Caller, payload: &Value) -> Socket {
        let mut request = format!("ws://{}/graphql/ws", self.served.address).into_client_request().unwrap();
        for (name, value) in [("sec-websocket-protocol", "graphql-transport-ws"), ("x-request-id", "probe")] {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        let mut socket = tokio_tungstenite::connect_async_with_config(request, None, true).await.unwrap().0;
        let token = json!({ "Authorization": format!("Bearer {}", caller.token) });
        for message in [
            json!({ "type": "connection_init", "payload": token }),
            json!({ "type": "subscribe", "id": "1", "payload": payload }),
        ] {
            socket.send(Message::text(message.to_string())).await.unwrap();
        }
        assert_eq!(next(&mut socket).await, r#"{"type":"connection_ack"}"#);
        socket
    }
}

/// The next message of a connection, or how it was closed.
async fn next(socket: &mut Socket) -> String {
    let received = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.expect("the hub says something");
    match received.expect("it is open").unwrap() {
        Message::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn at_least_two_hundred_ways_are_recorded_each_once() {
    let probes = recorded::probes();
    let (mut names, mut ways) = (HashSet::new(), Vec::new());
    for probe in &probes {
        assert!(names.insert(&probe.name), "twice: {}", probe.name);
        assert!(!ways.contains(&&probe.way), "recorded already: {}", probe.name);
        ways.push(&probe.way);
    }
    let telling = probes.iter().filter(|probe| probe.tells).count();
    assert!(probes.len() >= 200 && telling >= 200, "{} ways, of which {telling} could tell something", probes.len());
}

#[tokio::test]
async fn a_council_learns_nothing_of_another_provinces_draft() {
    let (with, without) = worlds().await;
    let council = Persona::find(COUNCIL).unwrap();
    let (here, there) = tokio::join!(with.caller(council), without.caller(council));
    let mut leaks = Vec::new();
    for probe in recorded::probes() {
        for way in [Some(&probe.way), probe.way.posted().as_ref()].into_iter().flatten() {
            let (a, b) = tokio::join!(with.told(&here, way), without.told(&there, way));
            if a != b {
                leaks.push(difference(&probe.name, &a, &b));
                break;
            }
        }
    }
    let shown = leaks.iter().take(20).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(leaks.is_empty(), "{} leaks\n\n{shown}", leaks.len());
}

#[tokio::test]
async fn every_way_that_could_tell_tells_those_who_may_see_the_draft() {
    let (with, without) = worlds().await;
    let mut witnesses = Vec::new();
    for persona in WITNESSES {
        witnesses.push((with.caller(persona).await, without.caller(persona).await));
    }
    let (mut dead, mut mismarked) = (Vec::new(), Vec::new());
    for probe in recorded::probes() {
        let mut tells = false;
        for (here, there) in &witnesses {
            let (a, b) = tokio::join!(with.told(here, &probe.way), without.told(there, &probe.way));
            tells = a != b;
            if tells {
                break;
            }
        }
        match (probe.tells, tells) {
            (true, false) => dead.push(probe.name),
            (false, true) => mismarked.push(probe.name),
            _ => {}
        }
    }
    assert!(dead.is_empty(), "these tell nobody anything:\n{}", dead.join("\n"));
    assert!(mismarked.is_empty(), "these tell something, mark them so:\n{}", mismarked.join("\n"));
}

#[tokio::test]
async fn a_change_of_the_draft_says_no_more_than_that_data_changed() {
    let (with, without) = worlds().await;
    let mut heard = Vec::new();
    for world in [&with, &without] {
        let caller = world.caller(Persona::find(COUNCIL).unwrap()).await;
        let mut events = world.subscribed(&caller, &json!({ "query": "subscription { dataVersionChanged }" })).await;
        let mut told = vec![next(&mut events).await];
        for change in [
            "update territorial_plan set title = 'Piano Zattera, riveduto' where id = '{{uuid plan}}'",
            "update plan_need set indicator_value = 778 where id = '{{uuid need}}'",
        ] {
            let change = AssertSqlSafe(recorded::filled(change));
            sqlx::raw_sql(change).execute(&mut world.served.hub.maintenance().await).await.unwrap();
            told.push(next(&mut events).await);
        }
        heard.push(told);
    }
    assert_eq!(heard[0], heard[1]);
    let version = |message: &String| {
        let message: Value = serde_json::from_str(message).unwrap();
        message["payload"]["data"]["dataVersionChanged"].as_i64()
    };
    assert!(heard[0][1..].iter().all(|message| version(message).is_some()), "{heard:?}");
}

/// Where two answers part, with what stands around it.
fn difference(probe: &str, with: &str, without: &str) -> String {
    let same = with.bytes().zip(without.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let from = text.floor_char_boundary(same.saturating_sub(120));
        text[from..].chars().take(360).collect::<String>()
    };
    format!("{probe}\n  with:    {}\n  without: {}", around(with), around(without))
}
