//! The demonstration's key and tokens; only `raccordo demo` accepts them.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use uuid::Uuid;

use super::Refusal;
use super::claims::now;
use super::jws::Jws;
use super::key::PublicKey;
use super::trusted::{Bearer, Verified};
use crate::access::persona::Persona;

pub(super) const ISSUER: &str = "urn:raccordo:demo";
const AUDIENCE: &str = "raccordo";

/// Demonstration tokens stay valid this long: they never leave the machine that made them.
const LIFETIME: i64 = 365 * 86_400;

/// Checks a demonstration token. Its type is plain `JWT`, so that none is taken for an access token elsewhere.
pub(super) fn check(jws: &Jws<'_>, key: &PublicKey) -> Result<Verified, Refusal> {
    jws.has_type(&["jwt"])?;
    jws.is_signed_by(key)?;
    let claims = &jws.claims;
    if !claims.is_for(AUDIENCE) {
        return Err(Refusal::Invalid);
    }
    let until = claims.holds_now(LIFETIME)?;
    let persona = Persona::find(claims.name("sub")?).ok_or(Refusal::Invalid)?;
    let organisation = claims.name("organisation")?.parse().map_err(|_| Refusal::Invalid)?;
    Ok(Verified { bearer: Bearer::Persona(persona, organisation), scopes: None, purpose: None, until })
}

/// The demonstration's signing key, an Ed25519 pair in the data directory.
#[derive(Clone)]
pub struct DemoKey {
    encoding: EncodingKey,
    pub(super) public: PublicKey,
}

impl fmt::Debug for DemoKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(key)")
    }
}

impl DemoKey {
    fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("demo-signing-key.p8")
    }

    /// Reads the key; `None` where the demonstration has not been started yet.
    pub fn read(data_dir: &Path) -> anyhow::Result<Option<Self>> {
        let path = Self::path(data_dir);
        if !path.exists() {
            return Ok(None);
        }
        let pkcs8 = std::fs::read(&path).with_context(|| path.display().to_string())?;
        Ok(Some(Self::from_pkcs8(&pkcs8)?))
    }

    /// Reads the key, or makes it, readable by the owner alone.
    pub fn read_or_make(data_dir: &Path) -> anyhow::Result<Self> {
        if let Some(key) = Self::read(data_dir)? {
            return Ok(key);
        }
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let pkcs8 = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("no key could be made"))?;
        let path = Self::path(data_dir);
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| path.display().to_string())?
            .write_all(pkcs8.as_ref())?;
        Self::from_pkcs8(pkcs8.as_ref())
    }

    fn from_pkcs8(pkcs8: &[u8]) -> anyhow::Result<Self> {
        use aws_lc_rs::signature::KeyPair as _;
        let pair = aws_lc_rs::signature::Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| {
            anyhow::anyhow!("the demonstration's signing key is damaged; remove it to have a new one made")
        })?;
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()) });
        let public = PublicKey::from_jwk(&jwk).context("an Ed25519 key is one that is accepted")?;
        Ok(Self { encoding: EncodingKey::from_ed_der(pkcs8), public })
    }

    /// A token for a persona.
    pub fn token(&self, persona: Persona) -> anyhow::Result<String> {
        self.token_for(persona, persona.organisation_id())
    }

    /// A token for a persona that acts for another body than its own.
    pub fn token_for(&self, persona: Persona, organisation: Uuid) -> anyhow::Result<String> {
        let now = now();
        let claims = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": persona.name,
            "organisation": organisation,
            "iat": now,
            "exp": now + LIFETIME,
        });
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.encoding)?)
    }
}
