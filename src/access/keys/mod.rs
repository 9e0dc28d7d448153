//! The keys with which the hub signs the tokens that it issues: one signs, is followed by another in time, and is published
//! until its last token is over.
//!
//! A key is published before it signs, so that whoever keeps the published set for a while knows it by then. Keys are
//! ES256: every library of a partner's platform checks it, and a signature has 64 bytes. Table owned: `signing_key`.

mod sealing;
mod store;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::Value;

use super::token::{PublicKey, Refusal};
use crate::db::Database;

pub use sealing::HubKey;

/// How long a token of the hub holds.
pub const TOKEN_LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// A key is published for so long before it signs: twice as long as the published set may be kept.
const BEFORE: TimeDelta = TimeDelta::minutes(10);
/// A key is published for so long after it signed last: a token's life and the difference of clocks.
const AFTER: TimeDelta = TimeDelta::minutes(15);
/// A key signs for so long.
const IN_USE: TimeDelta = TimeDelta::days(90);
/// A token that names no known key makes the hub read its keys again, but not more often than this.
const PAUSE: Duration = Duration::from_secs(1);

/// A key and its times.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    public: Arc<PublicKey>,
    /// As it is published.
    pub jwk: Value,
    sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub signs_from: DateTime<Utc>,
    pub signs_until: Option<DateTime<Utc>>,
    pub published_until: Option<DateTime<Utc>>,
}

impl SigningKey {
    pub fn signs(&self, at: DateTime<Utc>) -> bool {
        self.signs_from <= at && self.signs_until.is_none_or(|until| at < until)
    }

    pub fn is_published(&self, at: DateTime<Utc>) -> bool {
        self.published_until.is_none_or(|until| at < until)
    }
}

/// How one key follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The new one signs after it has been published for a while; tokens of the old one stay good.
    InTime,
    /// After a leak: the new one signs at once, and all tokens of older ones are refused.
    AtOnce,
}

#[derive(Default)]
struct Kept {
    keys: Option<(Arc<[SigningKey]>, Instant)>,
    /// Grows whenever keys change.
    era: u64,
}

/// The hub's keys, kept until they change.
pub struct Keys {
    database: Database,
    /// `None`: the hub signs nothing.
    hub_key: Option<HubKey>,
    kept: Mutex<Kept>,
    loading: tokio::sync::Mutex<()>,
}

impl Keys {
    /// Tables that they are made from.
    pub const TABLES: [&'static str; 2] = ["*", "signing_key"];

    pub fn new(database: Database, hub_key: Option<HubKey>) -> Self {
        Self { database, hub_key, kept: Mutex::default(), loading: tokio::sync::Mutex::default() }
    }

    /// Whether the hub issues tokens at all.
    pub fn can_sign(&self) -> bool {
        self.hub_key.is_some()
    }

    /// The hub's own key, which all replicas have.
    pub(super) fn hub_key(&self) -> Option<&HubKey> {
        self.hub_key.as_ref()
    }

    pub fn forget(&self) {
        let mut kept = self.kept.lock().expect("no panic while held");
        kept.keys = None;
        kept.era += 1;
    }

    /// Changes whenever keys change: one of them may have been withdrawn.
    pub fn era(&self) -> u64 {
        self.kept.lock().expect("no panic while held").era
    }

    /// Every key that there ever was, the newest first.
    pub async fn all(&self) -> sqlx::Result<Arc<[SigningKey]>> {
        self.read_since(None).await
    }

    /// All keys, as they were read after this time; `None`: whenever that was.
    async fn read_since(&self, since: Option<Instant>) -> sqlx::Result<Arc<[SigningKey]>> {
        let kept = || {
            let kept = self.kept.lock().expect("no panic while held");
            let keys = kept.keys.as_ref().filter(|(_, read)| since.is_none_or(|since| *read >= since));
            (keys.map(|(keys, _)| keys.clone()), kept.era)
        };
        if let (Some(keys), _) = kept() {
            return Ok(keys);
        }
        let _turn = self.loading.lock().await;
        let (keys, era) = kept();
        if let Some(keys) = keys {
            return Ok(keys);
        }
        let read = Instant::now();
        let keys: Arc<[SigningKey]> = store::all(&mut *self.database.upkeep().await?).await?.into();
        let mut kept = self.kept.lock().expect("no panic while held");
        if kept.era == era {
            kept.keys = Some((keys.clone(), read));
        }
        Ok(keys)
    }

    /// The published key of this name.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] where there is none.
    pub async fn find(&self, kid: &str, algorithm: Algorithm) -> Result<Arc<PublicKey>, Refusal> {
        let now = Utc::now();
        // Another replica may have made a key of which word has not come yet.
        for since in [None, Instant::now().checked_sub(PAUSE)] {
            let keys = self.read_since(since).await.map_err(|error| {
                tracing::error!(%error, "the hub's keys could not be read");
                Refusal::Unavailable
            })?;
            if let Some(key) = keys.iter().find(|key| key.kid == kid) {
                let is_good = key.is_published(now) && key.public.algorithm == algorithm;
                return is_good.then(|| key.public.clone()).ok_or(Refusal::Invalid);
            }
        }
        Err(Refusal::Invalid)
    }

    /// A name for somebody that is the same each time, and another for each reader; `None` without the hub's key.
    pub fn pseudonym(&self, reader: &str, who: &str) -> Option<String> {
        Some(self.hub_key.as_ref()?.pseudonym(reader, who))
    }

    /// Signs a token of type `at+jwt` with the key whose turn it is; makes the first one.
    pub async fn sign(&self, claims: &impl Serialize) -> anyhow::Result<String> {
        let hub_key = self.hub_key.as_ref().context("the hub has no key, and signs nothing")?;
        let now = Utc::now();
        let signs = |keys: &[SigningKey]| keys.iter().find(|key| key.signs(now)).cloned();
        let key = match signs(&self.all().await?) {
            Some(key) => key,
            None => {
                self.tend().await?;
                signs(&self.read_since(Some(Instant::now())).await?).context("no key signs now")?
            }
        };
        let private = EncodingKey::from_ec_der(&hub_key.open(&key.kid, &key.sealed)?);
        let header = Header { typ: Some("at+jwt".into()), kid: Some(key.kid), ..Header::new(Algorithm::ES256) };
        Ok(jsonwebtoken::encode(&header, claims, &private)?)
    }

    /// Makes the first key, and a new one when the newest has signed for long enough; whichever replica gets there first.
    pub async fn tend(&self) -> anyhow::Result<()> {
        let is_due = |keys: &[SigningKey]| {
            let newest = keys.iter().find(|key| key.signs_until.is_none());
            newest.is_none_or(|key| key.signs_from + IN_USE <= Utc::now())
        };
        if !self.can_sign() || !is_due(&self.all().await?) {
            return Ok(());
        }
        self.change(|keys| is_due(keys).then_some(Rotation::InTime)).await.map(drop)
    }

    /// Makes a new key, which follows those that there are. Returns its name and when it begins to sign.
    ///
    /// # Errors
    /// [`Rotation::InTime`] while a new key waits for its time.
    pub async fn rotate(&self, rotation: Rotation) -> anyhow::Result<(String, DateTime<Utc>)> {
        self.change(|_| Some(rotation)).await?.context("a rotation makes a key")
    }

    async fn change(
        &self,
        wanted: impl FnOnce(&[SigningKey]) -> Option<Rotation>,
    ) -> anyhow::Result<Option<(String, DateTime<Utc>)>> {
        let hub_key = self.hub_key.as_ref().context("the hub has no key of its own: set hub_key_file")?;
        let mut writing = self.database.write_for_hub().await?;
        let connection = writing.connection();
        store::lock(connection).await?;
        let keys = store::all(connection).await?;
        let now = Utc::now();
        let (signs_from, published_until) = match wanted(&keys) {
            None => return Ok(None),
            Some(Rotation::InTime) => {
                if let Some(next) = keys.iter().find(|key| key.signs_from > now && key.signs_until.is_none()) {
                    bail!("a new key waits already: {} signs from {}", next.kid, next.signs_from);
                }
                let from = if keys.iter().any(|key| key.signs(now)) { now + BEFORE } else { now };
                (from, from + AFTER)
            }
            Some(Rotation::AtOnce) => (now, now),
        };
        store::let_go(connection, now).await?;
        store::end(connection, signs_from, published_until).await?;
        let (kid, jwk, private) = make()?;
        store::insert(connection, &kid, &jwk, &hub_key.seal(&kid, &private)?, signs_from).await?;
        writing.commit().await?;
        self.forget();
        tracing::info!(kid, %signs_from, "a new signing key is published");
        Ok(Some((kid, signs_from)))
    }
}

/// A new key: its name, its public part as it is published, its private part in PKCS #8.
fn make() -> anyhow::Result<(String, Value, Vec<u8>)> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| anyhow!("no key could be made"))?;
    let mut jwk = Jwk::from_encoding_key(&EncodingKey::from_ec_der(pkcs8.as_ref()), Algorithm::ES256)?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
    jwk.common.key_id = Some(kid.clone());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((kid, serde_json::to_value(jwk)?, pkcs8.as_ref().to_vec()))
}
