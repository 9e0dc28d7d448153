//! Calls to partners' services: bounded in time, size and number, and to no address where no service may be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, redirect};
use serde_json::{Map, Value as Json, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::answer::Answer;
use super::failure::Reason;
use super::health::Watch;
use super::question::Question;
use super::resolver::{Private, Resolver};
use super::standing::Partner;
use super::token::Tokens;
use crate::access::Viewer;
use crate::federation::address::Neighbourhood;
use crate::federation::ownership::HubSchema;
use crate::hub::Hub;

/// A call may take so long, a second try among it.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(2);
/// A question that met no service is asked once more, after so long: it changes nothing.
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes of an answer at the most.
const LARGEST: usize = 4 * 1024 * 1024;
/// Calls of one partner under way at the most.
const AT_ONE_TIME: usize = 64;

/// What is passed on with a question: the caller's language, the request's id and its trace.
pub type Headers = HeaderMap<HeaderValue>;

/// The way to partners' services.
#[derive(Default)]
pub struct Way {
    neighbourhood: Neighbourhood,
    client: OnceLock<Option<Client>>,
    places: Mutex<HashMap<Uuid, Arc<Semaphore>>>,
    pub watch: Watch,
    pub(super) tokens: Tokens,
}

impl Way {
    pub fn new(neighbourhood: Neighbourhood) -> Self {
        Self { neighbourhood, ..Self::default() }
    }

    /// Asks a partner on behalf of this caller. The answer is not [`as_seen`](Answer::as_seen) by the caller yet.
    pub async fn ask(
        &self,
        (hub, schema): (&Hub, &HubSchema),
        viewer: &Viewer,
        (partner, question): (&Partner, &Question),
        headers: Headers,
    ) -> Answer {
        if question.is_empty() {
            return Answer::empty(question);
        }
        let token = match self.tokens.of(hub, viewer, &partner.name).await {
            Ok(token) => token.map(|(token, _)| token),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "no token can be made for a partner");
                return Answer::failed(Reason::Resting);
            }
        };
        let body = json!({ "query": question.text, "operationName": question.name, "variables": question.sent() });
        let answer = match self.call(partner, &body, token.as_deref(), headers).await {
            Ok(given) => {
                let fitted = Answer::fitted(question, (&partner.schema, schema), given);
                fitted.unwrap_or_else(|| Answer::failed(Reason::NotGraphql))
            }
            Err(reason) => Answer::failed(reason),
        };
        let failure = answer.failures.first().map(|(reason, _)| *reason);
        if let Some(reason) = failure {
            tracing::info!(partner = partner.name, reason = reason.code(), "a partner's service failed");
        }
        self.watch.note(partner.subgraph, failure);
        answer
    }

    /// Looks whether a service is there.
    pub async fn look(&self, partner: &Partner) {
        let body = json!({ "query": "{ __typename }" });
        let failure = self.call(partner, &body, None, Headers::new()).await.err();
        self.watch.note(partner.subgraph, failure);
    }

    async fn call(
        &self,
        partner: &Partner,
        body: &Json,
        token: Option<&str>,
        headers: Headers,
    ) -> Result<Map<String, Json>, Reason> {
        if !self.watch.may_call(partner.subgraph) {
            return Err(Reason::Resting);
        }
        let places = self.places(partner.subgraph);
        let _place = places.try_acquire().map_err(|_| Reason::Busy)?;
        let client = self.client().ok_or(Reason::Unreachable)?;
        let is_private = match partner.url.host() {
            Some(url::Host::Ipv4(address)) => !self.neighbourhood.admits(address.into()),
            Some(url::Host::Ipv6(address)) => !self.neighbourhood.admits(address.into()),
            // Names are looked up by the client's resolver.
            Some(url::Host::Domain(_)) => false,
            None => true,
        };
        if is_private {
            return Err(Reason::AddressPrivate);
        }
        let request = || {
            let request = client.post(partner.url.clone()).headers(headers.clone());
            match token {
                Some(token) => request.bearer_auth(token).json(body),
                None => request.json(body),
            }
        };
        let answered = async {
            match answer(request()).await {
                Err(Reason::Unreachable) => {
                    tokio::time::sleep(PAUSE).await;
                    answer(request()).await
                }
                answered => answered,
            }
        };
        tokio::time::timeout(PATIENCE, answered).await.unwrap_or(Err(Reason::Timeout))
    }

    fn places(&self, subgraph: Uuid) -> Arc<Semaphore> {
        let mut places = self.places.lock().expect("no panic while held");
        places.entry(subgraph).or_insert_with(|| Arc::new(Semaphore::new(AT_ONE_TIME))).clone()
    }

    fn client(&self) -> Option<&Client> {
        let made = || {
            let client = Client::builder()
                .redirect(redirect::Policy::none())
                .no_proxy()
                .connect_timeout(PATIENCE_TO_CONNECT)
                .dns_resolver(Arc::new(Resolver(self.neighbourhood.clone())))
                .user_agent(concat!("raccordo/", env!("CARGO_PKG_VERSION")))
                .build();
            client.inspect_err(|error| tracing::error!(%error, "there is no way out to partners")).ok()
        };
        self.client.get_or_init(made).as_ref()
    }
}

async fn answer(request: RequestBuilder) -> Result<Map<String, Json>, Reason> {
    let request = request.header("accept", "application/graphql-response+json, application/json;q=0.9");
    let mut response = request.send().await.map_err(|error| reason(&error))?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + piece.len() > LARGEST {
            return Err(Reason::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    match serde_json::from_slice(&body) {
        // An answer is one whatever its status; without data it says nothing that the status does not.
        Ok(Json::Object(answer)) if status.is_success() || answer.get("data").is_some_and(Json::is_object) => {
            Ok(answer)
        }
        _ if status.is_client_error() => Err(Reason::Refused),
        _ if !status.is_success() => Err(Reason::Failed),
        _ => Err(Reason::NotGraphql),
    }
}

fn reason(error: &reqwest::Error) -> Reason {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<Private>() {
            return Reason::AddressPrivate;
        }
        cause = error.source();
    }
    if error.is_timeout() { Reason::Timeout } else { Reason::Unreachable }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::partner::schema::PartnerSchema;

    fn partner(url: &str) -> Partner {
        let schema = PartnerSchema::read("type Query { xDesks: [Int] }").unwrap();
        Partner::new(Uuid::from_u128(1), "x", url.parse().unwrap(), schema)
    }

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_not_followed() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Way::default();
        for host in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]"] {
            let at = partner(&format!("http://{host}:{port}/"));
            let told = way.call(&at, &json!({}), None, Headers::new()).await;
            assert_eq!(told, Err(Reason::AddressPrivate), "{host}");
        }
        let connected = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(connected.is_err(), "nobody called");
    }

    #[tokio::test]
    async fn calls_under_way_are_bounded() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = partner(&format!("http://{}/", listener.local_addr().unwrap()));
        let way = Way::new(Neighbourhood(vec!["127.0.0.0/8".parse().unwrap()]));
        let places = way.places(at.subgraph);
        let all = places.try_acquire_many(AT_ONE_TIME as u32).unwrap();
        assert_eq!(way.call(&at, &json!({}), None, Headers::new()).await, Err(Reason::Busy));
        drop((all, listener));
        assert_eq!(way.call(&at, &json!({}), None, Headers::new()).await, Err(Reason::Unreachable));
    }
}
