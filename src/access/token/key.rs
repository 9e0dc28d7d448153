//! Public keys, as issuers and clients publish them (RFC 7517).

use std::sync::Arc;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Keys of one set at the most.
const MOST: usize = 100;

/// A key that checks signatures by exactly one algorithm.
#[derive(Clone, Debug)]
pub struct PublicKey {
    pub kid: Option<String>,
    pub algorithm: Algorithm,
    pub decoding: DecodingKey,
    jwk: Jwk,
}

impl PublicKey {
    /// From a JWK; `None` for a key that is for something else, of a kind that is not accepted here, or too short.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(jwk.clone()).ok()?;
        let common = &jwk.common;
        let is_for_signatures =
            common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
                && common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(key) if bits(&key.n)? >= 2048 => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(key)
                if key.curve == EllipticCurve::P256 && length(&key.x)? == 32 && length(&key.y)? == 32 =>
            {
                Algorithm::ES256
            }
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 && length(&key.x)? == 32 => {
                Algorithm::EdDSA
            }
            _ => return None,
        };
        let fits = common.key_algorithm.is_none_or(|named| Algorithm::try_from(named).is_ok_and(|it| it == algorithm));
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        (is_for_signatures && fits).then(|| Self { kid: jwk.common.key_id.clone(), algorithm, decoding, jwk })
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

/// Bytes behind base64url text.
fn length(text: &str) -> Option<usize> {
    bytes(text).map(|bytes| bytes.len())
}

/// Bits of a number behind base64url text: zeros before it make it no longer.
fn bits(text: &str) -> Option<usize> {
    let bytes = bytes(text)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let first = bytes.get(zeros)?;
    Some((bytes.len() - zeros) * 8 - first.leading_zeros() as usize)
}

/// A set of keys (RFC 7517, section 5), without those that are of no use here.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Arc<[Arc<PublicKey>]>);

impl KeySet {
    /// From a JWK set; `None` where it is none.
    pub fn from_jwks(jwks: &Value) -> Option<Self> {
        let keys = jwks.get("keys")?.as_array()?;
        Some(Self(keys.iter().take(MOST).filter_map(PublicKey::from_jwk).map(Arc::new).collect()))
    }

    /// The key of exactly this name, for this algorithm.
    pub fn find(&self, kid: &str, algorithm: Algorithm) -> Option<Arc<PublicKey>> {
        let mut keys = self.0.iter();
        keys.find(|key| key.algorithm == algorithm && key.kid.as_deref() == Some(kid)).cloned()
    }

    /// The only key, if there is one only.
    pub fn only(&self) -> Option<Arc<PublicKey>> {
        if let [key] = &*self.0 { Some(key.clone()) } else { None }
    }

    /// Whether every key of an older set is still here.
    pub fn keeps_all_of(&self, older: &Self) -> bool {
        older.0.iter().all(|old| self.0.iter().any(|key| key.jwk == old.jwk))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_for_signatures_of_a_kind_that_is_accepted_and_long_enough() {
        use base64::Engine as _;
        let text = |bytes: Vec<u8>| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        let bytes = |count: usize| text(vec![0xf7; count]);
        let rsa = |size: usize| json!({ "kty": "RSA", "n": bytes(size), "e": "AQAB" });
        let p256 = json!({ "kty": "EC", "crv": "P-256", "x": bytes(32), "y": bytes(32) });
        let ed25519 = json!({ "kty": "OKP", "crv": "Ed25519", "x": bytes(32) });
        let with = |key: &Value, name: &str, value: Value| {
            let mut key = key.clone();
            key[name] = value;
            key
        };
        for (key, algorithm) in [
            (rsa(256), Some(Algorithm::RS256)),
            (p256.clone(), Some(Algorithm::ES256)),
            (ed25519.clone(), Some(Algorithm::EdDSA)),
            (with(&rsa(256), "alg", json!("RS256")), Some(Algorithm::RS256)),
            (with(&p256, "use", json!("sig")), Some(Algorithm::ES256)),
            (rsa(128), None),
            (with(&rsa(256), "n", json!(text([vec![0; 128], vec![0xf7; 128]].concat()))), None),
            (with(&rsa(256), "n", json!(text([vec![0; 1], vec![0xf7; 256]].concat()))), Some(Algorithm::RS256)),
            (with(&rsa(256), "alg", json!("RS512")), None),
            (with(&rsa(256), "alg", json!("HS256")), None),
            (with(&rsa(256), "use", json!("enc")), None),
            (with(&rsa(256), "key_ops", json!(["encrypt"])), None),
            (with(&p256, "x", json!(bytes(31))), None),
            (with(&p256, "crv", json!("P-384")), None),
            (with(&ed25519, "x", json!(bytes(33))), None),
            (with(&ed25519, "crv", json!("X25519")), None),
            (json!({ "kty": "oct", "k": bytes(32) }), None),
            (json!({ "kty": "new" }), None),
        ] {
            assert_eq!(PublicKey::from_jwk(&key).map(|key| key.algorithm), algorithm, "{key}");
        }
    }
}
