//! Downloads: what is one's own, the audit, and the network.

mod audit;
mod network;
mod own_data;

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::App;
use super::reply::{MediaType, Refused};
use super::{caller, pages};
use crate::access::rules::Refusal;
use crate::graphql::Error;
use crate::locale::Message;

pub use own_data::own_data;

/// A file by its name: what it is of, and, by its ending, how it is written.
enum File {
    Audit(crate::audit::export::Format),
    Network(crate::network::export::Format),
}

impl File {
    fn named(name: &str) -> Option<Self> {
        match name.split_once('.')? {
            ("audit", extension) => crate::audit::export::Format::of_extension(extension).map(Self::Audit),
            ("network", extension) => crate::network::export::Format::of_extension(extension).map(Self::Network),
            _ => None,
        }
    }
}

/// `GET /export/{file}`: the audit or the network.
pub async fn file(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(file) = File::named(&name) else { return pages::not_found().await };
    let (request_id, query) = (caller::request_id(&headers), query.unwrap_or_default());
    caller::locale(&headers)
        .scope(async {
            let answer = match file {
                File::Audit(format) => audit::entries(&app, format, &query, &headers, &request_id).await,
                File::Network(format) => network::network(&app, format, &query, &headers, &request_id).await,
            };
            answer.unwrap_or_else(|refused| refused.into_response(MediaType::Json, &request_id))
        })
        .await
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
    match error {
        Error::BadInput(message) => return Refused::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message),
        Error::LimitExceeded { message, limit, requested } => {
            return Refused::limit(StatusCode::BAD_REQUEST, message, limit as usize, requested as usize);
        }
        Error::TooLong(ref message) => {
            return Refused::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), message.clone());
        }
        _ => {}
    }
    if let Error::Internal(cause) = &error {
        tracing::error!(%cause, "a request for a file failed");
    }
    let status = match error {
        Error::Timeout | Error::Unavailable | Error::Abandoned => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let message = Message::new("La richiesta non è riuscita: riprovare.", "The request failed: try again.");
    Refused::new(status, error.code(), message)
}
