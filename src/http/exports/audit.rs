//! The audit.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;

use super::{failed, forbidden};
use crate::audit::export::{self as audit, Format};
use crate::audit::model::AuditFilter;
use crate::audit::query::subject_of;
use crate::graphql::{Graph, NodeId};
use crate::http::reply::Refused;
use crate::http::{App, caller};

/// `GET /export/audit.jsonl` and `.csv`: the entries of the audit that the caller may see, oldest first. `organisation`
/// and `subject` (global ids), `action` (several times for several), `outcome`, `from` and `until` (RFC 3339) narrow
/// them, as the arguments of `auditEntries` do.
pub async fn entries(
    app: &App,
    format: Format,
    query: &str,
    headers: &HeaderMap,
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
