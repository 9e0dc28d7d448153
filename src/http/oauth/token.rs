//! `POST /oauth/token`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use axum::response::{IntoResponse as _, Json, Response};
use serde_json::json;

use super::error::OauthError;
use super::form::Form;
use crate::access::keys::TOKEN_LIFETIME;
use crate::access::token::Issued;
use crate::http::{App, caller, pages};

pub async fn endpoint(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    if !app.hub.authenticator.keys().can_sign() {
        return pages::not_found().await;
    }
    let request_id = caller::request_id(request.headers());
    let locale = caller::locale(request.headers());
    let (parts, body) = request.into_parts();
    let answer = async {
        match issue(&app, &parts.headers, body, &request_id).await {
            Ok(issued) => Json(json!({
                "access_token": issued.token,
                "token_type": "Bearer",
                "expires_in": TOKEN_LIFETIME.num_seconds(),
                "scope": issued.scopes.to_string(),
            }))
            .into_response(),
            Err(error) => error.into_response(),
        }
    };
    let mut response = locale.scope(answer).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(caller::REQUEST_ID, id);
    }
    response
}

async fn issue(app: &App, headers: &HeaderMap, body: Body, request_id: &str) -> Result<Issued, OauthError> {
    let mut form = Form::read(headers, body).await?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(OauthError::UnsupportedGrantType),
        None => return Err(OauthError::Missing("grant_type")),
    }
    let scope = form.scope.take();
    let presented = form.presented(headers)?;
    Ok(app.hub.authenticator.issue(&presented, scope.as_deref(), request_id).await?)
}
