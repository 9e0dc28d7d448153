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

use super::keys::HubKey;
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
    let until = DateTime::from_timestamp((Utc::now() + LIFETIME).timestamp(), 0)?;
    let link = Link { maker: Maker::of(viewer)?, question: question.to_owned(), until: until.timestamp() };
    Some((sealed(authenticator.keys().hub_key()?, &link)?, until))
}

/// What a link asks, and the viewer whom it stands for as they are now.
pub async fn open(authenticator: &Authenticator, people: &People, text: &str) -> Result<(Viewer, String), Refusal> {
    let key = authenticator.keys().hub_key().ok_or(Refusal::Invalid)?;
    let link = unsealed(key, text, Utc::now()).ok_or(Refusal::Invalid)?;
    Ok((link.maker.viewer(authenticator, people).await?, link.question))
}

fn sealed(key: &HubKey, link: &Link) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(key.seal(NAME, &serde_json::to_vec(link).ok()?).ok()?))
}

/// The link of a text while it holds; `None` where the text is none of the hub's.
fn unsealed(key: &HubKey, text: &str, now: DateTime<Utc>) -> Option<Link> {
    let plain = key.open(NAME, &URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let link: Link = serde_json::from_slice(&plain).ok()?;
    (now.timestamp() < link.until).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::secret::Secret;

    #[test]
    fn a_link_opens_in_its_time_under_the_same_key_and_unaltered_alone() {
        let (key, now) = (HubKey::read(&Secret::random()).unwrap(), Utc::now());
        let link = Link { maker: Maker::Public, question: "q".into(), until: now.timestamp() + 60 };
        let text = sealed(&key, &link).unwrap();
        let opens = |text: &str, after: i64| unsealed(&key, text, now + TimeDelta::seconds(after)).is_some();
        assert!(opens(&text, 0) && opens(&text, 59) && !opens(&text, 60));
        assert!(unsealed(&HubKey::read(&Secret::random()).unwrap(), &text, now).is_none());
        for at in 0..text.len() {
            let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            let altered = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert!(!opens(&altered, 0), "altered at {at}");
        }
        // What is sealed for another purpose is no link.
        let foreign = URL_SAFE_NO_PAD.encode(key.seal("other", &serde_json::to_vec(&link).unwrap()).unwrap());
        assert!(!opens(&foreign, 0) && !opens("", 0) && !opens("?", 0));
    }
}
