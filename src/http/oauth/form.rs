//! A token request as it comes in: the form, and in which way the client shows who it is.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::OauthError;
use crate::access::secret::Secret;
use crate::access::token::Presented;

/// Bytes of a form at the most.
const LARGEST: usize = 64 * 1024;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The parameters that are understood; those without a value count as left out (RFC 6749, section 3.2).
#[derive(Default)]
pub struct Form {
    pub grant_type: Option<String>,
    pub scope: Option<String>,
    pub subject_token: Option<Secret>,
    pub subject_token_type: Option<String>,
    pub requested_token_type: Option<String>,
    pub audience: Option<String>,
    pub resource: Option<String>,
    pub code: Option<Secret>,
    pub code_verifier: Option<Secret>,
    pub redirect_uri: Option<String>,
    pub token: Option<Secret>,
    pub client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

impl Form {
    /// Reads the body of a request.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, OauthError> {
        let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str);
        let media = content_type.and_then(Result::ok).and_then(|it| it.split(';').next()).unwrap_or_default();
        if !media.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(OauthError::NoForm);
        }
        let bytes = axum::body::to_bytes(body, LARGEST).await.map_err(|_| OauthError::NoForm)?;
        let mut form = Self::default();
        let mut seen = std::collections::HashSet::new();
        for (name, value) in form_urlencoded::parse(&bytes) {
            if !seen.insert(name.clone()) {
                return Err(OauthError::Twice);
            }
            let secret = match &*name {
                "subject_token" => Some(&mut form.subject_token),
                "code" => Some(&mut form.code),
                "code_verifier" => Some(&mut form.code_verifier),
                "token" => Some(&mut form.token),
                _ => None,
            };
            if let Some(place) = secret {
                *place = Some(value.into_owned()).filter(|value| !value.is_empty()).map(Secret::from);
                continue;
            }
            let place = match &*name {
                "subject_token_type" => &mut form.subject_token_type,
                "requested_token_type" => &mut form.requested_token_type,
                "audience" => &mut form.audience,
                "resource" => &mut form.resource,
                "redirect_uri" => &mut form.redirect_uri,
                "grant_type" => &mut form.grant_type,
                "scope" => &mut form.scope,
                "client_id" => &mut form.client_id,
                "client_secret" => &mut form.client_secret,
                "client_assertion_type" => &mut form.client_assertion_type,
                "client_assertion" => &mut form.client_assertion,
                _ => continue,
            };
            *place = Some(value.into_owned()).filter(|value| !value.is_empty());
        }
        Ok(form)
    }

    /// How the client shows who it is: in one way, never in two.
    pub fn presented(self, headers: &HeaderMap) -> Result<Presented, OauthError> {
        let mut authorization = headers.get_all(header::AUTHORIZATION).iter();
        match (authorization.next(), authorization.next(), self.client_secret, self.client_assertion) {
            (Some(header), None, None, None) => {
                let (client, secret) = basic(header).ok_or(OauthError::InvalidClient)?;
                if self.client_id.is_some_and(|named| named != client) {
                    return Err(OauthError::TwoWays);
                }
                Ok(Presented::Secret { client, secret })
            }
            (None, None, Some(secret), None) => {
                let client = self.client_id.ok_or(OauthError::Missing("client_id"))?;
                Ok(Presented::Secret { client, secret: secret.into() })
            }
            (None, None, None, Some(assertion)) => match self.client_assertion_type.as_deref() {
                Some(ASSERTION_TYPE) => {
                    Ok(Presented::Assertion { client: self.client_id, assertion: assertion.into() })
                }
                Some(_) => Err(OauthError::InvalidClient),
                None => Err(OauthError::Missing("client_assertion_type")),
            },
            (None, None, None, None) => Err(OauthError::InvalidClient),
            _ => Err(OauthError::TwoWays),
        }
    }
}

/// Name and secret, each encoded as in a form before they are joined (RFC 6749, section 2.3.1).
fn basic(header: &HeaderValue) -> Option<(String, Secret)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        let pair = format!("={text}");
        form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    Some((plain(client), plain(secret).into()))
}
