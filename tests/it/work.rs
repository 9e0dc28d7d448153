//! How tests do what callers do: one mutation after the other, each held against the kit's promises.

use raccordo::access::Viewer;
use serde_json::{Value, json};

use crate::hub::{Answer, TestHub};

/// Statements of a mutation at the most, with those that read its answer.
pub const MOST_STATEMENTS: u32 = 8;

/// What a mutation about plans answers with.
pub const PLAN: &str = "territorialPlan { id version status title visibility }";

impl TestHub {
    /// Runs a mutation with an input and gives the whole answer; the payload is `data.done`.
    pub async fn mutate(&self, viewer: &Viewer, verb: &str, record: &str, input: &Value) -> Answer {
        let first = verb[..1].to_uppercase() + &verb[1..];
        let document = format!(
            "mutation($input: {first}Input!) {{ done: {verb}(input: $input) {{ {record} isDryRun isRepeated
               userErrors {{ code rule field message changes {{ kind field before after }} }} }} }}"
        );
        self.execute(viewer, &document, json!({ "input": input })).await
    }

    /// Runs a mutation that must be done, within its statements; gives its payload.
    #[track_caller]
    pub fn done<'a>(
        &'a self,
        viewer: &'a Viewer,
        verb: &'a str,
        record: &'a str,
        input: Value,
    ) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.mutate(viewer, verb, record, &input).await;
            let payload = answer.data()["done"].clone();
            assert_eq!(payload["userErrors"], json!([]), "{verb} at {caller}: {payload:#}");
            assert!(answer.statements <= MOST_STATEMENTS, "{} statements: {verb} at {caller}", answer.statements);
            payload
        }
    }

    /// Runs a mutation that must be refused; gives `CODE RULE path` of each reason.
    pub async fn refused(&self, viewer: &Viewer, verb: &str, record: &str, input: Value) -> Vec<String> {
        let answer = self.mutate(viewer, verb, record, &input).await;
        let payload = &answer.data()["done"];
        let reasons = payload["userErrors"].as_array().unwrap();
        assert!(!reasons.is_empty(), "{verb} was done: {payload:#}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let told = |reason: &Value| {
            let path = reason["field"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(".");
            format!("{} {} {path}", text(&reason["code"]), text(&reason["rule"])).trim_end().to_owned()
        };
        reasons.iter().map(told).collect()
    }
}
