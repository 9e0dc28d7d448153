//! Tokens of the hub's that are bound to a partner's service (RFC 8693): they say as much of a caller as the service needs to
//! decide what it answers, and are worth nothing here, whose audience they do not name.

use serde_json::json;
use uuid::Uuid;

use super::Authenticator;
use super::claims::now;
use crate::access::{Caller, Level, Viewer};

/// Seconds for which such a token holds.
pub const BOUND_LIFETIME: i64 = 300;

/// What a partner is told of a caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    /// The service, by its address at the hub.
    pub audience: String,
    /// The caller under a name that no other partner knows it by.
    subject: String,
    level: &'static str,
    /// Global id of the body that the caller acts for.
    organisation: Option<String>,
    /// Of the hub's keys: a token of an earlier one is made anew.
    era: u64,
}

impl Authenticator {
    /// What a service is told of a caller; `None`: nothing, of the public or where the hub has no key.
    pub fn told(&self, viewer: &Viewer, audience: &str, organisation: Option<String>) -> Option<Told> {
        let who = match &viewer.caller {
            Caller::Public => return None,
            Caller::Persona(name) => format!("persona {name}"),
            Caller::Person(person) => format!("person {}", person.account),
            Caller::Client(client) => format!("client {}", client.id),
        };
        let level = match viewer.level {
            Level::National => "NATIONAL",
            Level::Prefecture => "PREFECTURE",
            Level::Council => "COUNCIL",
            Level::Partner => "PARTNER",
            Level::Public => "PUBLIC",
        };
        let subject = self.keys.pseudonym(audience, &who)?;
        Some(Told { audience: audience.to_owned(), subject, level, organisation, era: self.keys.era() })
    }

    /// Makes the token that tells it.
    ///
    /// # Errors
    /// The hub's keys cannot be read.
    pub async fn bind(&self, told: &Told) -> anyhow::Result<String> {
        let issued = now();
        let claims = json!({
            "iss": self.public_url,
            "aud": told.audience,
            "sub": told.subject,
            "client_id": self.public_url,
            "level": told.level,
            "organisation": told.organisation,
            "iat": issued,
            "exp": issued + BOUND_LIFETIME,
            "jti": Uuid::now_v7().to_string(),
        });
        self.keys.sign(&claims).await
    }
}
