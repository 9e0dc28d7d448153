//! What is used, by whom: counted for whoever asks wherever they ask, written down without values, told to whom it concerns; and
//! what of a partner's may go without waiting.

use std::time::Duration;

use chrono::{Days, NaiveDate};
use raccordo::access::persona::stable_id;
use raccordo::access::secret::Secret;
use raccordo::access::{Settings as Access, Viewer};
use raccordo::federation::Setup;
use raccordo::federation::address::Neighbourhood;
use raccordo::federation::usage::{begin_day, write_down};
use raccordo::graphql::Graph;
use raccordo::http::{Executor, Operation, Settings};
use raccordo::hub::Hub;
use raccordo::schema;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::door::{Does, Door, SDL};
use crate::http::Served;
use crate::hub::{TODAY, TestHub};
use crate::levels::REFERENCE;
use crate::websocket::{connect, receive, send};

/// What is written down: who called what how often, e.g. `public query Provinces 2: Province.name Query.provinces`.
async fn written(hub: &TestHub) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', c.kind, c.name, o.kind, o.name, sum(d.calls)) || ': ' || array_to_string(o.coordinates, ' ')
         from usage_day d join usage_operation o on o.id = d.operation_id join usage_caller c on c.id = d.caller_id
         group by c.id, o.id order by 1",
    )
    .fetch_all(&mut hub.maintenance().await)
    .await
    .unwrap()
}

async fn counted(hub: &TestHub) -> Vec<String> {
    write_down(&hub.hub, TODAY).await.unwrap();
    written(hub).await
}

async fn sql(hub: &TestHub, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut hub.maintenance().await).await.unwrap();
}

/// A token of a program that the office of Bologna has.
async fn program(hub: &TestHub, address: &str, name: &str) -> String {
    let (id, secret) = (Uuid::now_v7(), Secret::random());
    let mut connection = hub.maintenance().await;
    sqlx::query(
        "insert into client (id, organisation_id, owner_number, name, scopes, authentication, requests_per_minute,
           cost_per_minute, expires_at)
         select $1, id, number, $3, '{organisation:read}', 'secret', 10000, 1000000, now() + interval '30 days'
         from organisation where id = $2",
    )
    .bind(id)
    .bind(stable_id("office:PREF-BO"))
    .bind(name)
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::query(
        "insert into client_secret (id, client_id, owner_number, hash, expires_at)
         select $2, id, owner_number, $3, now() + interval '90 days' from client where id = $1",
    )
    .bind(id)
    .bind(Uuid::now_v7())
    .bind(secret.argon2())
    .execute(&mut connection)
    .await
    .unwrap();
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={}", secret.reveal());
    let request = reqwest::Client::new().post(format!("http://{address}/oauth/token"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Asks an address; the answer, and how it came.
async fn ask(address: &str, path: &str, token: Option<&str>, body: Value) -> (Value, String) {
    let request = reqwest::Client::new().post(format!("http://{address}{path}")).json(&body);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await.unwrap();
    let came = answer.headers().get("cache-status").map_or("", |came| came.to_str().unwrap()).to_owned();
    (answer.json().await.unwrap(), came)
}

#[tokio::test]
async fn whoever_asks_counts_for_what_they_ask_from_memory_too_and_values_are_kept_nowhere() {
    let access = Access { hub_key: Some(Secret::random()), ..Access::default() };
    let hub = TestHub::start(REFERENCE, access).await;
    let address = hub.serve(Settings::default()).await;
    let token = program(&hub, &address, "Cruscotto").await;
    let provinces = json!({ "query": "query Provinces { provinces { code name } }" });
    let (mut calls, mut hits) = (0, 0);
    while hits < 2 {
        let (answer, came) = ask(&address, "/graphql", Some(&token), provinces.clone()).await;
        assert!(answer["data"]["provinces"].is_array(), "{answer}");
        (calls, hits) = (calls + 1, hits + usize::from(came.ends_with("hit")));
        assert!(calls < 500, "never from memory");
    }
    let one = "query One($code: String) { province(by: { code: $code }) { region { name } } }";
    let literal = "query One { x: province(by: { abbreviation: \"QZJXQZJX\" }) { region { y: name } } }";
    for body in [
        json!({ "query": one, "variables": { "code": "QZJXQZJX" } }),
        json!({ "query": literal }),
        json!([{ "query": literal }, { "query": "{ province(by: { code: \"037\" }) { name } }" }]),
        // Nothing of the graph, nothing that is valid.
        json!({ "query": "query Schema { __typename __schema { queryType { name } } }" }),
        json!({ "query": "query Wrong { provinces { code nothing } }" }),
        json!({ "query": "query Unreadable { provinces {" }),
        json!({ "query": "query Named { provinces { code } }", "operationName": "Another" }),
    ] {
        ask(&address, "/graphql", None, body).await;
    }
    let program = format!("client Cruscotto query Provinces {calls}: Province.code Province.name Query.provinces");
    let expected = [
        program.as_str(),
        "public query 1: Province.name Query.province Query.province(by:)",
        "public query One 3: Province.region Query.province Query.province(by:) Region.name",
    ];
    assert_eq!(counted(&hub).await, expected);
    assert_eq!(counted(&hub).await, expected, "what is written down is not written again");
    assert_eq!(hub.tables_with("QZJXQZJX").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_subscription_counts_once_when_it_begins() {
    let hub = Served::with(REFERENCE, Settings::default()).await;
    let mut socket = connect(&hub).await;
    let token = format!("Bearer {}", hub.token("dlci"));
    send(&mut socket, json!({ "type": "connection_init", "payload": { "authorization": token } })).await;
    receive(&mut socket).await.unwrap();
    let versions = json!({ "query": "subscription Versions { dataVersionChanged }" });
    send(&mut socket, json!({ "type": "subscribe", "id": "1", "payload": versions })).await;
    assert_eq!(receive(&mut socket).await.unwrap()["type"], "next");
    sql(&hub.hub, "update organisation set website = 'https://example.org' where office_code = 'PREF-BO'").await;
    assert_eq!(receive(&mut socket).await.unwrap()["type"], "next");
    let wrong = json!({ "query": "subscription Wrong { dataVersionChanged nothing }" });
    send(&mut socket, json!({ "type": "subscribe", "id": "2", "payload": wrong })).await;
    while receive(&mut socket).await.unwrap()["type"] != "error" {}
    let query = json!({ "query": "query Version { dataVersion }" });
    send(&mut socket, json!({ "type": "subscribe", "id": "3", "payload": query })).await;
    while receive(&mut socket).await.unwrap()["id"] != "3" {}
    let expected = [
        "demonstration query Version 1: Query.dataVersion",
        "demonstration subscription Versions 1: Subscription.dataVersionChanged",
    ];
    assert_eq!(counted(&hub.hub).await, expected);
}

#[tokio::test]
async fn hubs_add_up_and_what_is_past_its_time_is_let_go() {
    let hub = TestHub::with(REFERENCE).await;
    let other = Hub::start(hub.hub.database.clone(), Access::default(), schema::references()).await.unwrap();
    other.provide(Setup::new("http://hub.example", Neighbourhood(Vec::new()), String::new));
    let executors = [(hub.hub.clone(), Executor::new(&hub.hub, Duration::from_secs(30)))];
    let executors = executors.into_iter().chain([(other.clone(), Executor::new(&other, Duration::from_secs(30)))]);
    for (hub, executor) in executors {
        for query in ["query A { dataVersion }", "query B { regions { name } }", "query A { dataVersion }"] {
            let graph = Graph::open_on(hub.clone(), Viewer::public(), "test", TODAY);
            let operation = Operation { query: query.into(), ..Operation::default() };
            let checked = executor.check(operation, false, "test").unwrap_or_else(|_| panic!("{query} is fine"));
            assert!(executor.execute(&graph, checked, "test").await.executed);
        }
    }
    let (one, two) = tokio::join!(write_down(&hub.hub, TODAY), write_down(&other, TODAY));
    one.and(two).unwrap();
    let expected = ["public query A 4: Query.dataVersion", "public query B 2: Query.regions Region.name"];
    assert_eq!(written(&hub).await, expected);

    hub.execute(&Viewer::public(), "query A { dataVersion }", Value::Null).await;
    let days = |days| TODAY + Days::new(days);
    write_down(&hub.hub, days(1)).await.unwrap();
    let per_day: Vec<(NaiveDate, i64)> =
        sqlx::query_as("select day, sum(calls)::bigint from usage_day group by day order by day")
            .fetch_all(&mut hub.maintenance().await)
            .await
            .unwrap();
    assert_eq!(per_day, [(TODAY, 6), (days(1), 1)]);
    for (day, left) in [(days(400), 2), (days(401), 1), (days(402), 0)] {
        begin_day(&hub.hub, day).await.unwrap();
        assert_eq!(hub.value::<i64>("select count(*) from usage_operation").await, left, "{day}");
    }
    let begun: NaiveDate = hub.value("select since from usage_recording").await;
    assert_eq!(begun, days(401), "the first whole day stands");
    assert_eq!(hub.value::<i64>("select count(*) from usage_caller").await, 3, "kinds of caller stay");
    other.stop();
}

const USAGE: &str = "usage { coordinates calls callerCount operationCount lastUsedOn
  callers { totalCount nodes { kind clientName organisation { name } calls operations { kind name calls } } } }";

/// A partner's versions, one after the other.
struct Versions<'a>(&'a Door);

impl Versions<'_> {
    /// Does something with the partner's subgraph: whether a version waits, which is served, and what breaks, by its path.
    async fn run(&self, persona: &str, verb: &str, more: Value) -> (bool, i64, Vec<Value>) {
        let viewer = self.0.hub.persona(persona).await;
        let query = "{ subgraph(by: { name: \"sportelli\" }) { id version } }";
        let known = self.0.hub.execute(&viewer, query, Value::Null).await.data()["subgraph"].clone();
        let mut input = json!({ "subgraphId": known["id"], "expectedVersion": known["version"] });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let told = format!(
            "subgraph {{ pendingVersion {{ number }} servedVersion {{ number }} }}
             changes {{ weight path countsAsUsed {USAGE} }}"
        );
        let answer = self.0.hub.mutate(&viewer, verb, &told, &input).await;
        let done = answer.data()["done"].clone();
        assert_eq!(done["userErrors"], json!([]), "{verb}: {done:#}");
        let changes = done["changes"].as_array().unwrap();
        for harmless in changes.iter().filter(|change| change["weight"] != "BREAKING") {
            assert_eq!((&harmless["countsAsUsed"], &harmless["usage"]), (&Value::Null, &Value::Null));
        }
        let breaking = changes.iter().filter(|change| change["weight"] == "BREAKING").cloned().collect();
        let subgraph = &done["subgraph"];
        let served = subgraph["servedVersion"]["number"].as_i64().unwrap_or_default();
        (!subgraph["pendingVersion"].is_null(), served, breaking)
    }

    /// Publishes, or tries, the first version without a part.
    async fn without(&self, part: &str, dry_run: bool) -> (bool, i64, Vec<Value>) {
        let sdl = SDL.replacen(part, "", 1);
        assert_ne!(sdl, SDL);
        self.run("ong-bologna", "publishSubgraph", json!({ "sdl": sdl, "dryRun": dry_run })).await
    }
}

#[tokio::test]
async fn what_nobody_used_may_go_and_what_is_used_waits_with_who_uses_it() {
    let door = Door::open().await;
    let (hub, versions) = (&door.hub, Versions(&door));
    let token = program(hub, &door.address, "Cruscotto").await;
    let sql = async |statement: String| sql(hub, &statement).await;
    door.service.will(Does::Answers(json!({ "data": { "sportelliDesks": [{ "name": "Sportello" }] } })));
    let named = json!({ "query": "query Desks__sportelli__0 { sportelliDesks { name } }" });
    ask(&door.address, "/partners/sportelli", Some(&token), named.clone()).await;
    ask(&door.address, "/partners/sportelli", Some(&token), named).await;
    // The hub looks which records the caller sees: that is its own question, and no use.
    let records =
        json!({ "r": [{ "__typename": "Municipality", "id": "TXVuaWNpcGFsaXR5Ojk5OTk5OQ", "population": 1 }] });
    let entities =
        "query Rates($r: [_Any!]!) { _entities(representations: $r) { ... on Municipality { sportelliRate } } }";
    door.ask(None, entities, records).await;
    door.ask(None, "{ nothing }", json!({})).await;
    let program = "client Cruscotto query Desks__sportelli__0 2: Query.sportelliDesks SportelliDesk.name";
    let public = "public query Rates 1: Municipality Municipality.sportelliRate";
    let by_partner: Vec<String> = counted(hub).await.into_iter().filter(|it| !it.contains(" mutation ")).collect();
    assert_eq!(by_partner, [program, public]);

    let desks = "  sportelliDesks: [SportelliDesk!]\n";
    // As long as nothing is known of 90 days, everything counts as used.
    let ago = |days| (TODAY - Days::new(days)).to_string();
    for since in [None, Some(ago(89))] {
        if let Some(since) = since {
            sql(format!("insert into usage_recording (since) values ('{since}')")).await;
        }
        let (waits, served, breaking) = versions.without(desks, true).await;
        assert_eq!((waits, served), (true, 1));
        assert_eq!(
            (&breaking[0]["path"], &breaking[0]["countsAsUsed"]),
            (&json!("Municipality.sportelliDesks"), &json!(true))
        );
        assert_eq!(breaking[0]["usage"]["calls"], 0);
    }
    sql(format!("update usage_recording set since = '{}'", ago(90))).await;
    let (waits, served, breaking) = versions.without(desks, true).await;
    assert_eq!((waits, served, &breaking[0]["countsAsUsed"]), (false, 2, &json!(false)));
    assert_eq!(breaking[0]["usage"]["lastUsedOn"], Value::Null);

    // What is used waits; its owner is told how much, the department by whom.
    let used = "type Query { sportelliDesks: [SportelliDesk!] }";
    let (waits, served, breaking) = versions.without(used, false).await;
    assert_eq!((waits, served), (true, 1));
    let of = |breaking: &[Value]| {
        let found = breaking.iter().find(|change| change["path"] == "Query.sportelliDesks");
        found.unwrap_or_else(|| panic!("{breaking:#?}")).clone()
    };
    let desks_used = json!({ "coordinates": ["Query.sportelliDesks"], "calls": 2, "callerCount": 1, "operationCount": 1,
        "lastUsedOn": TODAY.to_string(), "callers": null });
    assert_eq!((&of(&breaking)["countsAsUsed"], &of(&breaking)["usage"]), (&json!(true), &desks_used));
    let (waits, served, breaking) = versions.run("dlci", "approveSubgraph", json!({ "dryRun": true })).await;
    assert_eq!((waits, served), (false, 2), "it is the department's to decide");
    let office = of(&breaking)["usage"]["callers"]["nodes"][0]["organisation"]["name"].clone();
    assert!(office.as_str().unwrap().contains("Bologna"), "{office}");
    let callers = json!({ "totalCount": 1, "nodes": [{ "kind": "CLIENT", "clientName": "Cruscotto",
        "organisation": { "name": office }, "calls": 2,
        "operations": [{ "kind": "QUERY", "name": "Desks__sportelli__0", "calls": 2 }] }] });
    assert_eq!(of(&breaking)["usage"]["callers"], callers);
    let (_, served, breaking) =
        versions.run("ong-bologna", "withdrawSubgraph", json!({ "dryRun": true, "reason": "Fine" })).await;
    assert_eq!((served, &of(&breaking)["usage"]["calls"]), (0, &json!(2)), "a withdrawal tells who would notice");

    // What was used before the last 90 days may go.
    sql(format!("update usage_day set day = '{}'", ago(91))).await;
    let (waits, served, _) = versions.without(used, false).await;
    assert_eq!((waits, served), (false, 3));
}

#[tokio::test]
async fn the_department_knows_who_calls_and_the_owner_how_many() {
    let door = Door::open().await;
    let hub = &door.hub;
    let mut tokens = Vec::new();
    for name in ["Cruscotto", "Mappa", "Sito"] {
        tokens.push(program(hub, &door.address, name).await);
    }
    door.service.will(Does::Answers(json!({ "data": { "sportelliDesks": [] } })));
    for (at, token) in tokens.iter().enumerate() {
        for _ in 0..=at {
            let query = json!({ "query": "query Desks { sportelliDesks { name } }" });
            ask(&door.address, "/partners/sportelli", Some(token), query).await;
        }
    }
    write_down(&hub.hub, TODAY).await.unwrap();

    let own = "query($after: String) { subgraph(by: { name: \"sportelli\" }) { usage(first: 4, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { coordinates calls callerCount operationCount callers { totalCount } } } } }";
    let listed = async |persona: &str, after: Value| {
        let answer = hub.execute(&hub.persona(persona).await, own, json!({ "after": after })).await;
        answer.data()["subgraph"]["usage"].clone()
    };
    let first = listed("ong-bologna", Value::Null).await;
    assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(7), &json!(true)));
    let rest = listed("ong-bologna", first["pageInfo"]["endCursor"].clone()).await;
    let all = [&first, &rest].map(|page| page["nodes"].as_array().unwrap().clone()).concat();
    let row = |coordinate: &str, calls: i32| {
        let used = i32::from(calls > 0);
        json!({ "coordinates": [coordinate], "calls": calls, "callerCount": 3 * used, "operationCount": used, "callers": null })
    };
    let expected = [
        row("Municipality.sportelliDesks", 0),
        row("Municipality.sportelliRate", 0),
        row("Project.sportelliNote", 0),
        row("Query.sportelliDesks", 6),
        row("SportelliDesk.id", 0),
        row("SportelliDesk.name", 6),
        row("SportelliDesk.project", 0),
    ];
    assert_eq!(all, expected);
    assert_eq!(listed("dlci", Value::Null).await["nodes"][3]["callers"], json!({ "totalCount": 3 }));

    let by = "query($after: String, $since: Date, $until: Date) {
        fieldUsage(coordinate: \"Query.sportelliDesks\", since: $since, until: $until) { calls
          callers(first: 2, after: $after) { pageInfo { hasNextPage endCursor } nodes { clientName calls operations { name } } } } }";
    let central = hub.persona("dlci").await;
    let page = hub.execute(&central, by, json!({})).await;
    assert_eq!(page.statements, 3, "totals, callers, their operations");
    let callers = &page.data()["fieldUsage"]["callers"];
    let named =
        |name: &str, calls: i32| json!({ "clientName": name, "calls": calls, "operations": [{ "name": "Desks" }] });
    assert_eq!(callers["nodes"], json!([named("Sito", 3), named("Mappa", 2)]));
    let after = json!({ "after": callers["pageInfo"]["endCursor"] });
    let last = hub.execute(&central, by, after).await;
    let last = &last.data()["fieldUsage"]["callers"];
    assert_eq!((&last["nodes"], &last["pageInfo"]["hasNextPage"]), (&json!([named("Cruscotto", 1)]), &json!(false)));
    for window in [json!({ "since": "2026-11-25" }), json!({ "since": "2026-01-01", "until": "2026-11-23" })] {
        let other = hub.execute(&central, by, window).await;
        assert_eq!(other.data()["fieldUsage"]["calls"], 0);
    }
    let told = async |viewer: Viewer, coordinate: &str| {
        let graph = Graph::open_on(hub.hub.clone(), viewer, "test", TODAY);
        let sql = "select calls from usage_told(array[$1], '2026-01-01', null)";
        let calls = sqlx::query_scalar::<_, i64>(sql).bind(coordinate);
        calls.fetch_one(&mut *graph.statement().await.unwrap()).await.unwrap()
    };
    for (coordinate, by_department, by_owner, by_others) in
        [("Query.sportelliDesks", 6, 6, 0), ("SportelliDesk.name", 6, 6, 0), ("Mutation.proposeSubgraph", 1, 0, 0)]
    {
        assert_eq!(told(hub.persona("dlci").await, coordinate).await, by_department, "{coordinate}");
        assert_eq!(told(hub.persona("ong-bologna").await, coordinate).await, by_owner, "{coordinate}");
        for other in [hub.persona("prefettura-bologna").await, Viewer::public()] {
            assert_eq!(told(other, coordinate).await, by_others, "{coordinate}");
        }
    }
    for nobody in [hub.persona("ong-bologna").await, hub.persona("prefettura-bologna").await, Viewer::public()] {
        assert_eq!(hub.execute(&nobody, by, json!({})).await.data()["fieldUsage"], Value::Null);
        let graph = Graph::open_on(hub.hub.clone(), nobody, "test", TODAY);
        let rows = "select (select count(*) from usage_day) + (select count(*) from usage_operation)
                      + (select count(*) from usage_caller)";
        let seen: i64 = sqlx::query_scalar(rows).fetch_one(&mut *graph.statement().await.unwrap()).await.unwrap();
        assert_eq!(seen, 0, "rows say who calls");
    }
    let wrong = hub.execute(&central, "{ fieldUsage(coordinate: \"x' or 1=1\") { calls } }", Value::Null).await;
    assert_eq!(wrong.codes(), ["BAD_USER_INPUT"]);
}
