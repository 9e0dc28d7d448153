//! `/sign-in/terminal`: the page on which people let `raccordo sign-in` in, which waits on the same machine (RFC 8252,
//! section 7.3). Absent where the hub has no key of its own, and so gives no tokens.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Value;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use reqwest::Url;
use uuid::Uuid;

use super::answer::{escaped, in_language, see_other};
use super::{App, cookies, pages, parameters, same_origin};
use crate::access::people::session::SessionRefusal;
use crate::access::people::{CLIENT, SignInRefusal, by_way_of_choice};
use crate::access::{Caller, Viewer};
use crate::graphql::Graph;
use crate::http::executor::Operation;
use crate::locale::{Locale, Message};

/// Where the page is, below the hub's address.
pub const PATH: &str = "/sign-in/terminal";
/// Who would let the program in.
const ASKED: &str = "{ viewer { organisation { name } account { name } } }";

/// What a program asks for.
struct Wanted {
    redirect_uri: Url,
    challenge: String,
    state: String,
}

impl Wanted {
    /// Reads what the program put into the address.
    fn read(given: &HashMap<String, String>) -> Result<Self, SignInRefusal> {
        let text = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
        let is_of = |text: &str, longest: usize| {
            (1..=longest).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let fits = text("response_type") == "code"
            && text("client_id") == CLIENT
            && text("code_challenge_method") == "S256"
            && is_of(text("code_challenge"), 43)
            && text("code_challenge").len() == 43
            && is_of(text("state"), 100);
        let redirect_uri = Url::parse(text("redirect_uri")).ok().filter(is_on_this_machine);
        match (redirect_uri, fits) {
            (Some(redirect_uri), true) => {
                Ok(Self { redirect_uri, challenge: text("code_challenge").into(), state: text("state").into() })
            }
            _ => Err(SignInRefusal::NotOfTerminal),
        }
    }

    /// Where the program waits, with what it is told.
    fn told(self, public_url: &str, name: &str, value: &str) -> String {
        let mut address = self.redirect_uri;
        address
            .query_pairs_mut()
            .append_pair(name, value)
            .append_pair("state", &self.state)
            .append_pair("iss", public_url);
        address.into()
    }
}

/// Whether an address is one of a program that waits on the person's own machine: what is sent there goes nowhere else.
fn is_on_this_machine(address: &Url) -> bool {
    address.port().is_some_and(|port| address.as_str() == format!("http://127.0.0.1:{port}/"))
}

/// Asks whoever is signed in in this browser, or lets them sign in first.
pub async fn ask(State(app): State<Arc<App>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if !app.hub.authenticator.keys().can_sign() {
        return pages::not_found().await;
    }
    in_language(&headers, async |request_id| {
        let query = query.as_deref().unwrap_or_default();
        let given = parameters(Some(query))?;
        let wanted = Wanted::read(&given)?;
        let here = format!("{PATH}?{query}");
        let Some((viewer, _)) = signed_in(&app, &headers).await? else {
            let back = form_urlencoded::Serializer::new(String::new()).append_pair("return", &here).finish();
            return Ok(see_other(&format!("/sign-in?{back}"), []));
        };
        let (name, organisation) = names(&app, viewer, request_id).await?;
        Ok(page(&given, &wanted, &name, organisation.as_deref(), &by_way_of_choice(here)))
    })
    .await
}

/// Lets the program in, or tells it that it is not.
pub async fn decide(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    if !app.hub.authenticator.keys().can_sign() {
        return pages::not_found().await;
    }
    in_language(&headers, async |_| {
        same_origin::check(&headers, &app.hub.access.public_url).map_err(|_| SignInRefusal::OtherPage)?;
        let body = str::from_utf8(&body).map_err(|_| SignInRefusal::NotOfTerminal)?;
        let given = parameters(Some(body))?;
        let wanted = Wanted::read(&given)?;
        let Some((_, session)) = signed_in(&app, &headers).await? else { return Err(SignInRefusal::SignedOut) };
        let public_url = &app.hub.access.public_url;
        if given.get("decision").map(String::as_str) != Some("allow") {
            return Ok(see_other(&wanted.told(public_url, "error", "access_denied"), []));
        }
        let code = app.hub.people.let_in(session, wanted.redirect_uri.as_str(), &wanted.challenge).await?;
        Ok(see_other(&wanted.told(public_url, "code", code.reveal()), []))
    })
    .await
}

/// Who is signed in in this browser, and the session.
async fn signed_in(app: &App, headers: &HeaderMap) -> Result<Option<(Viewer, Uuid)>, SignInRefusal> {
    let Some(secret) = cookies::find(headers, cookies::SESSION) else { return Ok(None) };
    match app.hub.people.viewer(&secret).await {
        Ok(viewer) => {
            let session = viewer.person().map(|person| person.session);
            Ok(session.map(|session| (viewer, session)))
        }
        Err(SessionRefusal::Over) => Ok(None),
        Err(SessionRefusal::Unavailable) => Err(SignInRefusal::Unavailable),
    }
}

/// The person's name, and that of the body that they act for.
async fn names(app: &App, viewer: Viewer, request_id: &str) -> Result<(String, Option<String>), SignInRefusal> {
    debug_assert!(!matches!(viewer.caller, Caller::Public), "somebody is signed in");
    let graph = Graph::open(app.hub.clone(), viewer, request_id);
    let operation = Operation { query: ASKED.into(), ..Operation::default() };
    let checked = app.executor.check(operation, false, request_id).map_err(|_| SignInRefusal::Unavailable)?;
    let answer = app.executor.execute(&graph, checked, request_id).await.response.data;
    let text = |path: [&str; 3]| {
        let found = path.iter().try_fold(&answer, |value, name| match value {
            Value::Object(fields) => fields.get(*name),
            _ => None,
        });
        match found {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        }
    };
    let name = text(["viewer", "account", "name"]).ok_or(SignInRefusal::Unavailable)?;
    Ok((name, text(["viewer", "organisation", "name"])))
}

/// The page for a person of that name, who acts for that body; for whom else is chosen at `choice`.
fn page(
    given: &HashMap<String, String>,
    wanted: &Wanted,
    name: &str,
    organisation: Option<&str>,
    choice: &str,
) -> Response {
    let title = Message::new("Accesso da riga di comando", "Sign-in of the command line").to_string();
    let (name, choice) = (escaped(name), escaped(choice));
    let who = match organisation.map(escaped) {
        Some(body) => Message::new(
            format!(
                "Su questo computer il comando <code>raccordo</code> chiede di agire come <strong>{name}</strong> \
                 per <strong>{body}</strong>. <a href=\"{choice}\">Per un altro ente</a>"
            ),
            format!(
                "On this computer the command <code>raccordo</code> asks to act as <strong>{name}</strong> \
                 for <strong>{body}</strong>. <a href=\"{choice}\">For another one</a>"
            ),
        ),
        None => Message::new(
            format!(
                "Su questo computer il comando <code>raccordo</code> chiede di agire come <strong>{name}</strong>, \
                per nessun ente: vedrà ciò che è pubblico. <a href=\"{choice}\">Scegliere un ente</a>"
            ),
            format!(
                "On this computer the command <code>raccordo</code> asks to act as <strong>{name}</strong>, for no organisation: \
                it will see what is public. <a href=\"{choice}\">Choose an organisation</a>"
            ),
        ),
    };
    let warning = Message::new(
        "Potrà fare ciò che può fare lei, finché dura questa sessione del browser. Consenta solo se ha avviato \
         lei, ora e su questo computer, <code>raccordo sign-in</code>.",
        "It may do what you may do, for as long as this session of the browser would last. Allow it only if you started \
         <code>raccordo sign-in</code> yourself, now and on this computer.",
    );
    let (allow, deny) = (Message::new("Consenti", "Allow"), Message::new("Rifiuta", "Refuse"));
    let mut hidden: Vec<_> = given
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value)))
        .collect();
    hidden.sort_unstable();
    let content = format!(
        "<h1>{title}</h1><p>{who}</p><p>{warning}</p><form method=\"post\" action=\"{PATH}\">{}<p class=\"actions\">\
         <button class=\"button\" name=\"decision\" value=\"allow\">{allow}</button> \
         <button name=\"decision\" value=\"deny\">{deny}</button></p></form>",
        hidden.concat()
    );
    pages::form(Locale::current(), &title, &content, wanted.redirect_uri.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_waits_on_the_persons_own_machine_or_nowhere() {
        let given = |name: &str, value: &str| {
            let usual = [
                ("response_type", "code"),
                ("client_id", CLIENT),
                ("redirect_uri", "http://127.0.0.1:4711/"),
                ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                ("code_challenge_method", "S256"),
                ("state", "a-state"),
            ];
            let mut given: HashMap<String, String> = usual.map(|(name, value)| (name.into(), value.into())).into();
            given.insert(name.into(), value.into());
            Wanted::read(&given).map(|wanted| wanted.told("https://hub.example", "code", "a b"))
        };
        let expected = "http://127.0.0.1:4711/?code=a+b&state=a-state&iss=https%3A%2F%2Fhub.example";
        assert_eq!(given("client_id", CLIENT).as_deref(), Ok(expected));
        for (name, value) in [
            ("response_type", "token"),
            ("client_id", "another"),
            ("code_challenge", "short"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"),
            ("code_challenge_method", "plain"),
            ("state", ""),
            ("state", "\"><script>"),
            ("redirect_uri", ""),
            ("redirect_uri", "http://127.0.0.1/"),
            ("redirect_uri", "https://127.0.0.1:4711/"),
            ("redirect_uri", "http://127.0.0.1:4711/path"),
            ("redirect_uri", "http://127.0.0.1:4711/?query"),
            ("redirect_uri", "http://127.0.0.1:4711/#fragment"),
            ("redirect_uri", "http://user@127.0.0.1:4711/"),
            ("redirect_uri", "http://127.0.0.1.evil.example:4711/"),
            ("redirect_uri", "http://localhost:4711/"),
            ("redirect_uri", "http://evil.example:4711/"),
            ("redirect_uri", "javascript:alert(1)"),
        ] {
            assert_eq!(given(name, value), Err(SignInRefusal::NotOfTerminal), "{name} {value}");
        }
    }
}
