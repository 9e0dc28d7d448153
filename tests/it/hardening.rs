//! What protects the hub as a whole: who may see the schema, failures by address, what every answer tells browsers.

use raccordo::http::{Introspection, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::Served;
use crate::levels::REFERENCE;
use crate::websocket;

const TYPES: [&str; 6] = [
    "{ __schema { types { name } } }",
    "{ __type(name: \"Query\") { name } }",
    "{ _service { sdl } }",
    "{ dataVersion ...S } fragment S on Query { inner: __schema { queryType { name } } }",
    "{ ... on Query { ... @include(if: true) { __type(name: \"Project\") { name } } } }",
    "query A { dataVersion } query B { __schema { queryType { name } } }",
];

#[tokio::test]
async fn the_schema_can_be_closed_to_the_public_or_to_all() {
    for (introspection, open_to_public, open_to_bodies) in [
        (Introspection::Public, true, true),
        (Introspection::SignedIn, false, true),
        (Introspection::Off, false, false),
    ] {
        let settings = Settings { introspection, ..Settings::default() };
        let served = Served::with(REFERENCE, settings).await;
        for (token, is_open) in [(None, open_to_public), (Some(served.token("dlci")), open_to_bodies)] {
            for query in TYPES {
                let mut request =
                    served.post(&json!({ "query": query, "operationName": query.contains("query A").then_some("A") }));
                if let Some(token) = &token {
                    request = request.bearer_auth(token);
                }
                let answer: Value = request.send().await.unwrap().json().await.unwrap();
                assert_eq!(answer["errors"].is_null(), is_open, "{introspection:?} {query}: {answer:#}");
                if !is_open {
                    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
                    assert!(answer["data"].is_null());
                }
            }
            let mut request = served.request(Method::GET, "/schema.graphql");
            if let Some(token) = &token {
                request = request.bearer_auth(token);
            }
            assert_eq!(request.send().await.unwrap().status() == 200, is_open, "{introspection:?}");
        }
        let typename: Value =
            served.post(&json!({ "query": "{ __typename }" })).send().await.unwrap().json().await.unwrap();
        assert_eq!(typename["data"]["__typename"], "Query", "what every client adds stays allowed");
    }
}

#[tokio::test]
async fn an_address_whose_credentials_fail_too_often_waits_but_valid_ones_are_let_in() {
    let served = Served::with(REFERENCE, Settings::default()).await;
    let ask = |token: String| served.post(&json!({ "query": "{ viewer { level } }" })).bearer_auth(token).send();
    let mut statuses = Vec::new();
    for number in 0..40 {
        statuses.push(ask(format!("wrong-{number}")).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses[..30], [401; 30]);
    assert_eq!(statuses[39], 429);
    let refused = ask("wrong".into()).await.unwrap();
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    let valid: Value = ask(served.token("dlci")).await.unwrap().json().await.unwrap();
    assert_eq!(valid["data"]["viewer"]["level"], "NATIONAL");
    let public: Value =
        served.post(&json!({ "query": "{ viewer { level } }" })).send().await.unwrap().json().await.unwrap();
    assert_eq!(public["data"]["viewer"]["level"], "PUBLIC");
}

#[tokio::test]
async fn failures_on_a_websocket_count_like_all_others() {
    let served = Served::with(REFERENCE, Settings::default()).await;
    let mut codes = Vec::new();
    for number in 0..32 {
        let mut socket = websocket::connect(&served).await;
        let token = json!({ "Authorization": format!("Bearer wrong-{number}") });
        websocket::send(&mut socket, json!({ "type": "connection_init", "payload": token })).await;
        codes.push(websocket::receive(&mut socket).await.unwrap_err());
    }
    assert_eq!(codes[..30], [4403; 30]);
    assert_eq!(codes[31], 4429);
    let request = served.request(Method::POST, "/oauth/token").body("grant_type=client_credentials");
    assert_eq!(request.send().await.unwrap().status(), 429, "the same address waits everywhere");
    let mut socket = websocket::connect(&served).await;
    let token = json!({ "Authorization": format!("Bearer {}", served.token("dlci")) });
    websocket::send(&mut socket, json!({ "type": "connection_init", "payload": token })).await;
    assert_eq!(websocket::receive(&mut socket).await.unwrap()["type"], "connection_ack");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_trust_nothing_else() {
    let served = Served::with(REFERENCE, Settings::default()).await;
    for path in [
        "/",
        "/graphiql",
        "/map",
        "/map?embed=0&embed=1",
        "/graphql",
        "/schema.graphql",
        "/healthz",
        "/nothing-here",
        "/assets/nothing",
        "/demo/personas",
    ] {
        let answer = served.request(Method::GET, path).send().await.unwrap();
        let headers = answer.headers();
        let header =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("script-src 'unsafe"), "{path}: {policy}");
        assert_eq!(header("server"), "", "{path}");
    }
}

#[tokio::test]
async fn only_the_embedded_map_may_stand_in_other_sites_frames() {
    let served = Served::with(REFERENCE, Settings::default()).await;
    let answer = served.request(Method::GET, "/map?at=province:037&embed=1").send().await.unwrap();
    assert_eq!(answer.headers().get("x-frame-options"), None);
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
}
