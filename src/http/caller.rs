//! Who asks, in which language, under which request id: read from the headers once.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::reply::Refused;
use super::{App, cookies, same_origin};
use crate::access::Viewer;
use crate::access::people::session::SessionRefusal;
use crate::access::token::Refusal;
use crate::db::Place;
use crate::graphql::Renewal;
use crate::locale::{Locale, Message};

/// Names the request in answers and in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the caller has seen: sent with an answer, and back with a request that must not be answered with less.
pub const SEEN: HeaderName = HeaderName::from_static("raccordo-seen");

/// How far the caller has seen, where it says so.
///
/// # Errors
/// 400 where it is none that the hub sent.
pub fn seen(headers: &HeaderMap) -> Result<Option<Place>, Refused> {
    let Some(given) = headers.get(SEEN) else { return Ok(None) };
    let seen = given.to_str().ok().and_then(Place::read);
    seen.map(Some).ok_or_else(|| {
        let (it, en) = (
            "L'intestazione Raccordo-Seen è quella di una risposta precedente.",
            "The header Raccordo-Seen is that of an earlier answer.",
        );
        Refused::bad_request(it, en).because("SEEN_UNREADABLE")
    })
}

/// The headers of a request that lasts, in memory of their own: as they came, they are slices of all that was read with them, and
/// would keep that.
pub fn kept(headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let copy = HeaderValue::from_bytes(value.as_bytes()).expect("it was a header's value before");
        kept.append(name, copy);
    }
    kept
}

/// The request's id: the caller's own where it is fit to be written into a log, else a new one.
pub fn request_id(headers: &HeaderMap) -> String {
    let fit = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(fit);
    given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// The language that the caller prefers.
pub fn locale(headers: &HeaderMap) -> Locale {
    Locale::negotiate(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// The viewer whom the `Authorization` header names; without it the person whose session's cookie a browser sends;
/// without that the public. What does more than read takes the cookie from the hub's own pages alone.
pub async fn viewer(app: &App, headers: &HeaderMap, reads_only: bool) -> Result<Viewer, Refused> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let authorization = given.next().map(|value| value.as_bytes());
    if given.next().is_some() {
        return Err(refused(Refusal::Malformed));
    }
    if authorization.is_none()
        && let Some(secret) = cookies::find(headers, cookies::SESSION)
    {
        if !reads_only {
            same_origin::check(headers, &app.hub.access.public_url)?;
        }
        return app.hub.people.viewer(&secret).await.map_err(session_refused);
    }
    app.hub.authenticator.authenticate(authorization).await.map_err(refused)
}

/// Asks again who the caller of a stream is: by the `Authorization` that came when it was opened, else by its headers.
pub fn renewal(app: Arc<App>, headers: Arc<HeaderMap>, authorization: Option<String>) -> Renewal {
    Arc::new(move || {
        let (app, headers, authorization) = (app.clone(), headers.clone(), authorization.clone());
        Box::pin(async move {
            match authorization {
                Some(given) => app.hub.authenticator.authenticate(Some(given.as_bytes())).await.ok(),
                // Whether the request came from the hub's own pages was asked when the stream was opened.
                None => viewer(&app, &headers, true).await.ok(),
            }
        })
    })
}

/// A refused token as an answer: 401 with a stable code, or 503 where rights cannot be read.
pub fn refused(refusal: Refusal) -> Refused {
    let (reason, it, en) = match refusal {
        Refusal::Malformed => (
            "TOKEN_MALFORMED",
            "L'intestazione Authorization deve essere \"Bearer <token>\".",
            "The Authorization header must be \"Bearer <token>\".",
        ),
        Refusal::Expired => {
            ("TOKEN_EXPIRED", "Il token è scaduto: chiederne uno nuovo.", "The token has expired: ask for a new one.")
        }
        Refusal::Invalid => ("TOKEN_INVALID", "Il token non è valido qui.", "The token is not valid here."),
        Refusal::Unavailable => return unavailable(),
    };
    Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", Message::new(it, en)).because(reason)
}

/// 503: whether somebody may come in cannot be found out now.
pub fn unavailable() -> Refused {
    let message = Message::new(
        "I diritti non si possono verificare ora: riprovare.",
        "Rights cannot be checked right now: try again.",
    );
    Refused::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
}

/// A session's cookie that lets nobody in: 401, and the browser forgets it.
fn session_refused(refusal: SessionRefusal) -> Refused {
    match refusal {
        SessionRefusal::Unavailable => unavailable(),
        SessionRefusal::Over => {
            let message =
                Message::new("La sessione è terminata: accedere di nuovo.", "The session is over: sign in again.");
            Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
                .because("SESSION_EXPIRED")
                .ending_session()
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn headers_that_are_kept_keep_nothing_else() {
        let read = Bytes::from(vec![b'a'; 16_384]);
        let value = HeaderValue::from_maybe_shared(read.slice(100..104)).unwrap();
        let headers: HeaderMap = [(header::COOKIE, value.clone()), (header::ORIGIN, value)].into_iter().collect();
        let kept = kept(&headers);
        assert_eq!(kept, headers);
        drop(headers);
        assert!(read.is_unique(), "what was read is nobody else's");
    }
}
