//! Who asks: the hub sends a short-lived token of its own, bound to this partner, with what a signed-in caller asks.

mod keys;
mod refusal;

use jsonwebtoken::{Algorithm, Validation};
use reqwest::Url;
use serde::Deserialize;

use keys::Keys;

pub use keys::Clock;
pub use refusal::Refusal;

/// Clocks may differ by so many seconds.
const LEEWAY: u64 = 30;
/// The type that the hub's tokens for partners name in their header.
const TYPE: &str = "at+jwt";

/// Whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody who is signed in at the hub.
    Public,
    /// A person or a client of a body of this level.
    SignedIn(Level),
}

impl Caller {
    /// Whether it is of the central department or of a prefecture.
    pub fn is_institution(self) -> bool {
        matches!(self, Self::SignedIn(Level::National | Level::Prefecture))
    }
}

/// Level of a body in the governance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    National,
    Prefecture,
    Council,
    Partner,
}

/// What is read of a token. It says more: a name for the caller that only this partner is told, and the body's global id.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    level: Level,
}

/// The hub, whose tokens are believed.
pub struct Hub {
    issuer: String,
    audience: String,
    keys: Keys,
}

impl Hub {
    /// The hub at this address, which calls itself `issuer` in its tokens for this subgraph.
    ///
    /// # Errors
    /// The machine has no roots of trust.
    pub fn new(url: &Url, issuer: &Url, subgraph: &str) -> anyhow::Result<Self> {
        let issuer = base(issuer).to_owned();
        let audience = format!("{issuer}/partners/{subgraph}");
        Ok(Self { issuer, audience, keys: Keys::new(format!("{}/oauth/jwks", base(url)))? })
    }

    /// The same hub, whose keys grow old by another clock.
    pub fn timed_by(mut self, clock: Clock) -> Self {
        self.keys.clock = clock;
        self
    }

    /// The caller whom an `Authorization` header names.
    ///
    /// # Errors
    /// The token is not one of the hub's for this partner, or that cannot be told right now. Never the public by mistake.
    pub async fn caller(&self, authorization: &[u8]) -> Result<Caller, Refusal> {
        let header = std::str::from_utf8(authorization).map_err(|_| Refusal::Invalid)?;
        let (scheme, token) = header.split_once(' ').ok_or(Refusal::Invalid)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Invalid)?;
        // A token that asks for more than is looked at here would mean something else than it seems to.
        if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return Err(Refusal::Invalid);
        }
        let key = self.keys.find(&header.kid.ok_or(Refusal::Invalid)?).await?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &in_time()).map_err(|_| Refusal::Invalid)?.claims;
        match claims.iss == self.issuer && claims.aud == self.audience {
            true => Ok(Caller::SignedIn(claims.level)),
            false => Err(Refusal::Invalid),
        }
    }
}

/// What the library checks: the signature and the times. It would let a token pass that names other audiences besides.
fn in_time() -> Validation {
    let mut validation = Validation::new(Algorithm::ES256);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.validate_aud = false;
    validation
}

/// An address that paths are put behind.
fn base(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}
