//! What the README tells people to send, answers.

use std::path::Path;

use serde_json::Value;

use crate::hub::TestHub;
use crate::levels::{SMALL, levels};

#[tokio::test]
async fn every_query_of_the_readme_answers_every_level_without_an_error() {
    let queries = blocks(&readme(), "graphql");
    assert!(queries.len() >= 9, "{} queries", queries.len());
    let hub = TestHub::with(SMALL).await;
    for query in queries {
        for level in levels() {
            let answer = hub.execute(&hub.viewer(level).await, &query, Value::Null).await;
            assert_eq!(answer.json.get("errors"), None, "as {level}: {query}");
        }
    }
}

#[tokio::test]
async fn every_request_of_the_readme_finds_something_and_the_prefecture_more_than_the_public() {
    let hub = TestHub::with(SMALL).await;
    let mut plans = Vec::new();
    for block in blocks(&readme(), "sh") {
        let Some(request) = block.split("--data '").nth(1).and_then(|rest| rest.split('\'').next()) else { continue };
        let request: Value = serde_json::from_str(request).expect("the request is JSON");
        let persona = block.split("--persona ").nth(1).and_then(|rest| rest.split(')').next()).unwrap_or("public");
        let query = request["query"].as_str().expect("a request has a query");
        let answer = hub.execute(&hub.viewer(persona).await, query, request["variables"].clone()).await;
        let data = answer.data().as_object().unwrap();
        assert!(data.values().all(|value| !value.is_null()), "{query}: {data:?}");
        plans.extend(data.get("prefecture").and_then(|office| office["plans"]["totalCount"].as_i64()));
    }
    assert!(plans.len() == 2 && plans[0] < plans[1], "plans seen by the public, by the prefecture: {plans:?}");
}

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The contents of the fenced blocks of a language; inside a list they are indented.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(of) = line.trim_start().strip_prefix("```") {
            let block = lines.by_ref().take_while(|line| line.trim() != "```").collect::<Vec<_>>().join("\n");
            if of == language {
                blocks.push(block);
            }
        }
    }
    blocks
}
