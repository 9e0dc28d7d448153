//! A council's calendar, for calendar programs, which know nothing but an address.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::exports::failed;
use super::reply::MediaType;
use super::{App, caller, pages};
use crate::access::secret::Secret;
use crate::councils::feed;

/// `GET /calendar/{secret}.ics`: what the organisation that made the address may see now of its council's sittings and
/// meetings (RFC 5545); 404 for an address that was never made, or works no more.
pub async fn feed(State(app): State<Arc<App>>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(secret) = file.strip_suffix(".ics") else { return pages::not_found().await };
    let request_id = caller::request_id(&headers);
    let answer = async {
        match feed::calendar(&app.hub, Secret::from(secret.to_owned()), &request_id).await {
            Ok(Some(calendar)) => {
                let mut response = calendar.into_response();
                let answered = response.headers_mut();
                answered.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
                answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
                response
            }
            Ok(None) => pages::not_found().await,
            Err(error) => failed(error).into_response(MediaType::Json, &request_id),
        }
    };
    caller::locale(&headers).scope(answer).await
}
