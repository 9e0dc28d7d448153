//! What is secret stays out of the log, however much is logged.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::embedded::{folder, raccordo};

const BEARER: &str = "c2VjcmV0LWJlYXJlci10b2tlbg.YWJj.ZGVm";
const COOKIE: &str = "secret-of-a-browser-session-0123456789ab";
const CLIENT_SECRET: &str = "secret-of-a-client-0123456789abcdefghij";
const CODE: &str = "secret-code-of-the-provider";
const STATE: &str = "secret-state-of-an-attempt";
const INVITATION: &str = "secret-of-an-invitation-0123456789abcdef";
const VARIABLE: &str = "words-of-a-question-nobody-else-reads";

#[tokio::test]
async fn no_secret_is_in_the_log_even_when_everything_is_logged() {
    let folder = folder();
    let log = folder.path().join("log");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut hub = raccordo(folder.path(), port)
        .arg("serve")
        .env("RUST_LOG", "trace")
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let base = format!("http://127.0.0.1:{port}");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let started = Instant::now();
    while client.get(format!("{base}/readyz")).send().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(30), "the hub is ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let question =
        json!({ "query": "query ($t: String!) { search(text: $t) { totalCount } }", "variables": { "t": VARIABLE } });
    let form = |body: String| {
        client
            .post(format!("{base}/oauth/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    };
    let id = "01993c2a-0000-7000-8000-000000000001";
    for request in [
        client.post(format!("{base}/graphql")).json(&question),
        client.post(format!("{base}/graphql")).json(&question).bearer_auth(BEARER),
        client
            .post(format!("{base}/graphql"))
            .json(&question)
            .header("cookie", format!("__Host-raccordo-session={COOKIE}")),
        form(format!("grant_type=client_credentials&client_id={id}&client_secret={CLIENT_SECRET}")),
        form("grant_type=client_credentials".into()).basic_auth(id, Some(CLIENT_SECRET)),
        client.get(format!("{base}/sign-in/callback?code={CODE}&state={STATE}")),
        client.get(format!("{base}/sign-in?invitation={INVITATION}")),
    ] {
        request.send().await.unwrap();
    }
    // SAFETY: the child has not been waited for.
    unsafe { libc::kill(hub.id() as i32, libc::SIGTERM) };
    hub.wait().unwrap();
    let key = std::fs::read_to_string(folder.path().join("hub-key")).unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("serving http://"), "the log is written");
    for secret in [BEARER, COOKIE, CLIENT_SECRET, CODE, STATE, INVITATION, VARIABLE, key.trim()] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
