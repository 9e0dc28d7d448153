//! Bearer tokens: a signed JWT becomes a [`Viewer`], or a stable refusal; never the public by mistake.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::audience::Viewers;
use super::persona::Persona;
use super::{Caller, Settings, Viewer};
use crate::db::Database;

const ISSUER: &str = "urn:raccordo:demo";
const AUDIENCE: &str = "raccordo";

/// Demonstration tokens stay valid this long: they never leave the machine that made them.
const LIFETIME_DAYS: i64 = 365;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    organisation: Uuid,
    iat: i64,
    exp: i64,
}

/// Why a bearer token is refused. The caller learns no more than this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the Authorization header is not of the form \"Bearer <token>\"")]
    Malformed,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid here")]
    Invalid,
    #[error("rights cannot be checked right now")]
    Unavailable,
}

/// The demonstration's signing key, an Ed25519 pair in the data directory.
#[derive(Clone)]
pub struct DemoKey {
    encoding: EncodingKey,
    public: DecodingKey,
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
        Ok(Self {
            encoding: EncodingKey::from_ed_der(pkcs8),
            public: DecodingKey::from_ed_der(pair.public_key().as_ref()),
        })
    }

    /// A token for a persona.
    pub fn token(&self, persona: Persona) -> anyhow::Result<String> {
        let now = chrono::Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: persona.name.into(),
            organisation: persona.organisation_id(),
            iat: now,
            exp: now + LIFETIME_DAYS * 86_400,
        };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.encoding)?)
    }
}

/// Turns the `Authorization` header into a viewer.
pub struct Authenticator {
    database: Database,
    viewers: Viewers,
    /// Present in demonstration mode only: elsewhere demonstration tokens are refused.
    demo_key: Option<DecodingKey>,
}

impl Authenticator {
    pub fn new(database: Database, settings: &Settings) -> Self {
        let demo_key = settings.demo_key.as_ref().map(|key| key.public.clone());
        Self { database, viewers: Viewers::default(), demo_key }
    }

    /// What is known of organisations' rights, shared with whoever else makes viewers.
    pub fn viewers(&self) -> Viewers {
        self.viewers.clone()
    }

    /// Forgets what is known of viewers' rights if this table decides them.
    pub fn note_change(&self, table: &str) {
        if Viewers::TABLES.contains(&table) {
            self.viewers.forget();
        }
    }

    /// The viewer of a request: without a header the public; with one, exactly whom it names or a refusal.
    pub async fn authenticate(&self, authorization: Option<&[u8]>) -> Result<Viewer, Refusal> {
        let Some(header) = authorization else {
            return Ok(Viewer::public());
        };
        let header = std::str::from_utf8(header).map_err(|_| Refusal::Malformed)?;
        let (scheme, token) = header.split_once(' ').ok_or(Refusal::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > 8192 {
            return Err(Refusal::Malformed);
        }
        self.viewer_of(token).await
    }

    /// The viewer whom a bare token names.
    pub async fn viewer_of(&self, token: &str) -> Result<Viewer, Refusal> {
        let key = self.demo_key.as_ref().ok_or(Refusal::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 30;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => Refusal::Expired,
                _ => Refusal::Invalid,
            })?
            .claims;
        let today = chrono::Local::now().date_naive();
        match self.viewers.acting_for(claims.organisation, today, &self.database).await {
            Ok(viewer) => {
                let persona = Persona::find(&claims.sub).ok_or(Refusal::Invalid)?;
                let viewer = viewer.ok_or(Refusal::Invalid)?;
                Ok(Viewer { caller: Caller::Persona(persona.name), ..viewer })
            }
            Err(error) => {
                tracing::error!(%error, "a viewer's rights could not be read");
                Err(Refusal::Unavailable)
            }
        }
    }
}
