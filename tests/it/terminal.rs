//! People sign in at the command line by their browser: what comes of it, and what does not.

use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use raccordo::access::Role;
use raccordo::access::secret::Secret;
use raccordo::federation::served::{View, hash};
use reqwest::{Response, Url, header};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::hub::TODAY;
use crate::provider::{Browser, House, SESSION, ada, location, refusal, rule};

const FORM: &str = "application/x-www-form-urlencoded";

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The machine of a person, on which commands run.
struct Machine {
    folder: tempfile::TempDir,
    hub: String,
}

/// How a command ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    told: String,
    error: String,
}

impl Machine {
    fn of(house: &House) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), hub: house.url.clone() }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_raccordo"));
        command.args(arguments).env_clear().env("XDG_CONFIG_HOME", self.folder.path()).env("RACCORDO_HUB", &self.hub);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().unwrap()
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        ended(self.start(arguments)).await
    }

    /// Begins to sign in; the address that the command shows.
    async fn begins(&self) -> (Child, String) {
        let mut command = self.start(&["sign-in"]);
        let mut lines = BufReader::new(command.stderr.as_mut().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.trim().starts_with(&self.hub) {
                return (command, line.trim().to_owned());
            }
        }
        panic!("it shows no address: {:?}", ended(command).await);
    }

    /// The token that is kept.
    fn token(&self) -> String {
        let kept = std::fs::read(self.folder.path().join("raccordo/sign-ins.json")).unwrap();
        let kept: Value = serde_json::from_slice(&kept).unwrap();
        kept[&self.hub]["token"].as_str().unwrap().to_owned()
    }
}

async fn ended(command: Child) -> Ran {
    let ended = command.wait_with_output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: ended.status.code().unwrap(), told: text(ended.stdout), error: text(ended.stderr) }
}

/// Answers the question of the page at this address, as a browser sends the form from there.
async fn answers(browser: &Browser, address: &str, decision: &str) -> Response {
    let url = Url::parse(address).unwrap();
    let mut form: Vec<(String, String)> = url.query_pairs().map(|(name, value)| (name.into(), value.into())).collect();
    form.push(("decision".into(), decision.into()));
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let origin = url.origin().ascii_serialization();
    let page = format!("{origin}/sign-in/terminal");
    let request = browser.client.post(page).header(header::ORIGIN, &origin).header(header::CONTENT_TYPE, FORM);
    browser.send(request.body(form)).await
}

/// What whoever holds this token is answered.
async fn asked(hub: &str, token: &str, query: &str) -> Response {
    reqwest::Client::new()
        .post(format!("{hub}/graphql"))
        .bearer_auth(token)
        .json(&json!({ "query": query }))
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_person_signs_in_at_the_command_line_and_does_there_what_only_persons_may() {
    let mut house = House::with(vec![rule("groups", "officers", "authority:DLCI", Role::Head)]).await;
    house.provider.claims("ada", ada(&["officers"])).await;
    let (browser, machine, hub) = (Browser::new(), Machine::of(&house), house.url.as_str());
    let without = machine.run(&["supergraph", "roll-back", "--to", "1"]).await;
    assert_eq!(without.code, 2);
    assert!(without.error.contains("raccordo sign-in"), "{without:?}");

    // Who is not signed in yet does so first, and comes back.
    let (command, address) = machine.begins().await;
    let first = location(&browser.get(&address).await);
    let query = first.strip_prefix(&format!("{hub}/sign-in")).unwrap_or_else(|| panic!("{first}"));
    assert_eq!(location(&browser.sign_in(hub, query, "ada").await), address);
    let page = browser.client.get(&address).header("accept", "text/html").header("accept-language", "it");
    let page = browser.send(page).await;
    let port = address.split("127.0.0.1%3A").nth(1).unwrap().split("%2F").next().unwrap();
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains(&format!("form-action 'self' http://127.0.0.1:{port}/;")), "{policy}");
    assert_eq!(page.headers()[header::REFERRER_POLICY], "same-origin");
    let page = page.text().await.unwrap();
    assert!(page.contains("<strong>Ada Bianchi</strong> per <strong>"), "{page}");

    let to = location(&answers(&browser, &address, "allow").await);
    assert!(to.starts_with(&format!("http://127.0.0.1:{port}/?code=")), "{to}");
    let other = to.replace("state=", "state=x");
    assert_eq!(reqwest::get(&other).await.unwrap().status(), 400, "of no sign-in that waits");
    let done = reqwest::get(&to).await.unwrap();
    assert_eq!(done.status(), 200);
    assert!(done.text().await.unwrap().contains("tornare al comando"));
    let signed_in = ended(command).await;
    assert_eq!(signed_in.code, 0, "{signed_in:?}");
    assert!(signed_in.told.starts_with(&format!("signed in at {hub} as Ada Bianchi for ")), "{signed_in:?}");

    // Whoever it is, and that it is a session of their own, which they see and may end.
    let viewer = "{ viewer { level role account { sessions { isTerminal isCurrent } } } }";
    let token = machine.token();
    let told: Value = asked(hub, &token, viewer).await.json().await.unwrap();
    let sessions = json!([{ "isTerminal": true, "isCurrent": true }, { "isTerminal": false, "isCurrent": false }]);
    let expected = json!({ "level": "NATIONAL", "role": "HEAD", "account": { "sessions": sessions } });
    assert_eq!(told["data"]["viewer"], expected, "{told}");
    let own = Browser::new();
    own.put_cookie(hub, SESSION, &token);
    let begun = location(&own.get(&address).await);
    assert!(begun.contains("/sign-in?return="), "it is no browser's session: {begun}");

    hash(&house.hub.hub, View::Whole, TODAY).await.unwrap();
    let listed = machine.run(&["supergraph", "list"]).await;
    assert!(listed.told.lines().nth(1).is_some_and(|line| line.starts_with("1 ")), "{listed:?}");
    let back = machine.run(&["supergraph", "roll-back", "--to", "7"]).await;
    assert_eq!(back.code, 1);
    assert!(back.told.starts_with("--to: NOT_FOUND "), "nothing stands in the way of a person: {back:?}");

    // It ends at the command line, or with all others.
    let out = machine.run(&["sign-out"]).await;
    assert_eq!((out.code, out.told), (0, format!("signed out of {hub}\n")));
    assert_eq!(refusal(asked(hub, &token, "{ dataVersion }").await).await, (401, "TOKEN_EXPIRED".into()));
    let again = machine.run(&["sign-out"]).await;
    assert_eq!((again.code, again.told), (0, format!("nobody is signed in at {hub}\n")));
    let (command, address) = machine.begins().await;
    reqwest::get(location(&answers(&browser, &address, "allow").await)).await.unwrap();
    assert_eq!(ended(command).await.code, 0);
    browser.ask(hub, "mutation { signOutEverywhere { sessionsEnded } }").await;
    let over = machine.run(&["supergraph", "list"]).await;
    assert_eq!((over.code, over.error), (1, format!("error: the sign-in at {hub} is over: raccordo sign-in\n")));
    let audit = [
        "sign_in done >head",
        "sign_in done",
        "sign_in done",
        "sign_out done",
        "sign_in done",
        "sign_out_everywhere done",
    ];
    assert_eq!(house.audit().await, audit);
}

#[tokio::test]
async fn whoever_refuses_in_the_browser_lets_nobody_in() {
    let house = House::of_officers().await;
    let (browser, machine) = (Browser::new(), Machine::of(&house));
    browser.sign_in(&house.url, "", "ada").await;
    let (command, address) = machine.begins().await;
    let to = location(&answers(&browser, &address, "deny").await);
    assert!(to.contains("?error=access_denied&state="), "{to}");
    assert!(reqwest::get(&to).await.unwrap().text().await.unwrap().contains("Rifiutato"));
    let refused = ended(command).await;
    assert_eq!(refused.code, 1);
    assert!(refused.error.ends_with("error: it was refused in the browser (access_denied)\n"), "{refused:?}");
}

#[tokio::test]
async fn what_a_browser_granted_is_worth_something_once_to_the_program_that_asked() {
    let house = House::of_officers().await;
    let (hub, browser) = (house.url.as_str(), Browser::new());
    browser.sign_in(hub, "", "ada").await;
    let verifier = Secret::random();
    let challenge = URL_SAFE_NO_PAD.encode(verifier.hash());
    let usual = [
        ("response_type", "code"),
        ("client_id", "raccordo"),
        ("redirect_uri", "http://127.0.0.1:4711/"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("state", "a-state"),
    ];
    let address = format!("{hub}/sign-in/terminal?{}", encoded(&usual));
    let granted = async || {
        let to = Url::parse(&location(&answers(&browser, &address, "allow").await)).unwrap();
        to.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let take_up = async |code: &str, changed: (&str, &str)| {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "raccordo"),
            ("code", code),
            ("redirect_uri", "http://127.0.0.1:4711/"),
            ("code_verifier", verifier.reveal()),
        ];
        form.retain(|(name, _)| *name != changed.0);
        form.push(changed);
        let request = browser.client.post(format!("{hub}/oauth/token")).header(header::CONTENT_TYPE, FORM);
        let answer = request.body(encoded(&form)).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let same = ("client_id", "raccordo");

    let guessed = Secret::random();
    for (what, changed, sql, status, error) in [
        ("another secret", ("code_verifier", guessed.reveal()), "", 400, "invalid_grant"),
        ("no secret", ("code_verifier", ""), "", 400, "invalid_request"),
        ("another place", ("redirect_uri", "http://127.0.0.1:4712/"), "", 400, "invalid_grant"),
        ("another program", ("client_id", "another"), "", 401, "invalid_client"),
        ("another code", ("code", guessed.reveal()), "", 400, "invalid_grant"),
        ("too late", same, "update terminal_grant set expires_at = now()", 400, "invalid_grant"),
        ("signed out", same, "update browser_session set ended_at = now()", 400, "invalid_grant"),
    ] {
        let code = granted().await;
        if !sql.is_empty() {
            house.sql(sql).await;
        }
        let (told, body) = take_up(&code, changed).await;
        assert_eq!((told, body["error"].as_str()), (status, Some(error)), "{what}: {body}");
    }
    assert_eq!(refusal(answers(&browser, &address, "allow").await).await, (401, "SESSION_EXPIRED".into()));

    browser.sign_in(hub, "", "ada").await;
    let code = granted().await;
    let (status, body) = take_up(&code, same).await;
    assert_eq!(status, 200, "{body}");
    let left: i64 = sqlx::query_scalar(
        "select extract(epoch from expires_at - now())::bigint from browser_session where ended_at is null and not is_terminal",
    )
    .fetch_one(&mut house.hub.maintenance().await)
    .await
    .unwrap();
    let seconds = body["expires_in"].as_i64().unwrap();
    assert!((left - 5..=left + 5).contains(&seconds), "it ends with the browser's session: {seconds}, {left}");
    assert_eq!(take_up(&code, same).await.1["error"], "invalid_grant", "once");
    // The secret of a session that is no browser's lets nobody in.
    let other = Browser::new();
    other.put_cookie(hub, SESSION, body["access_token"].as_str().unwrap());
    assert_eq!(refusal(answers(&other, &address, "allow").await).await, (401, "SESSION_EXPIRED".into()));

    // The question is answered on the hub's own page alone.
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let mut request = browser.client.post(format!("{hub}/sign-in/terminal")).header(header::CONTENT_TYPE, FORM);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let form = encoded(&[&usual[..], &[("decision", "allow")]].concat());
        let answer = browser.send(request.body(form)).await;
        assert_eq!(refusal(answer).await, (403, "CSRF_REFUSED".into()), "{origin:?}");
    }
    let elsewhere = address.replace("127.0.0.1%3A4711", "evil.example");
    for answer in [browser.get(&elsewhere).await, answers(&browser, &elsewhere, "allow").await] {
        assert_eq!(refusal(answer).await, (400, "TERMINAL_MALFORMED".into()), "nobody is sent there");
    }

    for (token, status) in [("raccordo_nobodys", 200), ("", 400), ("e30.e30.x", 400)] {
        let request = browser.client.post(format!("{hub}/oauth/revoke")).header(header::CONTENT_TYPE, FORM);
        let answer = request.body(encoded(&[("token", token)])).send().await.unwrap();
        assert_eq!(answer.status(), status, "{token}");
    }
}
