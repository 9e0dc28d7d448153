//! `POST /oauth/revoke` (RFC 7009): whoever signed in at the command line signs out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::error::OauthError;
use super::form::Form;
use super::token::answered;
use crate::access::people::is_of_terminal;
use crate::http::{App, pages};

/// A session that is over already, or never was, is ended as well: the answer does not tell.
pub async fn endpoint(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    if !app.hub.authenticator.keys().can_sign() {
        return pages::not_found().await;
    }
    answered(request, async |headers, body, request_id| {
        let token = Form::read(headers, body).await?.token.ok_or(OauthError::Missing("token"))?;
        if !is_of_terminal(token.reveal()) {
            return Err(OauthError::NotRevocable);
        }
        app.hub.people.sign_out(&token, request_id).await.map_err(|error| {
            tracing::error!(%error, "a session could not be ended");
            OauthError::Unavailable
        })?;
        Ok(StatusCode::OK.into_response())
    })
    .await
}
