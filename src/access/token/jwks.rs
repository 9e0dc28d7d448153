//! An issuer's published keys: fetched when they are needed, kept, and fetched anew in time.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Refusal;
use super::key::{KeySet, PublicKey};
use crate::access::remote::Remote;
use crate::access::settings::ensure_url;

/// Two fetches are so far apart at the least, however many tokens name a key that is not known.
const PAUSE: Duration = Duration::from_secs(2);
/// After this long keys are fetched anew while the old ones are used.
const FRESH: Duration = Duration::from_secs(600);
/// Keys that could not be fetched in time are tried again after this long.
const RETRY: Duration = Duration::from_secs(30);

/// The keys of one issuer.
pub struct Jwks {
    issuer: String,
    /// `None`: found by discovery.
    url: Option<String>,
    remote: Remote,
    known: RwLock<Known>,
    /// Held by whoever fetches: when the last fetch began, and whether it succeeded.
    turn: Arc<Mutex<Option<(Instant, bool)>>>,
}

#[derive(Clone, Default)]
struct Known {
    keys: KeySet,
    /// When to fetch anew; `None` before the first time.
    fresh_until: Option<Instant>,
    /// Grows whenever a key is withdrawn: what was checked with it must be checked anew.
    era: u64,
}

impl Jwks {
    pub fn new(issuer: String, url: Option<String>, remote: Remote) -> Arc<Self> {
        Arc::new(Self { issuer, url, remote, known: RwLock::default(), turn: Arc::default() })
    }

    /// Changes whenever a key is withdrawn.
    pub fn era(&self) -> u64 {
        self.known.read().expect("no panic while held").era
    }

    /// The key of this name for this algorithm.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] where the issuer publishes no such key, [`Refusal::Unavailable`] where it cannot be asked.
    pub async fn find(self: &Arc<Self>, kid: &str, algorithm: Algorithm) -> Result<Arc<PublicKey>, Refusal> {
        self.refresh_in_time();
        let find = || self.known.read().expect("no panic while held").keys.find(kid, algorithm);
        if let Some(key) = find() {
            return Ok(key);
        }
        let asked = Instant::now();
        let mut last = self.turn.clone().lock_owned().await;
        // Whoever had the turn before may have found it.
        if let Some(key) = find() {
            return Ok(key);
        }
        match *last {
            // Fetched since this token came: that answer counts for it, too.
            Some((began, succeeded)) if began >= asked => {
                return Err(if succeeded { Refusal::Invalid } else { Refusal::Unavailable });
            }
            Some((began, false)) if began.elapsed() < PAUSE => return Err(Refusal::Unavailable),
            // A valid token under a key that has just been published must not be refused: it waits its time.
            Some((began, _)) => tokio::time::sleep_until(began + PAUSE).await,
            None => {}
        }
        // A task of its own: others wait for it, too, if this request is given up.
        let jwks = self.clone();
        let fetched = tokio::spawn(async move { jwks.fetch(&mut last).await }).await;
        fetched.unwrap_or(Err(())).map_err(|()| Refusal::Unavailable)?;
        find().ok_or(Refusal::Invalid)
    }

    /// Fetches anew, behind the request that notices, keys that are no longer fresh.
    pub fn refresh_in_time(self: &Arc<Self>) {
        let is_stale = |jwks: &Self| {
            let known = jwks.known.read().expect("no panic while held");
            known.fresh_until.is_some_and(|until| until <= Instant::now())
        };
        if !is_stale(self) {
            return;
        }
        let jwks = self.clone();
        tokio::spawn(async move {
            let mut last = jwks.turn.lock().await;
            if is_stale(&jwks) {
                let _ = jwks.fetch(&mut last).await;
            }
        });
    }

    /// Fetches the keys. Those that are known stay until another set has been read.
    async fn fetch(&self, last: &mut Option<(Instant, bool)>) -> Result<(), ()> {
        let began = Instant::now();
        let fetched = self.fetch_set().await;
        *last = Some((began, fetched.is_ok()));
        let mut known = self.known.write().expect("no panic while held");
        match fetched {
            Ok(keys) => {
                let withdrawn = !keys.keeps_all_of(&known.keys);
                *known = Known { keys, fresh_until: Some(began + FRESH), era: known.era + u64::from(withdrawn) };
                Ok(())
            }
            Err(error) => {
                tracing::warn!(issuer = self.issuer, error = format!("{error:#}"), "an issuer's keys were not fetched");
                known.fresh_until = known.fresh_until.map(|_| began + RETRY);
                Err(())
            }
        }
    }

    async fn fetch_set(&self) -> anyhow::Result<KeySet> {
        let url = match &self.url {
            Some(url) => url.clone(),
            None => self.discover().await?,
        };
        let set = self.remote.get(&url).await?.with_context(|| format!("{url}: there is nothing"))?;
        KeySet::from_jwks(&Value::Object(set)).with_context(|| format!("{url}: no set of keys"))
    }

    /// Where the keys are, by OpenID Connect Discovery 1.0, section 4, else by RFC 8414, section 3.
    async fn discover(&self) -> anyhow::Result<String> {
        let issuer = self.issuer.trim_end_matches('/');
        let metadata = match self.remote.get(&format!("{issuer}/.well-known/openid-configuration")).await? {
            Some(metadata) => metadata,
            None => {
                let mut url = reqwest::Url::parse(issuer)?;
                let path = url.path().trim_end_matches('/').to_owned();
                url.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
                self.remote.get(url.as_str()).await?.context("the issuer publishes no metadata")?
            }
        };
        let text = |metadata: &Map<String, Value>, name: &str| metadata.get(name)?.as_str().map(String::from);
        ensure!(text(&metadata, "issuer").as_ref() == Some(&self.issuer), "the metadata are another issuer's");
        let url = text(&metadata, "jwks_uri").context("the metadata name no jwks_uri")?;
        ensure_url(&url)?;
        Ok(url)
    }
}
