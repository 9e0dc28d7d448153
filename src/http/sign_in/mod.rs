//! `/sign-in`, `/sign-in/callback`, `/sign-in/providers` and `/sign-out`: people come in by way of an identity provider
//! and go out again. What happens is in [`crate::access::people`]; here it is HTTP.

pub mod terminal;

mod answer;
mod local_path;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Json, Response};
use serde_json::json;

use super::reply::{MediaType, Refused};
use super::{App, caller, cookies, graphql, pages, same_origin};
use crate::access::people::{Callback, SignInRefusal};
use crate::access::secret::Secret;
use crate::locale::Message;

/// Characters of a parameter at the most.
const LONGEST_PARAMETER: usize = 4096;
/// Where people are sent who did not say where they want to go.
const USUAL_RETURN: &str = "/account";

/// `/sign-in`: sends the browser to the provider, or lets people choose one.
pub async fn begin(State(app): State<Arc<App>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    answer::in_language(&headers, async |request_id| {
        let parameters = parameters(query.as_deref())?;
        let wanted = parameters.get("return").map_or(USUAL_RETURN, String::as_str);
        let return_to = local_path::of(wanted, &app.hub.access.public_url).ok_or(SignInRefusal::ReturnElsewhere)?;
        let invitation = parameters.get("invitation").cloned().map(Secret::from);
        let mut providers = app.hub.people.providers();
        let provider = match (parameters.get("provider"), providers.len()) {
            (Some(provider), _) => provider.as_str(),
            (None, 1) => providers.next().map(|(name, _)| name).ok_or(SignInRefusal::NoProvider)?,
            (None, 0) => return Err(SignInRefusal::NoProvider),
            (None, _) => return Ok(answer::choice(providers, &return_to, invitation.as_ref())),
        };
        // Another tab may have a sign-in under way: both can be finished.
        let under_way = cookies::find(&headers, cookies::SIGN_IN).filter(|secret| secret.reveal().len() == 43);
        let begun = app.hub.people.begin(provider, &return_to, invitation.as_ref(), under_way).await?;
        tracing::debug!(request_id, provider, "a sign-in begins");
        Ok(answer::see_other(&begun.address, [cookies::sign_in(&begun.browser)]))
    })
    .await
}

/// `/sign-in/callback`: the provider sends the browser back to here.
pub async fn callback(State(app): State<Arc<App>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    answer::in_language(&headers, async |request_id| {
        let mut parameters = parameters(query.as_deref())?;
        let mut take = |name: &str| parameters.remove(name);
        let callback = Callback { state: take("state"), code: take("code"), error: take("error"), issuer: take("iss") };
        let browser = cookies::find(&headers, cookies::SIGN_IN);
        let before = cookies::find(&headers, cookies::SESSION);
        let signed_in = app.hub.people.finish(callback, browser.as_ref(), before.as_ref(), request_id).await?;
        let cookies = [cookies::session(&signed_in.secret), cookies::removed(cookies::SIGN_IN)];
        Ok(answer::see_other(&signed_in.return_to, cookies))
    })
    .await
}

/// `/sign-in/providers`: names and labels of the providers, for the pages.
pub async fn providers(State(app): State<Arc<App>>) -> Response {
    let providers: Vec<_> =
        app.hub.people.providers().map(|(name, label)| json!({ "name": name, "label": label })).collect();
    ([(header::CACHE_CONTROL, "no-store")], Json(providers)).into_response()
}

/// `/sign-out`: ends this browser's session, and says where to go next: where the provider ends its own, too.
pub async fn end(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let request_id = caller::request_id(&headers);
    let ended = caller::locale(&headers).scope(async {
        same_origin::check(&headers, &app.hub.access.public_url)?;
        if !graphql::is_json(&headers) {
            let message = Message::new("Il corpo deve essere application/json.", "The body must be application/json.");
            return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT", message));
        }
        let Some(secret) = cookies::find(&headers, cookies::SESSION) else { return Ok(None) };
        app.hub.people.sign_out(&secret, &request_id).await.map_err(|error| {
            tracing::error!(%error, "a session could not be ended");
            caller::unavailable()
        })
    });
    match ended.await {
        Ok(next) => {
            let next = next.unwrap_or_else(|| "/".into());
            let cookies = AppendHeaders([(header::SET_COOKIE, cookies::removed(cookies::SESSION))]);
            ([(header::CACHE_CONTROL, "no-store")], cookies, Json(json!({ "next": next }))).into_response()
        }
        Err(refused) => refused.into_response(MediaType::Json, &request_id),
    }
}

/// The parameters of an address. Each stands once: of two it would not be clear which one was checked.
fn parameters(query: Option<&str>) -> Result<HashMap<String, String>, SignInRefusal> {
    let mut parameters = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if value.len() > LONGEST_PARAMETER || parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(SignInRefusal::Malformed);
        }
    }
    // An empty parameter is as good as none (RFC 6749, section 3.1).
    parameters.retain(|_, value| !value.is_empty());
    Ok(parameters)
}
