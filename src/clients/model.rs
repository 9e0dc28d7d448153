//! Programs, their secrets and keys, and the terms on which they come in.

use std::collections::HashSet;

use chrono::{DateTime, Months, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::access::audit::Subject;
use crate::access::clients::Authentication;
use crate::access::token::PublicKey;
use crate::columns;

/// Kind of the global ids of programs; the audit names them so, too.
pub const CLIENT: &str = "Client";

columns! {
    /// A program as it is registered.
    pub struct ClientRow as "c" {
        id: Uuid,
        organisation_id: Uuid,
        owner_number: i32,
        name: String,
        scopes: Vec<String>,
        authentication: Authentication,
        jwks: Option<Value>,
        external_issuer: Option<String>,
        external_subject: Option<String>,
        external_purpose: Option<String>,
        requests_per_minute: i32,
        cost_per_minute: i32,
        created_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
        last_used_at: Option<DateTime<Utc>>,
        version: i32,
        audience: i32,
    }
}

impl ClientRow {
    /// Whether it is let in at this time.
    pub fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && at < self.expires_at
    }

    /// Its place in the audit.
    pub fn subject(&self) -> Subject {
        Subject { kind: CLIENT, id: self.id, owner_number: Some(self.owner_number), audience: self.audience }
    }
}

columns! {
    /// A program's secret, without the secret.
    pub struct SecretRow as "s" {
        id: Uuid,
        client_id: Uuid,
        created_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    }
}

/// On which terms a program comes in: what an administrator may change later.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    pub name: String,
    /// Words, as in [`crate::access::scope::Scope`].
    pub scopes: Vec<String>,
    pub jwks: Option<Value>,
    pub requests_per_minute: i32,
    pub cost_per_minute: i32,
    pub expires_at: DateTime<Utc>,
}

/// Requests a minute, and estimated cost of them: at the most, and when nothing is said.
pub const REQUESTS: (i32, i32) = (100_000, 600);
pub const COST: (i32, i32) = (100_000_000, 500_000);

/// Years that a program lasts: when nothing is said, and at the most.
pub const YEARS: (u32, u32) = (1, 3);

/// So many years later.
pub fn years_after(at: DateTime<Utc>, years: u32) -> DateTime<Utc> {
    at.checked_add_months(Months::new(12 * years)).unwrap_or(at)
}

/// Hours for which an old secret still works beside the new one: when nothing is said, and at the most.
pub const OVERLAP: (i32, i32) = (24, 168);

/// Keys of a program at the most.
pub const MOST_KEYS: usize = 10;

/// Members of a public key that are kept (RFC 7517, section 4; RFC 7518, section 6).
const KEPT: [&str; 10] = ["kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y"];
/// Members that only a private or symmetric key has (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Why a set of keys is not taken: rule, Italian, English.
pub type KeyFlaw = (&'static str, &'static str, &'static str);

const NO_SET: KeyFlaw = (
    "KEYS_INVALID",
    "Occorre un insieme di chiavi (RFC 7517): {\"keys\": [...]}, da 1 a 10.",
    "A set of keys is needed (RFC 7517): {\"keys\": [...]}, 1 to 10.",
);
const IS_PRIVATE: KeyFlaw = (
    "KEY_PRIVATE",
    "L'insieme contiene una chiave privata: considerarla compromessa e inviare solo chiavi pubbliche.",
    "The set holds a private key: consider it compromised, and send public keys alone.",
);
const UNFIT: KeyFlaw = (
    "KEY_UNFIT",
    "Si accettano chiavi di firma RSA di almeno 2048 bit, P-256 ed Ed25519.",
    "Signing keys are accepted that are RSA of 2048 bits or more, P-256 or Ed25519.",
);
const UNNAMED: KeyFlaw =
    ("KEY_UNNAMED", "Fra più chiavi ognuna ha un \"kid\" proprio.", "Of several keys each has a \"kid\" of its own.");

/// The set of public keys that a program's administrator gives, with the members that are kept.
pub fn public_keys(jwks: &Value) -> Result<Value, KeyFlaw> {
    let keys = jwks.get("keys").and_then(Value::as_array).ok_or(NO_SET)?;
    if !(1..=MOST_KEYS).contains(&keys.len()) {
        return Err(NO_SET);
    }
    let mut names = HashSet::new();
    let mut kept = Vec::new();
    for key in keys {
        let members = key.as_object().ok_or(NO_SET)?;
        if PRIVATE.iter().any(|private| members.contains_key(*private)) {
            return Err(IS_PRIVATE);
        }
        let read = PublicKey::from_jwk(key).ok_or(UNFIT)?;
        // A token names the key that it was signed with; without a name it means the only one.
        if keys.len() > 1 && !read.kid.is_some_and(|kid| names.insert(kid)) {
            return Err(UNNAMED);
        }
        let public = members.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
        kept.push(public.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>());
    }
    Ok(json!({ "keys": kept }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ed25519(kid: Option<&str>) -> Value {
        let mut key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        if let Some(kid) = kid {
            key["kid"] = kid.into();
        }
        key
    }

    #[test]
    fn public_keys_are_taken_and_nothing_else_of_them() {
        let mut given = ed25519(Some("a"));
        given["x5c"] = json!(["certificate"]);
        assert_eq!(public_keys(&json!({ "keys": [given] })), Ok(json!({ "keys": [ed25519(Some("a"))] })));
        assert!(public_keys(&json!({ "keys": [ed25519(None)] })).is_ok(), "the only key needs no name");
    }

    #[test]
    fn what_is_no_set_of_public_keys_is_refused_by_its_rule() {
        let with = |member: &str, value: Value| {
            let mut key = ed25519(Some("a"));
            key[member] = value;
            json!({ "keys": [key] })
        };
        let rsa = |bytes: usize| {
            use base64::Engine as _;
            let modulus = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(vec![0xc1; bytes]);
            json!({ "keys": [{ "kty": "RSA", "n": modulus, "e": "AQAB" }] })
        };
        assert!(public_keys(&rsa(256)).is_ok());
        for (jwks, flaw) in [
            (json!(null), NO_SET),
            (json!({ "keys": [] }), NO_SET),
            (json!({ "keys": ["x"] }), NO_SET),
            (json!({ "keys": vec![ed25519(Some("a")); 11] }), NO_SET),
            (with("d", json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")), IS_PRIVATE),
            (with("d", json!(null)), IS_PRIVATE),
            (json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }), IS_PRIVATE),
            (rsa(255), UNFIT),
            (with("use", json!("enc")), UNFIT),
            (with("crv", json!("X25519")), UNFIT),
            (json!({ "keys": [ed25519(Some("a")), ed25519(Some("a"))] }), UNNAMED),
            (json!({ "keys": [ed25519(Some("a")), ed25519(None)] }), UNNAMED),
        ] {
            assert_eq!(public_keys(&jwks), Err(flaw), "{jwks}");
        }
    }
}
