//! A real identity provider (`tests/conformance/provider.mjs`), hubs that know it, and browsers that sign in at it.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use raccordo::access::{self, MappingRule, Role};
use raccordo::http::{self, Settings};
use raccordo::hub::Hub;
use raccordo::schema;
use reqwest::{Client, RequestBuilder, Response, Url, header};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::hub::TestHub;
use crate::levels::REFERENCE;

pub const SESSION: &str = "__Host-raccordo-session";
pub const SIGN_IN: &str = "__Host-raccordo-sign-in";

/// Of all replicas.
const HUB_KEY: &str = "c2l4dHktZm91ci1oZXhhZGVjaW1hbC1kaWdpdHMtbm8";

/// The provider's process; ends with the test.
pub struct Provider {
    pub issuer: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Provider {
    /// With these hubs as the places that people are sent back to.
    pub async fn start(hubs: &[&str]) -> Self {
        let at = |path: &str| hubs.iter().map(|hub| format!("{hub}{path}")).collect::<Vec<_>>();
        let settings = json!({ "redirectUris": at("/sign-in/callback"), "postLogoutRedirectUris": at("/") });
        let mut process = Command::new("node")
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance"))
            .args(["provider.mjs", &settings.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs");
        let input = process.stdin.take().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let said: Value = serde_json::from_str(&output.next_line().await.unwrap().expect("it starts")).unwrap();
        Self { issuer: said["issuer"].as_str().unwrap().to_owned(), input, output, _process: process }
    }

    /// One of the commands that stand at the head of the script.
    pub async fn tell(&mut self, command: &str) {
        self.input.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        let said = self.output.next_line().await.unwrap().expect("it goes on");
        assert!(said.starts_with("{\"done\""), "{said}");
    }

    /// What the provider tells of a person from now on.
    pub async fn claims(&mut self, subject: &str, claims: Value) {
        self.tell(&format!("claims {subject} {claims}")).await;
    }

    fn settings(&self, public_url: &str, memberships: Vec<MappingRule>) -> access::Settings {
        let provider = access::Provider {
            name: "civic".into(),
            label: "Civic identity".into(),
            issuer: self.issuer.clone(),
            client_id: "hub".into(),
            client_secret: Some("the-secret-of-the-hub-at-the-provider".to_owned().into()),
            client_secret_file: None,
            scopes: ["openid", "profile", "email"].map(String::from).to_vec(),
            memberships,
        };
        access::Settings {
            public_url: public_url.into(),
            providers: vec![provider],
            hub_key: Some(HUB_KEY.to_owned().into()),
            ..access::Settings::default()
        }
    }
}

/// A rule of the settings.
pub fn rule(claim: &str, equals: &str, organisation: &str, role: Role) -> MappingRule {
    MappingRule { claim: claim.into(), equals: equals.into(), organisation: organisation.into(), role }
}

/// A hub that people sign in to.
pub struct House {
    pub url: String,
    pub hub: TestHub,
    pub provider: Provider,
    other: Option<TcpListener>,
}

impl House {
    pub async fn with(rules: Vec<MappingRule>) -> Self {
        let (listener, url) = listen().await;
        let (other, other_url) = listen().await;
        let provider = Provider::start(&[&url, &other_url]).await;
        let hub = TestHub::start(REFERENCE, provider.settings(&url, rules)).await;
        serve(hub.hub.clone(), listener);
        Self { url, hub, provider, other: Some(other) }
    }

    /// Who is in the group `officers` is an officer of the prefecture of Bologna.
    pub async fn of_officers() -> Self {
        let mut house = Self::with(vec![rule("groups", "officers", "office:PREF-BO", Role::Officer)]).await;
        house.provider.claims("ada", ada(&["officers"])).await;
        house
    }

    /// A second hub on the same database, which may have other rules; its address.
    pub async fn replica(&mut self, rules: Vec<MappingRule>) -> String {
        let listener = self.other.take().expect("one replica");
        let url = format!("http://{}", listener.local_addr().unwrap());
        let settings = self.provider.settings(&url, rules);
        let hub = Hub::start(self.hub.hub.database.clone(), settings, schema::references()).await.unwrap();
        serve(hub, listener);
        url
    }

    pub async fn sql(&self, statement: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut self.hub.maintenance().await).await.unwrap();
    }

    /// What the audit says, in its order: action, outcome, role before, role after.
    pub async fn audit(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select concat_ws(' ', action, outcome, reason, changes #>> '{role,before}', '>' || (changes #>> '{role,after}'))
             from audit_entry left join audit_change using (seq) order by seq",
        )
        .fetch_all(&mut self.hub.maintenance().await)
        .await
        .unwrap()
    }
}

/// The claims of Ada in these groups.
pub fn ada(groups: &[&str]) -> Value {
    json!({ "name": "Ada Bianchi", "email": "ada@prefettura.example", "email_verified": true, "groups": groups })
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn serve(hub: Arc<Hub>, listener: TcpListener) {
    let router = http::router(http::App::new(hub, Settings::default()));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async { axum::serve(listener, service).await });
}

/// A browser, as far as cookies go.
pub struct Browser {
    pub client: Client,
    /// By origin and name.
    cookies: Mutex<HashMap<String, BTreeMap<String, String>>>,
}

impl Browser {
    pub fn new() -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, cookies: Mutex::default() }
    }

    pub fn cookie(&self, origin: &str, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(origin)?.get(name).cloned()
    }

    pub fn put_cookie(&self, origin: &str, name: &str, value: &str) {
        self.cookies.lock().unwrap().entry(origin.into()).or_default().insert(name.into(), value.into());
    }

    /// Another browser into which all of this one's cookies were copied.
    pub fn copy(&self) -> Self {
        Self { client: self.client.clone(), cookies: Mutex::new(self.cookies.lock().unwrap().clone()) }
    }

    /// Sends the request with its origin's cookies, and keeps those that come back.
    pub async fn send(&self, request: RequestBuilder) -> Response {
        let mut request = request.build().unwrap();
        let origin = request.url().origin().ascii_serialization();
        let kept = self.cookies.lock().unwrap().get(&origin).cloned().unwrap_or_default();
        if !kept.is_empty() {
            let sent: Vec<String> = kept.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, sent.join("; ").parse().unwrap());
        }
        let response = self.client.execute(request).await.unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        let kept = cookies.entry(origin).or_default();
        for set in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie::Cookie::parse(set.to_str().unwrap()).unwrap();
            if cookie.value().is_empty() {
                kept.remove(cookie.name());
            } else {
                kept.insert(cookie.name().into(), cookie.value().into());
            }
        }
        drop(cookies);
        response
    }

    pub async fn get(&self, url: &str) -> Response {
        self.send(self.client.get(url)).await
    }

    /// Begins a sign-in and goes through the provider's pages; the address to which the provider sends the browser
    /// back. Nobody's name is the refusal.
    pub async fn to_callback(&self, hub: &str, query: &str, login: &str) -> String {
        let begun = self.get(&format!("{hub}/sign-in{query}")).await;
        assert_eq!(begun.status(), 303, "{}", begun.text().await.unwrap());
        let mut next = location(&begun);
        for _ in 0..6 {
            if next.starts_with(&format!("{hub}/sign-in/callback?")) {
                return next;
            }
            let response = if next.contains("/interaction/") {
                let form = if login.is_empty() { "refuse=1".to_owned() } else { format!("login={login}") };
                let form =
                    self.client.post(&next).header("content-type", "application/x-www-form-urlencoded").body(form);
                self.send(form).await
            } else {
                self.get(&next).await
            };
            next = location(&response);
        }
        panic!("the provider did not send the browser back: {next}");
    }

    /// Signs in; the hub's last answer.
    pub async fn sign_in(&self, hub: &str, query: &str, login: &str) -> Response {
        let callback = self.to_callback(hub, query, login).await;
        let response = self.get(&callback).await;
        assert_eq!(response.status(), 303, "{}", response.text().await.unwrap());
        response
    }

    /// Asks the graph as a page of the hub does.
    pub async fn post(&self, hub: &str, body: Value) -> Response {
        self.send(self.client.post(format!("{hub}/graphql")).header(header::ORIGIN, hub).json(&body)).await
    }

    /// The data of an answer without errors.
    #[track_caller]
    pub fn ask<'a>(&'a self, hub: &'a str, query: &'a str) -> impl Future<Output = Value> + 'a {
        self.ask_with(hub, query, json!({}))
    }

    pub async fn ask_with(&self, hub: &str, query: &str, variables: Value) -> Value {
        let answer = self.post(hub, json!({ "query": query, "variables": variables })).await;
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].clone()
    }

    /// Level and role that the browser's person acts with, e.g. `PREFECTURE OFFICER`.
    pub async fn acting(&self, hub: &str) -> String {
        let viewer = self.ask(hub, "{ viewer { level role } }").await["viewer"].take();
        [&viewer["level"], &viewer["role"]].into_iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// Where an answer sends the browser.
pub fn location(response: &Response) -> String {
    let location = response.headers().get(header::LOCATION);
    let location = location.unwrap_or_else(|| panic!("{} sends nowhere: {}", response.url(), response.status()));
    Url::join(response.url(), location.to_str().unwrap()).unwrap().into()
}

/// Status and reason of a refusal.
pub async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    let extensions = &body["errors"][0]["extensions"];
    let reason = extensions["reason"].as_str().or(extensions["code"].as_str()).unwrap_or_default();
    (status, reason.to_owned())
}
