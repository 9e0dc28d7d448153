//! A hub, as far as a partner knows it: it signs tokens and publishes its keys.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use raccordo_examples::access::{Caller, Hub, Refusal};
use serde_json::{Value, json};

/// Serves on a free port; returns the address.
pub async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A key pair of its own, under a name.
pub struct Key {
    kid: &'static str,
    private: EncodingKey,
    pub header: Header,
}

impl Key {
    pub fn new(kid: &'static str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let header = Header { typ: Some("at+jwt".into()), kid: Some(kid.into()), ..Header::new(Algorithm::ES256) };
        Self { kid, private: EncodingKey::from_ec_der(pkcs8.as_ref()), header }
    }

    fn published(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.private, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(self.kid.into());
        serde_json::to_value(jwk).unwrap()
    }

    pub fn sign(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&self.header, claims, &self.private).unwrap()
    }
}

/// The hub.
pub struct Fake {
    pub url: String,
    /// `None`: it does not answer.
    published: Arc<Mutex<Option<Vec<Value>>>>,
    fetches: Arc<AtomicUsize>,
    /// Seconds by which the partner's clock runs ahead.
    ahead: Arc<AtomicU64>,
}

impl Fake {
    pub async fn start(keys: &[&Key]) -> Self {
        let published = Arc::new(Mutex::new(None));
        let fetches = Arc::new(AtomicUsize::new(0));
        let (keys_now, count) = (published.clone(), fetches.clone());
        let jwks = get(move || async move {
            count.fetch_add(1, Ordering::Relaxed);
            let keys: Option<Vec<Value>> = keys_now.lock().unwrap().clone();
            keys.map(|keys| Json(json!({ "keys": keys }))).ok_or(StatusCode::SERVICE_UNAVAILABLE)
        });
        let url = serve(Router::new().route("/oauth/jwks", jwks)).await;
        let fake = Self { url, published, fetches, ahead: Arc::default() };
        fake.publish(keys);
        fake
    }

    pub fn publish(&self, keys: &[&Key]) {
        let other = json!({ "kty": "of another kind", "kid": "other" });
        let keys = keys.iter().map(|key| key.published()).chain([other]).collect();
        *self.published.lock().unwrap() = Some(keys);
    }

    pub fn falls_silent(&self) {
        *self.published.lock().unwrap() = None;
    }

    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }

    /// As a partner sees it.
    pub fn for_partner(&self, issuer: &str) -> Hub {
        let ahead = self.ahead.clone();
        let clock = move || Instant::now() + Duration::from_secs(ahead.load(Ordering::Relaxed));
        let hub = Hub::new(&self.url.parse().unwrap(), &issuer.parse().unwrap(), "osservatorio");
        hub.unwrap().timed_by(Arc::new(clock))
    }

    /// Lets time pass for the partner.
    pub fn wait(&self, seconds: u64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// What a token for the observatory says.
    pub fn claims(&self, level: &str) -> Value {
        json!({
            "iss": self.url, "aud": format!("{}/partners/osservatorio", self.url),
            "sub": "c29tZWJvZHk", "level": level, "organisation": "T3JnYW5pc2F0aW9u",
            "iat": now(), "exp": now() + 300, "jti": "1",
        })
    }
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Whom the hub's partner takes the bearer of this token for.
pub async fn bearer(hub: &Hub, token: &str) -> Result<Caller, Refusal> {
    hub.caller(format!("Bearer {token}").as_bytes()).await
}
