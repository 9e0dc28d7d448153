//! The hub's published keys: fetched when the first token comes, kept, and fetched anew in time.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::Jwk;
use reqwest::{Client, redirect};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::Refusal;

/// Two fetches are so far apart at the least, however many tokens name a key that is not known.
const PAUSE: Duration = Duration::from_secs(10);
/// Keys are kept for so long: one that the hub has withdrawn is believed no longer than this.
const FRESH: Duration = Duration::from_secs(300);
/// A request waits for the keys.
const PATIENCE: Duration = Duration::from_secs(3);

/// Tells the time by which keys grow old.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// The keys at one address.
pub struct Keys {
    pub clock: Clock,
    url: String,
    client: Client,
    known: RwLock<Known>,
    /// Held by whoever fetches.
    last: Mutex<Last>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    /// `None` before the first time.
    fresh_until: Option<Instant>,
}

/// The last fetch.
#[derive(Default)]
struct Last {
    began: Option<Instant>,
    succeeded: bool,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl Keys {
    pub fn new(url: String) -> anyhow::Result<Self> {
        let client = Client::builder().redirect(redirect::Policy::none()).timeout(PATIENCE).build();
        let client = client.context("no way out to the hub")?;
        Ok(Self { clock: Arc::new(Instant::now), url, client, known: RwLock::default(), last: Mutex::default() })
    }

    /// The key of this name.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] where the hub publishes no such key, [`Refusal::Unavailable`] where it did not answer.
    pub async fn find(&self, kid: &str) -> Result<DecodingKey, Refusal> {
        if let Some(key) = self.fresh(kid) {
            return Ok(key);
        }
        let mut last = self.last.lock().await;
        // Whoever had the turn before may have brought it.
        if let Some(key) = self.fresh(kid) {
            return Ok(key);
        }
        let now = (self.clock)();
        if last.began.is_none_or(|began| now.duration_since(began) >= PAUSE) {
            // Noted before: it counts, too, if the request is given up meanwhile.
            *last = Last { began: Some(now), succeeded: false };
            last.succeeded = self.fetch().await;
        }
        let missing = if last.succeeded { Refusal::Invalid } else { Refusal::Unavailable };
        // While the hub does not answer, the keys of before are used.
        self.known.read().expect("no panic while held").keys.get(kid).cloned().ok_or(missing)
    }

    fn fresh(&self, kid: &str) -> Option<DecodingKey> {
        let known = self.known.read().expect("no panic while held");
        known.fresh_until.filter(|until| (self.clock)() < *until).and_then(|_| known.keys.get(kid).cloned())
    }

    /// Fetches the keys; whether there are any to go on with.
    async fn fetch(&self) -> bool {
        match self.published().await {
            Ok(keys) => {
                let known = Known { keys, fresh_until: Some((self.clock)() + FRESH) };
                *self.known.write().expect("no panic while held") = known;
                true
            }
            Err(error) => {
                eprintln!("the hub's keys were not fetched from {}: {error:#}", self.url);
                false
            }
        }
    }

    async fn published(&self) -> anyhow::Result<HashMap<String, DecodingKey>> {
        let published: Published = self.client.get(&self.url).send().await?.error_for_status()?.json().await?;
        Ok(published.keys.into_iter().filter_map(named).collect())
    }
}

/// A key with its name; `None` for one of a kind that is not known here.
fn named(key: Value) -> Option<(String, DecodingKey)> {
    let jwk: Jwk = serde_json::from_value(key).ok()?;
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some((jwk.common.key_id?, key))
}
