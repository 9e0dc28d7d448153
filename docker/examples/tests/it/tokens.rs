use jsonwebtoken::{Algorithm, EncodingKey, Header};
use raccordo_examples::access::{Caller, Level, Refusal};
use raccordo_examples::observatory;
use raccordo_examples::serving::router;
use serde_json::{Value, json};

use super::hub::{Fake, Key, bearer, now, serve};

/// Claims with one of them changed, or without it.
fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

#[tokio::test]
async fn a_token_of_the_hub_tells_the_level() {
    let key = Key::new("a");
    let fake = Fake::start(&[&key]).await;
    let hub = fake.for_partner(&fake.url);
    for (level, expected) in [
        ("NATIONAL", Level::National),
        ("PREFECTURE", Level::Prefecture),
        ("COUNCIL", Level::Council),
        ("PARTNER", Level::Partner),
    ] {
        assert_eq!(bearer(&hub, &key.sign(&fake.claims(level))).await, Ok(Caller::SignedIn(expected)));
    }
    assert_eq!(fake.fetches(), 1);
}

#[tokio::test]
async fn claims_that_are_not_for_here_and_now_are_refused() {
    let key = Key::new("a");
    let fake = Fake::start(&[&key]).await;
    let hub = fake.for_partner(&fake.url);
    let claims = fake.claims("NATIONAL");
    let audience = claims["aud"].clone();
    for (name, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("iss", Value::Null),
        ("aud", json!(fake.url)),
        ("aud", json!(format!("{}/partners/servizi", fake.url))),
        ("aud", json!([audience, "other"])),
        ("aud", Value::Null),
        ("exp", json!(now() - 31)),
        ("exp", json!("soon")),
        ("exp", Value::Null),
        ("nbf", json!(now() + 60)),
        ("level", json!("EMPEROR")),
        ("level", Value::Null),
    ] {
        let given = with(&claims, name, value);
        assert_eq!(bearer(&hub, &key.sign(&given)).await, Err(Refusal::Invalid), "{given}");
    }
    // Clocks differ.
    assert!(bearer(&hub, &key.sign(&with(&claims, "exp", json!(now() - 20)))).await.is_ok());
}

#[tokio::test]
async fn a_token_that_the_hub_did_not_sign_is_refused() {
    let (key, forged) = (Key::new("a"), Key::new("a"));
    let fake = Fake::start(&[&key]).await;
    let hub = fake.for_partner(&fake.url);
    let claims = fake.claims("NATIONAL");
    let headers = [
        Header { typ: Some("JWT".into()), ..key.header.clone() },
        Header { typ: None, ..key.header.clone() },
        Header { kid: None, ..key.header.clone() },
        Header { kid: Some("other".into()), ..key.header.clone() },
        Header { crit: Some(vec!["b64".into()]), ..key.header.clone() },
    ];
    let mut tokens = vec![forged.sign(&claims), String::new(), "a.b.c".into()];
    for header in headers {
        let mut key = Key::new("a");
        key.header = header;
        tokens.push(key.sign(&claims));
    }
    let secret = Header { typ: Some("at+jwt".into()), kid: Some("a".into()), ..Header::new(Algorithm::HS256) };
    tokens.push(jsonwebtoken::encode(&secret, &claims, &EncodingKey::from_secret(b"secret")).unwrap());
    for token in tokens {
        assert_eq!(bearer(&hub, &token).await, Err(Refusal::Invalid), "{token}");
    }
    for header in ["", "Bearer", "Basic YTpi"] {
        assert_eq!(hub.caller(header.as_bytes()).await, Err(Refusal::Invalid), "{header}");
    }
}

#[tokio::test]
async fn the_issuer_may_be_another_than_the_address() {
    let key = Key::new("a");
    let fake = Fake::start(&[&key]).await;
    let hub = fake.for_partner("https://hub.example/");
    let claims = with(&fake.claims("COUNCIL"), "iss", json!("https://hub.example"));
    let claims = with(&claims, "aud", json!("https://hub.example/partners/osservatorio"));
    assert_eq!(bearer(&hub, &key.sign(&claims)).await, Ok(Caller::SignedIn(Level::Council)));
    assert_eq!(bearer(&hub, &key.sign(&fake.claims("COUNCIL"))).await, Err(Refusal::Invalid));
}

#[tokio::test]
async fn a_key_that_is_not_known_is_fetched_once_in_ten_seconds() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let fake = Fake::start(&[&old]).await;
    let hub = fake.for_partner(&fake.url);
    let [by_old, by_new] = [&old, &new].map(|key| key.sign(&fake.claims("PARTNER")));
    assert!(bearer(&hub, &by_old).await.is_ok());
    fake.publish(&[&new]);
    for _ in 0..3 {
        assert_eq!(bearer(&hub, &by_new).await, Err(Refusal::Invalid));
    }
    assert_eq!(fake.fetches(), 1);
    fake.wait(11);
    assert!(bearer(&hub, &by_new).await.is_ok());
    assert_eq!(bearer(&hub, &by_old).await, Err(Refusal::Invalid), "it is withdrawn");
    assert_eq!(fake.fetches(), 2);
}

#[tokio::test]
async fn keys_are_fetched_anew_in_time_and_kept_while_the_hub_is_silent() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let fake = Fake::start(&[&old]).await;
    let hub = fake.for_partner(&fake.url);
    let [by_old, by_new] = [&old, &new].map(|key| key.sign(&fake.claims("PARTNER")));
    fake.falls_silent();
    assert_eq!(bearer(&hub, &by_old).await, Err(Refusal::Unavailable));
    fake.publish(&[&old]);
    fake.wait(11);
    assert!(bearer(&hub, &by_old).await.is_ok());
    fake.falls_silent();
    fake.wait(301);
    assert!(bearer(&hub, &by_old).await.is_ok());
    assert_eq!(bearer(&hub, &by_new).await, Err(Refusal::Unavailable));
    fake.publish(&[&new]);
    fake.wait(11);
    assert_eq!(bearer(&hub, &by_old).await, Err(Refusal::Invalid));
}

#[tokio::test]
async fn over_http_a_wrong_token_is_refused_and_none_is_the_public() {
    let key = Key::new("a");
    let fake = Fake::start(&[&key]).await;
    let schema = observatory::schema().unwrap();
    let with_hub = serve(router(schema.clone(), Some(fake.for_partner(&fake.url)))).await;
    let alone = serve(router(schema, None)).await;
    let national = key.sign(&fake.claims("NATIONAL"));
    let expired = key.sign(&with(&fake.claims("NATIONAL"), "exp", json!(now() - 60)));
    for (address, token, status, is_told) in [
        (&with_hub, None, 200, false),
        (&with_hub, Some(&national), 200, true),
        (&with_hub, Some(&expired), 401, false),
        (&alone, Some(&national), 200, false),
    ] {
        let body = json!({ "query": "{ osservatorioCourses(year: 2024, first: 1) { dropouts } }" });
        let mut request = reqwest::Client::new().post(format!("{address}/graphql")).json(&body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        let answer: Value = response.json().await.unwrap();
        let told = answer["data"]["osservatorioCourses"][0]["dropouts"].is_number();
        assert_eq!(told, is_told, "{answer}");
        assert_eq!(answer["error"].is_string(), status == 401, "{answer}");
    }
}
