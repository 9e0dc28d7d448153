//! `/graphql/stream`: operations over server-sent events, after the "distinct connections mode" of
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>: each answer is an event `next`, the end one `complete`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _};

use super::executor::{Answer, Checked};
use super::reply::{self, MediaType, Refused};
use super::{App, caller, graphql};
use crate::graphql::Graph;
use crate::locale::{Locale, Message};

/// A silent stream says so often that it is still there, and its caller's credentials are looked at again.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Answers one operation as a stream of events.
pub async fn endpoint(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let request_id = caller::request_id(request.headers());
    let locale = caller::locale(request.headers());
    let mut response = locale
        .scope(async {
            match answer(app, request, &request_id).await {
                Ok(response) => response,
                Err(refused) => refused.into_response(MediaType::Json, &request_id),
            }
        })
        .await;
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(caller::REQUEST_ID, id);
    }
    response
}

async fn answer(app: Arc<App>, request: Request<Body>, id: &str) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    if !takes_events(&parts.headers) {
        let message = Message::new("Si risponde con text/event-stream.", "Answers are text/event-stream.");
        return Err(Refused::new(StatusCode::NOT_ACCEPTABLE, "BAD_USER_INPUT", message));
    }
    let reads_only = parts.method == Method::GET;
    let viewer = caller::viewer(&app, &parts.headers, reads_only).await?;
    let budget = app.budgets.of(&viewer);
    if let Some(budget) = &budget {
        budget.request()?;
    }
    let operation = graphql::one(&parts, body).await?;
    let shows_schema = app.settings.introspection.is_open_to(&viewer);
    let checked = match app.executor.check(operation, shows_schema, id) {
        Ok(checked) => checked,
        Err(answer) => return Ok(reply::one(*answer, MediaType::Json)),
    };
    if checked.kind() == OperationType::Mutation && reads_only {
        return Err(graphql::not_allowed("Le mutation si inviano con POST.", "Mutations are sent by POST."));
    }
    if let Some(budget) = &budget {
        budget.spend(checked.complexity())?;
    }
    let headers = Arc::new(caller::kept(&parts.headers));
    let renewal = caller::renewal(app.clone(), headers.clone(), None);
    let graph = Graph::listening(app.hub.clone(), viewer, id, renewal);
    let events = events(app, graph, checked, (headers, id.to_owned()), Locale::current());
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies must pass each event on as it comes.
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-accel-buffering"), "no")], stream)
        .into_response())
}

/// Whether the client takes server-sent events.
fn takes_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        let media = range.split(';').next().unwrap_or_default().trim();
        media.eq_ignore_ascii_case("text/event-stream")
    })
}

fn next(answer: &Answer) -> Event {
    Event::default().event("next").data(reply::text(answer))
}

/// The answers, until the operation ends, its caller may come in no more, or the hub stops.
fn events(
    app: Arc<App>,
    graph: Arc<Graph>,
    checked: Checked,
    (headers, id): (Arc<HeaderMap>, String),
    locale: Locale,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    async_stream::stream! {
        if checked.kind() != OperationType::Subscription {
            let answer = Box::pin(locale.scope(app.executor.execute(&graph, checked, &id))).await;
            drop(graph);
            yield Ok(next(&answer));
        } else {
            let mut answers = Box::pin(app.executor.subscribe(&graph, checked, id));
            let mut sessions = app.hub.people.changes();
            // In memory of its own, which a stream that waits does not hold.
            let may_stay = async || Box::pin(caller::viewer(&app, &headers, true)).await.is_ok();
            let mut looked_at = tokio::time::interval(KEEP_ALIVE);
            looked_at.reset();
            loop {
                tokio::select! {
                    answer = locale.scope(answers.next()) => match answer {
                        Some(response) => yield Ok(next(&Answer { response, executed: true })),
                        None => break,
                    },
                    _ = looked_at.tick() => if !may_stay().await { break },
                    Ok(()) = sessions.changed() => if !may_stay().await { break },
                    () = app.stopping.cancelled() => break,
                }
            }
        }
        yield Ok(Event::default().event("complete").data(""));
    }
}
