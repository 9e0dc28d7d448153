//! Answers that are kept: the same as if they were found anew, for each caller and after each change.

use std::io::Read as _;
use std::time::Duration;

use raccordo::access::Settings as Access;
use raccordo::access::persona::stable_id;
use raccordo::access::secret::Secret;
use raccordo::graphql::NodeId;
use raccordo::http::Settings;
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::http::Served;
use crate::levels::{REFERENCE, SMALL, levels, operation};
use crate::machines::{Machines, Registration, Shows};

const COUNTRY: &str = "query($on: Date) {
    viewer { level provinces { code } }
    network(scope: { national: true }, asOf: $on) { nodeCount edgeCount nodes { id name degree } edges { from to kind } }
    explain(action: REGISTER_CLIENT) { allowed rule reason }
}";
const PROVINCES: &str = "{ provinces { code name } }";

/// Whether an answer came from memory: `hit`, `stored` or nothing.
fn came(response: &Response) -> &str {
    let status = response.headers().get("cache-status").map_or("", |status| status.to_str().unwrap());
    status.rsplit("; ").next().unwrap()
}

impl Served {
    /// Asks in the name of a persona, or of the public.
    fn as_level(&self, level: &str, body: &Value) -> RequestBuilder {
        let request = self.post(body);
        if level == "public" { request } else { request.bearer_auth(self.token(level)) }
    }

    /// How the answer came, and what it says.
    async fn told(&self, level: &str, body: &Value) -> (String, Value) {
        let response = self.as_level(level, body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        (came(&response).to_owned(), response.json().await.unwrap())
    }

    /// Asks until the answer comes from memory: it is not kept while data are exchanged.
    async fn kept(&self, level: &str, body: &Value) -> Value {
        for _ in 0..100 {
            let (came, told) = self.told(level, body).await;
            if came == "hit" {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never kept: {body}");
    }

    async fn sql(&self, statement: &str) {
        let mut connection = self.hub.maintenance().await;
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    }
}

/// The same hub, where no answer is kept.
async fn found_anew(hub: &Served, level: &str, body: &Value) -> Value {
    let address = hub.hub.serve(Settings { kept_answers: 0, ..Settings::default() }).await;
    let request = Client::new().post(format!("http://{address}/graphql")).json(body);
    let request = if level == "public" { request } else { request.bearer_auth(hub.token(level)) };
    let response = request.send().await.unwrap();
    assert_eq!(came(&response), "");
    response.json().await.unwrap()
}

#[tokio::test]
async fn each_level_is_given_its_own_answer_to_the_same_question() {
    let hub = Served::with(SMALL, Settings::default()).await;
    let question = json!({ "query": COUNTRY, "variables": { "on": "2026-11-24" } });
    let mut told: Vec<Value> = Vec::new();
    for round in 0..3 {
        for (place, level) in levels().enumerate() {
            let answer = if round == 0 { hub.told(level, &question).await.1 } else { hub.kept(level, &question).await };
            assert_eq!(answer.get("errors"), None);
            if round == 0 {
                assert_eq!(answer, found_anew(&hub, level, &question).await, "{level}");
                told.push(answer);
            } else {
                assert!(answer == told[place], "{level} is told something else from memory");
            }
        }
    }
    for (place, answer) in told.iter().enumerate() {
        assert!(!told[..place].contains(answer), "two levels are told the same: the test proves nothing");
    }
}

#[tokio::test]
async fn what_is_hidden_is_gone_with_the_next_answer_and_what_is_shown_is_there() {
    let hub = Served::with(SMALL, Settings::default()).await;
    let body = "00000000-0000-0000-0000-000000000009";
    hub.sql(&format!(
        "insert into organisation (id, kind, name, visibility, source)
         values ('{body}', 'public_body', 'Seen or not', 'public', 'test')"
    ))
    .await;
    let id = NodeId::new("Organisation", body).id();
    let question = json!({
        "query": "query($id: ID!) { network(scope: { around: $id }) { nodes { name } } }", "variables": { "id": id.as_str() }
    });
    let is_seen = |answer: &Value| answer["data"]["network"]["nodes"][0]["name"] == "Seen or not";
    for (visibility, expected) in [("public", true), ("owner", false), ("public", true), ("institutional", false)] {
        hub.sql(&format!("update organisation set visibility = '{visibility}' where id = '{body}'")).await;
        // As soon as the hub itself knows of it, nobody is told what was before.
        let follow = async {
            while is_seen(&found_anew(&hub, "public", &question).await) != expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), follow).await.expect("the change is followed");
        for _ in 0..4 {
            assert_eq!(is_seen(&hub.told("public", &question).await.1), expected, "{visibility}");
        }
        assert_eq!(is_seen(&hub.kept("public", &question).await), expected, "{visibility}");
    }
}

#[tokio::test]
async fn changed_rights_are_asked_anew() {
    let hub = Served::with(SMALL, Settings::default()).await;
    let question = json!({ "query": COUNTRY });
    let before = hub.kept("ong-bologna", &question).await;
    let provinces = |answer: &Value| answer["data"]["viewer"]["provinces"].as_array().unwrap().len();
    assert!(provinces(&before) > 0);
    // The body works in other provinces no more.
    let ngo = stable_id("persona:ong-bologna");
    hub.sql(&format!(
        "delete from council_seat where organisation_id = '{ngo}';
         delete from project_place where project_id in (select id from project where lead_id = '{ngo}'
           union select project_id from project_participation where organisation_id = '{ngo}')"
    ))
    .await;
    let follow = async {
        while provinces(&found_anew(&hub, "ong-bologna", &question).await) == provinces(&before) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), follow).await.expect("the change is followed");
    let after = hub.told("ong-bologna", &question).await.1;
    assert_ne!(provinces(&after), provinces(&before));
    // The network follows after the rights.
    let follow = async {
        while hub.kept("ong-bologna", &question).await != found_anew(&hub, "ong-bologna", &question).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), follow).await.expect("what is kept is what would be found anew");
}

#[tokio::test]
async fn an_answer_is_kept_for_an_equal_question_alone() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let query = "query A($on: Date) { provinces(asOf: $on) { code } } query B { regions { code } }";
    let question = json!({ "query": query, "operationName": "A", "variables": { "on": "2020-01-01" } });
    let first = hub.kept("public", &question).await;
    for (other, is_same) in [
        (json!({ "query": query, "operationName": "A", "variables": { "on": "2026-01-01" } }), false),
        (json!({ "query": query, "operationName": "A" }), false),
        (json!({ "query": query, "operationName": "B" }), false),
        (json!({ "query": format!("{query} "), "operationName": "A", "variables": { "on": "2020-01-01" } }), true),
    ] {
        let (came, told) = hub.told("public", &other).await;
        assert_ne!(came, "hit", "{other}");
        assert_eq!(told["data"] == first["data"], is_same, "{other}");
    }
    let explain = json!({ "query": "{ explain(action: REGISTER_CLIENT) { reason } }" });
    let mut reasons = Vec::new();
    for language in ["it", "en", "it", "en", "it", "en"] {
        let request = hub.post(&explain).header(header::ACCEPT_LANGUAGE, language);
        let told: Value = request.send().await.unwrap().json().await.unwrap();
        reasons.push(told["data"]["explain"]["reason"].clone());
    }
    assert_ne!(reasons[0], reasons[1]);
    assert_eq!((&reasons[..2], &reasons[..2]), (&reasons[2..4], &reasons[4..]));
}

#[tokio::test]
async fn what_was_asked_of_the_database_or_failed_or_asked_once_is_not_kept() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    for query in [
        "{ dataVersion }",
        "{ provinces { code } dataVersion }",
        "{ projects { totalCount } }",
        "{ provinces { code } network(scope: { national: false }) { nodeCount } }",
        "{ network(scope: { province: \"BO\" }) { nodeCount measure(metric: DEGREE) { top(first: 0) { rank } } } }",
        "{ nothing }",
        "{",
        "mutation { signOutEverywhere { userErrors { code } } }",
    ] {
        for _ in 0..5 {
            let (came, _) = hub.told("public", &json!({ "query": query })).await;
            assert_eq!(came, "", "{query}");
        }
    }
    let several = json!([{ "query": PROVINCES }, { "query": PROVINCES }]);
    for _ in 0..3 {
        assert_eq!(hub.told("public", &several).await.0, "");
    }
    let question = json!({ "query": "{ provinces { name } }" });
    let mut ways = Vec::new();
    for _ in 0..4 {
        ways.push(hub.told("public", &question).await.0);
    }
    assert_eq!(ways, ["", "stored", "hit", "hit"]);
}

#[tokio::test]
async fn a_kept_analysis_is_the_same_for_the_same_rights_and_counts_nothing_hidden() {
    let hub = Served::with(SMALL, Settings::default()).await;
    let question = json!({ "query": "{ network(scope: { national: true }) { nodeCount
        measure(metric: BETWEENNESS) { values top(first: 3) { value node { id } } } } }" });
    let before = hub.kept("public", &question).await;
    hub.sql(
        "update project set visibility = 'network'
         where id in (select id from project where visibility = 'public' order by id limit 25)",
    )
    .await;
    let follow = async {
        while found_anew(&hub, "public", &question).await == before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), follow).await.expect("the change is followed");
    let mut told = Vec::new();
    for level in ["dlci", "public"] {
        hub.kept(level, &question).await;
        let mut texts = Vec::new();
        for _ in 0..2 {
            let response = hub.as_level(level, &question).send().await.unwrap();
            assert_eq!(came(&response), "hit");
            texts.push(response.text().await.unwrap());
        }
        assert_eq!(texts[0], texts[1], "{level}");
        let answer: Value = serde_json::from_str(&texts[0]).unwrap();
        assert!(answer == found_anew(&hub, level, &question).await, "{level}");
        told.push(answer["data"]["network"].clone());
    }
    let count = |network: &Value| network["nodeCount"].as_u64().unwrap();
    assert!(count(&told[0]) > count(&told[1]) && count(&before["data"]["network"]) > count(&told[1]));
    assert_ne!(told[0]["measure"], told[1]["measure"]);
}

#[tokio::test]
async fn a_kept_answer_comes_in_each_coding_and_says_the_same() {
    let hub = Served::with(SMALL, Settings::default()).await;
    let question = json!({ "query": operation("network-national") });
    let expected = hub.kept("dlci", &question).await;
    let ask = |coding: &str| hub.as_level("dlci", &question).header(header::ACCEPT_ENCODING, coding).send();
    let decode = |coding: &str, body: &[u8]| {
        let mut text = Vec::new();
        match coding {
            "gzip" => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut text).unwrap()),
            "zstd" => drop(zstd::Decoder::new(body).unwrap().read_to_end(&mut text).unwrap()),
            _ => text.extend_from_slice(body),
        }
        serde_json::from_slice::<Value>(&text).unwrap()
    };
    for coding in ["identity", "gzip", "zstd", "zstd", "gzip", "br"] {
        let response = ask(coding).await.unwrap();
        assert_eq!(came(&response), "hit");
        let headers = response.headers().clone();
        let said = headers.get(header::CONTENT_ENCODING).map(|coding| coding.to_str().unwrap());
        assert_eq!(said, Some(coding).filter(|coding| ["gzip", "zstd"].contains(coding)));
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert!(headers[header::VARY].to_str().unwrap().contains("accept-encoding"));
        assert!(headers[header::VARY].to_str().unwrap().contains("authorization"));
        let body = response.bytes().await.unwrap();
        assert_eq!(headers[header::CONTENT_LENGTH].to_str().unwrap(), body.len().to_string());
        assert!(decode(coding, &body) == expected, "{coding}");
    }
    let whole = ask("identity").await.unwrap().bytes().await.unwrap().len();
    assert!(ask("zstd").await.unwrap().bytes().await.unwrap().len() * 5 < whole);
}

#[tokio::test]
async fn who_has_the_answer_by_get_is_told_no_more_until_it_changes() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let question = json!({ "query": PROVINCES });
    hub.kept("public", &question).await;
    let get = |etag: Option<&str>, token: Option<String>| {
        let request =
            hub.request(reqwest::Method::GET, "/graphql?query=%7B%20provinces%20%7B%20code%20name%20%7D%20%7D");
        let request = if let Some(etag) = etag { request.header(header::IF_NONE_MATCH, etag) } else { request };
        if let Some(token) = token { request.bearer_auth(token) } else { request }
    };
    let response = get(None, None).send().await.unwrap();
    assert_eq!(came(&response), "hit", "by POST or GET, it is the same question");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "private, no-cache");
    let etag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
    for known in [etag.clone(), format!("\"x\", {etag}"), "*".into(), etag.replace("W/", "")] {
        let response = get(Some(&known), None).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(response.headers()[header::ETAG], *etag);
        assert!(response.headers().contains_key("x-request-id"));
        assert!(response.bytes().await.unwrap().is_empty());
    }
    assert_eq!(get(Some("W/\"x\""), None).send().await.unwrap().status(), StatusCode::OK);
    let wrong = get(Some(&etag), Some("no-token".into())).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED, "who may not come in is told nothing");
    // What somebody sees by their rights is stored nowhere, though who kept it may ask whether it still holds.
    for _ in 0..3 {
        get(None, Some(hub.token("dlci"))).send().await.unwrap();
    }
    let response = get(Some(&etag), Some(hub.token("dlci"))).send().await.unwrap();
    assert_eq!(
        (response.status(), &response.headers()[header::CACHE_CONTROL]),
        (StatusCode::NOT_MODIFIED, &"no-store".parse().unwrap())
    );
    let posted = hub.post(&question).header(header::IF_NONE_MATCH, &etag).send().await.unwrap();
    assert_eq!((posted.status(), posted.headers().get(header::ETAG)), (StatusCode::OK, None));
    hub.sql("update province set name = 'Bononia' where code = '037'").await;
    let follow = async {
        while get(Some(&etag), None).send().await.unwrap().status() == StatusCode::NOT_MODIFIED {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), follow).await.expect("the change is followed");
    assert!(hub.kept("public", &question).await.to_string().contains("Bononia"));
}

#[tokio::test]
async fn a_kept_answer_counts_in_the_programs_budget_and_tells_what_is_left() {
    let hub = Machines::start(REFERENCE, Access { hub_key: Some(Secret::random()), ..Access::default() }).await;
    let client = hub.register(Registration { requests: 6, cost: 2000, ..Registration::new(Shows::Secret) }).await;
    let secret = hub.secret(client).await;
    let form = "grant_type=client_credentials";
    let request = hub.post("/oauth/token").basic_auth(client.to_string(), Some(secret.reveal()));
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let token: Value = request.send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap().to_owned();
    let mut left = 2001;
    let mut ways = Vec::new();
    for (number, coding) in ["identity", "zstd", "gzip", "zstd", "identity", "gzip"].into_iter().enumerate() {
        let request = hub.post("/graphql").bearer_auth(&token).json(&json!({ "query": PROVINCES }));
        let response = request.header(header::ACCEPT_ENCODING, coding).header("x-request-id", format!("n-{number}"));
        let response = response.send().await.unwrap();
        ways.push(came(&response).to_owned());
        assert_eq!(response.headers()["x-request-id"], format!("n-{number}"));
        let told = response.headers()["ratelimit"].to_str().unwrap().to_owned();
        let said = response.headers().get(header::CONTENT_ENCODING).cloned();
        let length = response.headers().get(header::CONTENT_LENGTH).cloned();
        let body = response.bytes().await.unwrap();
        assert!(length.is_none_or(|length| length.to_str().unwrap() == body.len().to_string()));
        let text = match said.as_ref().map(|said| said.to_str().unwrap()) {
            Some("zstd") => zstd::decode_all(&body[..]).unwrap(),
            Some("gzip") => {
                let mut text = Vec::new();
                flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut text).unwrap();
                text
            }
            _ => body.to_vec(),
        };
        let answer: Value = serde_json::from_slice(&text).unwrap();
        let remaining = answer["extensions"]["cost"]["remaining"].as_u64().unwrap();
        assert!(remaining < left, "{number}: {remaining} of {left}");
        assert!(told.contains(&format!("\"cost\";r={remaining};")), "{told}");
        assert!(told.contains(&format!("\"requests\";r={};", 5 - number)), "{told}");
        left = remaining;
    }
    assert_eq!(ways[..3], ["", "stored", "hit"]);
    let request = hub.post("/graphql").bearer_auth(&token).json(&json!({ "query": PROVINCES }));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    let other = hub.register(Registration { cost: 300, ..Registration::new(Shows::Secret) }).await;
    let secret = hub.secret(other).await;
    let request = hub.post("/oauth/token").basic_auth(other.to_string(), Some(secret.reveal()));
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let token: Value = request.send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap().to_owned();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let request = hub.post("/graphql").bearer_auth(&token).json(&json!({ "query": PROVINCES }));
        statuses.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 429, 429], "the cost is counted whether it is kept or not");
}

#[tokio::test]
async fn a_document_that_was_read_before_is_held_against_the_rules_all_the_same() {
    let hub = Served::with(SMALL, Settings::default()).await;
    let query = "query($kinds: [TieKind!], $id: ID!, $first: Int) {
        network(scope: { around: $id }, tieKinds: $kinds) { nodeCount }
        node(id: $id) { ... on Organisation { projects(first: $first) { nodes { partners: participations { organisation {
            projects(first: 50) { nodes { id } } } } } } } } }";
    let id = NodeId::new("Organisation", stable_id("persona:ong-bologna")).id();
    let absent = NodeId::new("Organisation", stable_id("nobody")).id();
    let said = async |variables: Value| {
        let (_, told) = hub.told("public", &json!({ "query": query, "variables": variables })).await;
        told["errors"][0]["extensions"]["code"].as_str().unwrap_or("fine").to_owned()
    };
    for _ in 0..2 {
        assert_eq!(said(json!({ "id": id.as_str(), "kinds": ["LEADS"], "first": 2 })).await, "fine");
        assert_eq!(said(json!({ "id": absent.as_str(), "kinds": ["LEADS"], "first": 2 })).await, "fine");
        for wrong in [
            json!({ "id": id.as_str(), "kinds": ["NONE"], "first": 2 }),
            json!({ "id": absent.as_str(), "kinds": ["NONE"], "first": 2 }),
            json!({ "id": ["x"], "kinds": ["LEADS"], "first": 2 }),
            json!({ "id": id.as_str(), "kinds": ["LEADS"], "first": "2" }),
            json!({ "id": null, "kinds": ["LEADS"], "first": 2 }),
        ] {
            assert_eq!(said(wrong.clone()).await, "GRAPHQL_VALIDATION_FAILED", "{wrong}");
        }
        assert_eq!(said(json!({ "id": "x", "kinds": ["LEADS"], "first": 2 })).await, "BAD_USER_INPUT");
        assert_eq!(said(json!({ "id": id.as_str(), "kinds": ["LEADS"], "first": 101 })).await, "LIMIT_EXCEEDED");
        assert_eq!(said(json!({ "id": id.as_str(), "kinds": ["LEADS"], "first": 100 })).await, "LIMIT_EXCEEDED");
    }
}

/// Files that read the clock for what a statement found or writes: such answers are not kept anyway.
const AFTER_A_STATEMENT: [&str; 23] = [
    "accounts/query/account.rs",
    "accounts/query/invitation.rs",
    "accounts/store/delegation.rs",
    "accounts/store/invitation.rs",
    "agreements/drafting.rs",
    "clients/query.rs",
    "clients/store.rs",
    "councils/feed/calendar.rs",
    "councils/seat.rs",
    "councils/sitting/agenda.rs",
    "councils/sitting/invitations.rs",
    "councils/sitting/proceedings.rs",
    "councils/store/feed.rs",
    "councils/table/work.rs",
    "deeds/store.rs",
    "documents/attaching.rs",
    "documents/incoming.rs",
    "documents/store/content.rs",
    "federation/partner/health.rs",
    "federation/partner/token.rs",
    "federation/usage/keeping.rs",
    "plans/contribution.rs",
    "plans/revision.rs",
];

#[test]
fn what_depends_on_the_moment_says_so() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![sources.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&sources).unwrap().to_string_lossy().into_owned();
            let is_elsewhere =
                ["access", "cli", "db", "demo", "http", "integration"].iter().any(|it| name.starts_with(it));
            if path.is_dir() {
                if !is_elsewhere && !name.ends_with("mutation") {
                    folders.push(path);
                }
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            let moments = ["Utc::now", "Local::now", "SystemTime", "now_v7", "new_v4", "rand::"];
            let is_told = text.contains("note_moment()") || AFTER_A_STATEMENT.contains(&name.as_str());
            let is_bound = name.ends_with("operator.rs") || name == "graphql/context.rs";
            let found = moments.iter().find(|moment| text.contains(**moment)).filter(|_| !is_told && !is_bound);
            assert_eq!(found, None, "src/{name}: an answer that depends on it may be kept for another request");
        }
    }
}
