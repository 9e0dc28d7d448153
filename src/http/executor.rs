//! Answers operations, whatever way they came: parse, hold against the limits, execute in time, finish the errors.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Name, Pos, Request, Response, ServerError, ValidationMode, Value, Variables, value};
use futures_util::{Stream, StreamExt as _};

use super::documents::{Document, Documents, Known};
use crate::access::Viewer;
use crate::federation::Setup;
use crate::federation::usage::{Used, counted_as};
use crate::graphql::limits::{self, Limits};
use crate::graphql::{Error, Graph, completion, error, nesting};
use crate::hub::Hub;
use crate::locale::Message;
use crate::schema::{self, RaccordoSchema};

/// One operation as a caller sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operation {
    pub query: String,
    pub name: Option<String>,
    pub variables: Variables,
}

/// The extension that tells what an operation cost.
const COST: &str = "cost";

/// An answer, and whether anything was executed for it.
pub struct Answer {
    pub response: Response,
    pub executed: bool,
}

impl Answer {
    /// An answer to an operation that was not executed.
    pub fn refused(error: Error, request_id: &str) -> Self {
        Self::refused_at(error, None, request_id)
    }

    fn refused_at(error: Error, at: Option<Pos>, request_id: &str) -> Self {
        let response = Response::from_errors(vec![server_error(error, at)]);
        Self { response: finished(response, request_id), executed: false }
    }

    /// Tells, beside the cost, what is left of the caller's budget.
    pub fn tell_remaining(&mut self, remaining: u32) {
        if let Some(Value::Object(cost)) = self.response.extensions.get_mut(COST) {
            cost.insert(Name::new("remaining"), remaining.into());
        }
    }

    /// Whether it is complete, and says nothing besides the data but what it cost.
    pub fn is_plain(&self) -> bool {
        self.executed && self.response.errors.is_empty() && self.response.extensions.keys().eq([COST])
    }
}

/// An operation that may be executed.
pub struct Checked {
    name: Option<String>,
    variables: Variables,
    document: Arc<Document>,
    known: Arc<Known>,
}

impl Checked {
    pub fn kind(&self) -> OperationType {
        self.known.kind
    }

    /// Whether nothing but what may be kept is asked for.
    pub fn is_lasting(&self) -> bool {
        self.document.is_lasting
    }

    /// Fields that the answer may hold, as estimated.
    pub fn complexity(&self) -> u64 {
        self.known.measure.complexity
    }

    fn request(self, graph: &Arc<Graph>) -> Request {
        // The document is read already.
        let mut request = Request::new(String::new()).variables(self.variables).data(graph.clone());
        request.operation_name = self.name;
        request.set_parsed_query(self.document.parsed.clone());
        request
    }
}

/// The schema with its limits.
pub struct Executor {
    schema: RaccordoSchema,
    /// The same for documents that are known to be valid: it does not hold them against every rule again.
    trusting: RaccordoSchema,
    documents: Documents,
    limits: Arc<Limits>,
    /// Counts what is used; without a registry nobody asks.
    registry: Option<Arc<Setup>>,
    timeout: Duration,
}

impl Executor {
    /// `timeout` bounds the execution of one operation.
    pub fn new(hub: &Arc<Hub>, timeout: Duration) -> Self {
        let schema = schema::builder().data(hub.clone()).finish();
        let trusting = schema::builder().data(hub.clone()).validation_mode(ValidationMode::Fast).finish();
        let limits = Arc::new(Limits::of(&schema.sdl()));
        let registry = hub.provided::<Setup>();
        Self { schema, trusting, documents: Documents::default(), limits, registry, timeout }
    }

    /// The schema's definition.
    pub fn definition(&self) -> String {
        self.schema.sdl()
    }

    /// Parses an operation and holds it against the limits. `shows_schema`: whether it may ask for the schema itself.
    ///
    /// # Errors
    /// An answer without data that says what is wrong.
    pub fn check(&self, operation: Operation, shows_schema: bool, request_id: &str) -> Result<Checked, Box<Answer>> {
        let Operation { query, name, variables } = operation;
        let refused = |error| Box::new(Answer::refused(error, request_id));
        let document = match self.documents.find(&query) {
            Some(document) => document,
            None => {
                nesting::check(&query).map_err(refused)?;
                let parsed = async_graphql::parser::parse_query(&query).map_err(|error| {
                    let at = error.positions().next();
                    Box::new(Answer::refused_at(syntax(&error, at), at, request_id))
                })?;
                Arc::new(Document::new(parsed))
            }
        };
        if !shows_schema && document.asks_for_schema {
            return Err(refused(schema_hidden()));
        }
        let known = document.known(name.as_deref(), &variables, || {
            let measure = self.limits.measure(&document.parsed, &variables);
            measure.check().map(|()| measure).map_err(refused)
        })?;
        self.documents.keep(&query, &document);
        Ok(Checked { name, variables, document, known })
    }

    /// What an operation uses.
    pub fn used(&self, operation: &Checked) -> Arc<Used> {
        let Checked { document, known, name, .. } = operation;
        let type_of = |on: &str, field: &str| self.limits.type_of(on, field).map(completion::named);
        known.used(|| Used::of(&document.parsed, name.as_deref(), type_of)).clone()
    }

    /// Counts that a caller's operation is answered.
    pub fn count(&self, viewer: &Viewer, used: &Arc<Used>) {
        if let Some(registry) = &self.registry {
            registry.usage.count(counted_as(viewer), used);
        }
    }

    /// Answers a query or mutation.
    pub async fn execute(&self, graph: &Arc<Graph>, operation: Checked, request_id: &str) -> Answer {
        let (document, known, name) = (operation.document.clone(), operation.known.clone(), operation.name.clone());
        let used = self.used(&operation);
        let schema = if known.is_valid() { &self.trusting } else { &self.schema };
        let execution = schema.execute(operation.request(graph));
        let mut response = match tokio::time::timeout(self.timeout, execution).await {
            Ok(response) => response,
            Err(_) => Response::from_errors(vec![server_error(Error::Timeout, None)]),
        };
        let executed = is_executed(&response);
        if executed {
            known.note_valid();
            self.count(&graph.viewer, &used);
        }
        completion::complete(&mut response, &document.parsed, name.as_deref(), &self.limits);
        tracing::debug!(request_id, statements = graph.session.statements(), "answered");
        let cost = value!({ "requested": known.measure.complexity, "maximum": limits::COMPLEXITY });
        response.extensions.insert(COST.into(), cost);
        Answer { response: finished(response, request_id), executed }
    }

    /// Answers a subscription; the graph is that of its validation, each event opens its own.
    pub fn subscribe(
        &self,
        graph: &Arc<Graph>,
        operation: Checked,
        request_id: String,
    ) -> impl Stream<Item = Response> + Send + use<> {
        let (document, name, limits) = (operation.document.clone(), operation.name.clone(), self.limits.clone());
        let mut begins = self.registry.clone().zip(Some((counted_as(&graph.viewer), self.used(&operation))));
        let mut events = self.schema.execute_stream(operation.request(graph));
        let events = futures_util::stream::poll_fn(move |context| {
            let polled = events.poll_next_unpin(context);
            // What is not valid is told at once: it never waits.
            let is_begun = !matches!(&polled, Poll::Ready(Some(response)) if !is_executed(response));
            if let (Some((registry, (caller, used))), true) = (begins.take(), is_begun) {
                registry.usage.count(caller, &used);
            }
            polled
        });
        events.map(move |mut response| {
            completion::complete(&mut response, &document.parsed, name.as_deref(), &limits);
            finished(response, &request_id)
        })
    }
}

/// Whether an answer is to a valid operation: validation finds its errors outside of any field.
fn is_executed(response: &Response) -> bool {
    response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty())
}

fn finished(mut response: Response, request_id: &str) -> Response {
    error::finish(&mut response, request_id);
    response
}

fn server_error(error: Error, at: Option<Pos>) -> ServerError {
    let mut error = async_graphql::Error::new_with_source(error).into_server_error(at.unwrap_or_default());
    if at.is_none() {
        error.locations.clear();
    }
    error
}

fn schema_hidden() -> Error {
    Error::bad_input(
        "Lo schema non si può interrogare qui senza le credenziali adatte.",
        "The schema cannot be asked for here without fitting credentials.",
    )
}

/// The parser's message draws the place in the document: only what it expected is told.
fn syntax(error: &async_graphql::parser::Error, at: Option<Pos>) -> Error {
    let message = error.to_string();
    let detail = match message.rsplit_once("= ") {
        Some((_, expected)) if at.is_some() => expected.trim(),
        _ => message.trim(),
    };
    let Pos { line, column } = at.unwrap_or_default();
    Error::Syntax(Message::new(
        format!("Il documento GraphQL non si legge (riga {line}, colonna {column}): {detail}"),
        format!("The GraphQL document cannot be read (line {line}, column {column}): {detail}"),
    ))
}
