//! People in the graph: every mutation done, refused and with wrong input, its statements and its entry in the audit.

mod delegations;
mod invitations;
mod members;
mod privacy;
mod sessions;

use raccordo::access::scope::{Scope, Scopes};
use raccordo::access::{Client, Viewer};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::hub::TestHub;

/// The office that these tests are about, and another.
const OFFICE: &str = "office:PREF-BO";
const OTHER: &str = "office:PREF-MO";

/// Statements of a mutation at the most, with those that read its answer.
const MOST_STATEMENTS: u32 = 8;

/// Runs a mutation, called `done` in its document, and gives its payload.
async fn mutate(hub: &TestHub, viewer: &Viewer, document: &str, input: Value) -> Value {
    let answer = hub.execute(viewer, document, json!({ "input": input })).await;
    assert!(answer.statements <= MOST_STATEMENTS, "{} statements: {document}", answer.statements);
    answer.data()["done"].clone()
}

/// Runs a mutation that must be done.
async fn done(hub: &TestHub, viewer: &Viewer, document: &str, input: Value) -> Value {
    let payload = mutate(hub, viewer, document, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    payload
}

/// Runs a mutation that must be refused, and leave nothing else in its payload; gives code, rule and path of each reason.
async fn refused(hub: &TestHub, viewer: &Viewer, document: &str, input: Value) -> Vec<String> {
    let payload = mutate(hub, viewer, document, input).await;
    let reasons = payload["userErrors"].as_array().unwrap();
    assert!(!reasons.is_empty(), "it was done: {payload:#}");
    let others = payload.as_object().unwrap().iter().filter(|(name, _)| *name != "userErrors");
    assert!(others.clone().all(|(_, value)| value.is_null()), "{payload:#}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |reason: &Value| {
        assert!(!text(&reason["message"]).is_empty());
        let path = reason["field"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(".");
        format!("{} {} {path}", text(&reason["code"]), text(&reason["rule"])).trim_end().to_owned()
    };
    reasons.iter().map(told).collect()
}

/// A client of the viewer's organisation with every scope.
fn client(viewer: &Viewer) -> Viewer {
    let scopes: Scopes = Scope::ALL.into_iter().collect();
    let client = Client { id: Uuid::now_v7(), scopes, purpose: None, requests_per_minute: 1, cost_per_minute: 1 };
    Viewer { caller: raccordo::access::Caller::Public, ..viewer.clone() }.as_client(client)
}
