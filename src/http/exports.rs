//! Downloads: what is one's own, and the audit.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;

use super::App;
use super::reply::{MediaType, Refused};
use super::{caller, pages};
use crate::access::rules::Refusal;
use crate::accounts::export;
use crate::audit::export::{self as audit, Format};
use crate::audit::model::AuditFilter;
use crate::audit::query::subject_of;
use crate::graphql::{Error, Graph, NodeId};
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

/// `GET /export/audit.jsonl` and `.csv`: the entries of the audit that the caller may see, oldest first. `organisation`
/// and `subject` (global ids), `action` (several times for several), `outcome`, `from` and `until` (RFC 3339) narrow
/// them, as the arguments of `auditEntries` do.
pub async fn entries(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let format = file.strip_prefix("audit.").and_then(Format::of_extension);
    let Some(format) = format else { return pages::not_found().await };
    let request_id = caller::request_id(&headers);
    caller::locale(&headers)
        .scope(async {
            match file_of_entries(&app, &headers, query.as_deref().unwrap_or_default(), format, &request_id).await {
                Ok(response) => response,
                Err(refused) => refused.into_response(MediaType::Json, &request_id),
            }
        })
        .await
}

async fn file_of_entries(
    app: &App,
    headers: &HeaderMap,
    query: &str,
    format: Format,
    request_id: &str,
) -> Result<Response, Refused> {
    let viewer = caller::viewer(app, headers, true).await?;
    if let Some(budget) = app.budgets.of(&viewer) {
        budget.request()?;
    }
    let filter = filter(query)?;
    let graph = Graph::open(app.hub.clone(), viewer, request_id);
    audit::begin(&graph, &filter, format).await.map_err(failed)?.map_err(forbidden)?;
    let pieces = audit::pieces(graph, filter, format).map_err(|error| {
        tracing::error!(?error, "an export of the audit broke off");
        std::io::Error::other(error.to_string())
    });
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"raccordo-audit.{}\"", format.extension())),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// What the address says after `?`.
fn filter(query: &str) -> Result<AuditFilter, Refused> {
    let mut filter = AuditFilter::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let wrong = || {
            Refused::bad_request(
                format!("Il parametro \"{}\" non è valido.", name.escape_debug()),
                format!("The parameter \"{}\" is not valid.", name.escape_debug()),
            )
        };
        let instant = || value.parse::<DateTime<Utc>>().map_err(|_| wrong());
        match &*name {
            "organisation" => filter.organisation = Some(NodeId::uuid("Organisation", &value).map_err(|_| wrong())?),
            "subject" => filter.subject = Some(subject_of(&value).map_err(|_| wrong())?),
            "action" => filter.actions.push(value.to_ascii_lowercase().parse().map_err(|_| wrong())?),
            "outcome" => filter.outcome = Some(value.to_ascii_lowercase().parse().map_err(|_| wrong())?),
            "from" => filter.from = Some(instant()?),
            "until" => filter.until = Some(instant()?),
            _ => return Err(wrong()),
        }
    }
    Ok(filter)
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
    if let Error::BadInput(message) = error {
        return Refused::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message);
    }
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
