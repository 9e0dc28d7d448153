use async_graphql::Request;
use raccordo_examples::services;
use raccordo_examples::serving::router;
use serde_json::json;

use super::hub::serve;
use super::{ask, entities};

/// The message of the only error; `None` where there is none.
async fn refused(query: &str) -> Option<String> {
    let answer = ask(&services::schema().unwrap(), Request::new(query)).await;
    answer["errors"][0]["message"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn lists_choose_and_end() {
    let query = "{ serviziDesks(topic: HOUSING, language: \"fr\", first: 2) { topics languages } }";
    let answer = ask(&services::schema().unwrap(), Request::new(query)).await;
    let desks = answer["data"]["serviziDesks"].as_array().unwrap();
    assert_eq!(desks.len(), 2);
    for desk in desks {
        assert!(desk["topics"].as_array().unwrap().contains(&json!("HOUSING")), "{desk}");
        assert!(desk["languages"].as_array().unwrap().contains(&json!("fr")), "{desk}");
    }
    for first in [0, -1, 201] {
        let message = refused(&format!("{{ serviziDesks(first: {first}) {{ id }} }}")).await;
        assert_eq!(message.as_deref(), Some("first: a number from 1 to 200"));
    }
    assert_eq!(refused("{ serviziDesks(first: 200) { id name topics languages address } }").await, None);
}

#[tokio::test]
async fn a_partner_that_fails_nulls_its_own_fields_alone() {
    let schema = services::schema().unwrap();
    let request = Request::new("{ bad: serviziDesks(first: 0) { id } good: serviziDesks(first: 1) { id } }");
    let answer = ask(&schema, request).await;
    assert_eq!(answer["data"], json!({ "bad": null, "good": [{ "id": "bo-01" }] }));
}

#[tokio::test]
async fn what_goes_too_deep_or_costs_too_much_is_not_begun() {
    let nested = |times: usize| {
        let (open, close) = ("municipality { serviziDesks(first: 1) { ".repeat(times), "} }".repeat(times));
        format!("{{ serviziDesks(first: 1) {{ {open} id {close} }} }}")
    };
    assert_eq!(refused(&nested(7)).await, None);
    assert_eq!(refused(&nested(8)).await.as_deref(), Some("Query is nested too deep."));
    let wide = "{ serviziDesks(first: 200) { municipality { serviziDesks(first: 200) { id } } } }";
    assert_eq!(refused(wide).await.as_deref(), Some("Query is too complex."));
}

#[tokio::test]
async fn over_http_a_request_has_a_megabyte_at_the_most() {
    let address = serve(router(services::schema().unwrap(), None)).await;
    let client = reqwest::Client::new();
    for (length, status) in [(0, 200), (1024 * 1024, 413)] {
        let body = json!({ "query": "{ serviziDesks(first: 1) { id } }", "operationName": null, "padding": "x".repeat(length) });
        let response = client.post(format!("{address}/graphql")).json(&body).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
    let health = client.get(format!("{address}/healthz")).send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok\n");
}

#[tokio::test]
async fn many_entities_at_a_time_are_answered() {
    let of: Vec<_> =
        (0..5_000).map(|code| json!({ "__typename": "Municipality", "code": format!("{code:06}") })).collect();
    let found = entities(&services::schema().unwrap(), "... on Municipality { serviziDesks { id } }", json!(of)).await;
    assert_eq!(found.as_array().unwrap().len(), 5_000);
}
