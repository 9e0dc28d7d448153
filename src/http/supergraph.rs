//! The graph for routers.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::exports::failed;
use super::reply::{MediaType, Refused};
use super::{App, caller, pages};
use crate::access::secret::same;
use crate::federation::served::{self, View};
use crate::locale::Message;

/// What Hive's routers send their key in.
const HIVE_KEY: HeaderName = HeaderName::from_static("x-hive-cdn-key");

/// `GET /supergraph`: the graph that routers serve; 304 for who has it. For routers, which know the key of the settings: as bearer
/// token, or as Hive's routers send it. Without a key in the settings there is no such page.
pub async fn endpoint(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    serve(&app, View::Whole, &headers).await
}

/// `GET /contracts/<name>/supergraph`: the graph of a contract, `public` or `institutional`, in the same way.
pub async fn contract(State(app): State<Arc<App>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match name.as_str() {
        "public" => serve(&app, View::Public, &headers).await,
        "institutional" => serve(&app, View::Institutional, &headers).await,
        _ => pages::not_found().await,
    }
}

async fn serve(app: &App, view: View, headers: &HeaderMap) -> Response {
    let Some(key) = &app.settings.router_key else { return pages::not_found().await };
    let request_id = caller::request_id(headers);
    let answer = async {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let given = bearer.or(headers.get(HIVE_KEY).map(HeaderValue::as_bytes)).unwrap_or_default();
        if !same(given, key.reveal().as_bytes()) {
            let message = Message::new("Occorre la chiave dei router.", "The routers' key is needed.");
            return Err(Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message));
        }
        let today = chrono::Local::now().date_naive();
        let hash = served::hash(&app.hub, view, today).await.map_err(failed)?;
        let tag = served::tag(&app.hub, &hash).map_err(failed)?;
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let has_it = known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
        let mut response = match has_it {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => served::text(&app.hub, &hash).await.map_err(failed)?.into_response(),
        };
        let answered = response.headers_mut();
        answered.insert(header::ETAG, HeaderValue::from_str(&tag).expect("a hash and an address"));
        answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        Ok(response)
    };
    caller::locale(headers)
        .scope(async { answer.await.unwrap_or_else(|refused| refused.into_response(MediaType::Json, &request_id)) })
        .await
}
