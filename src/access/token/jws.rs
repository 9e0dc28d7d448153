//! JSON Web Tokens in the compact form (RFC 7515, section 7.1), read strictly. Only the signature is left to a library:
//! it reads headers leniently and checks neither `typ` nor `crit`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::claims::Claims;
use super::key::PublicKey;
use super::{Refusal, json};

/// Header parameters by which a token would bring along how to check it, or say that it is more than it seems: never
/// followed, and refused (RFC 8725, sections 3.9 and 3.10).
const REFUSED: [&str; 9] = ["crit", "b64", "jku", "jwk", "x5u", "x5c", "enc", "zip", "cty"];

/// A token, read but not yet believed.
#[derive(Debug)]
pub struct Jws<'a> {
    header: Map<String, Value>,
    pub claims: Claims,
    /// What is signed: the first two parts as they stand.
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Jws<'a> {
    /// Whether it is meant to be a JWT: three parts, the first of which is an encoded object. All else is opaque here.
    pub fn is_meant(token: &str) -> bool {
        let mut parts = token.split('.');
        let first = parts.next().and_then(decode);
        parts.count() == 2 && first.is_some_and(|header| header.first() == Some(&b'{'))
    }

    /// Reads a token. Parts are base64url without padding, header and claims objects without a name that stands twice.
    pub fn read(token: &'a str) -> Result<Self, Refusal> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Invalid)?;
        let (header, claims) = signed.split_once('.').ok_or(Refusal::Invalid)?;
        let object = |part: &str| decode(part).and_then(|bytes| json::object(&bytes)).ok_or(Refusal::Invalid);
        Ok(Self { header: object(header)?, claims: Claims::new(object(claims)?), signed, signature })
    }

    /// Checks the header: one of these types, and nothing that changes what the token means.
    pub fn has_type(&self, types: &[&str]) -> Result<(), Refusal> {
        let typ = self.header.get("typ").map(|typ| typ.as_str().ok_or(Refusal::Invalid)).transpose()?;
        // Media types are compared without regard to case, and may leave out `application/` (RFC 7515, section 4.1.9).
        let typ = typ.unwrap_or_default().to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        let is_plain = !REFUSED.iter().any(|parameter| self.header.contains_key(*parameter));
        (is_plain && types.contains(&typ)).then_some(()).ok_or(Refusal::Invalid)
    }

    /// The algorithm that it names, if it is one that is ever accepted: never `none`, never one with a shared secret.
    pub fn algorithm(&self) -> Result<Algorithm, Refusal> {
        match self.header.get("alg").and_then(Value::as_str) {
            Some("RS256") => Ok(Algorithm::RS256),
            Some("ES256") => Ok(Algorithm::ES256),
            Some("EdDSA") => Ok(Algorithm::EdDSA),
            _ => Err(Refusal::Invalid),
        }
    }

    /// The name of the key; `None` where it names none.
    pub fn kid(&self) -> Result<Option<&str>, Refusal> {
        self.header.get("kid").map(|kid| kid.as_str().ok_or(Refusal::Invalid)).transpose()
    }

    /// Checks the signature; the key decides the algorithm, and the header must name the same.
    pub fn is_signed_by(&self, key: &PublicKey) -> Result<(), Refusal> {
        if self.algorithm()? != key.algorithm {
            return Err(Refusal::Invalid);
        }
        match jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), &key.decoding, key.algorithm) {
            Ok(true) => Ok(()),
            _ => Err(Refusal::Invalid),
        }
    }
}

fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}
