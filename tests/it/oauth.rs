//! The hub's own authorization server: how a program gets a token, and how it is refused one.

use std::cell::Cell;
use std::time::Duration;

use raccordo::access::keys::Rotation;
use raccordo::access::secret::Secret;
use raccordo::access::{Room, Settings};
use raccordo::hub::Hub;
use raccordo::schema;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::hub::serve;
use crate::issuer::{Key, base64url, now, with};
use crate::levels::REFERENCE;
use crate::machines::{LEVEL, Machines, Registration, Shows, settings};

const HUB: &str = "http://127.0.0.1:8080";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn issuing() -> Machines {
    Machines::start(REFERENCE, Settings { hub_key: Some(Secret::random()), ..Settings::default() }).await
}

/// A token request with this form.
fn asking(hub: &Machines, form: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    hub.post("/oauth/token").header("content-type", "application/x-www-form-urlencoded").body(body)
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The claims of an assertion (RFC 7523, section 3).
fn assertion(client: Uuid) -> Value {
    json!({ "iss": client.to_string(), "sub": client.to_string(), "aud": format!("{HUB}/oauth/token"), "exp": now() + 60,
        "jti": Uuid::now_v7().to_string() })
}

fn sign(key: &Key, claims: &Value) -> String {
    key.signed(&with(&key.header(), json!({ "typ": "JWT" })), claims)
}

fn asserting(hub: &Machines, assertion: &str) -> RequestBuilder {
    let form =
        [("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION), ("client_assertion", assertion)];
    asking(hub, &form)
}

/// A token for a client by its signed assertion.
async fn token(hub: &Machines, key: &Key, client: Uuid) -> String {
    let (status, body) = answer(asserting(hub, &sign(key, &assertion(client)))).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().to_owned()
}

fn keys(keys: &[&Key]) -> Shows {
    Shows::Keys(json!({ "keys": keys.iter().map(|key| &key.jwk).collect::<Vec<_>>() }))
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_program_gets_a_token_by_secret_or_assertion_and_uses_it() {
    let hub = issuing().await;
    let client = hub.register(Registration::new(Shows::Secret)).await;
    let secret = hub.secret(client).await;
    let id = client.to_string();
    let by_header = asking(&hub, &[GRANT]).basic_auth(&id, Some(secret.reveal()));
    let in_body = asking(&hub, &[GRANT, ("client_id", &id), ("client_secret", secret.reveal()), ("scope", "")]);
    let mut requests = vec![("in the header", by_header), ("in the body", in_body)];
    let own = [Key::rsa("a"), Key::p256("b"), Key::ed25519("c")];
    let signing = hub.register(Registration::new(keys(&[&own[0], &own[1], &own[2]]))).await;
    for key in &own {
        requests.push((key.alg, asserting(&hub, &sign(key, &assertion(signing)))));
    }
    let to_issuer = with(&assertion(signing), json!({ "aud": [HUB] }));
    requests.push(("to the issuer", asserting(&hub, &sign(&own[0], &to_issuer))));
    for (name, request) in requests {
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store", "{name}");
        assert_eq!(response.status(), 200, "{name}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], 600);
        assert_eq!(body["scope"], "organisation:read plan:read project:read");
        assert_eq!(hub.level(body["access_token"].as_str().unwrap()).await, "PREFECTURE", "{name}");
    }
    let narrow = asking(&hub, &[GRANT, ("scope", "plan:read")]).basic_auth(&id, Some(secret.reveal()));
    let (_, body) = answer(narrow).await;
    assert_eq!(body["scope"], "plan:read");
    let viewer = hub.hub.hub.authenticator.viewer_of(body["access_token"].as_str().unwrap()).await.unwrap();
    assert!(viewer.sight.keys(Room::Plans).len() > 1 && viewer.sight.keys(Room::Projects) == [0]);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_by_the_codes_of_the_standard() {
    let hub = issuing().await;
    hub.organisation_that_was("gone").await;
    let client = hub.register(Registration::new(Shows::Secret)).await;
    let secret = hub.secret(client).await;
    let key = Key::ed25519("k");
    let signing = hub.register(Registration::new(keys(&[&key]))).await;
    let lost = Registration::new(Shows::Secret);
    let mut unauthorized = Vec::new();
    for registration in [
        Registration { is_revoked: true, ..lost.clone() },
        Registration { days: -1, ..lost.clone() },
        Registration { organisation: "gone", ..lost },
    ] {
        let client = hub.register(registration).await;
        unauthorized.push((client.to_string(), hub.secret(client).await));
    }
    let (id, secret, signing) = (client.to_string(), secret.reveal(), signing.to_string());
    let basic = |form: &[(&str, &str)]| asking(&hub, form).basic_auth(&id, Some(secret));
    let raw = |header: &str| asking(&hub, &[GRANT]).header("authorization", header);
    let json_body = hub.post("/oauth/token").json(&json!({ "grant_type": "client_credentials" }));
    let with_secret = [GRANT, ("client_id", &*id), ("client_secret", secret)];
    let unknown = Uuid::now_v7().to_string();
    let mut refused = vec![
        ("no grant type", basic(&[]), 400, "invalid_request"),
        ("an empty grant type", basic(&[("grant_type", "")]), 400, "invalid_request"),
        ("a parameter twice", basic(&[GRANT, ("scope", "plan:read"), ("scope", "plan:read")]), 400, "invalid_request"),
        ("JSON", json_body.basic_auth(&id, Some(secret)), 400, "invalid_request"),
        ("a body of 100 kB", basic(&[GRANT, ("x", &"x".repeat(100_000))]), 400, "invalid_request"),
        ("header and body", asking(&hub, &with_secret).basic_auth(&id, Some(secret)), 400, "invalid_request"),
        ("two names", basic(&[GRANT, ("client_id", &signing)]), 400, "invalid_request"),
        ("a secret without name", asking(&hub, &[GRANT, ("client_secret", secret)]), 400, "invalid_request"),
        ("an assertion of no type", asking(&hub, &[GRANT, ("client_assertion", "a.b.c")]), 400, "invalid_request"),
        ("another grant", basic(&[("grant_type", "password")]), 400, "unsupported_grant_type"),
        (
            "a code, which people have",
            basic(&[("grant_type", "authorization_code"), ("code", "x")]),
            401,
            "invalid_client",
        ),
        ("an unknown scope", basic(&[GRANT, ("scope", "everything")]), 400, "invalid_scope"),
        ("a scope of others", basic(&[GRANT, ("scope", "plan:read audit:read")]), 400, "invalid_scope"),
        ("blanks as scope", basic(&[GRANT, ("scope", "  ")]), 400, "invalid_scope"),
        ("nothing to show", asking(&hub, &[GRANT, ("client_id", &id)]), 401, "invalid_client"),
        ("a wrong secret", asking(&hub, &[GRANT]).basic_auth(&id, Some("wrong")), 401, "invalid_client"),
        ("an empty secret", asking(&hub, &[GRANT]).basic_auth(&id, Some("")), 401, "invalid_client"),
        ("an unknown client", asking(&hub, &[GRANT]).basic_auth(&unknown, Some(secret)), 401, "invalid_client"),
        ("no client's name", asking(&hub, &[GRANT]).basic_auth("' or 1=1", Some(secret)), 401, "invalid_client"),
        ("no base64", raw("Basic %%%"), 401, "invalid_client"),
        ("no colon", raw("Basic YWJj"), 401, "invalid_client"),
        ("another scheme", raw("Bearer abc"), 401, "invalid_client"),
        ("a secret of who signs", asking(&hub, &[GRANT]).basic_auth(&signing, Some(secret)), 401, "invalid_client"),
    ];
    for (client, secret) in &unauthorized {
        let request = asking(&hub, &[GRANT]).basic_auth(client, Some(secret.reveal()));
        refused.push(("let in no more", request, 400, "unauthorized_client"));
        let request = asking(&hub, &[GRANT]).basic_auth(client, Some("wrong"));
        refused.push(("let in no more, and not even who it says", request, 401, "invalid_client"));
    }
    for (name, request, status, code) in refused {
        let italian = request.try_clone().unwrap().header("accept-language", "it").send().await.unwrap();
        assert_eq!(italian.status().as_u16(), status, "{name}");
        assert_eq!(italian.headers().contains_key("www-authenticate"), status == 401, "{name}");
        assert_eq!(italian.headers()["cache-control"], "no-store", "{name}");
        let italian: Value = italian.json().await.unwrap();
        let (_, english) = answer(request.header("accept-language", "en")).await;
        assert_eq!((italian["error"].as_str(), english["error"].as_str()), (Some(code), Some(code)), "{name}");
        assert_ne!(italian["error_description"], english["error_description"], "{name}");
        assert_eq!(english.as_object().unwrap().len(), 2, "{name}: {english}");
    }
    assert_eq!(hub.get("/oauth/token").await.status(), 405);
    assert_eq!(answer(basic(&[GRANT, ("resource", "what is not known is passed over")])).await.0, 200);
}

#[tokio::test]
async fn an_assertion_proves_its_signer_once_and_to_this_hub_alone() {
    let hub = issuing().await;
    let (key, others) = (Key::p256("k"), Key::p256("k"));
    let client = hub.register(Registration::new(keys(&[&key]))).await;
    let other = hub.register(Registration::new(keys(&[&others]))).await;
    let with_secret = hub.register(Registration::new(Shows::Secret)).await;
    hub.secret(with_secret).await;
    let claims = assertion(client);
    let changed = |changes: Value| sign(&key, &with(&assertion(client), changes));
    let headed = |changes: Value| key.signed(&with(&key.header(), with(&json!({ "typ": "JWT" }), changes)), &claims);
    let good = sign(&key, &claims);
    assert_eq!(answer(asserting(&hub, &good)).await.0, 200);
    let unsigned = headed(json!({ "alg": "none" }));
    for (name, assertion) in [
        ("taken before", good.clone()),
        ("the same name again, signed anew", sign(&key, &claims)),
        ("expired", changed(json!({ "exp": now() - 60 }))),
        ("good for an hour", changed(json!({ "exp": now() + 3600 }))),
        ("without end", changed(json!({ "exp": null }))),
        ("not yet", changed(json!({ "nbf": now() + 120 }))),
        ("without name", changed(json!({ "jti": null }))),
        ("for another server", changed(json!({ "aud": "https://other.example" }))),
        ("for another server, too", changed(json!({ "aud": [HUB, "https://other.example"] }))),
        ("without audience", changed(json!({ "aud": null }))),
        ("of another issuer", changed(json!({ "iss": other.to_string() }))),
        ("of nobody", changed(json!({ "iss": null }))),
        ("for another client", changed(json!({ "sub": other.to_string(), "iss": other.to_string() }))),
        (
            "for a client with a secret",
            changed(json!({ "sub": with_secret.to_string(), "iss": with_secret.to_string() })),
        ),
        ("for an unknown client", changed(json!({ "sub": Uuid::nil().to_string(), "iss": Uuid::nil().to_string() }))),
        ("for no client at all", changed(json!({ "sub": "x", "iss": "x" }))),
        ("under another's key", sign(&others, &assertion(client))),
        ("under an unknown key", headed(json!({ "kid": "unknown" }))),
        ("an access token", headed(json!({ "typ": "at+jwt" }))),
        ("unsigned", format!("{}.", &unsigned[..unsigned.rfind('.').unwrap()])),
        ("by a shared secret", headed(json!({ "alg": "HS256" }))),
        ("with its own key", headed(json!({ "jwk": others.jwk }))),
        ("very long", changed(json!({ "x": "x".repeat(9_000) }))),
        ("no token", "x".into()),
        ("of two parts", base64url("{}") + "." + &base64url("{}")),
    ] {
        let (status, body) = answer(asserting(&hub, &assertion)).await;
        assert_eq!((status, body["error"].as_str()), (401, Some("invalid_client")), "{name}");
    }
    let fresh = sign(&key, &assertion(client));
    for (name, value) in [("client_id", other.to_string()), ("client_assertion_type", "urn:other".into())] {
        let mut form = vec![GRANT, ("client_assertion", &*fresh), (name, &*value)];
        if name == "client_id" {
            form.push(("client_assertion_type", ASSERTION));
        }
        assert_eq!(answer(asking(&hub, &form)).await.0, 401, "{name}");
    }
    assert_eq!(answer(asserting(&hub, &fresh)).await.0, 200, "a refused assertion is not used up");
    hub.hub.hub.authenticator.tend().await;
    assert_eq!(answer(asserting(&hub, &good)).await.0, 401, "what is remembered is kept for as long as it holds");
}

#[tokio::test]
async fn the_server_describes_itself_and_is_absent_without_the_hubs_key() {
    let hub = issuing().await;
    let key = Key::ed25519("k");
    let client = hub.register(Registration::new(keys(&[&key]))).await;
    let token = token(&hub, &key, client).await;
    let metadata: Value = hub.get("/.well-known/oauth-authorization-server").await.json().await.unwrap();
    assert_eq!(metadata["issuer"], HUB);
    assert_eq!(metadata["token_endpoint"], format!("{HUB}/oauth/token"));
    let grants = json!(["authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"]);
    assert_eq!(metadata["grant_types_supported"], grants);
    let ways = json!(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]);
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], ways);
    assert!(metadata["scopes_supported"].as_array().unwrap().contains(&json!("project:read")));
    let path = metadata["jwks_uri"].as_str().unwrap().strip_prefix(HUB).unwrap();
    let response = hub.get(path).await;
    assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let published: Value = response.json().await.unwrap();
    let jwk = &published["keys"][0];
    assert!(jwk["d"].is_null() && published["keys"].as_array().unwrap().len() == 1, "{published}");
    // A partner's library checks the token by what is published.
    let read = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!((read.typ.as_deref(), read.kid.as_deref()), (Some("at+jwt"), jwk["kid"].as_str()));
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(jwk.clone()).unwrap();
    let mut checks = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    checks.set_audience(&[HUB]);
    checks.set_issuer(&[HUB]);
    let decoding = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    let claims = jsonwebtoken::decode::<Value>(&token, &decoding, &checks).unwrap().claims;
    assert_eq!(claims["client_id"], client.to_string());

    let silent = Machines::start(REFERENCE, Settings::default()).await;
    for path in ["/.well-known/oauth-authorization-server", "/oauth/jwks", "/sign-in/terminal"] {
        assert_eq!(silent.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(asking(&silent, &[GRANT]).send().await.unwrap().status(), 404);
    assert_eq!(silent.level(&token).await, "TOKEN_INVALID");
}

/// Two replicas on one database: one issues, both are asked.
#[tokio::test]
async fn rotation_of_the_hubs_keys_under_traffic_refuses_nothing_valid() {
    let access = Settings { hub_key: Some(Secret::random()), ..Settings::default() };
    let hub = Machines::start(REFERENCE, access.clone()).await;
    let key = Key::ed25519("k");
    let client = hub.register(Registration::new(keys(&[&key]))).await;
    let first = token(&hub, &key, client).await;
    let other = Hub::start(hub.hub.hub.database.clone(), access, schema::references()).await.unwrap();
    let replica = serve(other.clone(), settings()).await;
    let at_replica = async |token: &str| {
        let request = Client::new().post(format!("http://{replica}/graphql")).bearer_auth(token);
        request.json(&json!({ "query": LEVEL })).send().await.unwrap().status().as_u16()
    };
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let (asked, over) = (Cell::new(0), Cell::new(false));
    let traffic = async || {
        let mut before = first.clone();
        while !over.get() {
            let token = token(&hub, &key, client).await;
            for token in [&before, &token] {
                assert_eq!(hub.level(token).await, "PREFECTURE", "after {} requests", asked.get());
                assert_eq!(at_replica(token).await, 200, "after {} requests", asked.get());
            }
            before = token;
            asked.set(asked.get() + 1);
        }
    };
    let some_requests = async || {
        let before = asked.get();
        while asked.get() < before + 10 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let rotate = async {
        some_requests().await;
        let (next, _) = other.authenticator.keys().rotate(Rotation::InTime).await.unwrap();
        assert!(other.authenticator.keys().rotate(Rotation::InTime).await.is_err(), "one waits already");
        some_requests().await;
        assert_eq!(kid(&token(&hub, &key, client).await), kid(&first), "a new key is published before it signs");
        let published: Value = hub.get("/oauth/jwks").await.json().await.unwrap();
        assert_eq!(published["keys"].as_array().unwrap().len(), 2);
        // Eleven minutes later.
        let earlier = |column| format!("{column} = {column} - interval '11 min'");
        let columns = ["signs_from", "signs_until", "published_until"].map(earlier).join(", ");
        hub.sql(format!("update signing_key set {columns}")).await;
        while kid(&token(&hub, &key, client).await) != next {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        some_requests().await;
        over.set(true);
    };
    tokio::join!(traffic(), traffic(), rotate);
    assert_eq!(hub.level(&first).await, "PREFECTURE", "the old key's tokens stay good");
    let last = token(&hub, &key, client).await;
    hub.hub.hub.authenticator.keys().rotate(Rotation::AtOnce).await.unwrap();
    for leaked in [&first, &last] {
        assert_eq!(hub.level(leaked).await, "TOKEN_INVALID", "after a leak, tokens of older keys are refused");
    }
    let new = token(&hub, &key, client).await;
    assert_eq!(hub.level(&new).await, "PREFECTURE");
    while at_replica(&last).await != 401 || at_replica(&new).await != 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    other.stop();
}

#[tokio::test]
async fn a_new_secret_works_beside_the_old_one_until_that_ends() {
    let hub = issuing().await;
    let client = hub.register(Registration::new(Shows::Secret)).await;
    let old = hub.secret(client).await;
    let status = async |secret: &Secret| {
        answer(asking(&hub, &[GRANT]).basic_auth(client.to_string(), Some(secret.reveal()))).await.0
    };
    assert_eq!(status(&old).await, 200);
    let new = hub.secret(client).await;
    assert_eq!((status(&old).await, status(&new).await), (200, 200));
    hub.sql(format!(
        "update client_secret set expires_at = now() where id = (
           select id from client_secret where client_id = '{client}' order by created_at limit 1)"
    ))
    .await;
    assert_eq!((status(&old).await, status(&new).await), (401, 200));
}

#[tokio::test]
async fn a_program_has_so_many_requests_and_so_much_cost_a_minute() {
    let hub = issuing().await;
    let key = Key::ed25519("k");
    let few = Registration { requests: 3, cost: 1000, ..Registration::new(keys(&[&key])) };
    let cheap = Registration { cost: 10, ..Registration::new(keys(&[&key])) };
    let (few, cheap) = (hub.register(few).await, hub.register(cheap).await);
    let ask =
        |token: &str, query: &str| hub.post("/graphql").bearer_auth(token).json(&json!({ "query": query })).send();
    let few = token(&hub, &key, few).await;
    let mut left = 1001;
    for number in 1..=3 {
        let response = ask(&few, LEVEL).await.unwrap();
        let header = |name| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("ratelimit-policy").contains("\"requests\";q=3;w=60"), "{}", header("ratelimit-policy"));
        assert!(header("ratelimit").contains(&format!("\"requests\";r={}", 3 - number)), "{}", header("ratelimit"));
        let body: Value = response.json().await.unwrap();
        let remaining = body["extensions"]["cost"]["remaining"].as_i64().unwrap();
        assert!(remaining < left, "{body}");
        left = remaining;
    }
    let cheap = token(&hub, &key, cheap).await;
    let costly = "{ projects(first: 10) { nodes { id title } } }";
    for (name, token, query) in [("requests", &few, LEVEL), ("cost", &cheap, costly)] {
        let response = ask(token, query).await.unwrap();
        assert_eq!(response.status(), 429, "{name}");
        let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().parse::<u64>().unwrap());
        let body: Value = response.json().await.unwrap();
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "LIMIT_EXCEEDED", "{name}");
        assert!(extensions["requested"].as_u64() > extensions["limit"].as_u64(), "{name}: {body}");
        // An operation that costs more than a whole minute's budget is never answered: no time to wait is told.
        assert_eq!(wait.is_some_and(|wait| (1..=60).contains(&wait)), name == "requests", "{name}: {wait:?}");
    }
    assert_eq!(hub.level(&cheap).await, "PREFECTURE", "what fits is answered");
}

#[tokio::test]
async fn each_token_and_each_refusal_stands_in_the_audit() {
    let hub = issuing().await;
    let client = hub.register(Registration::new(Shows::Secret)).await;
    let secret = hub.secret(client).await;
    let ask = |scope: &'static str, secret: &str| {
        answer(asking(&hub, &[GRANT, ("scope", scope)]).basic_auth(client.to_string(), Some(secret)))
    };
    ask("plan:read", secret.reveal()).await;
    ask("audit:read", secret.reveal()).await;
    hub.sql(format!("update client set revoked_at = now() where id = '{client}'")).await;
    while ask("plan:read", secret.reveal()).await.0 == 200 {}
    let entries = hub.audit(client).await;
    let entry = |outcome: &str, reason: Value, scope: Value| {
        json!({ "action": "issue_token", "outcome": outcome, "reason": reason, "isTheClient": true, "purpose": null,
            "forOrganisation": true, "scope": scope })
    };
    assert_eq!(entries[0], entry("done", Value::Null, json!("plan:read")));
    assert_eq!(entries[1], entry("refused", json!("INVALID_SCOPE"), Value::Null));
    assert_eq!(entries.last().unwrap(), &entry("refused", json!("UNAUTHORIZED_CLIENT"), Value::Null));
    // Whoever names a client with a wrong secret is not the client. That entry comes behind the answer.
    let unknown = asking(&hub, &[GRANT]).basic_auth(Uuid::now_v7().to_string(), Some("wrong"));
    assert_eq!(answer(unknown).await.0, 401);
    ask("plan:read", "wrong").await;
    let failed = async {
        loop {
            let more = hub.audit(client).await.split_off(entries.len());
            if let [entry] = &more[..] {
                return entry.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let failed = tokio::time::timeout(Duration::from_secs(10), failed).await.unwrap();
    assert_eq!((&failed["reason"], &failed["isTheClient"]), (&json!("INVALID_CLIENT"), &json!(false)));
    let secrets: i64 = sqlx::query_scalar("select count(*) from audit_entry e where e::text like '%' || $1 || '%'")
        .bind(secret.reveal())
        .fetch_one(&mut hub.hub.maintenance().await)
        .await
        .unwrap();
    assert_eq!(secrets, 0);
}
