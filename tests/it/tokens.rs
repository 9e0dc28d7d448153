//! Tokens of programs: several issuers, each in its own way, whatever happens to their keys meanwhile.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use raccordo::access::persona::Persona;
use raccordo::access::secret::Secret;
use raccordo::access::token::DemoKey;
use raccordo::access::{IssuerKind, Settings};
use serde_json::json;

use crate::issuer::{AUDIENCE, Issuer, Key, now, with};
use crate::levels::{REFERENCE, SMALL};
use crate::machines::{LEVEL, Machines, Registration, Shows};

fn trusting(issuers: &[(&str, IssuerKind, &Issuer)]) -> Settings {
    let issuers = issuers.iter().map(|(name, kind, issuer)| issuer.trusted(name, *kind)).collect();
    Settings { issuers, hub_key: Some(Secret::random()), ..Settings::default() }
}

/// A hub that trusts one issuer of signed tokens, which knows one program.
async fn with_one(issuer: &Issuer) -> Machines {
    let hub = Machines::start(REFERENCE, trusting(&[("regione", IssuerKind::Jwt, issuer)])).await;
    hub.register(Registration::new(Shows::Elsewhere("regione", "program", None))).await;
    hub
}

#[tokio::test]
async fn tokens_of_each_algorithm_are_taken_in_every_form_that_the_standards_allow() {
    let keys = [Key::rsa("a"), Key::p256("b"), Key::ed25519("c")];
    let issuer = Issuer::start(&[&keys[0], &keys[1], &keys[2]]).await;
    let hub = with_one(&issuer).await;
    let claims = issuer.claims("program");
    for key in &keys {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
            let token = key.signed(&with(&key.header(), json!({ "typ": typ })), &claims);
            assert_eq!(hub.level(&token).await, "PREFECTURE", "{} {typ}", key.alg);
        }
        for changes in [
            json!({ "aud": ["https://other.example", AUDIENCE] }),
            json!({ "client_id": null, "azp": "program", "sub": "somebody" }),
            json!({ "client_id": null }),
            json!({ "nbf": now() + 20, "iat": now() + 20 }),
            json!({ "iat": now() - 60, "exp": now() - 10 }),
            json!({ "scope": "openid project:read" }),
        ] {
            assert_eq!(hub.level(&key.token(&with(&claims, changes.clone()))).await, "PREFECTURE", "{changes}");
        }
    }
}

#[tokio::test]
async fn a_program_sees_of_its_organisations_records_what_its_scopes_open() {
    let data_dir = tempfile::tempdir().unwrap();
    let demo = DemoKey::read_or_make(data_dir.path()).unwrap();
    let key = Key::ed25519("k");
    let issuer = Issuer::start(&[&key]).await;
    let settings = trusting(&[("regione", IssuerKind::Jwt, &issuer)]);
    let hub = Machines::start(SMALL, Settings { demo_key: Some(demo.clone()), ..settings }).await;
    let ngo = |scopes, subject| Registration {
        organisation: "persona:ong-bologna",
        scopes,
        ..Registration::new(Shows::Elsewhere("regione", subject, None))
    };
    hub.register(ngo(&["organisation:read", "project:read"], "reader")).await;
    hub.register(ngo(&["organisation:read"], "narrow")).await;
    let projects = async |token: &str| {
        let (status, body) = hub.ask(token, "{ projects { totalCount } }").await;
        assert_eq!(status, 200, "{body}");
        body["data"]["projects"]["totalCount"].as_u64().unwrap()
    };
    let request = hub.post("/graphql").json(&json!({ "query": "{ projects { totalCount } }" }));
    let public: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let public = public["data"]["projects"]["totalCount"].as_u64().unwrap();
    let own = projects(&demo.token(Persona::find("ong-bologna").unwrap()).unwrap()).await;
    assert!(public < own, "{public} public, {own} for the body itself");
    let token =
        |client: &str, scope: serde_json::Value| key.token(&with(&issuer.claims(client), json!({ "scope": scope })));
    assert_eq!(projects(&token("reader", serde_json::Value::Null)).await, own, "all that it is registered with");
    assert_eq!(projects(&token("reader", json!("project:read"))).await, own);
    assert_eq!(projects(&token("reader", json!("organisation:read"))).await, public, "the token names less");
    assert_eq!(projects(&token("reader", json!("openid"))).await, public);
    assert_eq!(projects(&token("narrow", json!("organisation:read project:read"))).await, public, "more than it has");
}

#[tokio::test]
async fn several_issuers_are_trusted_at_once_and_a_pdnd_vouchers_purpose_stands_in_the_audit() {
    let (key, pdnds) = (Key::p256("k"), Key::rsa("k"));
    let (issuer, pdnd, opaque) =
        (Issuer::start(&[&key]).await, Issuer::start(&[&pdnds]).await, Issuer::start(&[]).await);
    let hub = Machines::start(
        REFERENCE,
        trusting(&[
            ("regione", IssuerKind::Jwt, &issuer),
            ("pdnd", IssuerKind::Pdnd, &pdnd),
            ("opaco", IssuerKind::Introspection, &opaque),
        ]),
    )
    .await;
    // One name at several issuers is several programs.
    let mut clients = Vec::new();
    for (issuer, organisation, purpose) in [
        ("regione", "office:PREF-BO", None),
        ("pdnd", "authority:DLCI", Some("p-1")),
        ("pdnd", "office:PREF-TO", None),
        ("opaco", "council:PREF-BO", None),
    ] {
        let shows = Shows::Elsewhere(issuer, "same", purpose);
        clients.push(hub.register(Registration { organisation, ..Registration::new(shows) }).await);
    }
    opaque.say("opaque", json!({ "active": true, "client_id": "same" }));
    let voucher = |purpose: &str| {
        let claims = json!({ "consumerId": "same", "purposeId": purpose, "producerId": "p", "eserviceId": "e" });
        pdnds.token(&with(&pdnd.claims("c-1"), claims))
    };
    for (token, level) in [
        (key.token(&issuer.claims("same")), "PREFECTURE"),
        (voucher("p-1"), "NATIONAL"),
        (voucher("p-2"), "PREFECTURE"),
        ("opaque".to_owned(), "COUNCIL"),
    ] {
        assert_eq!(hub.level(&token).await, level);
    }
    let invite =
        "mutation { inviteMember(input: { email: \"a@example.org\", role: OFFICER }) { userErrors { code } } }";
    for (purpose, client) in [("p-1", clients[1]), ("p-2", clients[2])] {
        let (status, body) = hub.ask(&voucher(purpose), invite).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(
            hub.audit(client).await,
            [
                json!({ "action": "invite_member", "outcome": "refused", "reason": "PERSON_REQUIRED", "isTheClient": true,
                "purpose": purpose, "forOrganisation": true, "scope": null })
            ]
        );
    }
}

#[tokio::test]
async fn opaque_tokens_are_asked_about_once_for_a_while() {
    let opaque = Issuer::start(&[]).await;
    let hub = Machines::start(REFERENCE, trusting(&[("opaco", IssuerKind::Introspection, &opaque)])).await;
    hub.register(Registration::new(Shows::Elsewhere("opaco", "program", None))).await;
    let says =
        |token: &str, changes| opaque.say(token, with(&json!({ "active": true, "client_id": "program" }), changes));
    says("plain", json!({}));
    says(
        "full",
        json!({ "iss": opaque.url, "aud": [AUDIENCE], "exp": now() + 60, "token_type": "Bearer", "scope": "x" }),
    );
    for token in ["plain", "full"] {
        let before = opaque.asked();
        for _ in 0..3 {
            assert_eq!(hub.level(token).await, "PREFECTURE", "{token}");
        }
        assert_eq!(opaque.asked(), before + 1, "{token}");
    }
    for (token, changes, reason) in [
        ("inactive", json!({ "active": false }), "TOKEN_INVALID"),
        ("active-as-text", json!({ "active": "true" }), "TOKEN_INVALID"),
        ("for-another", json!({ "aud": "https://other.example" }), "TOKEN_INVALID"),
        ("of-another", json!({ "iss": "https://other.example" }), "TOKEN_INVALID"),
        ("a-refresh-token", json!({ "token_type": "refresh_token" }), "TOKEN_INVALID"),
        ("nobodys", json!({ "client_id": null }), "TOKEN_INVALID"),
        ("anothers", json!({ "client_id": "another" }), "TOKEN_INVALID"),
        ("bound", json!({ "cnf": { "jkt": "x" } }), "TOKEN_INVALID"),
        ("over", json!({ "exp": now() - 60 }), "TOKEN_EXPIRED"),
    ] {
        says(token, changes);
        let before = opaque.asked();
        for _ in 0..3 {
            assert_eq!(hub.level(token).await, reason, "{token}");
        }
        assert_eq!(opaque.asked(), before + 1, "{token}");
    }
    opaque.set_down(true);
    says("new", json!({}));
    let answer = hub.post("/graphql").bearer_auth("new").json(&json!({ "query": LEVEL })).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("retry-after")), (503, true));
    assert_eq!(hub.level("plain").await, "PREFECTURE", "what is known goes on");
    opaque.set_down(false);
    assert_eq!(
        hub.level("new").await,
        "PREFECTURE",
        "and nothing is held against a token that could not be asked about"
    );
}

#[tokio::test]
async fn rotation_of_an_issuers_keys_under_traffic_refuses_nothing_valid() {
    let mut current = Rc::new(Key::ed25519("key-0"));
    let issuer = Issuer::start(&[&current]).await;
    let hub = with_one(&issuer).await;
    let first = current.token(&issuer.claims("program"));
    assert_eq!(hub.level(&first).await, "PREFECTURE");
    let (signing, asked, over) = (RefCell::new(current.clone()), Cell::new(0), Cell::new(false));
    let traffic = async || {
        while !over.get() {
            let key = signing.borrow().clone();
            let token = key.token(&issuer.claims("program"));
            assert_eq!(
                hub.level(&token).await,
                "PREFECTURE",
                "after {} requests, under {}",
                asked.get(),
                key.jwk["kid"]
            );
            asked.set(asked.get() + 1);
        }
    };
    let rotate = async {
        for number in 1..=3 {
            let next = Rc::new(Key::ed25519(&format!("key-{number}")));
            issuer.publish(&[&current, &next]);
            signing.replace(next.clone());
            current = next;
            let before = asked.get();
            while asked.get() < before + 40 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        over.set(true);
    };
    tokio::join!(traffic(), traffic(), traffic(), traffic(), rotate);
    assert!(issuer.asked() <= 5, "keys were fetched {} times for {} requests", issuer.asked(), asked.get());
    assert_eq!(hub.level(&first).await, "TOKEN_INVALID", "a token under a key that was withdrawn, though it was known");
}

#[tokio::test]
async fn an_issuer_that_is_down_stops_unknown_keys_alone() {
    let (known, new) = (Key::p256("known"), Key::p256("new"));
    let issuer = Issuer::start(&[&known, &new]).await;
    issuer.publish(&[&known]);
    issuer.set_down(true);
    let hub = with_one(&issuer).await;
    let token = |key: &Key| key.token(&issuer.claims("program"));
    assert_eq!(hub.level(&token(&known)).await, "UNAVAILABLE", "the hub serves, and knows no key yet");
    issuer.set_down(false);
    hub.until(&token(&known), "PREFECTURE").await;
    issuer.set_down(true);
    issuer.publish(&[&known, &new]);
    let request = hub.post("/graphql").bearer_auth(token(&new)).json(&json!({ "query": LEVEL }));
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("retry-after")), (503, true));
    assert_eq!(hub.level(&token(&known)).await, "PREFECTURE");
    issuer.set_down(false);
    hub.until(&token(&new), "PREFECTURE").await;
}

#[tokio::test]
async fn a_program_is_let_in_no_more_as_soon_as_its_registration_says_so() {
    let key = Key::ed25519("k");
    let issuer = Issuer::start(&[&key]).await;
    let hub = with_one(&issuer).await;
    let token = key.token(&issuer.claims("program"));
    for (change, reason) in [
        ("revoked_at = now()", "TOKEN_INVALID"),
        ("revoked_at = null", "PREFECTURE"),
        ("expires_at = now()", "TOKEN_INVALID"),
    ] {
        assert_ne!(hub.level(&token).await, reason);
        hub.sql(format!("update client set {change}")).await;
        hub.until(&token, reason).await;
    }
    hub.hub.hub.authenticator.tend().await;
    let used: bool = sqlx::query_scalar("select last_used_at > now() - interval '1 minute' from client")
        .fetch_one(&mut hub.hub.maintenance().await)
        .await
        .unwrap();
    assert!(used, "its last use is written down");
}
