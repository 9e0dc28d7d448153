//! The pages for people, embedded in the program: the start page, the map, the account, messages, and the explorer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use rust_embed::RustEmbed;

use super::reply::MediaType;
use super::{App, caller};
use crate::locale::Locale;

/// What `web/` is built to.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[exclude = "composition/*"]
#[allow_missing = true]
struct Built;

/// Scripts and styles come from the hub alone; the explorer's editor runs workers and sets styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    font-src 'self' data:; img-src 'self' data:; worker-src 'self' blob:; connect-src 'self' ws: wss:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The same for a page that stands in other sites' frames.
const FRAMED_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    font-src 'self' data:; img-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors *";

/// `/`: what this is and where to go, in the caller's language.
pub async fn start(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    match language(&headers, query.as_deref()) {
        Locale::Italian => page("index.it.html"),
        Locale::English => page("index.en.html"),
    }
}

/// `/account`: who one is here, for whom one acts, and one's sessions.
pub async fn account(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    match language(&headers, query.as_deref()) {
        Locale::Italian => page("account.it.html"),
        Locale::English => page("account.en.html"),
    }
}

/// `/map`: the network drawn, in the caller's language. With `embed=1` it asks as the public alone and may stand in
/// other sites' frames; without, nobody frames it.
pub async fn map(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let mut response = match language(&headers, query.as_deref()) {
        Locale::Italian => page("map.it.html"),
        Locale::English => page("map.en.html"),
    };
    if is_embedded(query.as_deref()) {
        let policy = header::HeaderValue::from_static(FRAMED_POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response.extensions_mut().insert(Frameable);
    }
    response
}

/// Whether a page of this address shows itself as embedded: as its script reads it, the first value counts.
fn is_embedded(query: Option<&str>) -> bool {
    let mut values = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    values.find(|(name, _)| name == "embed").is_some_and(|(_, value)| value == "1")
}

/// An answer that other sites may put into a frame.
#[derive(Clone, Copy)]
pub struct Frameable;

/// The language that the address asks for, else the caller's.
fn language(headers: &HeaderMap, query: Option<&str>) -> Locale {
    match query.unwrap_or_default() {
        query if query.contains("lang=it") => Locale::Italian,
        query if query.contains("lang=en") => Locale::English,
        _ => caller::locale(headers),
    }
}

/// A page made here: `content` is HTML, `title` is plain.
pub fn message(status: StatusCode, locale: Locale, title: &str, content: &str) -> Response {
    let template = match locale {
        Locale::Italian => "message.it.html",
        Locale::English => "message.en.html",
    };
    let mut response = page(template);
    if let Some(file) = Built::get(template) {
        let html = String::from_utf8_lossy(&file.data).replace("{{title}}", title).replace("{{content}}", content);
        *response.body_mut() = Body::from(html);
        *response.status_mut() = status;
    }
    response
}

/// A page made here with a form, which is sent to the hub, whose answer leads to `then`.
pub fn form(locale: Locale, title: &str, content: &str, then: &str) -> Response {
    let mut response = message(StatusCode::OK, locale, title, content);
    let policy = POLICY.replace("form-action 'none'", &format!("form-action 'self' {then}"));
    let policy = header::HeaderValue::try_from(policy).expect("an address is plain text");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    // Without a referrer browsers do not say either from which page a form is sent.
    response.headers_mut().insert(header::REFERRER_POLICY, header::HeaderValue::from_static("same-origin"));
    response
}

/// `/graphiql`: the explorer.
pub async fn graphiql() -> Response {
    page("graphiql/index.html")
}

/// What the pages load; their names change with their content.
pub async fn asset(Path(path): Path<String>) -> Response {
    file(&format!("assets/{path}"), "public, max-age=31536000, immutable")
}

/// `/licences.md`: the licences of what the pages are made of.
pub async fn licences() -> Response {
    file("licences.md", "no-cache")
}

/// `/schema.graphql`: the schema's definition, for those who may ask for it.
pub async fn schema(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let viewer = match caller::viewer(&app, &headers, true).await {
        Ok(viewer) => viewer,
        Err(refused) => return refused.into_response(MediaType::Json, &caller::request_id(&headers)),
    };
    if !app.settings.introspection.is_open_to(&viewer) {
        return not_found().await;
    }
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, app.executor.definition()).into_response()
}

/// `/demo/personas`: the demonstration's callers; absent outside demonstration mode.
pub async fn personas(State(app): State<Arc<App>>) -> Response {
    if app.settings.personas.is_empty() {
        return not_found().await;
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(&app.settings.personas)).into_response()
}

/// No such page.
pub async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "not found / non trovato: /\n").into_response()
}

fn page(name: &str) -> Response {
    if Built::get(name).is_none() {
        let missing = "The pages are not part of this build: run \"make web\", then build again.\n";
        return (StatusCode::NOT_FOUND, missing).into_response();
    }
    let mut response = file(name, "no-cache");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(POLICY));
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept-language"));
    response
}

fn file(path: &str, cached: &'static str) -> Response {
    let Some(file) = Built::get(path) else { return (StatusCode::NOT_FOUND, "not found\n").into_response() };
    let mime = mime_guess::from_path(path).first_or_octet_stream().to_string();
    let mime = if mime.starts_with("text/") { mime + "; charset=utf-8" } else { mime };
    ([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, cached.to_owned())], Body::from(file.data)).into_response()
}
