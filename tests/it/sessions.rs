//! Browser sessions: how they end, that every hub hears of it, and that no other site can use them.

use std::time::Duration;

use reqwest::header;
use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::provider::{Browser, House, SESSION, refusal};
use crate::websocket::{self, Socket};

const LEVEL: &str = "{ viewer { level } }";

/// Waits until the session is over; it must be the hub that says so.
async fn until_over(browser: &Browser, hub: &str) {
    for _ in 0..500 {
        let answer = browser.post(hub, json!({ "query": LEVEL })).await;
        if answer.status() == 401 {
            return assert_eq!(refusal(answer).await.1, "SESSION_EXPIRED");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the session goes on at {hub}");
}

async fn connect(browser: &Browser, hub: &str, origin: Option<&str>) -> Socket {
    let mut request = format!("{}/graphql/ws", hub.replace("http", "ws")).into_client_request().unwrap();
    let mut put = |name: &'static str, value: &str| {
        request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    };
    put("sec-websocket-protocol", "graphql-transport-ws");
    put("cookie", &format!("{SESSION}={}", browser.cookie(hub, SESSION).unwrap()));
    if let Some(origin) = origin {
        put("origin", origin);
    }
    let mut socket = tokio_tungstenite::connect_async(request).await.unwrap().0;
    websocket::send(&mut socket, json!({ "type": "connection_init" })).await;
    socket
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_its_time_is_up() {
    let house = House::of_officers().await;
    let hub = house.url.as_str();
    // The second column makes the database tell the hubs, which have the session in memory.
    for over in [
        "seen_at = now() - interval '31 minutes', ended_at = ended_at",
        "expires_at = now() - interval '1 second'",
        "ended_at = now()",
    ] {
        let browser = Browser::new();
        browser.sign_in(hub, "", "ada").await;
        assert_eq!(browser.acting(hub).await, "PREFECTURE OFFICER");
        house.sql(&format!("update browser_session set {over} where ended_at is null")).await;
        until_over(&browser, hub).await;
        house.sql("update browser_session set ended_at = now() where ended_at is null").await;
    }
    let browser = Browser::new();
    browser.sign_in(hub, "", "ada").await;
    house.sql("update browser_session set seen_at = now() - interval '29 minutes', ended_at = ended_at").await;
    assert_eq!(browser.acting(hub).await, "PREFECTURE OFFICER", "in time");
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_at_every_hub_and_its_connections() {
    let mut house = House::of_officers().await;
    let replica = house.replica(vec![]).await;
    let hub = house.url.as_str();
    let [one, other] = [Browser::new(), Browser::new()];
    for browser in [&one, &other] {
        browser.sign_in(hub, "", "ada").await;
        browser.put_cookie(&replica, SESSION, &browser.cookie(hub, SESSION).unwrap());
        assert_eq!(browser.acting(&replica).await, "PREFECTURE OFFICER");
    }
    let mut socket = connect(&other, &replica, Some(&replica)).await;
    assert_eq!(websocket::receive(&mut socket).await.unwrap()["type"], "connection_ack");

    let ended = one.ask(hub, "mutation { signOutEverywhere { sessionsEnded userErrors { code } } }").await;
    assert_eq!(ended["signOutEverywhere"], json!({ "sessionsEnded": 2, "userErrors": [] }));
    until_over(&one, hub).await;
    for browser in [&one, &other] {
        until_over(browser, &replica).await;
    }
    assert_eq!(websocket::receive(&mut socket).await, Err(4403));
}

#[tokio::test]
async fn no_other_site_acts_with_the_cookie() {
    let house = House::of_officers().await;
    let (hub, browser) = (house.url.as_str(), Browser::new());
    browser.sign_in(hub, "", "ada").await;
    let evil = "https://evil.example";
    for (origin, site, is_let_in) in [
        (Some(hub), None, true),
        (Some(hub), Some("same-origin"), true),
        (None, Some("same-origin"), true),
        (None, None, false),
        (None, Some("cross-site"), false),
        (None, Some("same-site"), false),
        (None, Some("none"), false),
        (Some("null"), None, false),
        (Some(evil), None, false),
        (Some(evil), Some("same-origin"), false),
        (Some("http://127.0.0.1:1"), None, false),
    ] {
        let case = format!("{origin:?} {site:?}");
        let with = |mut request: reqwest::RequestBuilder| {
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            request
        };
        let asked = with(browser.client.post(format!("{hub}/graphql")).json(&json!({ "query": LEVEL })));
        let answer = browser.send(asked).await;
        assert!(!answer.headers().contains_key("access-control-allow-credentials"), "{case}");
        if is_let_in {
            assert_eq!(answer.status(), 200, "{case}");
            continue;
        }
        assert_eq!(refusal(answer).await, (403, "CSRF_REFUSED".into()), "{case}");
        let sign_out = with(browser.client.post(format!("{hub}/sign-out")).json(&json!({})));
        assert_eq!(refusal(browser.send(sign_out).await).await, (403, "CSRF_REFUSED".into()), "{case}");
        let upload = with(browser.client.post(format!("{hub}/documents?record=x")).body("%PDF-"));
        assert_eq!(refusal(browser.send(upload).await).await, (403, "CSRF_REFUSED".into()), "{case}");
        if site.is_none() {
            let mut socket = connect(&browser, hub, origin).await;
            assert_eq!(websocket::receive(&mut socket).await, Err(4403), "{case}");
        }
    }
    // Reading by GET changes nothing, and other sites' scripts do not get to see the answer.
    let read = browser.client.get(format!("{hub}/graphql?query=%7Bviewer%7Blevel%7D%7D")).header(header::ORIGIN, evil);
    let answer = browser.send(read).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["access-control-allow-origin"]),
        (200, &"*".parse().unwrap())
    );
    // A token counts before the cookie, for whoever holds it.
    let asked = browser.client.post(format!("{hub}/graphql")).header(header::ORIGIN, evil).bearer_auth("wrong");
    let answer = browser.send(asked.json(&json!({ "query": LEVEL }))).await;
    assert_eq!(refusal(answer).await, (401, "TOKEN_INVALID".into()));
    assert_eq!(browser.acting(hub).await, "PREFECTURE OFFICER", "none of it ended the session");
}

#[tokio::test]
async fn while_the_provider_is_down_nobody_new_comes_in_and_sessions_go_on() {
    let mut house = House::of_officers().await;
    let (hub, inside) = (house.url.clone(), Browser::new());
    inside.sign_in(&hub, "", "ada").await;
    let late = Browser::new();
    let callback = late.to_callback(&hub, "", "ada").await;
    // It has not asked the provider anything yet.
    let replica = house.replica(vec![]).await;

    house.provider.tell("down").await;
    for (browser, address) in [(&late, callback), (&Browser::new(), format!("{replica}/sign-in"))] {
        let answer = browser.get(&address).await;
        assert!(answer.headers()[header::RETRY_AFTER].to_str().unwrap().parse::<u32>().unwrap() > 0);
        assert_eq!(refusal(answer).await, (503, "PROVIDER_UNAVAILABLE".into()), "{address}");
    }
    assert_eq!(inside.acting(&hub).await, "PREFECTURE OFFICER");

    house.provider.tell("up").await;
    late.sign_in(&hub, "", "ada").await;
    assert_eq!(late.acting(&hub).await, "PREFECTURE OFFICER");
    assert_eq!(Browser::new().get(&format!("{replica}/sign-in")).await.status(), 303);
}
