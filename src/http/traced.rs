use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::trace::Trace;

/// Answers a request within the trace that it came with (`traceparent`): what is logged meanwhile bears its id, and so do the
/// sessions of the database.
pub async fn follow(request: Request, next: Next) -> Response {
    let given = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    match given.and_then(Trace::read) {
        Some(trace) => trace.scope(next.run(request).instrument(tracing::info_span!("request", %trace))).await,
        None => next.run(request).await,
    }
}
