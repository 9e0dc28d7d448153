//! Downloads of one's own.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::caller;
use super::reply::{MediaType, Refused};
use crate::access::rules::Refusal;
use crate::accounts::export;
use crate::graphql::{Error, Graph};
use crate::locale::Message;

/// `GET /export/own-data.json`: everything that the product holds of the person who is signed in.
pub async fn own_data(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let request_id = caller::request_id(&headers);
    caller::locale(&headers)
        .scope(async {
            match download(&app, &headers, &request_id).await {
                Ok(response) => response,
                Err(refused) => refused.into_response(MediaType::Json, &request_id),
            }
        })
        .await
}

async fn download(app: &App, headers: &HeaderMap, request_id: &str) -> Result<Response, Refused> {
    let viewer = caller::viewer(app, headers, true).await?;
    let graph = Graph::open(app.hub.clone(), viewer, request_id);
    let data = export::own_data(&graph).await.map_err(failed)?.map_err(forbidden)?;
    let headers = [
        (header::CONTENT_DISPOSITION, "attachment; filename=\"raccordo-own-data.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Json(data)).into_response())
}

/// Who is not let do something, over HTTP: 401 who did not sign in, 403 the others.
pub fn forbidden(refusal: Refusal) -> Refused {
    let (status, code) = match refusal {
        Refusal::SignIn => (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        _ => (StatusCode::FORBIDDEN, "FORBIDDEN"),
    };
    Refused::new(status, code, refusal.message()).because(refusal.code())
}

/// An error of the graph, over HTTP.
pub fn failed(error: Error) -> Refused {
    if let Error::Internal(cause) = &error {
        tracing::error!(%cause, "an export failed");
    }
    let status = match error {
        Error::Timeout | Error::Unavailable | Error::Abandoned => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let message = Message::new("L'esportazione non è riuscita: riprovare.", "The export failed: try again.");
    Refused::new(status, error.code(), message)
}
