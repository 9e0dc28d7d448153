//! One operation under way, and the messages that tell what became of it.

use std::sync::Arc;

use async_graphql::Response as GraphqlResponse;
use async_graphql::parser::types::OperationType;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::graphql::Graph;
use crate::http::executor::{Answer, Checked};
use crate::http::{App, reply};

/// What an operation under way has to say.
pub struct Event {
    pub id: String,
    /// Tells operations apart that used the same id one after the other.
    pub run: u64,
    pub message: String,
    pub last: bool,
}

/// One operation under way.
pub struct Run {
    pub app: Arc<App>,
    pub id: String,
    pub run: u64,
    pub request_id: String,
    /// What is left of the caller's budget.
    pub remaining: Option<u32>,
    pub events: mpsc::Sender<Box<Event>>,
}

impl Run {
    /// Answers it, to the end.
    pub async fn answer(self, graph: Arc<Graph>, operation: Checked) {
        if operation.kind() == OperationType::Subscription {
            self.follow(graph, operation).await;
        } else {
            // In memory of its own: those who follow have no room for it.
            Box::pin(self.answer_once(graph, operation)).await;
        }
    }

    async fn answer_once(self, graph: Arc<Graph>, operation: Checked) {
        let mut answer = self.app.executor.execute(&graph, operation, &self.request_id).await;
        if let Some(remaining) = self.remaining {
            answer.tell_remaining(remaining);
        }
        // A client that is slow to read must not keep the snapshot's connection.
        drop(graph);
        if !answer.executed {
            return self.say(error(&self.id, &answer.response), true).await;
        }
        self.say(next(&self.id, answer), false).await;
        self.complete().await;
    }

    async fn follow(self, graph: Arc<Graph>, operation: Checked) {
        let mut events = Box::pin(self.app.executor.subscribe(&graph, operation, self.request_id.clone()));
        let mut begun = false;
        while let Some(response) = events.next().await {
            // Nothing came of it: the request was not valid, or the source could not be opened.
            if !begun && response.data == async_graphql::Value::Null && !response.errors.is_empty() {
                return Box::pin(self.say(error(&self.id, &response), true)).await;
            }
            begun = true;
            Box::pin(self.say(next(&self.id, Answer { response, executed: true }), false)).await;
        }
        self.complete().await;
    }

    async fn complete(&self) {
        self.say(json!({ "type": "complete", "id": self.id }).to_string(), true).await;
    }

    async fn say(&self, message: String, last: bool) {
        // An error means that the connection has gone, and this operation with it.
        let _ = self.events.send(Box::new(Event { id: self.id.clone(), run: self.run, message, last })).await;
    }
}

/// The answer is JSON text already: it is put into the message as it is.
fn next(id: &str, answer: Answer) -> String {
    let id = Value::from(id);
    format!("{{\"type\":\"next\",\"id\":{id},\"payload\":{}}}", reply::text(&answer))
}

/// The message that says that nothing came of it.
pub fn error(id: &str, response: &GraphqlResponse) -> String {
    json!({ "type": "error", "id": id, "payload": response.errors }).to_string()
}
