//! Answers operations, whatever way they came: parse, hold against the limits, execute in time, finish the errors.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Name, Pos, Request, Response, ServerError, Value, Variables, value};
use futures_util::{Stream, StreamExt as _};

use crate::graphql::limits::{self, Limits};
use crate::graphql::{Error, Graph, completion, error, nesting};
use crate::hub::Hub;
use crate::locale::Message;
use crate::schema::{self, RaccordoSchema};

/// One operation as a caller sends it.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    pub query: String,
    pub name: Option<String>,
    pub variables: Variables,
}

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
}

/// An operation that may be executed.
pub struct Checked {
    request: Request,
    pub kind: OperationType,
    /// Fields that the answer may hold, as estimated.
    pub complexity: u64,
    document: ExecutableDocument,
    cost: Value,
}

impl Checked {
    /// Tells, beside the cost, what is left of the caller's budget.
    pub fn tell_remaining(&mut self, remaining: u32) {
        if let Value::Object(cost) = &mut self.cost {
            cost.insert(Name::new("remaining"), remaining.into());
        }
    }
}

/// The schema with its limits.
pub struct Executor {
    schema: RaccordoSchema,
    limits: Arc<Limits>,
    timeout: Duration,
}

impl Executor {
    /// `timeout` bounds the execution of one operation.
    pub fn new(hub: &Arc<Hub>, timeout: Duration) -> Self {
        let schema = schema::builder().data(hub.clone()).finish();
        let limits = Arc::new(Limits::of(&schema.sdl()));
        Self { schema, limits, timeout }
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
        nesting::check(&operation.query).map_err(|error| Box::new(Answer::refused(error, request_id)))?;
        let document = async_graphql::parser::parse_query(&operation.query).map_err(|error| {
            let at = error.positions().next();
            Box::new(Answer::refused_at(syntax(&error, at), at, request_id))
        })?;
        if !shows_schema && limits::asks_for_schema(&document) {
            return Err(Box::new(Answer::refused(schema_hidden(), request_id)));
        }
        let measure = self.limits.measure(&document, &operation.variables);
        measure.check().map_err(|error| Box::new(Answer::refused(error, request_id)))?;
        let kind = kind(&document, operation.name.as_deref());
        let mut request = Request::new(operation.query).variables(operation.variables);
        request.operation_name = operation.name;
        request.set_parsed_query(document.clone());
        let cost = value!({ "requested": measure.complexity, "maximum": limits::COMPLEXITY });
        Ok(Checked { request, kind, complexity: measure.complexity, document, cost })
    }

    /// Answers a query or mutation.
    pub async fn execute(&self, graph: &Arc<Graph>, operation: Checked, request_id: &str) -> Answer {
        let Checked { request, document, cost, .. } = operation;
        let name = request.operation_name.clone();
        let execution = self.schema.execute(request.data(graph.clone()));
        let mut response = match tokio::time::timeout(self.timeout, execution).await {
            Ok(response) => response,
            Err(_) => Response::from_errors(vec![server_error(Error::Timeout, None)]),
        };
        // Validation finds its errors outside of any field.
        let executed = response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
        completion::complete(&mut response, &document, name.as_deref(), &self.limits);
        response.extensions.insert("cost".into(), cost);
        Answer { response: finished(response, request_id), executed }
    }

    /// Answers a subscription; the graph is that of its validation, each event opens its own.
    pub fn subscribe(
        &self,
        graph: &Arc<Graph>,
        operation: Checked,
        request_id: String,
    ) -> impl Stream<Item = Response> + Send + use<> {
        let Checked { request, document, .. } = operation;
        let (name, limits) = (request.operation_name.clone(), self.limits.clone());
        let events = self.schema.execute_stream(request.data(graph.clone()));
        events.map(move |mut response| {
            completion::complete(&mut response, &document, name.as_deref(), &limits);
            finished(response, &request_id)
        })
    }
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

/// What kind of operation would be executed; where none can be chosen the framework will refuse the request.
fn kind(document: &ExecutableDocument, name: Option<&str>) -> OperationType {
    match &document.operations {
        DocumentOperations::Single(operation) => operation.node.ty,
        DocumentOperations::Multiple(operations) => {
            let named = name.and_then(|name| operations.get(name));
            named.or_else(|| operations.values().next()).map_or(OperationType::Query, |operation| operation.node.ty)
        }
    }
}
