//! `POST /oauth/token`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use axum::response::{IntoResponse as _, Json, Response};
use serde_json::{Value, json};

use super::error::OauthError;
use super::form::Form;
use crate::access::keys::TOKEN_LIFETIME;
use crate::access::people::{AtTerminal, CLIENT};
use crate::federation::partner;
use crate::http::{App, caller, pages};

/// The grant by which the command line takes up what a person's browser granted.
pub const CODE: &str = "authorization_code";
/// The grant by which a token is exchanged.
pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub async fn endpoint(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    if !app.hub.authenticator.keys().can_sign() {
        return pages::not_found().await;
    }
    answered(request, async |headers, body, id| Ok(Json(issue(&app, headers, body, id).await?).into_response())).await
}

/// Answers in the caller's language; nothing of it is kept on the way.
pub async fn answered<F>(request: Request<Body>, answer: F) -> Response
where
    F: AsyncFnOnce(&HeaderMap, Body, &str) -> Result<Response, OauthError>,
{
    let request_id = caller::request_id(request.headers());
    let locale = caller::locale(request.headers());
    let (parts, body) = request.into_parts();
    let answer = async { answer(&parts.headers, body, &request_id).await.unwrap_or_else(OauthError::into_response) };
    let mut response = locale.scope(answer).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(caller::REQUEST_ID, id);
    }
    response
}

async fn issue(app: &App, headers: &HeaderMap, body: Body, request_id: &str) -> Result<Value, OauthError> {
    let mut form = Form::read(headers, body).await?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(EXCHANGE) => return exchange(app, form).await,
        Some(CODE) => return take_up(app, form, request_id).await,
        Some(_) => return Err(OauthError::UnsupportedGrantType),
        None => return Err(OauthError::Missing("grant_type")),
    }
    let scope = form.scope.take();
    let presented = form.presented(headers)?;
    let issued = app.hub.authenticator.issue(&presented, scope.as_deref(), request_id).await?;
    Ok(json!({
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME.num_seconds(),
        "scope": issued.scopes.to_string(),
    }))
}

/// RFC 6749, section 4.1.3, and RFC 7636, section 4.5: for the one client that has no secret.
async fn take_up(app: &App, form: Form, request_id: &str) -> Result<Value, OauthError> {
    if form.client_id.as_deref() != Some(CLIENT) {
        return Err(OauthError::InvalidClient);
    }
    let code = form.code.ok_or(OauthError::Missing("code"))?;
    let redirect_uri = form.redirect_uri.ok_or(OauthError::Missing("redirect_uri"))?;
    let verifier = form.code_verifier.ok_or(OauthError::Missing("code_verifier"))?;
    let begun = app.hub.people.take_up(&code, &redirect_uri, &verifier, request_id).await.map_err(|error| {
        tracing::error!(%error, "a session of the command line could not begin");
        OauthError::Unavailable
    })?;
    let AtTerminal { token, seconds } = begun.ok_or(OauthError::InvalidGrant)?;
    Ok(json!({ "access_token": token.reveal(), "token_type": "Bearer", "expires_in": seconds }))
}

/// RFC 8693, section 2: whoever holds a caller's token may have a weaker one, which is worth something to one partner alone.
async fn exchange(app: &App, form: Form) -> Result<Value, OauthError> {
    let subject = form.subject_token.ok_or(OauthError::Missing("subject_token"))?;
    match form.subject_token_type.as_deref() {
        Some(ACCESS_TOKEN | JWT) => {}
        Some(_) => return Err(OauthError::InvalidSubject),
        None => return Err(OauthError::Missing("subject_token_type")),
    }
    if !matches!(form.requested_token_type.as_deref(), None | Some(ACCESS_TOKEN | JWT)) {
        return Err(OauthError::UnsupportedTokenType);
    }
    let target = match (form.audience, form.resource) {
        (Some(audience), None) => audience,
        (None, Some(resource)) => resource,
        (None, None) => return Err(OauthError::Missing("audience")),
        (Some(_), Some(_)) => return Err(OauthError::InvalidTarget),
    };
    let (token, seconds) = partner::exchanged(&app.hub, subject.reveal(), &target).await?;
    Ok(json!({
        "access_token": token,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": seconds,
    }))
}
