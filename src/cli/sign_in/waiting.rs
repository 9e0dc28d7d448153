//! Where the browser brings what the hub granted: a page on this machine, for as long as the command waits (RFC 8252,
//! section 7.3).

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::access::secret::{Secret, same};
use crate::locale::{Locale, Message};

/// A page is brought to its end for so long.
const FAREWELL: Duration = Duration::from_secs(2);

pub struct Waiting {
    listener: TcpListener,
    address: String,
}

/// What the browser brings.
#[derive(Deserialize)]
struct Brought {
    code: Option<String>,
    error: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

struct Expected {
    state: Secret,
    issuer: String,
    /// The code, or the hub's reason why there is none.
    found: mpsc::Sender<Result<Secret, String>>,
}

impl Waiting {
    pub async fn at(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = format!("http://127.0.0.1:{}/", listener.local_addr()?.port());
        Ok(Self { listener, address })
    }

    /// The address that the browser is sent to.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The code that the browser brings. What does not belong to this sign-in is refused, and waited on.
    ///
    /// # Errors
    /// It was refused in the browser.
    pub async fn told(self, state: &Secret, issuer: &str) -> anyhow::Result<Secret> {
        let (found, mut told) = mpsc::channel(1);
        let expected = Arc::new(Expected { state: state.clone(), issuer: issuer.to_owned(), found });
        let router = Router::new().route("/", get(page)).with_state(expected);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = axum::serve(self.listener, router).with_graceful_shutdown(async { drop(stopped.await) });
        let serving = tokio::spawn(serving.into_future());
        let told = told.recv().await;
        // The page is on its way to the browser still, which may have opened other connections beside.
        drop(stop);
        let _ = tokio::time::timeout(FAREWELL, serving).await;
        match told {
            Some(Ok(code)) => Ok(code),
            Some(Err(reason)) => bail!("it was refused in the browser ({reason})"),
            None => bail!("the browser brought nothing"),
        }
    }
}

async fn page(State(expected): State<Arc<Expected>>, headers: HeaderMap, Query(brought): Query<Brought>) -> Response {
    let locale = Locale::negotiate(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()));
    let is_its = brought.state.is_some_and(|state| same(state.as_bytes(), expected.state.reveal().as_bytes()))
        && brought.iss.as_ref() == Some(&expected.issuer);
    let found = match (is_its, brought.code, brought.error) {
        (true, Some(code), None) => Ok(Secret::from(code)),
        (true, None, Some(error)) => Err(error),
        _ => {
            let message = Message::new("Non è di questo accesso.", "This is of no sign-in under way here.");
            return (StatusCode::BAD_REQUEST, html(locale, &message)).into_response();
        }
    };
    let message = match &found {
        Ok(_) => Message::new(
            "Fatto: si può chiudere questa pagina e tornare al comando.",
            "Done: close this page, and go back to the command.",
        ),
        Err(_) => Message::new("Rifiutato: il comando non agisce.", "Refused: the command does not act."),
    };
    // Only the first counts.
    let _ = expected.found.try_send(found);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
    ];
    (headers, html(locale, &message)).into_response()
}

fn html(locale: Locale, message: &Message) -> Html<String> {
    let (language, text) = match locale {
        Locale::Italian => ("it", &message.it),
        Locale::English => ("en", &message.en),
    };
    Html(format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>Raccordo</title><p>{text}</p></html>"
    ))
}
