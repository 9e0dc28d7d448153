//! GraphQL over HTTP as callers and browsers meet it: media types, methods, tokens, limits, broken input.

use raccordo::access::persona::Persona;
use raccordo::access::token::DemoKey;
use raccordo::graphql::limits;
use raccordo::http::{self, LARGEST_BODY, Settings};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::hub::{EMPTY, TestHub};
use crate::levels::REFERENCE;

const PROJECT: &str = "{ project(by: { cup: \"F81I20001650007\" }) { title } }";

/// A served hub in demonstration mode.
pub struct Served {
    pub address: String,
    pub key: DemoKey,
    pub hub: TestHub,
    client: Client,
    pub data_dir: tempfile::TempDir,
}

impl Served {
    pub async fn with(sample: crate::hub::Sample, settings: Settings) -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let key = DemoKey::read_or_make(data_dir.path()).unwrap();
        let hub = TestHub::demonstration(sample, &key).await;
        let address = hub.serve(settings).await;
        Self { address, key, hub, client: client(), data_dir }
    }

    /// As `raccordo demo` serves it: the pages offer the personas.
    pub async fn demonstration(sample: crate::hub::Sample) -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let key = DemoKey::read_or_make(data_dir.path()).unwrap();
        let hub = TestHub::demonstration(sample, &key).await;
        let personas = http::personas(&hub.hub, &key).await.unwrap();
        let address = hub.serve(Settings { personas, ..Settings::default() }).await;
        Self { address, key, hub, client: client(), data_dir }
    }

    pub fn token(&self, persona: &str) -> String {
        self.key.token(Persona::find(persona).unwrap()).unwrap()
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub fn post(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/graphql").json(body)
    }

    /// Status, stable code of the first error, and the whole body.
    async fn ask(&self, request: RequestBuilder) -> (u16, String, Value) {
        said(request.send().await.unwrap()).await
    }
}

fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn said(response: Response) -> (u16, String, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let code = body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
    (status, code, body)
}

#[tokio::test]
async fn queries_are_answered_by_post_and_get_in_the_type_that_is_asked_for() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    for (accept, expected) in [
        (None, "application/json; charset=utf-8"),
        (Some("application/json"), "application/json; charset=utf-8"),
        (Some("*/*"), "application/json; charset=utf-8"),
        (Some("application/graphql-response+json"), "application/graphql-response+json; charset=utf-8"),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            "application/graphql-response+json; charset=utf-8",
        ),
    ] {
        let get = hub.request(Method::GET, &format!("/graphql?query={}", PROJECT.replace(' ', "%20")));
        for request in [hub.post(&json!({ "query": PROJECT })), get] {
            let request = accept.map_or(request.try_clone().unwrap(), |accept| request.header(header::ACCEPT, accept));
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()[header::CONTENT_TYPE], expected, "{accept:?}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            assert!(response.headers().contains_key("x-request-id"));
            let (status, _, body) = said(response).await;
            assert_eq!(status, 200);
            assert!(body["data"]["project"]["title"].is_string(), "{body}");
            assert!(body["extensions"]["cost"]["requested"].as_u64().unwrap() >= 2, "{body}");
        }
    }
    let refused = hub.post(&json!({ "query": PROJECT })).header(header::ACCEPT, "text/html");
    assert_eq!(hub.ask(refused).await.0, 406);
}

#[tokio::test]
async fn answers_have_the_order_of_the_question_and_no_holes() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let query =
        "query Ordered { viewer { level } projects(first: 1) { totalCount nodes { isSynthetic status } } dataVersion }";
    for _ in 0..5 {
        let text = hub.post(&json!({ "query": query })).send().await.unwrap().text().await.unwrap();
        let places = ["viewer", "projects", "totalCount", "nodes", "isSynthetic", "status", "dataVersion"]
            .map(|field| text.find(&format!("\"{field}\"")).unwrap());
        assert!(places.is_sorted(), "{text}");
    }
    let (_, code, body) =
        hub.ask(hub.post(&json!({ "query": "{ dataVersion projects(first: 1000) { totalCount } }" }))).await;
    assert_eq!((code.as_str(), &body["data"]), ("LIMIT_EXCEEDED", &Value::Null));
}

#[tokio::test]
async fn what_browsers_can_send_across_sites_unasked_is_refused() {
    let hub = Served::with(EMPTY, Settings::default()).await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql"]
    {
        let request = hub.request(Method::POST, "/graphql").header(header::CONTENT_TYPE, content_type);
        let (status, code, _) = hub.ask(request.body(body.clone())).await;
        assert_eq!((status, code.as_str()), (415, "BAD_USER_INPUT"), "{content_type}");
    }
    let (status, ..) = hub.ask(hub.request(Method::POST, "/graphql").body(body)).await;
    assert_eq!(status, 415);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let response = hub.request(method, "/graphql").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[header::ALLOW], "GET, POST");
    }
    // There is no mutation yet: GET refuses the kind of operation, whatever it names.
    let get = hub.request(Method::GET, "/graphql?query=mutation%20%7B%20anything%20%7D");
    assert_eq!(hub.ask(get).await.0, 405);
}

#[tokio::test]
async fn a_wrong_token_is_401_and_never_the_public() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let level = json!({ "query": "{ viewer { level } }" });
    let (_, _, body) = hub.ask(hub.post(&level)).await;
    assert_eq!(body["data"]["viewer"]["level"], "PUBLIC");
    let dlci = hub.token("dlci");
    let (_, _, body) = hub.ask(hub.post(&level).bearer_auth(&dlci)).await;
    assert_eq!(body["data"]["viewer"]["level"], "NATIONAL");

    let [head, claims, signature] = dlci.split('.').collect::<Vec<_>>()[..] else { panic!("a JWT has three parts") };
    let other_dir = tempfile::tempdir().unwrap();
    let foreign = DemoKey::read_or_make(other_dir.path()).unwrap().token(Persona::find("dlci").unwrap()).unwrap();
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
    // {"alg":"HS256"}, signed with anything
    let symmetric = format!("eyJhbGciOiJIUzI1NiJ9.{claims}.{signature}");
    let cut = format!("{head}.{claims}");
    for (authorization, reason) in [
        (format!("Bearer {foreign}"), "TOKEN_INVALID"),
        (format!("Bearer {unsigned}"), "TOKEN_INVALID"),
        (format!("Bearer {symmetric}"), "TOKEN_INVALID"),
        (format!("Bearer {cut}"), "TOKEN_INVALID"),
        ("Bearer x".into(), "TOKEN_INVALID"),
        ("Bearer ".into(), "TOKEN_MALFORMED"),
        (String::new(), "TOKEN_MALFORMED"),
        (format!("Basic {dlci}"), "TOKEN_MALFORMED"),
        (dlci.clone(), "TOKEN_MALFORMED"),
    ] {
        let request = hub.post(&level).header(header::AUTHORIZATION, &authorization);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
        let (status, code, body) = said(response).await;
        assert_eq!((status, code.as_str()), (401, "UNAUTHENTICATED"), "{authorization}");
        assert_eq!(body["errors"][0]["extensions"]["reason"], reason, "{authorization}");
        assert_eq!(body.get("data"), None);
    }
    let twice = hub.post(&level).bearer_auth(&dlci).header(header::AUTHORIZATION, format!("Bearer {dlci}"));
    assert_eq!(hub.ask(twice).await.0, 401);
}

#[tokio::test]
async fn demonstration_tokens_are_refused_outside_demonstration_mode() {
    let data_dir = tempfile::tempdir().unwrap();
    let token = DemoKey::read_or_make(data_dir.path()).unwrap().token(Persona::find("dlci").unwrap()).unwrap();
    let hub = TestHub::with(REFERENCE).await;
    let address = hub.serve(Settings::default()).await;
    let request = Client::new().post(format!("http://{address}/graphql")).bearer_auth(token);
    let response = request.json(&json!({ "query": "{ viewer { level } }" })).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let personas = reqwest::get(format!("http://{address}/demo/personas")).await.unwrap();
    assert_eq!(personas.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_exceeded_limit_says_so_with_its_numbers() {
    let hub = Served::with(EMPTY, Settings::default()).await;
    let many = |count: usize, item: fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(" ");
    let depth =
        format!("{}{}{}", "{ province(by: { abbreviation: \"BO\" }) ", "{ region { provinces ".repeat(12), "{ name } ")
            + &"} }".repeat(12)
            + " }";
    let wide = "{ organisations(first: 100) { edges { node { projects(first: 100) { edges { node { lead { agreements(first: 100) { totalCount } } } } } } } } }";
    for (query, limit, requested) in [
        (format!("{{ {} }}", many(101, |n| format!("a{n}: dataVersion"))), 100, 101),
        (format!("{{ {} }}", many(2001, |_| "dataVersion".into())), 2000, 2001),
        (format!("{{ dataVersion {} }}", "@skip(if: false) ".repeat(101)), 100, 101),
        (depth, 20, 26),
        (wide.to_owned(), 50_000, 0),
    ] {
        let (status, code, body) = hub.ask(hub.post(&json!({ "query": query }))).await;
        assert_eq!((status, code.as_str()), (200, "LIMIT_EXCEEDED"), "{query:.100}: {body}");
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(extensions["limit"], limit, "{query:.100}");
        if requested > 0 {
            assert_eq!(extensions["requested"], requested, "{query:.100}");
        }
        assert!(extensions["requested"].as_u64() > extensions["limit"].as_u64());
    }
    let operations = vec![json!({ "query": "{ dataVersion }" }); 10];
    let (status, _, body) = hub.ask(hub.post(&json!(operations))).await;
    assert_eq!((status, body.as_array().map(Vec::len)), (200, Some(10)));
    let (status, code, body) = hub.ask(hub.post(&json!([&operations[..], &operations[..1]].concat()))).await;
    assert_eq!((status, code.as_str()), (400, "LIMIT_EXCEEDED"));
    assert_eq!(body["errors"][0]["extensions"]["requested"], 11);
    let large = json!({ "query": "{ dataVersion }", "variables": { "x": "x".repeat(LARGEST_BODY) } });
    let (status, code, body) = hub.ask(hub.post(&large)).await;
    assert_eq!((status, code.as_str()), (413, "LIMIT_EXCEEDED"));
    assert_eq!(body["errors"][0]["extensions"]["limit"], LARGEST_BODY);
    let (_, code, _) = hub.ask(hub.post(&json!({ "query": "{ organisations(first: 101) { totalCount } }" }))).await;
    assert_eq!(code, "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn broken_input_is_the_callers_fault_and_its_errors_stay_short() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let by_fiscal_code = "query($c: String!) { organisation(by: { fiscalCode: $c }) { id } }";
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("no JSON", b"{".to_vec()),
        ("broken UTF-8", b"{\"query\":\"{ __typename }\",\"variables\":{\"a\":\"\xff\xfe\"}}".to_vec()),
        ("a lone surrogate", br#"{"query":"{ __typename }","variables":{"a":"\ud800"}}"#.to_vec()),
        ("too deep", ["[".repeat(100_000), "]".repeat(100_000)].concat().into_bytes()),
        ("a number", b"42".to_vec()),
        ("no query", b"{}".to_vec()),
        ("an empty list", b"[]".to_vec()),
        ("NUL", json!({ "query": by_fiscal_code, "variables": { "c": "a\u{0}b" } }).to_string().into_bytes()),
        (
            "a deep value",
            json!({ "query": format!("{{ node(id: {}1{}) {{ id }} }}", "[".repeat(100_000), "]".repeat(100_000)) })
                .to_string()
                .into_bytes(),
        ),
        ("parentheses", json!({ "query": "{".repeat(50_000) }).to_string().into_bytes()),
        ("a long name", json!({ "query": format!("{{ {} }}", "x".repeat(800_000)) }).to_string().into_bytes()),
        (
            "many unknown names",
            json!({ "query": format!("{{ {} }}", (0..1900).map(|n| format!("unknown{n} ")).collect::<String>()) })
                .to_string()
                .into_bytes(),
        ),
    ];
    for (name, body) in bodies {
        let request = hub.request(Method::POST, "/graphql").header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::ACCEPT, "application/graphql-response+json");
        let response = request.body(body).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        // A NUL is found while the field is answered.
        assert!(status.is_client_error() || name == "NUL", "{name}: {status}");
        assert!(text.len() <= 20 * 1024, "{name}: {} bytes", text.len());
        let body: Value = serde_json::from_str(&text).unwrap();
        for error in body["errors"].as_array().unwrap() {
            let code = error["extensions"]["code"].as_str().unwrap();
            let codes = ["BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "LIMIT_EXCEEDED"];
            assert!(codes.contains(&code), "{text}");
            assert!(error["extensions"]["requestId"].is_string());
            assert!(!text.contains("database") && !text.contains("sqlx"), "{text}");
        }
    }
    let get = hub.request(Method::GET, "/graphql?query=%7B__typename%7D&variables=%FF");
    assert_eq!(hub.ask(get).await.0, 400);
}

#[tokio::test]
async fn errors_speak_the_callers_language() {
    let hub = Served::with(EMPTY, Settings::default()).await;
    for (language, expected) in
        [(None, "Il documento GraphQL non si legge"), (Some("en-GB"), "The GraphQL document cannot be read")]
    {
        let request = hub.post(&json!({ "query": "{ a(: }" }));
        let request = match language {
            Some(language) => request.header(header::ACCEPT_LANGUAGE, language),
            None => request,
        };
        let (_, code, body) = hub.ask(request.header("x-request-id", "my-own-1")).await;
        assert_eq!(code, "GRAPHQL_PARSE_FAILED");
        assert!(body["errors"][0]["message"].as_str().unwrap().starts_with(expected), "{body}");
        assert_eq!(body["errors"][0]["extensions"]["requestId"], "my-own-1");
    }
}

#[tokio::test]
async fn the_hub_tells_whether_it_is_well_and_shows_its_pages() {
    let hub = Served::with(EMPTY, Settings::default()).await;
    for (path, expected) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let response = hub.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.text().await.unwrap(), expected);
    }
    for path in ["/", "/?lang=en", "/graphiql"] {
        let response = hub.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}: built by \"make web\"");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"));
        let page = response.text().await.unwrap();
        assert!(!page.contains("http://cdn") && !page.contains("https://unpkg"));
    }
    let schema = hub.request(Method::GET, "/schema.graphql").send().await.unwrap().text().await.unwrap();
    assert!(schema.contains("type Prefecture implements"));
    let browser = hub.request(Method::GET, "/graphql").header(header::ACCEPT, "text/html").send().await.unwrap();
    assert_eq!(browser.headers()[header::LOCATION], "/graphiql");
    let missing = hub.request(Method::GET, "/nothing").send().await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[test]
fn every_list_whose_length_is_assumed_is_in_the_schema() {
    let schema = raccordo::schema::definition(false);
    let names = |list: &[(&'static str, &'static str, u64)]| list.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>();
    let sized_by = limits::SIZED_BY.iter().map(|it| (it.0, it.1));
    for (on, field) in names(limits::SIZES).into_iter().chain(sized_by) {
        let of_type = schema.split(&format!("\ntype {on} ")).nth(1).unwrap_or_else(|| panic!("no type {on}"));
        let of_type = &of_type[..of_type.find("\n}").unwrap()];
        assert!(of_type.contains(&format!("  {field}(")) || of_type.contains(&format!("  {field}:")), "{on}.{field}");
    }
}
