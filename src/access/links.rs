//! Links that need no credentials: for a few minutes each stands for whoever had it made, and for one question.
//!
//! A link is sealed with the hub's own key, under a name of its own: every replica of the hub opens it, nobody else reads,
//! makes or alters one, and it is of no use in any other place. It holds no rights, only whom it was made for: what they
//! may see and do is looked at when it is opened. Where they could not come in any more, the link does not either.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::people::People;
use super::people::session::SessionRefusal;
use super::scope::Scopes;
use super::token::{self, Authenticator};
use super::{Caller, Client, Viewer};

/// How long a link holds.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// What links are sealed under; no key of the hub is named so.
const NAME: &str = "link:v1";

/// Why a link does not open; who holds it does not learn more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is over or altered, or whoever had it made may not come in any more.
    #[error("the link is not valid")]
    Invalid,
    #[error("rights cannot be checked right now")]
    Unavailable,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Link {
    maker: Maker,
    question: String,
    /// Seconds since 1970.
    until: i64,
}

/// Whom a link stands for.
#[derive(Serialize, Deserialize)]
enum Maker {
    Public,
    Persona { name: String, organisation: Uuid },
    Person { session: Uuid, membership: Option<Uuid>, delegation: Option<Uuid> },
    Client { id: Uuid, scopes: String, purpose: Option<String> },
}

impl Maker {
    fn of(viewer: &Viewer) -> Option<Self> {
        Some(match &viewer.caller {
            Caller::Public => Self::Public,
            Caller::Persona(name) => Self::Persona { name: (*name).to_owned(), organisation: viewer.organisation? },
            Caller::Person(person) => Self::Person {
                session: person.session,
                membership: person.membership.as_ref().map(|membership| membership.id),
                delegation: person.delegation.as_ref().map(|delegation| delegation.id),
            },
            Caller::Client(client) => {
                Self::Client { id: client.id, scopes: client.scopes.to_string(), purpose: client.purpose.clone() }
            }
        })
    }

    async fn viewer(&self, authenticator: &Authenticator, people: &People) -> Result<Viewer, Refusal> {
        match self {
            Self::Public => Ok(Viewer::public()),
            Self::Persona { name, organisation } => Ok(authenticator.viewer_of_persona(name, *organisation).await?),
            Self::Person { session, membership, delegation } => {
                let viewer = people.viewer_of_session(*session).await?;
                // Whoever acts for somebody else by now did not ask this.
                let is_the_same = |viewer: &Viewer| {
                    viewer.person().is_some_and(|person| {
                        person.membership.as_ref().map(|held| held.id) == *membership
                            && person.delegation.as_ref().map(|held| held.id) == *delegation
                    })
                };
                Some(viewer).filter(is_the_same).ok_or(Refusal::Invalid)
            }
            Self::Client { id, scopes, purpose } => {
                let scopes = Scopes::parse(scopes).map_err(|_| Refusal::Invalid)?;
                // The budgets are those that it is registered with.
                let client =
                    Client { id: *id, scopes, purpose: purpose.clone(), requests_per_minute: 0, cost_per_minute: 0 };
                Ok(authenticator.viewer_of_client(client).await?)
            }
        }
    }
}

impl From<token::Refusal> for Refusal {
    fn from(refusal: token::Refusal) -> Self {
        if refusal == token::Refusal::Unavailable { Self::Unavailable } else { Self::Invalid }
    }
}

impl From<SessionRefusal> for Refusal {
    fn from(refusal: SessionRefusal) -> Self {
        if refusal == SessionRefusal::Unavailable { Self::Unavailable } else { Self::Invalid }
    }
}

/// Makes a link that asks this for the viewer: fit for an address, with the time at which it ends. `None` where the hub
/// has no key.
pub fn seal(authenticator: &Authenticator, viewer: &Viewer, question: &str) -> Option<(String, DateTime<Utc>)> {
    let until = Utc::now() + LIFETIME;
    let link = Link { maker: Maker::of(viewer)?, question: question.to_owned(), until: until.timestamp() };
    let plain = serde_json::to_vec(&link).ok()?;
    let sealed = authenticator.keys().hub_key()?.seal(NAME, &plain).ok()?;
    Some((URL_SAFE_NO_PAD.encode(sealed), DateTime::from_timestamp(until.timestamp(), 0)?))
}

/// What a link asks, and the viewer whom it stands for as they are now.
pub async fn open(authenticator: &Authenticator, people: &People, text: &str) -> Result<(Viewer, String), Refusal> {
    let link = read(authenticator, text).filter(|link| Utc::now().timestamp() < link.until).ok_or(Refusal::Invalid)?;
    Ok((link.maker.viewer(authenticator, people).await?, link.question))
}

fn read(authenticator: &Authenticator, text: &str) -> Option<Link> {
    let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
    let plain = authenticator.keys().hub_key()?.open(NAME, &sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}
