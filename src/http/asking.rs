//! What a request to `/graphql` asks, once its caller is known. A single query is first looked for among the answers that
//! are kept ([`super::answers`]); the caller's budget is counted all the same.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use super::answers::{Found, Kept, Question};
use super::budgets::Budget;
use super::encoded::Coding;
use super::executor::{Answer, Checked, Operation};
use super::graphql::not_allowed;
use super::reply::{self, MediaType, Refused};
use super::{App, caller};
use crate::access::{Caller, Viewer};
use crate::graphql::Graph;
use crate::locale::Locale;

/// Whether an answer came from memory (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const HIT: &str = "raccordo; hit";
const STORED: &str = "raccordo; fwd=miss; stored";

/// A request whose caller is known.
pub struct Asking<'a> {
    pub app: &'a App,
    pub viewer: Viewer,
    pub budget: Option<&'a Budget>,
    pub reads_only: bool,
    pub media: MediaType,
    /// The request's id.
    pub id: &'a str,
}

impl Asking<'_> {
    /// Answers one operation, from memory if that is known to give the same.
    pub async fn one(&self, operation: Operation, headers: &HeaderMap) -> Result<Response, Refused> {
        let (answers, hub) = (&self.app.answers, &self.app.hub);
        let today = chrono::Local::now().date_naive();
        let question = Question { operation, viewer: self.viewer.clone(), locale: Locale::current(), today };
        let generation = hub.generation();
        let found = answers.find(&question, generation);
        if let Found::Kept(kept) = &found {
            let remaining = self.spend(kept.complexity)?;
            self.app.executor.count(&self.viewer, &kept.used);
            return self.send(kept, HIT, remaining, headers).await;
        }
        let graph = Graph::open_on(hub.clone(), self.viewer.clone(), self.id, today);
        let checked = match self.check(question.operation.clone()) {
            Ok(checked) => checked,
            Err(answer) => return Ok(reply::one(*answer, self.media)),
        };
        let complexity = checked.complexity();
        let may_be_kept = checked.kind() == OperationType::Query && checked.is_lasting();
        let remaining = self.spend(complexity)?;
        if checked.kind() == OperationType::Query {
            graph.session.may_be_behind(caller::seen(headers)?);
        }
        let used = self.app.executor.used(&checked);
        let mut answer = self.execute(&graph, checked).await?;
        let is_worth_keeping = may_be_kept && matches!(found, Found::Again);
        // Where data were exchanged meanwhile, it may follow from the old and the new.
        if is_worth_keeping && answer.is_plain() && graph.is_from_memory() && hub.generation() == generation {
            drop(graph);
            let kept = reply::kept(question, (complexity, used), answer).await;
            answers.keep(&kept, generation);
            return self.send(&kept, STORED, remaining, headers).await;
        }
        if let Some(remaining) = remaining {
            answer.tell_remaining(remaining);
        }
        Ok(showing(&graph, reply::one(answer, self.media)))
    }

    /// Answers several operations, which all see one snapshot.
    pub async fn several(&self, operations: Vec<Operation>) -> Result<Response, Refused> {
        let graph = Graph::open(self.app.hub.clone(), self.viewer.clone(), self.id);
        let mut answers = Vec::with_capacity(operations.len());
        for operation in operations {
            let checked = match self.check(operation) {
                Ok(checked) => checked,
                Err(answer) => {
                    answers.push(*answer);
                    continue;
                }
            };
            let remaining = self.spend(checked.complexity())?;
            let mut answer = self.execute(&graph, checked).await?;
            if let Some(remaining) = remaining {
                answer.tell_remaining(remaining);
            }
            answers.push(answer);
        }
        Ok(showing(&graph, reply::several(answers, self.media)))
    }

    fn check(&self, operation: Operation) -> Result<Checked, Box<Answer>> {
        let shows_schema = self.app.settings.introspection.is_open_to(&self.viewer);
        self.app.executor.check(operation, shows_schema, self.id)
    }

    /// Takes the cost of an operation from the caller's budget, if there is one, and tells what is left.
    fn spend(&self, complexity: u64) -> Result<Option<u32>, Refused> {
        self.budget.map(|budget| budget.spend(complexity)).transpose()
    }

    async fn execute(&self, graph: &Arc<Graph>, operation: Checked) -> Result<Answer, Refused> {
        match operation.kind() {
            OperationType::Mutation if self.reads_only => {
                Err(not_allowed("Le mutation si inviano con POST.", "Mutations are sent by POST."))
            }
            OperationType::Subscription => Err(Refused::bad_request(
                "Le subscription si seguono su /graphql/ws o /graphql/stream.",
                "Subscriptions are followed on /graphql/ws or /graphql/stream.",
            )),
            kind => {
                let answer = self.app.executor.execute(graph, operation, self.id).await;
                if kind == OperationType::Mutation
                    && let Err(error) = graph.session.note_written().await
                {
                    tracing::warn!(%error, "who has written is not told how far that is");
                }
                Ok(answer)
            }
        }
    }

    /// Sends an answer that is kept; by GET, nothing but that it is the same as what the caller has.
    async fn send(
        &self,
        kept: &Arc<Kept>,
        status: &'static str,
        remaining: Option<u32>,
        headers: &HeaderMap,
    ) -> Result<Response, Refused> {
        let mut response = if self.reads_only && reply::is_known(headers, &kept.etag) {
            reply::not_modified(self.media)
        } else {
            let encoded = self.app.answers.encoded(kept, Coding::negotiate(headers)).await.map_err(|error| {
                tracing::error!(%error, "an answer could not be encoded");
                Refused::internal()
            })?;
            reply::encoded(encoded, remaining, self.media)
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_STATUS, HeaderValue::from_static(status));
        if self.reads_only {
            headers.insert(header::ETAG, kept.etag.clone());
            // What somebody may see by their rights stays on no disk.
            if self.viewer.caller == Caller::Public {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            }
        }
        Ok(response)
    }
}

/// The answer with how far it shows what was committed, where a standby may be behind that.
fn showing(graph: &Graph, mut response: Response) -> Response {
    if let Some(value) = graph.session.shown().and_then(|shown| HeaderValue::from_str(&shown.to_string()).ok()) {
        response.headers_mut().insert(caller::SEEN, value);
    }
    response
}
