//! Subscriptions over `/graphql/ws`: what the hub itself adds to the protocol, whose rules have tests of their own.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use raccordo::http::Settings;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};

use crate::http::Served;
use crate::levels::REFERENCE;

pub type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

pub async fn connect(hub: &Served) -> Socket {
    let mut request = format!("ws://{}/graphql/ws", hub.address).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
    tokio_tungstenite::connect_async(request).await.unwrap().0
}

pub async fn send(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

/// The next message, or the code that the hub closed with.
pub async fn receive(socket: &mut Socket) -> Result<Value, u16> {
    let received = tokio::time::timeout(Duration::from_secs(30), socket.next());
    match received.await.expect("the hub says something").expect("it is open").unwrap() {
        Message::Text(text) => Ok(serde_json::from_str(&text).unwrap()),
        Message::Close(Some(frame)) => Err(frame.code.into()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_change_of_data_reaches_its_subscribers() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let mut socket = connect(&hub).await;
    send(&mut socket, json!({ "type": "connection_init" })).await;
    assert_eq!(receive(&mut socket).await.unwrap()["type"], "connection_ack");
    let subscription = json!({ "query": "subscription { dataVersionChanged }" });
    send(&mut socket, json!({ "type": "subscribe", "id": "1", "payload": subscription })).await;
    let version = |message: Value| message["payload"]["data"]["dataVersionChanged"].as_i64().unwrap();
    let before = version(receive(&mut socket).await.unwrap());
    let change = "update organisation set website = 'https://example.org' where office_code = 'PREF-BO'";
    sqlx::query(change).execute(&mut hub.hub.maintenance().await).await.unwrap();
    assert!(version(receive(&mut socket).await.unwrap()) > before);
}

#[tokio::test]
async fn the_token_comes_with_the_connection_and_a_wrong_one_closes_it() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let viewer = json!({ "query": "{ viewer { level } }" });
    for (payload, expected) in [
        (json!({}), Ok("PUBLIC")),
        (json!({ "Authorization": format!("Bearer {}", hub.token("dlci")) }), Ok("NATIONAL")),
        (json!({ "authorization": "Bearer x" }), Err(4403)),
        (json!({ "Authorization": 42 }), Err(4403)),
    ] {
        let mut socket = connect(&hub).await;
        send(&mut socket, json!({ "type": "connection_init", "payload": payload })).await;
        match (receive(&mut socket).await, expected) {
            (Ok(_), Ok(level)) => {
                send(&mut socket, json!({ "type": "subscribe", "id": "1", "payload": viewer })).await;
                let answer = receive(&mut socket).await.unwrap();
                assert_eq!(answer["payload"]["data"]["viewer"]["level"], level);
            }
            (Err(code), Err(expected)) => assert_eq!(code, expected, "{payload}"),
            (got, expected) => panic!("{payload}: {got:?}, not {expected:?}"),
        }
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_keeps_no_connection_of_the_database() {
    let hub = Served::with(crate::levels::SMALL, Settings::default()).await;
    let mut socket = connect(&hub).await;
    send(&mut socket, json!({ "type": "connection_init" })).await;
    receive(&mut socket).await.unwrap();
    // Far more than what the sockets' buffers hold, and the pool's three connections.
    let fields: String =
        (0..5).map(|n| format!("e{n}: edges {{ id kind from to validFrom validUntil recordId }} ")).collect();
    let query = format!("{{ dataVersion network(scope: {{ national: true }}) {{ {fields} }} }}");
    for id in 0..20 {
        send(&mut socket, json!({ "type": "subscribe", "id": format!("{id}"), "payload": { "query": query } })).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let busy = "select count(*) from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction'";
    let mut connection = hub.hub.maintenance().await;
    let mut held = async || sqlx::query_scalar::<_, i64>(busy).fetch_one(&mut connection).await.unwrap();
    // On a busy machine the answers take their time; what waits for the client would be held for ever.
    let given_up = tokio::time::Instant::now() + Duration::from_secs(30);
    while held().await > 0 {
        assert!(tokio::time::Instant::now() < given_up, "connections are kept for a client that reads nothing");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn rights_on_an_open_connection_are_those_of_the_moment() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let mut socket = connect(&hub).await;
    let token = format!("Bearer {}", hub.token("dlci"));
    send(&mut socket, json!({ "type": "connection_init", "payload": { "Authorization": token } })).await;
    receive(&mut socket).await.unwrap();
    let mut level = async |id: &str| {
        let query = json!({ "query": "{ viewer { level } }" });
        send(&mut socket, json!({ "type": "subscribe", "id": id, "payload": query })).await;
        let answer = receive(&mut socket).await.unwrap();
        receive(&mut socket).await.unwrap();
        answer["payload"]["data"]["viewer"]["level"].as_str().unwrap().to_owned()
    };
    assert_eq!(level("1").await, "NATIONAL");
    let change = "update organisation set kind = 'other_organisation', parent_id = null where short_name = 'DLCI'";
    sqlx::query(change).execute(&mut hub.hub.maintenance().await).await.unwrap();
    // The hub hears of the change from the database.
    for attempt in 2..100 {
        if level(&attempt.to_string()).await == "PARTNER" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the connection keeps the rights of its opening");
}

#[tokio::test]
async fn the_limits_hold_here_too() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let mut socket = connect(&hub).await;
    send(&mut socket, json!({ "type": "connection_init" })).await;
    receive(&mut socket).await.unwrap();
    let wide = "{ organisations(first: 100) { edges { node { projects(first: 100) { edges { node { lead { id name } } } } } } } }";
    send(&mut socket, json!({ "type": "subscribe", "id": "1", "payload": { "query": wide } })).await;
    let answer = receive(&mut socket).await.unwrap();
    assert_eq!((answer["type"].as_str(), answer["id"].as_str()), (Some("error"), Some("1")));
    assert_eq!(answer["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    let subscription = json!({ "query": "subscription { dataVersionChanged }" });
    for id in 0..51 {
        send(&mut socket, json!({ "type": "subscribe", "id": format!("s{id}"), "payload": subscription })).await;
    }
    loop {
        let message = receive(&mut socket).await.unwrap();
        if message["type"] == "error" {
            assert_eq!(message["id"], "s50");
            assert_eq!(message["payload"][0]["extensions"]["limit"], 50);
            break;
        }
    }
}
