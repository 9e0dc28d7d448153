//! What a sign-in answers: on its way a redirect, a page for people where it stops, JSON for whoever asks for that.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};

use super::super::reply::{MediaType, Refused};
use super::super::{caller, graphql, pages};
use crate::access::people::SignInRefusal;
use crate::access::secret::Secret;
use crate::locale::{Locale, Message};

/// Seconds after which to ask again for a provider that does not answer.
const PROVIDER_RETRY: HeaderValue = HeaderValue::from_static("10");

/// Answers in the caller's language; a refusal as a page or as JSON.
pub async fn in_language<F>(headers: &HeaderMap, answer: F) -> Response
where
    F: AsyncFnOnce(&str) -> Result<Response, SignInRefusal>,
{
    let request_id = caller::request_id(headers);
    let (locale, is_page) = (caller::locale(headers), graphql::wants_page(headers));
    let answered = async {
        match answer(&request_id).await {
            Ok(response) => response,
            Err(refusal) => refused(refusal, is_page, &request_id),
        }
    };
    let mut response = locale.scope(answered).await;
    let said = response.headers_mut();
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        said.insert(caller::REQUEST_ID, id);
    }
    response
}

/// Sends the browser on.
pub fn see_other<const N: usize>(address: &str, cookies: [HeaderValue; N]) -> Response {
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)], cookies).into_response()
}

/// The page on which people choose a provider.
pub fn choice<'a>(
    providers: impl Iterator<Item = (&'a str, &'a str)>,
    return_to: &str,
    invitation: Option<&Secret>,
) -> Response {
    let title = Message::new("Accedi", "Sign in").to_string();
    let how = Message::new("Scegli con quale identità accedere.", "Choose the identity to sign in with.");
    let links: String = providers
        .map(|(name, label)| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("provider", name).append_pair("return", return_to);
            if let Some(invitation) = invitation {
                query.append_pair("invitation", invitation.reveal());
            }
            let query = query.finish();
            format!("<li><a class=\"button\" href=\"/sign-in?{}\">{}</a></li>", escaped(&query), escaped(label))
        })
        .collect();
    let content = format!("<h1>{title}</h1><p>{how}</p><ul class=\"choice\">{links}</ul>");
    pages::message(StatusCode::OK, Locale::current(), &title, &content)
}

fn refused(refusal: SignInRefusal, is_page: bool, request_id: &str) -> Response {
    let (status, code) = status(refusal);
    let mut response = if is_page {
        let title = Message::new("Accesso non riuscito", "Sign-in failed").to_string();
        let again = Message::new("Accedi di nuovo", "Sign in again");
        let home = Message::new("Pagina iniziale", "Home page");
        let (code_name, request_name) = (Message::new("Codice", "Code"), Message::new("Richiesta", "Request"));
        let content = format!(
            "<h1>{title}</h1><p role=\"alert\">{}</p>\
             <p class=\"actions\"><a class=\"button\" href=\"/sign-in\">{again}</a> <a href=\"/\">{home}</a></p>\
             <dl class=\"details\"><dt>{code_name}</dt><dd><code>{}</code></dd>\
             <dt>{request_name}</dt><dd><code>{}</code></dd></dl>",
            escaped(&refusal.message().to_string()),
            refusal.code(),
            escaped(request_id),
        );
        pages::message(status, Locale::current(), &title, &content)
    } else {
        Refused::new(status, code, refusal.message()).because(refusal.code()).into_response(MediaType::Json, request_id)
    };
    if refusal == SignInRefusal::ProviderUnavailable || refusal == SignInRefusal::Unavailable {
        response.headers_mut().insert(header::RETRY_AFTER, PROVIDER_RETRY);
    }
    response
}

/// Status and code of the answer; the refusal's own code is the reason.
fn status(refusal: SignInRefusal) -> (StatusCode, &'static str) {
    use SignInRefusal::*;
    match refusal {
        NoProvider => (StatusCode::NOT_FOUND, "NOT_FOUND"),
        ReturnElsewhere | Malformed | StateMissing | StateUnknown | Expired | CookieMissing | OtherBrowser
        | OtherIssuer | RefusedByProvider | CodeMissing | NotOfTerminal => (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"),
        Denied | CodeInvalid | NonceInvalid | TokenExpired | TokenInvalid | AccountErased | SignedOut => {
            (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
        }
        OtherPage => (StatusCode::FORBIDDEN, "FORBIDDEN"),
        ProviderUnavailable | Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"),
    }
}

/// Text as HTML shows it.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
