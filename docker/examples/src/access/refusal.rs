use axum::Json;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request is not answered. The caller learns no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token is not valid here.
    Invalid,
    /// The hub did not give the keys that it would be checked by.
    Unavailable,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = |error: &str| Json(json!({ "error": error }));
        match self {
            Self::Invalid => {
                let challenge = [(WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)];
                (StatusCode::UNAUTHORIZED, challenge, body("the token is not valid here")).into_response()
            }
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, body("the token cannot be checked right now")).into_response()
            }
        }
    }
}
