//! Tokens that somebody made up, altered, kept for too long or took from elsewhere: each is refused, and all that is
//! told is one of three reasons.

use aws_lc_rs::hmac;
use futures_util::future::join_all;
use raccordo::access::persona::Persona;
use raccordo::access::secret::Secret;
use raccordo::access::token::{DemoKey, Refusal};
use raccordo::access::{IssuerKind, Settings};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};

use crate::issuer::{AUDIENCE, Issuer, Key, base64url, now, with};
use crate::levels::REFERENCE;
use crate::machines::{LEVEL, Machines, Registration, Shows};

const INVALID: (&str, &str, &str) = ("TOKEN_INVALID", "Il token non è valido qui.", "The token is not valid here.");
const EXPIRED: (&str, &str, &str) =
    ("TOKEN_EXPIRED", "Il token è scaduto: chiederne uno nuovo.", "The token has expired: ask for a new one.");
const MALFORMED: (&str, &str, &str) = (
    "TOKEN_MALFORMED",
    "L'intestazione Authorization deve essere \"Bearer <token>\".",
    "The Authorization header must be \"Bearer <token>\".",
);

type Reason = (&'static str, &'static str, &'static str);

/// A name, how it is refused, and the `Authorization` headers.
type Attack = (String, Reason, Vec<Vec<u8>>);

/// How a signature is made of the bytes that it is to cover.
type Form = fn(&Key, &[u8]) -> Vec<u8>;

/// The issuers and their keys.
struct Scene {
    issuer: Issuer,
    rsa: Key,
    p256: Key,
    ed25519: Key,
    other: Issuer,
    others: Key,
    pdnd: Issuer,
    pdnds: Key,
    opaque: Issuer,
}

impl Scene {
    async fn start() -> Self {
        let (rsa, p256, ed25519) = (Key::rsa("rsa"), Key::p256("p256"), Key::ed25519("ed25519"));
        // Under a name that the first issuer uses, too.
        let (others, pdnds) = (Key::rsa("rsa"), Key::rsa("pdnd"));
        Self {
            issuer: Issuer::start(&[&rsa, &p256, &ed25519]).await,
            other: Issuer::start(&[&others]).await,
            pdnd: Issuer::start(&[&pdnds]).await,
            opaque: Issuer::start(&[]).await,
            rsa,
            p256,
            ed25519,
            others,
            pdnds,
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            issuers: vec![
                self.issuer.trusted("regione", IssuerKind::Jwt),
                self.other.trusted("comune", IssuerKind::Jwt),
                self.pdnd.trusted("pdnd", IssuerKind::Pdnd),
                self.opaque.trusted("opaco", IssuerKind::Introspection),
            ],
            hub_key: Some(Secret::random()),
            ..Settings::default()
        }
    }

    fn claims(&self) -> Value {
        self.issuer.claims("program")
    }

    /// The usual token with other claims.
    fn claiming(&self, changes: Value) -> String {
        self.rsa.token(&with(&self.claims(), changes))
    }

    /// The usual token with another header.
    fn headed(&self, changes: Value) -> String {
        self.rsa.signed(&with(&self.rsa.header(), changes), &self.claims())
    }

    /// A header and a signature that was made in some way.
    fn signed_by(&self, header: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(self.claims().to_string()));
        format!("{signed}.{}", base64url(sign(signed.as_bytes())))
    }

    fn algorithms(&self, attacks: &mut Vec<Attack>) {
        let (rsa, p256, ed25519) = (&self.rsa, &self.p256, &self.ed25519);
        for none in ["none", "None", "NONE", "nOnE", " none", ""] {
            let header = with(&rsa.header(), json!({ "alg": none }));
            attacks.bearer(format!("alg \"{none}\", unsigned"), INVALID, self.signed_by(&header, |_| Vec::new()));
            attacks.bearer(format!("alg \"{none}\", signed"), INVALID, rsa.signed(&header, &self.claims()));
        }
        attacks.bearer("no alg", INVALID, self.headed(json!({ "alg": null })));
        attacks.bearer("a list of algs", INVALID, self.headed(json!({ "alg": ["RS256", "none"] })));
        attacks.bearer("alg in small letters", INVALID, self.headed(json!({ "alg": "rs256" })));
        let der = rsa.public_der();
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
        let secrets = [
            ("PEM", pem.clone().into_bytes()),
            ("PEM without its last line break", pem.trim_end().as_bytes().to_vec()),
            ("DER", der),
            ("JWK", rsa.jwk.to_string().into_bytes()),
            ("modulus", rsa.jwk["n"].as_str().unwrap().as_bytes().to_vec()),
            ("nothing", Vec::new()),
        ];
        for (form, secret) in &secrets {
            let header = with(&rsa.header(), json!({ "alg": "HS256" }));
            let token = self.signed_by(&header, |message| {
                hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
            });
            attacks.bearer(format!("HS256 with the public key as {form}"), INVALID, token);
        }
        for alg in ["RS384", "PS256"] {
            let header = with(&rsa.header(), json!({ "alg": alg }));
            attacks.bearer(alg, INVALID, self.signed_by(&header, |message| rsa.rsa_signature(alg, message)));
        }
        for (key, signer) in [(rsa, p256), (rsa, ed25519), (p256, rsa), (p256, ed25519), (ed25519, rsa)] {
            let named = with(&signer.header(), json!({ "kid": key.jwk["kid"] }));
            let name = format!("{} under the name of the {} key", signer.alg, key.alg);
            attacks.bearer(name, INVALID, signer.signed(&named, &self.claims()));
            let name = format!("{} said, {} signed", key.alg, signer.alg);
            attacks.bearer(name, INVALID, signer.signed(&key.header(), &self.claims()));
        }
    }

    fn signatures(&self, attacks: &mut Vec<Attack>) {
        let p256 = &self.p256;
        let forms: [(&str, Form); 7] = [
            ("zeros", |_, _| vec![0; 64]),
            ("nothing", |_, _| Vec::new()),
            ("DER", |key, message| key.der_signature(message)),
            ("one byte less", |key, message| key.signature(message)[..63].to_vec()),
            ("one byte more", |key, message| [key.signature(message), vec![0]].concat()),
            ("halves swapped", |key, message| {
                let signature = key.signature(message);
                [&signature[32..], &signature[..32]].concat()
            }),
            ("of other bytes", |key, _| key.signature(b"other")),
        ];
        for (name, form) in forms {
            let token = self.signed_by(&p256.header(), |message| form(p256, message));
            attacks.bearer(format!("an ES256 signature: {name}"), INVALID, token);
        }
        let zeros = self.signed_by(&self.ed25519.header(), |_| vec![0; 64]);
        attacks.bearer("an EdDSA signature of zeros", INVALID, zeros);
        // Bits that no byte has.
        let mut token = p256.token(&self.claims());
        let last = token.pop().unwrap();
        token.push(if last == 'A' { 'B' } else { char::from_u32(last as u32 + 1).unwrap() });
        attacks.bearer("bits after the signature's end", INVALID, token);
        let (honest, more) = (self.rsa.token(&self.claims()), self.claiming(json!({ "client_id": "another" })));
        let [head, _, signature] = parts(&honest);
        attacks.bearer("claims of another token", INVALID, format!("{head}.{}.{signature}", parts(&more)[1]));
    }

    fn times(&self, attacks: &mut Vec<Attack>) {
        let now = now();
        let expired = json!({ "iat": now - 600, "exp": now - 60 });
        attacks.bearer("expired", EXPIRED, self.claiming(expired));
        for (name, changes) in [
            ("not yet: nbf", json!({ "nbf": now + 120 })),
            ("not yet: iat", json!({ "iat": now + 120 })),
            ("no exp", json!({ "exp": null })),
            ("no iat", json!({ "iat": null })),
            ("exp as text", json!({ "exp": (now + 300).to_string() })),
            ("exp with a fraction", json!({ "exp": now as f64 + 300.5 })),
            ("exp of 1e300", json!({ "exp": 1e300 })),
            ("exp beyond 63 bits", json!({ "exp": u64::MAX })),
            ("exp at the end of time", json!({ "exp": i64::MAX })),
            ("exp before 1970", json!({ "exp": -1 })),
            ("exp as a list", json!({ "exp": [now + 300] })),
            ("exp before iat", json!({ "exp": now - 10 })),
            ("good for a year", json!({ "exp": now + 365 * 86_400 })),
            ("nbf as text", json!({ "nbf": "yesterday" })),
        ] {
            attacks.bearer(name, INVALID, self.claiming(changes));
        }
        let exp = format!("\"exp\":{}", now + 300);
        for (name, text) in
            [("exp of 400 digits", format!("\"exp\":1{}", "0".repeat(400))), ("exp null", "\"exp\":null".into())]
        {
            let claims = with(&self.claims(), json!({ "exp": now + 300 })).to_string().replace(&exp, &text);
            attacks.bearer(name, INVALID, self.rsa.signed_text(&self.rsa.header().to_string(), claims));
        }
    }

    fn parties(&self, attacks: &mut Vec<Attack>) {
        for (name, aud) in [
            ("for another", json!("https://other.example")),
            ("an empty audience", json!("")),
            ("no audience", Value::Null),
            ("an empty list of audiences", json!([])),
            ("a list of other audiences", json!(["https://other.example", "https://third.example"])),
            ("a longer audience", json!(format!("{AUDIENCE}/"))),
            ("the audience's beginning", json!("https://raccordo.example")),
            ("the audience in capitals", json!(AUDIENCE.to_uppercase())),
            ("an audience of numbers, too", json!([AUDIENCE, 1])),
            ("an audience within a list", json!([[AUDIENCE]])),
            ("the audience of the hub's own tokens", json!("http://127.0.0.1:8080")),
        ] {
            attacks.bearer(name, INVALID, self.claiming(json!({ "aud": aud })));
        }
        let url = &self.issuer.url;
        for (name, iss) in [
            ("an unknown issuer", json!("https://issuer.example")),
            ("an issuer with a slash", json!(format!("{url}/"))),
            ("an issuer's beginning", json!(url[..url.len() - 1])),
            ("an issuer and more", json!(format!("{url}.example"))),
            ("an issuer in capitals", json!(url.to_uppercase())),
            ("an issuer with a space", json!(format!("{url} "))),
            ("an empty issuer", json!("")),
            ("no issuer", Value::Null),
            ("a list of issuers", json!([url])),
            ("the hub as issuer", json!("http://127.0.0.1:8080")),
            ("the demonstration as issuer", json!("urn:raccordo:demo")),
            ("an issuer of opaque tokens", json!(self.opaque.url)),
            ("another issuer's name under the first one's key", json!(self.other.url)),
        ] {
            attacks.bearer(name, INVALID, self.claiming(json!({ "iss": iss })));
        }
        attacks.bearer("another issuer's key", INVALID, self.others.token(&self.claims()));
        for (name, changes) in [
            ("an unknown client", json!({ "client_id": "unknown", "sub": "unknown" })),
            ("a revoked client", json!({ "client_id": "revoked" })),
            ("a client that is over", json!({ "client_id": "over" })),
            ("a client of an organisation that is no more", json!({ "client_id": "orphan" })),
            ("another issuer's client", json!({ "client_id": "neighbour" })),
            ("no client", json!({ "client_id": null, "sub": null })),
            ("a client without a name", json!({ "client_id": "" })),
            ("a client as a number", json!({ "client_id": 1 })),
            ("a client with NUL", json!({ "client_id": "program\u{0}" })),
            ("a client with a space", json!({ "client_id": "program " })),
            ("scopes as a list", json!({ "scope": ["project:read"] })),
            ("bound to a key of its holder", json!({ "cnf": { "jkt": "x" } })),
        ] {
            attacks.bearer(name, INVALID, self.claiming(changes));
        }
        let voucher = with(
            &self.pdnd.claims("c"),
            json!({ "consumerId": "consumer", "producerId": "p", "eserviceId": "e",
            "purposeId": "purpose" }),
        );
        for (name, changes) in [
            ("a voucher without purpose", json!({ "purposeId": null })),
            ("a voucher for another purpose", json!({ "purposeId": "other" })),
            ("a voucher without consumer", json!({ "consumerId": null })),
            ("a voucher of another consumer", json!({ "consumerId": "other" })),
            ("a voucher without e-service", json!({ "eserviceId": null })),
            ("a voucher without its own name", json!({ "jti": null })),
        ] {
            attacks.bearer(name, INVALID, self.pdnds.token(&with(&voucher, changes)));
        }
    }

    fn headers(&self, attacks: &mut Vec<Attack>) {
        for (name, kid) in [
            ("an unknown kid", json!("unknown")),
            ("no kid", Value::Null),
            ("an empty kid", json!("")),
            ("a number as kid", json!(1)),
            ("a path as kid", json!("../../../../dev/null")),
            ("SQL as kid", json!("rsa' union select '")),
            ("an address as kid", json!("http://127.0.0.1:1/keys")),
            ("a kid with NUL", json!("rsa\u{0}")),
            ("a long kid", json!("k".repeat(1000))),
        ] {
            attacks.bearer(name, INVALID, self.headed(json!({ "kid": kid })));
        }
        let own = Key::rsa("own");
        for (name, changes) in [
            ("its own key in the header", json!({ "jwk": own.jwk })),
            ("its own key, under a known name", json!({ "jwk": own.jwk, "kid": "rsa" })),
            ("the address of its own keys", json!({ "jku": self.other.url.clone() + "/keys" })),
        ] {
            attacks.bearer(name, INVALID, own.signed(&with(&own.header(), changes), &self.claims()));
        }
        for (name, changes) in [
            ("jku", json!({ "jku": self.issuer.url.clone() + "/keys" })),
            ("x5u", json!({ "x5u": "https://issuer.example/cert" })),
            ("x5c", json!({ "x5c": ["MIIB"] })),
            ("crit", json!({ "crit": ["exp"], "exp": 1 })),
            ("crit of nothing", json!({ "crit": [] })),
            ("b64 false", json!({ "b64": false, "crit": ["b64"] })),
            ("compressed", json!({ "zip": "DEF" })),
            ("encrypted", json!({ "enc": "A256GCM" })),
            ("nested, it says", json!({ "cty": "JWT" })),
            ("an ID token", json!({ "typ": "JWT" })),
            ("no typ", json!({ "typ": null })),
            ("a number as typ", json!({ "typ": 1 })),
            ("a logout token", json!({ "typ": "logout+jwt" })),
        ] {
            attacks.bearer(name, INVALID, self.headed(changes));
        }
    }

    fn forms(&self, attacks: &mut Vec<Attack>) {
        let (header, claims) = (self.rsa.header().to_string(), self.claims().to_string());
        let more = |text: &str, member: &str| format!("{{{member},{}", &text[1..]);
        for (name, header, claims) in [
            ("a claim twice", header.clone(), more(&claims, "\"client_id\":\"another\"")),
            ("a claim twice, once escaped", header.clone(), more(&claims, "\"client_i\\u0064\":\"another\"")),
            ("a header member twice", more(&header, "\"alg\":\"none\""), claims.clone()),
            ("a claim's member twice", header.clone(), more(&claims, "\"x\":{\"y\":1,\"y\":2}")),
            ("claims that are a list", header.clone(), "[]".into()),
            ("claims that are a token", header.clone(), self.rsa.token(&self.claims())),
            ("claims with something after", header.clone(), format!("{claims} {claims}")),
            ("claims nested without end", header.clone(), more(&claims, &format!("\"x\":{}", "[".repeat(3000)))),
            ("a header that is a list", "[]".into(), claims.clone()),
            ("a header that is text", "\"RS256\"".into(), claims.clone()),
            ("a header with a byte order mark", format!("\u{feff}{header}"), claims.clone()),
        ] {
            attacks.bearer(name, INVALID, self.rsa.signed_text(&header, claims));
        }
        let broken = self.rsa.signed_text(&header, [claims.as_bytes(), b"\xff"].concat());
        attacks.bearer("claims in broken UTF-8", INVALID, broken);
        let token = self.rsa.token(&self.claims());
        let [head, body, signature] = parts(&token);
        attacks.bearer("one part", INVALID, head.to_owned());
        attacks.bearer("two parts", INVALID, format!("{head}.{body}"));
        attacks.bearer("four parts", INVALID, format!("{token}.{signature}"));
        attacks.bearer("five parts (JWE)", INVALID, format!("{head}.{body}.{signature}.{body}.{signature}"));
        attacks.bearer("empty parts", INVALID, "..".into());
        attacks.bearer("an opaque token that nobody knows", INVALID, "opaque-and-unknown".into());
        attacks.bearer("padding at the end", INVALID, format!("{token}=="));
        attacks.bearer("padding in the middle", MALFORMED, format!("{head}=.{body}.{signature}"));
        let standard = token.replace('-', "+").replace('_', "/");
        assert_ne!(standard, token);
        attacks.bearer("the standard alphabet", INVALID, standard);
        attacks.bearer("a token of 9 kB", MALFORMED, self.claiming(json!({ "x": "x".repeat(9_000) })));
        attacks.bearer("a token of 64 kB", MALFORMED, self.claiming(json!({ "x": "x".repeat(64_000) })));
        attacks.bearer("a token in JSON", MALFORMED, json!({ "payload": body, "signatures": [] }).to_string());
        attacks.bearer("letters that are no ASCII", MALFORMED, format!("{head}.{body}.è{signature}"));
        attacks.bearer("nothing", MALFORMED, String::new());
        for (name, header) in [
            ("two spaces", format!("Bearer  {token}")),
            ("a space in the token", format!("Bearer {head}. {body}.{signature}")),
            ("a tab", format!("Bearer\t{token}")),
            ("another scheme", format!("Basic {token}")),
            ("no scheme", token.clone()),
            ("two tokens", format!("Bearer {token}, Bearer {token}")),
            ("an empty header", String::new()),
        ] {
            attacks.push((name.into(), MALFORMED, vec![header.into_bytes()]));
        }
        attacks.push(("bytes that are no UTF-8".into(), MALFORMED, vec![b"Bearer \xff\xfe".to_vec()]));
        attacks.push(("two headers".into(), MALFORMED, vec![format!("Bearer {token}").into_bytes(); 2]));
    }
}

trait Attacks {
    fn bearer(&mut self, name: impl Into<String>, reason: Reason, token: String);
}

impl Attacks for Vec<Attack> {
    fn bearer(&mut self, name: impl Into<String>, reason: Reason, token: String) {
        self.push((name.into(), reason, vec![format!("Bearer {token}").into_bytes()]));
    }
}

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().expect("a JWT has three parts")
}

#[tokio::test]
async fn every_attack_with_a_token_is_refused_and_learns_nothing_but_one_of_three_reasons() {
    let scene = Scene::start().await;
    let hub = Machines::start(REFERENCE, scene.settings()).await;
    hub.organisation_that_was("gone").await;
    let of = |subject| Registration::new(Shows::Elsewhere("regione", subject, None));
    hub.register(of("program")).await;
    hub.register(Registration { is_revoked: true, ..of("revoked") }).await;
    hub.register(Registration { days: -1, ..of("over") }).await;
    hub.register(Registration { organisation: "gone", ..of("orphan") }).await;
    hub.register(Registration::new(Shows::Elsewhere("comune", "neighbour", None))).await;
    hub.register(Registration::new(Shows::Elsewhere("pdnd", "consumer", Some("purpose")))).await;

    let mut attacks = Vec::new();
    scene.algorithms(&mut attacks);
    scene.signatures(&mut attacks);
    scene.times(&mut attacks);
    scene.parties(&mut attacks);
    scene.headers(&mut attacks);
    scene.forms(&mut attacks);
    let data_dir = tempfile::tempdir().unwrap();
    let demo = DemoKey::read_or_make(data_dir.path()).unwrap().token(Persona::find("dlci").unwrap()).unwrap();
    attacks.bearer("a demonstration token outside the demonstration", INVALID, demo);
    let names: std::collections::BTreeSet<_> = attacks.iter().map(|attack| attack.0.clone()).collect();
    assert!(names.len() == attacks.len() && names.len() >= 40, "{} attacks", names.len());

    let honest = || scene.rsa.token(&scene.claims());
    assert_eq!(hub.level(&honest()).await, "PREFECTURE", "what the attacks start from is good");
    let tried = join_all(attacks.iter().enumerate().map(|(number, (name, (reason, it, en), headers))| {
        let (language, message) = if number % 2 == 0 { ("it", it) } else { ("en", en) };
        let request = hub.post("/graphql").header("accept-language", language).header("x-request-id", "attack");
        let request = headers
            .iter()
            .fold(request, |request, header| request.header(AUTHORIZATION, HeaderValue::from_bytes(header).unwrap()));
        let sent = request.json(&json!({ "query": LEVEL })).send();
        async move {
            let response = sent.await.unwrap();
            let (status, challenge) = (response.status().as_u16(), response.headers().get("www-authenticate").cloned());
            let body: Value = response.json().await.unwrap();
            let extensions = json!({ "code": "UNAUTHENTICATED", "reason": reason, "requestId": "attack" });
            let expected = json!({ "errors": [{ "message": message, "extensions": extensions }] });
            let is_refused = status == 401 && body == expected && challenge.is_some();
            (!is_refused).then(|| format!("{name}: {status} {body}"))
        }
    }));
    let let_in: Vec<String> = tried.await.into_iter().flatten().collect();
    assert!(let_in.is_empty(), "{}", let_in.join("\n"));
    assert_eq!(hub.level(&honest()).await, "PREFECTURE");
    assert!(scene.issuer.asked() < 8, "tokens with unknown keys fetch keys now and then, not each time");
}

/// Longer than a server of HTTP takes a header to be: what stands behind it refuses it, too.
#[tokio::test]
async fn a_token_of_a_megabyte_is_refused_before_it_is_looked_at() {
    let scene = Scene::start().await;
    let hub = Machines::start(REFERENCE, scene.settings()).await;
    let long = scene.claiming(json!({ "x": "x".repeat(1 << 20) }));
    assert_eq!(hub.hub.hub.authenticator.viewer_of(&long).await, Err(Refusal::Malformed));
    assert_eq!(scene.issuer.asked(), 0);
    let answer = hub.post("/graphql").bearer_auth(&long).json(&json!({ "query": LEVEL })).send().await;
    assert!(answer.is_err() || answer.unwrap().status().is_client_error());
    assert_eq!(hub.level("x").await, "TOKEN_INVALID", "the hub goes on");
}
