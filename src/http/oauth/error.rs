//! Refusals of the token endpoint (RFC 6749, section 5.2).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Json, Response};
use serde_json::json;

use crate::access::token::{Denied, Refusal};
use crate::federation::partner::NotExchanged;
use crate::locale::Message;

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OauthError {
    /// The body is no form, or too long.
    NoForm,
    /// A parameter that must be there is not.
    Missing(&'static str),
    /// A parameter stands twice.
    Twice,
    /// More than one way of showing who one is.
    TwoWays,
    /// A grant that there is not here.
    UnsupportedGrantType,
    /// Another kind of token than those that there are.
    UnsupportedTokenType,
    InvalidClient,
    UnauthorizedClient,
    InvalidScope,
    /// What the browser granted is not there, over, or another program's.
    InvalidGrant,
    /// Only sessions of the command line are ended by their token.
    NotRevocable,
    /// The token that is to be exchanged lets nobody in.
    InvalidSubject,
    /// There is no such service to exchange a token for.
    InvalidTarget,
    Unavailable,
}

impl From<NotExchanged> for OauthError {
    fn from(refused: NotExchanged) -> Self {
        match refused {
            NotExchanged::Subject(Refusal::Unavailable) | NotExchanged::Unavailable => Self::Unavailable,
            NotExchanged::Subject(_) => Self::InvalidSubject,
            NotExchanged::Target => Self::InvalidTarget,
        }
    }
}

impl From<Denied> for OauthError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::InvalidClient => Self::InvalidClient,
            Denied::UnauthorizedClient => Self::UnauthorizedClient,
            Denied::InvalidScope => Self::InvalidScope,
            Denied::Unavailable => Self::Unavailable,
        }
    }
}

impl OauthError {
    const fn code(self) -> &'static str {
        match self {
            Self::NoForm
            | Self::Missing(_)
            | Self::Twice
            | Self::TwoWays
            | Self::InvalidSubject
            | Self::UnsupportedTokenType => "invalid_request",
            Self::InvalidTarget => "invalid_target",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidGrant => "invalid_grant",
            Self::NotRevocable => "unsupported_token_type",
            Self::Unavailable => "temporarily_unavailable",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient => StatusCode::UNAUTHORIZED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// ASCII alone, without quotes: the standard allows no other characters in `error_description`.
    fn message(self) -> Message {
        match self {
            Self::NoForm => Message::new(
                "Il corpo deve essere application/x-www-form-urlencoded, di 64 KiB al massimo.",
                "The body must be application/x-www-form-urlencoded, of 64 KiB at the most.",
            ),
            Self::Missing(name) => {
                Message::new(format!("Manca il parametro {name}."), format!("The parameter {name} is missing."))
            }
            Self::Twice => Message::new("Un parametro compare due volte.", "A parameter is given twice."),
            Self::TwoWays => Message::new(
                "Il client si autentica in un solo modo: segreto nell'intestazione, segreto nel corpo o asserzione.",
                "The client authenticates in one way: secret in the header, secret in the body, or assertion.",
            ),
            Self::UnsupportedGrantType => Message::new(
                "Si rilasciano token solo per authorization_code, client_credentials e token-exchange.",
                "Tokens are issued for authorization_code, client_credentials and token-exchange alone.",
            ),
            Self::UnsupportedTokenType => Message::new(
                "Si rilasciano soltanto access_token, in forma di JWT.",
                "Access tokens alone are issued, as JWT.",
            ),
            Self::InvalidClient => Message::new(
                "Le credenziali del client non sono valide.",
                "The credentials of the client are not valid.",
            ),
            Self::UnauthorizedClient => Message::new(
                "Il client non ha accesso: revocato, scaduto, o di un ente cessato.",
                "The client is not let in: revoked, expired, or of an organisation that is no more.",
            ),
            Self::InvalidScope => Message::new(
                "Uno scope non esiste, o il client non ne dispone.",
                "There is no such scope, or the client is not registered with it.",
            ),
            Self::InvalidGrant => Message::new(
                "Dal browser non risulta un consenso valido: ripetere raccordo sign-in.",
                "What the browser granted is not valid here, or no more: raccordo sign-in once more.",
            ),
            Self::NotRevocable => Message::new(
                "Si revocano solo i token di raccordo sign-in; gli altri scadono da soli.",
                "Only tokens of raccordo sign-in are revoked; the others expire by themselves.",
            ),
            Self::InvalidSubject => Message::new(
                "Il token da scambiare non vale qui: serve un access_token di questo hub.",
                "The token to be exchanged is not valid here: an access_token of this hub is needed.",
            ),
            Self::InvalidTarget => Message::new(
                "Nessun sottografo con questo nome fa parte del grafo.",
                "No subgraph of this name takes part in the graph.",
            ),
            Self::Unavailable => Message::new(
                "Il servizio non risponde ora: riprovare.",
                "The service cannot answer right now: try again.",
            ),
        }
    }

    /// The answer, in the language of the request.
    pub fn into_response(self) -> Response {
        let body = json!({ "error": self.code(), "error_description": self.message().to_string() });
        let mut response = (self.status(), Json(body)).into_response();
        match self {
            Self::InvalidClient => {
                let challenge = header::HeaderValue::from_static("Basic realm=\"raccordo\", charset=\"UTF-8\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            Self::Unavailable => {
                response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [OauthError; 14] = [
        OauthError::NoForm,
        OauthError::Missing("grant_type"),
        OauthError::Twice,
        OauthError::TwoWays,
        OauthError::UnsupportedGrantType,
        OauthError::UnsupportedTokenType,
        OauthError::InvalidClient,
        OauthError::UnauthorizedClient,
        OauthError::InvalidScope,
        OauthError::InvalidGrant,
        OauthError::NotRevocable,
        OauthError::InvalidSubject,
        OauthError::InvalidTarget,
        OauthError::Unavailable,
    ];

    #[test]
    fn descriptions_have_only_characters_that_the_standard_allows() {
        for error in ALL {
            let Message { it, en } = error.message();
            for text in [it, en] {
                let fits = |byte: u8| (0x20..=0x7e).contains(&byte) && !b"\"\\".contains(&byte);
                assert!(text.bytes().all(fits), "{text}");
            }
        }
    }
}
