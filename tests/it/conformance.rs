//! The audits of `tests/conformance` against a running hub: GraphQL over HTTP, the WebSocket protocol, the pages in a
//! browser.

use std::process::Stdio;
use std::time::Duration;

use raccordo::access::Role;
use raccordo::http::Settings;
use serde_json::json;

use crate::http::Served;
use crate::levels::{REFERENCE, SMALL};
use crate::provider::{House, ada, rule};

/// Runs an audit; what it printed is the failure's message.
pub async fn audit(script: &str, arguments: &[&str], expected: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");
    let run = tokio::process::Command::new("node")
        .current_dir(folder)
        .arg(script)
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("node runs");
    let said = [run.stdout, run.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(run.status.success() && said.contains(expected), "{script}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_over_http_passes_the_reference_audits() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    audit("http.mjs", &[&format!("http://{}", hub.address)], "61 of 61").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_websocket_keeps_every_rule_of_its_protocol() {
    let settings = Settings { init_timeout: Duration::from_secs(2), ..Settings::default() };
    let hub = Served::with(REFERENCE, settings).await;
    audit("ws.mjs", &[&format!("http://{}", hub.address), "2"], "26 of 26").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_work_in_a_browser_for_every_level() {
    let hub = Served::demonstration(SMALL).await;
    audit("browser.mjs", &[&format!("http://{}", hub.address)], " of ").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_can_be_searched_filtered_compared_shared_and_read_as_a_table_in_a_browser() {
    let hub = Served::demonstration(SMALL).await;
    audit("map.mjs", &[&format!("http://{}", hub.address)], "32 of 32").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_see_their_account_and_sign_out_in_a_browser() {
    let rules = vec![
        rule("groups", "officers", "office:PREF-BO", Role::Officer),
        rule("groups", "modena", "office:PREF-MO", Role::Head),
    ];
    let mut house = House::with(rules).await;
    house.provider.claims("ada", ada(&["officers"])).await;
    house.provider.claims("carla", json!({ "name": "Carla Neri", "groups": ["officers", "modena"] })).await;
    audit("sign-in.mjs", &[&house.url], "9 of 9").await;
}
