//! An issuer of tokens on the loopback, as a test wants it: its metadata, its keys, its word on opaque tokens.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaKeyPair,
};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use raccordo::access::secret::Secret;
use raccordo::access::{Issuer as Trusted, IssuerKind};
use serde_json::{Value, json};

/// As tokens name the hub.
pub const AUDIENCE: &str = "https://raccordo.example/graphql";

/// Base64url without padding.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Seconds since 1970.
pub fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// An object with some members replaced; null removes one.
pub fn with(object: &Value, changes: Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => members.remove(name),
            value => members.insert(name.clone(), value.clone()),
        };
    }
    object
}

/// A key that signs tokens.
pub struct Key {
    pub alg: &'static str,
    /// Its public part, as it is published.
    pub jwk: Value,
    pair: Pair,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair, Vec<u8>),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    pub fn rsa(kid: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let [n, e] = [pair.public_key().modulus(), pair.public_key().exponent()]
            .map(|number| base64url(number.big_endian_without_leading_zero()));
        let jwk = json!({ "kid": kid, "kty": "RSA", "n": n, "e": e, "use": "sig" });
        Self { alg: "RS256", jwk, pair: Pair::Rsa(Box::new(pair)) }
    }

    pub fn p256(kid: &str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
        let jwk = json!({ "kid": kid, "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256" });
        Self { alg: "ES256", jwk, pair: Pair::P256(pair, pkcs8.as_ref().to_vec()) }
    }

    pub fn ed25519(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let jwk = json!({ "kid": kid, "kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key()) });
        Self { alg: "EdDSA", jwk, pair: Pair::Ed25519(pair) }
    }

    /// The header of an access token under this key (RFC 9068, section 2.1).
    pub fn header(&self) -> Value {
        json!({ "alg": self.alg, "typ": "at+jwt", "kid": self.jwk["kid"] })
    }

    /// An access token.
    pub fn token(&self, claims: &Value) -> String {
        self.signed(&self.header(), claims)
    }

    /// A token with any header.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        self.signed_text(&header.to_string(), claims.to_string())
    }

    /// A token whose header and claims are any bytes.
    pub fn signed_text(&self, header: &str, claims: impl AsRef<[u8]>) -> String {
        let signed = format!("{}.{}", base64url(header), base64url(claims));
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", base64url(signature))
    }

    pub fn signature(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(_) => self.rsa_signature("RS256", message),
            Pair::P256(pair, _) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// By another algorithm for which the same RSA key would do.
    pub fn rsa_signature(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let Pair::Rsa(pair) = &self.pair else { panic!("an RSA key") };
        let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = match alg {
            "RS256" => &RSA_PKCS1_SHA256,
            "RS384" => &RSA_PKCS1_SHA384,
            _ => &RSA_PSS_SHA256,
        };
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }

    /// An ECDSA signature in ASN.1, as X.509 has it and JWS has not.
    pub fn der_signature(&self, message: &[u8]) -> Vec<u8> {
        let Pair::P256(_, pkcs8) = &self.pair else { panic!("a P-256 key") };
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8).unwrap();
        pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }

    /// The public key of an RSA pair as X.509 has it.
    pub fn public_der(&self) -> Vec<u8> {
        use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
        let Pair::Rsa(pair) = &self.pair else { panic!("an RSA key") };
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }
}

#[derive(Default)]
struct Says {
    url: String,
    keys: Mutex<Vec<Value>>,
    opaque: Mutex<HashMap<String, Value>>,
    is_down: AtomicBool,
    asked: AtomicU32,
}

/// An issuer that runs until the test ends.
pub struct Issuer {
    pub url: String,
    says: Arc<Says>,
}

impl Issuer {
    pub async fn start(keys: &[&Key]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Says { url: url.clone(), ..Says::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(jwks))
            .route("/introspect", post(introspect))
            .with_state(says.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        let issuer = Self { url, says };
        issuer.publish(keys);
        issuer
    }

    /// As the hub's settings name it.
    pub fn trusted(&self, name: &str, kind: IssuerKind) -> Trusted {
        let asks = kind == IssuerKind::Introspection;
        Trusted {
            name: name.into(),
            kind,
            issuer: self.url.clone(),
            audience: AUDIENCE.into(),
            // Found by discovery where it is left out.
            jwks_url: (kind == IssuerKind::Pdnd).then(|| format!("{}/keys", self.url)),
            introspection_url: asks.then(|| format!("{}/introspect", self.url)),
            client_id: asks.then(|| "raccordo".into()),
            client_secret: asks.then(|| Secret::from("the hub's own".to_owned())),
            client_secret_file: None,
        }
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, keys: &[&Key]) {
        *self.says.keys.lock().unwrap() = keys.iter().map(|key| key.jwk.clone()).collect();
    }

    /// What it says of an opaque token.
    pub fn say(&self, token: &str, answer: Value) {
        self.says.opaque.lock().unwrap().insert(token.into(), answer);
    }

    pub fn set_down(&self, is_down: bool) {
        self.says.is_down.store(is_down, Ordering::Relaxed);
    }

    /// How often it was asked for its keys or about a token.
    pub fn asked(&self) -> u32 {
        self.says.asked.load(Ordering::Relaxed)
    }

    /// What an access token for a client says.
    pub fn claims(&self, client: &str) -> Value {
        let now = now();
        json!({ "iss": self.url, "aud": AUDIENCE, "sub": client, "client_id": client, "iat": now - 5, "exp": now + 300,
            "jti": uuid::Uuid::now_v7().to_string() })
    }
}

impl Says {
    fn asked(&self, answer: impl FnOnce() -> Value) -> (StatusCode, Json<Value>) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.is_down.load(Ordering::Relaxed) {
            return (StatusCode::INTERNAL_SERVER_ERROR, Json(Value::Null));
        }
        (StatusCode::OK, Json(answer()))
    }
}

async fn metadata(State(says): State<Arc<Says>>) -> Json<Value> {
    Json(json!({ "issuer": says.url, "jwks_uri": format!("{}/keys", says.url) }))
}

async fn jwks(State(says): State<Arc<Says>>) -> (StatusCode, Json<Value>) {
    says.asked(|| json!({ "keys": *says.keys.lock().unwrap() }))
}

async fn introspect(State(says): State<Arc<Says>>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
    // "raccordo" and "the hub's own", each encoded as in a form.
    let expected = base64::engine::general_purpose::STANDARD.encode("raccordo:the+hub%27s+own");
    if headers.get("authorization").is_none_or(|given| given != format!("Basic {expected}").as_str()) {
        return (StatusCode::UNAUTHORIZED, Json(Value::Null));
    }
    let token = form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "token").unwrap().1.into_owned();
    says.asked(|| says.opaque.lock().unwrap().get(&token).cloned().unwrap_or(json!({ "active": false })))
}
