//! What is one's own.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::{failed, forbidden};
use crate::accounts::export;
use crate::graphql::Graph;
use crate::http::reply::{MediaType, Refused};
use crate::http::{App, caller};

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
