//! The hub's own authorization server. For programs of partners that have no other provider: OAuth 2.0 client credentials
//! (RFC 6749, section 4.4). For people at the command line: the code that their browser granted (section 4.1), and the way
//! out (RFC 7009). For everybody: the exchange of a token for one that is bound to a partner's service (RFC 8693); metadata
//! (RFC 8414) and keys (RFC 7517). Absent where the hub has no key of its own.

mod error;
mod form;
mod revoke;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{get, post};
use chrono::Utc;
use serde_json::json;

use super::sign_in::terminal;
use super::{App, pages};
use crate::access::scope::Scope;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/oauth/token", post(token::endpoint))
        .route("/oauth/revoke", post(revoke::endpoint))
        .route("/oauth/jwks", get(jwks))
        .route("/.well-known/oauth-authorization-server", get(metadata))
}

/// Public, the same for everybody, and kept for half as long as a key is published before it signs.
const PUBLIC: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "public, max-age=300"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];

/// `/.well-known/oauth-authorization-server`: RFC 8414, section 2.
async fn metadata(State(app): State<Arc<App>>) -> Response {
    if !app.hub.authenticator.keys().can_sign() {
        return pages::not_found().await;
    }
    let issuer = &app.hub.access.public_url;
    let metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}{}", terminal::PATH),
        "authorization_response_iss_parameter_supported": true,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "revocation_endpoint_auth_methods_supported": ["none"],
        "jwks_uri": format!("{issuer}/oauth/jwks"),
        "grant_types_supported": [token::CODE, "client_credentials", token::EXCHANGE],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "scopes_supported": Scope::ALL.map(Scope::as_str),
        "ui_locales_supported": ["it", "en"],
    });
    (PUBLIC, Json(metadata)).into_response()
}

/// `/oauth/jwks`: the keys of the hub's tokens, those that do not sign yet and those that sign no more among them.
async fn jwks(State(app): State<Arc<App>>) -> Response {
    let keys = app.hub.authenticator.keys();
    if !keys.can_sign() {
        return pages::not_found().await;
    }
    match keys.all().await {
        Ok(keys) => {
            let now = Utc::now();
            let published: Vec<_> = keys.iter().filter(|key| key.is_published(now)).map(|key| &key.jwk).collect();
            let body = json!({ "keys": published }).to_string();
            (PUBLIC, [(header::CONTENT_TYPE, "application/jwk-set+json")], body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the hub's keys could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}
