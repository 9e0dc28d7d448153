//! People sign in at a real provider: what comes of it, and what does not.

use raccordo::access::Role;
use raccordo::access::secret::Secret;
use reqwest::header;
use serde_json::{Value, json};

use crate::provider::{Browser, House, SESSION, SIGN_IN, ada, location, refusal, rule};

#[tokio::test]
async fn a_person_signs_in_acts_for_an_organisation_and_signs_out() {
    let house = House::of_officers().await;
    let (hub, browser) = (house.url.as_str(), Browser::new());
    let signed_in = browser.sign_in(hub, "?return=/graphiql?operation=council", "ada").await;
    assert_eq!(location(&signed_in), format!("{hub}/graphiql?operation=council"));
    let set: Vec<_> = signed_in.headers().get_all(header::SET_COOKIE).iter().map(|set| set.to_str().unwrap()).collect();
    assert!(set[0].starts_with(SESSION) && set[0].ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"), "{set:?}");
    assert!(set[1].starts_with(&format!("{SIGN_IN}=;")), "{set:?}");

    let query = "{ viewer { level role organisation { id } account { name email memberships { isActive } } } }";
    let viewer = browser.ask(hub, query).await["viewer"].take();
    assert_eq!((&viewer["level"], &viewer["role"]), (&json!("PREFECTURE"), &json!("OFFICER")));
    let expected = json!({
        "name": "Ada Bianchi", "email": "ada@prefettura.example", "memberships": [{ "isActive": true }]
    });
    assert_eq!(viewer["account"], expected);

    let kept = browser.copy();
    let sign_out = browser.client.post(format!("{hub}/sign-out")).header(header::ORIGIN, hub).json(&json!({}));
    let signed_out: Value = browser.send(sign_out).await.json().await.unwrap();
    let next = signed_out["next"].as_str().unwrap();
    assert!(next.starts_with(&format!("{}/session/end?", house.provider.issuer)), "{next}");
    assert_eq!(browser.cookie(hub, SESSION), None);
    assert_eq!(browser.acting(hub).await, "PUBLIC");
    let answer = kept.post(hub, json!({ "query": "{ viewer { level } }" })).await;
    assert_eq!(refusal(answer).await, (401, "SESSION_EXPIRED".into()), "a copied cookie is worth nothing any more");
    assert_eq!(kept.cookie(hub, SESSION), None, "the browser is told to forget it");

    assert_eq!(house.audit().await, ["sign_in done >officer", "sign_in done", "sign_out done"]);
    let (secrets,): (i64,) = sqlx::query_as("select count(*) from browser_session where length(secret_hash) = 32")
        .fetch_one(&mut house.hub.maintenance().await)
        .await
        .unwrap();
    assert_eq!(secrets, 1);
}

#[tokio::test]
async fn a_session_is_new_with_each_sign_in_and_ends_the_one_before() {
    let house = House::of_officers().await;
    let (hub, browser) = (house.url.as_str(), Browser::new());
    let planted = Secret::random();
    browser.put_cookie(hub, SESSION, planted.reveal());
    browser.sign_in(hub, "", "ada").await;
    let first = browser.copy();
    assert_ne!(browser.cookie(hub, SESSION).unwrap(), planted.reveal());
    browser.sign_in(hub, "", "ada").await;
    assert_ne!(browser.cookie(hub, SESSION), first.cookie(hub, SESSION));
    assert_eq!(browser.acting(hub).await, "PREFECTURE OFFICER");
    for (secret, what) in [(first.cookie(hub, SESSION).unwrap(), "rotated"), (planted.reveal().into(), "planted")] {
        let other = Browser::new();
        other.put_cookie(hub, SESSION, &secret);
        let answer = other.post(hub, json!({ "query": "{ viewer { level } }" })).await;
        assert_eq!(refusal(answer).await, (401, "SESSION_EXPIRED".into()), "{what}");
    }
}

#[tokio::test]
async fn a_callback_that_is_not_right_lets_nobody_in() {
    let house = House::of_officers().await;
    let hub = house.url.as_str();
    let address = |query: &str| format!("{hub}/sign-in/callback{query}");
    for (query, reason) in [
        ("", "STATE_MISSING"),
        ("?code=x", "STATE_MISSING"),
        ("?state=&code=x", "STATE_MISSING"),
        ("?state=unknown&code=x", "STATE_UNKNOWN"),
        ("?state=a&state=b&code=x", "CALLBACK_MALFORMED"),
    ] {
        assert_eq!(refusal(Browser::new().get(&address(query)).await).await, (400, reason.into()), "{query}");
    }

    // Each begins well, then something is changed.
    let with = |callback: &str, name: &str, value: Option<&str>| {
        let mut url = reqwest::Url::parse(callback).unwrap();
        let kept: Vec<(String, String)> =
            url.query_pairs().filter(|(known, _)| known != name).map(|(n, v)| (n.into(), v.into())).collect();
        url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
        String::from(url)
    };
    for (what, parameter, value, sql, status, reason) in [
        ("another code", "code", Some("guessed"), "", 401, "CODE_INVALID"),
        ("no code", "code", None, "", 400, "CODE_MISSING"),
        ("another issuer", "iss", Some("https://evil.example"), "", 400, "ISSUER_MISMATCH"),
        ("no issuer", "iss", None, "", 400, "ISSUER_MISMATCH"),
        ("too late", "", None, "update sign_in_attempt set expires_at = now()", 400, "SIGN_IN_EXPIRED"),
        ("another nonce", "", None, "update sign_in_attempt set nonce = 'another'", 401, "NONCE_INVALID"),
        ("another verifier", "", None, "update sign_in_attempt set verifier = repeat('x', 43)", 401, "CODE_INVALID"),
        ("an error of the provider's", "error", Some("invalid_scope"), "", 400, "REFUSED_BY_PROVIDER"),
        ("a provider in trouble", "error", Some("server_error"), "", 503, "PROVIDER_UNAVAILABLE"),
    ] {
        let browser = Browser::new();
        let callback = with(&browser.to_callback(hub, "", "ada").await, parameter, value);
        if !sql.is_empty() {
            house.sql(sql).await;
        }
        assert_eq!(refusal(browser.get(&callback).await).await, (status, reason.into()), "{what}");
        assert_eq!(browser.cookie(hub, SESSION), None, "{what}");
        assert_eq!(refusal(browser.get(&callback).await).await, (400, "STATE_UNKNOWN".into()), "{what}, once more");
    }

    let victim = Browser::new();
    let callback = victim.to_callback(hub, "", "ada").await;
    assert_eq!(refusal(Browser::new().get(&callback).await).await, (400, "SIGN_IN_COOKIE_MISSING".into()));
    let attacker = Browser::new();
    let callback = victim.to_callback(hub, "", "ada").await;
    attacker.to_callback(hub, "", "bruno").await;
    assert_eq!(refusal(attacker.get(&callback).await).await, (400, "OTHER_BROWSER".into()));

    let browser = Browser::new();
    let callback = browser.to_callback(hub, "", "").await;
    let page = browser.client.get(&callback).header("accept", "text/html").header("accept-language", "it");
    let page = browser.send(page).await;
    assert_eq!((page.status().as_u16(), &page.headers()["cache-control"]), (401, &"no-store".parse().unwrap()));
    let page = page.text().await.unwrap();
    assert!(page.contains("ACCESS_DENIED") && page.contains("è stato annullato"), "{page}");
    assert!(!page.contains("The person refused"), "nothing of the provider's own words");

    let callback = browser.to_callback(hub, "", "ada").await;
    assert_eq!(browser.get(&callback).await.status(), 303);
    assert_eq!(refusal(browser.get(&callback).await).await, (400, "STATE_UNKNOWN".into()), "replayed");
    assert_eq!(browser.acting(hub).await, "PREFECTURE OFFICER");
}

#[tokio::test]
async fn a_sign_in_that_cannot_begin_says_why() {
    let house = House::of_officers().await;
    let browser = Browser::new();
    for (query, status, reason) in [
        ("?return=//evil.example", 400, "RETURN_NOT_LOCAL"),
        ("?return=https://evil.example/", 400, "RETURN_NOT_LOCAL"),
        ("?provider=unknown", 404, "PROVIDER_UNKNOWN"),
        ("?provider=civic&provider=civic", 400, "CALLBACK_MALFORMED"),
    ] {
        let answer = browser.get(&format!("{}/sign-in{query}", house.url)).await;
        assert_eq!(refusal(answer).await, (status, reason.into()), "{query}");
    }
    let providers: Value = browser.get(&format!("{}/sign-in/providers", house.url)).await.json().await.unwrap();
    assert_eq!(providers, json!([{ "name": "civic", "label": "Civic identity" }]));
}

#[tokio::test]
async fn memberships_follow_the_claims_and_the_rules_at_each_sign_in() {
    let rules = || {
        vec![
            rule("groups", "officers", "office:PREF-BO", Role::Officer),
            rule("groups", "heads", "office:PREF-BO", Role::Head),
        ]
    };
    let mut house = House::with(rules()).await;
    let (hub, browser) = (house.url.clone(), Browser::new());
    for (groups, acting) in [
        (&["heads"][..], "PREFECTURE HEAD"),
        (&["heads", "officers"], "PREFECTURE OFFICER"),
        (&["staff"], "PUBLIC"),
        (&["officers"], "PREFECTURE OFFICER"),
    ] {
        house.provider.claims("ada", ada(groups)).await;
        browser.sign_in(&hub, "", "ada").await;
        assert_eq!(browser.acting(&hub).await, acting, "{groups:?}");
    }
    let expected = [
        "sign_in done >head",
        "sign_in done",
        "sign_in done head >officer",
        "sign_in done",
        "sign_in done officer",
        "sign_in done",
        "sign_in done >officer",
        "sign_in done",
    ];
    assert_eq!(house.audit().await, expected);

    // The same person at a hub whose settings have other rules; one names no organisation.
    let rules = vec![
        rule("groups", "officers", "office:NOWHERE", Role::Head),
        rule("email", "ada@prefettura.example", "office:PREF-MO", Role::Viewer),
    ];
    let replica = house.replica(rules).await;
    browser.sign_in(&replica, "", "ada").await;
    assert_eq!(browser.acting(&replica).await, "PREFECTURE VIEWER");
    let memberships: Vec<String> = sqlx::query_scalar(
        "select o.office_code from membership m join organisation o on o.id = m.organisation_id where m.ended_at is null",
    )
    .fetch_all(&mut house.hub.maintenance().await)
    .await
    .unwrap();
    assert_eq!(memberships, ["PREF-MO"]);
}

#[tokio::test]
async fn an_invitation_link_makes_whoever_signs_in_with_it_a_member_once() {
    let house = House::of_officers().await;
    let (hub, secret) = (house.url.as_str(), Secret::random());
    let hash: String = secret.hash().iter().map(|byte| format!("{byte:02x}")).collect();
    house
        .sql(&format!(
            "insert into invitation (id, organisation_id, owner_number, role, email, secret_hash, expires_at)
             select gen_random_uuid(), id, number, 'secretariat', 'bruno@council.example', '\\x{hash}', now() + interval '1 day'
             from organisation where office_code = 'PREF-BO'"
        ))
        .await;
    let link = format!("?invitation={}", secret.reveal());
    for (login, outcome, acting) in [
        ("bruno", "TAKEN", "PREFECTURE SECRETARIAT"),
        ("bruno", "INVITATION_ACCEPTED", "PREFECTURE SECRETARIAT"),
        ("carla", "INVITATION_ACCEPTED", "PUBLIC"),
    ] {
        let browser = Browser::new();
        let signed_in = browser.sign_in(hub, &link, login).await;
        assert_eq!(location(&signed_in), format!("{hub}/account?invitation={outcome}"), "{login}");
        assert_eq!(browser.acting(hub).await, acting, "{login}");
    }
    let audit = house.audit().await;
    assert_eq!(audit, ["accept_invitation done >secretariat", "sign_in done", "sign_in done", "sign_in done"]);
}

#[tokio::test]
async fn who_belongs_to_several_organisations_chooses_and_is_remembered() {
    let rules = vec![
        rule("groups", "bologna", "office:PREF-BO", Role::Officer),
        rule("groups", "modena", "office:PREF-MO", Role::Head),
    ];
    let mut house = House::with(rules).await;
    house.provider.claims("ada", ada(&["bologna", "modena"])).await;
    let (hub, browser) = (house.url.as_str(), Browser::new());
    for (wanted, expected) in [
        ("/graphiql?as=a", "/account?return=%2Fgraphiql%3Fas%3Da"),
        ("/account", "/account"),
        ("/account?invitation=TAKEN", "/account?invitation=TAKEN"),
    ] {
        let signed_in = browser.sign_in(hub, &format!("?return={wanted}"), "ada").await;
        assert_eq!(location(&signed_in), format!("{hub}{expected}"), "to choose");
    }
    assert_eq!(browser.acting(hub).await, "PUBLIC");

    let memberships = "{ viewer { account { memberships { id role } } } }";
    let held = browser.ask(hub, memberships).await["viewer"]["account"]["memberships"].take();
    let membership = |role: &str| {
        let found = held.as_array().unwrap().iter().find(|membership| membership["role"] == role);
        found.unwrap()["id"].clone()
    };
    let switch = "mutation($input: SwitchMembershipInput!) { switchMembership(input: $input) { userErrors { code } } }";
    for role in ["HEAD", "OFFICER", "HEAD"] {
        let input = json!({ "input": { "membershipId": membership(role) } });
        let payload = browser.ask_with(hub, switch, input).await["switchMembership"].take();
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(browser.acting(hub).await, format!("PREFECTURE {role}"));
    }
    let other = Browser::new();
    let signed_in = other.sign_in(hub, "?return=/graphiql", "ada").await;
    assert_eq!(location(&signed_in), format!("{hub}/graphiql"));
    assert_eq!(other.acting(hub).await, "PREFECTURE HEAD", "as the last time");

    // A membership that ends meanwhile takes its sight with it.
    house.sql("update membership set ended_at = now() where role = 'head'").await;
    while other.acting(hub).await != "PREFECTURE OFFICER" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
