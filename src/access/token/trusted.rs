//! Issuers whose tokens are accepted, and how each one's are checked.

use std::sync::Arc;

use uuid::Uuid;

use super::claims::{Claims, now};
use super::introspection::Introspection;
use super::jwks::Jwks;
use super::jws::Jws;
use super::key::PublicKey;
use super::{Refusal, demo};
use crate::access::clients::Named;
use crate::access::keys::Keys;
use crate::access::persona::Persona;
use crate::access::remote::Remote;
use crate::access::scope::Scopes;
use crate::access::{Issuer, IssuerKind};

/// A signed token may be meant to hold for so many seconds at the most.
const LONGEST: i64 = 86_400;

/// What an introspected token was found to be is believed for so many seconds at the most.
const ASKED_ANEW: i64 = 60;

/// Who a token is from, as its issuer vouches: whether such a client is let in today is asked each time.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    pub bearer: Bearer,
    /// `None`: it names none, and all that the client is registered with are meant.
    pub scopes: Option<Scopes>,
    /// Of a PDND voucher.
    pub purpose: Option<String>,
    /// Seconds since 1970 until which this is believed without another look.
    pub until: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Bearer {
    /// The demonstration's, and the organisation that it acts for.
    Persona(Persona, Uuid),
    Client(Named),
}

/// An issuer whose tokens are accepted.
pub enum Trusted {
    /// The hub itself; its identifier.
    Hub(String, Arc<Keys>),
    /// The demonstration.
    Demo(PublicKey),
    /// Signed tokens of another issuer.
    Signed(Issuer, Arc<Jwks>),
    /// Opaque tokens.
    Opaque(Issuer, Introspection),
}

impl Trusted {
    pub fn issuer(issuer: &Issuer, remote: &Remote) -> Self {
        match (issuer.kind, &issuer.introspection_url) {
            (IssuerKind::Introspection, Some(url)) => {
                Self::Opaque(issuer.clone(), Introspection::new(issuer.clone(), url.clone(), remote.clone()))
            }
            _ => {
                let jwks = Jwks::new(issuer.issuer.clone(), issuer.jwks_url.clone(), remote.clone());
                Self::Signed(issuer.clone(), jwks)
            }
        }
    }

    /// As its tokens name it.
    pub fn identifier(&self) -> &str {
        match self {
            Self::Hub(identifier, _) => identifier,
            Self::Demo(_) => demo::ISSUER,
            Self::Signed(issuer, _) | Self::Opaque(issuer, _) => &issuer.issuer,
        }
    }

    /// What was found under an earlier era must be looked at anew: a key has been withdrawn since.
    pub fn era(&self) -> u64 {
        match self {
            Self::Hub(_, keys) => keys.era(),
            Self::Signed(_, jwks) => jwks.era(),
            Self::Demo(_) | Self::Opaque(..) => 0,
        }
    }

    /// Sees to it that keys are fetched in time though all tokens are known.
    pub fn keep_fresh(&self) {
        if let Self::Signed(_, jwks) = self {
            jwks.refresh_in_time();
        }
    }

    /// Checks a token that names this issuer.
    pub async fn check(&self, jws: &Jws<'_>, token: &str) -> Result<Verified, Refusal> {
        let claims = &jws.claims;
        match self {
            Self::Hub(identifier, keys) => {
                let kid = named_key(jws, identifier)?;
                let key = keys.find(kid, jws.algorithm()?).await?;
                jws.is_signed_by(&key)?;
                let client = claims.name("client_id")?.parse().map_err(|_| Refusal::Invalid)?;
                if claims.name("sub")?.parse() != Ok::<Uuid, _>(client) {
                    return Err(Refusal::Invalid);
                }
                let until = claims.holds_now(LONGEST)?;
                Ok(Verified {
                    bearer: Bearer::Client(Named::Own(client)),
                    scopes: claims.scopes()?,
                    purpose: None,
                    until,
                })
            }
            Self::Demo(key) => demo::check(jws, key),
            Self::Signed(issuer, jwks) => {
                let kid = named_key(jws, &issuer.audience)?;
                let key = jwks.find(kid, jws.algorithm()?).await?;
                jws.is_signed_by(&key)?;
                let until = claims.holds_now(LONGEST)?;
                match issuer.kind {
                    IssuerKind::Pdnd => voucher(issuer, claims, until),
                    _ => named(issuer, claims, until),
                }
            }
            Self::Opaque(..) => self.ask(token).await?.ok_or(Refusal::Invalid),
        }
    }

    /// Asks this issuer about a token that may be its own; `None` where it is not, or holds no longer.
    pub async fn ask(&self, token: &str) -> Result<Option<Verified>, Refusal> {
        let Self::Opaque(issuer, introspection) = self else { return Ok(None) };
        let Some(claims) = introspection.ask(token).await? else { return Ok(None) };
        let until = now() + ASKED_ANEW;
        let until = claims.is_in_time()?.map_or(until, |expires| expires.min(until));
        named(issuer, &claims, until).map(Some)
    }
}

/// Checks what needs no key; returns the key's name. A signed token must name its key: which one was meant is never
/// guessed.
fn named_key<'a>(jws: &'a Jws<'_>, audience: &str) -> Result<&'a str, Refusal> {
    jws.has_type(&["at+jwt"])?;
    if !jws.claims.is_for(audience) {
        return Err(Refusal::Invalid);
    }
    jws.kid()?.filter(|kid| (1..=255).contains(&kid.len())).ok_or(Refusal::Invalid)
}

/// A client as its issuer names it: by `client_id` (RFC 9068, section 2.2), else `azp`, else `sub`.
fn named(issuer: &Issuer, claims: &Claims, until: i64) -> Result<Verified, Refusal> {
    is_bearer(claims)?;
    let claim = ["client_id", "azp"].into_iter().find(|claim| claims.has(claim)).unwrap_or("sub");
    let subject = claims.name(claim)?.to_owned();
    let named = Named::External { issuer: issuer.name.clone(), subject, purpose: None };
    Ok(Verified { bearer: Bearer::Client(named), scopes: claims.scopes()?, purpose: None, until })
}

/// A voucher of the Piattaforma Digitale Nazionale Dati: its consumer asks for a purpose. It names no scopes of ours.
fn voucher(issuer: &Issuer, claims: &Claims, until: i64) -> Result<Verified, Refusal> {
    is_bearer(claims)?;
    for must_be_there in ["sub", "client_id", "jti", "producerId", "eserviceId"] {
        claims.name(must_be_there)?;
    }
    let purpose = claims.name("purposeId")?.to_owned();
    let named = Named::External {
        issuer: issuer.name.clone(),
        subject: claims.name("consumerId")?.to_owned(),
        purpose: Some(purpose.clone()),
    };
    Ok(Verified { bearer: Bearer::Client(named), scopes: None, purpose: Some(purpose), until })
}

/// A token that is bound to a key of its holder (RFC 8705, RFC 9449) is worth nothing to whoever just bears it.
fn is_bearer(claims: &Claims) -> Result<(), Refusal> {
    if claims.has("cnf") { Err(Refusal::Invalid) } else { Ok(()) }
}
