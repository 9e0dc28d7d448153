//! The graph as callers meet it behind a router: engines that others made, over two replicas of the hub and two partners.
//!
//! The gateways in JavaScript install quickly and run with all tests; the router that is recommended takes long to build and has the
//! same journeys at `make test-router`.

mod processes;
mod stage;
mod writers;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::levels::levels;
use processes::{Engine, Gateway};
use stage::{ROUTER_KEY, Stage};
use writers::Writers;

/// No journey waits longer for anything. What really passes is printed, and no figure is asserted.
const PATIENCE: Duration = Duration::from_secs(60);

/// From hub to partner and back to the hub.
const CROSSING: &str = "{
  municipality(by: { code: \"037006\" }) {
    name
    serviziDesksPerTenThousand
    serviziDesks(first: 3) { name municipality { code name population province { code name } } }
  }
  osservatorioCourses(first: 200) { id dropouts province { code name } project { cup title status lead { name } } }
}";

/// Which course is paid by which project, as the observatory has it.
const COURSES: &str = include_str!("../../../docker/examples/data/courses.csv");

/// Waits until something holds.
async fn within(what: &str, holds: impl AsyncFn() -> bool) -> Duration {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "not so after {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_give_each_level_what_the_hub_gives_and_recover_from_whatever_is_killed() {
    let mut stage = Stage::set().await;
    for engine in [Engine::Hive, Engine::Apollo] {
        journeys(&mut stage, engine).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-router: the router takes long to build"]
async fn the_router_gives_each_level_what_the_hub_gives_and_recovers_from_whatever_is_killed() {
    journeys(&mut Stage::set().await, Engine::Router).await;
}

async fn journeys(stage: &mut Stage, engine: Engine) {
    let mut gateway = Gateway::start(engine, &stage.hub, ROUTER_KEY).await;
    each_level_gets_what_the_hub_gives(stage, &gateway).await;
    each_level_crosses_to_partners_and_back(stage, &gateway).await;
    who_is_refused_by_the_hub_gets_nothing(stage, &gateway).await;
    a_trace_goes_from_the_caller_to_the_database(stage, &gateway).await;
    if matches!(engine, Engine::Router) {
        a_subscription_is_passed_through(stage, &gateway).await;
    }
    a_killed_partner_is_told_and_comes_back(stage, &gateway).await;
    a_killed_replica_loses_no_write(stage, &gateway).await;
    a_killed_gateway_loses_no_write(stage, &mut gateway).await;
}

/// What everybody's pages ask, through the gateway and of the hub itself.
async fn each_level_gets_what_the_hub_gives(stage: &Stage, gateway: &Gateway) {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/operations")).unwrap();
    let mut compared = 0;
    for path in folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let query = std::fs::read_to_string(&path).unwrap();
        // Hive's gateway takes a variable that has only its default for false where a part hangs on it.
        let variables = if query.contains("$withPlans") { json!({ "withPlans": true }) } else { json!({}) };
        for level in levels() {
            let direct = stage.direct(level, &query, variables.clone()).await;
            // Some need variables, others somebody's place.
            if direct.get("errors").is_some() {
                continue;
            }
            let through = stage.ask(&gateway.url, level, &query, variables.clone()).await.unwrap();
            let difference = difference("data", &through["data"], &direct["data"]);
            assert_eq!(difference, None, "{} as {level}: {}", path.display(), through["errors"]);
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

/// The first place where two answers are not the same.
fn difference(path: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other))
            if one.len() == other.len() && one.keys().all(|name| other.contains_key(name)) =>
        {
            one.iter().find_map(|(name, value)| difference(&format!("{path}.{name}"), value, &other[name]))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(at, (one, other))| difference(&format!("{path}.{at}"), one, other))
        }
        // JavaScript writes 49.0 as 49.
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ => (one != other).then(|| {
            let [one, other] = [one, other].map(|it| it.to_string().chars().take(300).collect::<String>());
            format!("{path}: {one} and {other}")
        }),
    }
}

/// Whatever a partner points to in the hub is what the caller sees there, and what he sees at the partner depends on his level.
async fn each_level_crosses_to_partners_and_back(stage: &Stage, gateway: &Gateway) {
    let mut seen_by_level = BTreeSet::new();
    for level in levels() {
        let answer = stage.ask(&gateway.url, level, CROSSING, json!({})).await.unwrap();
        assert_eq!(answer.get("errors"), None, "{level}: {answer:#}");
        let municipality = &answer["data"]["municipality"];
        let direct = "{ municipality(by: { code: \"037006\" }) { code name population province { code name } } }";
        let direct = stage.direct(level, direct, json!({})).await["data"]["municipality"].clone();
        assert_eq!(municipality["name"], direct["name"]);
        assert!(municipality["serviziDesksPerTenThousand"].as_f64().is_some_and(|rate| rate > 0.0), "{answer:#}");
        let desks = municipality["serviziDesks"].as_array().unwrap();
        assert!(desks.len() == 3 && desks.iter().all(|desk| desk["municipality"] == direct), "{level}: {desks:#?}");

        let courses = answer["data"]["osservatorioCourses"].as_array().unwrap();
        let projects = projects(stage, level).await;
        let rows = COURSES.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        let paid: BTreeMap<&str, &str> = rows.map(|row| (row[0], row[row.len() - 1])).collect();
        assert_eq!(courses.len(), paid.len());
        for course in courses {
            let id = course["id"].as_str().unwrap();
            let expected = projects.get(paid[id]).unwrap_or(&Value::Null);
            assert_eq!(&course["project"], expected, "{id} as {level}");
            assert!(course["province"]["name"].is_string(), "{course:#}");
        }
        let is_told = courses.iter().any(|course| !course["dropouts"].is_null());
        assert_eq!(is_told, ["dlci", "prefettura-bologna"].contains(&level), "the partner knows the level of {level}");
        seen_by_level.insert(projects.len());
    }
    assert!(seen_by_level.len() >= 4, "levels see different projects: {seen_by_level:?}");
}

/// The projects that pay for courses, as far as the caller sees them: by CUP, as the hub itself tells them.
async fn projects(stage: &Stage, level: &str) -> BTreeMap<String, Value> {
    let cups = COURSES.lines().filter_map(|line| line.rsplit(',').next()).filter(|cup| cup.starts_with('Z'));
    let fields = cups
        .enumerate()
        .map(|(at, cup)| format!("p{at}: project(by: {{ cup: \"{cup}\" }}) {{ cup title status lead {{ name }} }}"));
    let query = format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "));
    let answer = stage.direct(level, &query, json!({})).await;
    let seen = answer["data"].as_object().unwrap().values().filter(|project| project.is_object());
    seen.map(|project| (project["cup"].as_str().unwrap().to_owned(), project.clone())).collect()
}

/// A token that the hub refuses opens nothing, at no subgraph.
async fn who_is_refused_by_the_hub_gets_nothing(stage: &Stage, gateway: &Gateway) {
    let request = stage.client.post(&gateway.url).bearer_auth("nobody's").json(&json!({ "query": CROSSING }));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let data = answer["data"].as_object().cloned().unwrap_or_default();
    assert!(data.values().all(Value::is_null) && answer["errors"].is_array(), "{answer:#}");
}

/// The database's operators find a request by the id that its caller gave it.
async fn a_trace_goes_from_the_caller_to_the_database(stage: &Stage, gateway: &Gateway) {
    let trace = format!("{:032x}", 0x5eed + gateway.engine as u32);
    let mut keeper = stage.connection().await;
    sqlx::raw_sql("begin; lock table project in access exclusive mode").execute(&mut keeper).await.unwrap();
    let request = stage.client.post(&gateway.url).header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"));
    let query = json!({ "query": "{ project(by: { cup: \"Z25I25000000015\" }) { cup } }" });
    let asked = tokio::spawn(request.json(&query).send());
    let waits = "select count(*) from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'";
    within("a session of the trace waits for the lock", async || {
        let mut connection = stage.connection().await;
        let waiting = sqlx::query_scalar(waits).bind(format!("raccordo {trace}")).fetch_one(&mut connection).await;
        waiting.is_ok_and(|waiting: i64| waiting > 0)
    })
    .await;
    drop(keeper);
    assert_eq!(asked.await.unwrap().unwrap().status(), 200);
}

/// What the hub tells as it happens reaches who listens at the router.
async fn a_subscription_is_passed_through(stage: &Stage, gateway: &Gateway) {
    let request = stage.client.post(&gateway.url).header("accept", "text/event-stream");
    let request = request.json(&json!({ "query": "subscription { dataVersionChanged }" }));
    let mut events = request.send().await.unwrap();
    let mut told = String::new();
    for wanted in 1..3 {
        while told.matches("dataVersionChanged").count() < wanted {
            let piece = tokio::time::timeout(PATIENCE, events.chunk()).await.expect("it is told in time");
            told += &String::from_utf8_lossy(&piece.unwrap().unwrap_or_else(|| panic!("it ended: {told}")));
        }
        stage.draft("Mentre qualcuno ascolta").await;
    }
}

/// Its fields are null and it is named; the rest of the answer stands, and once it is back all is.
async fn a_killed_partner_is_told_and_comes_back(stage: &mut Stage, gateway: &Gateway) {
    stage.observatory.kill();
    let answer = stage.ask(&gateway.url, "dlci", CROSSING, json!({})).await.unwrap();
    assert_eq!(answer["data"]["osservatorioCourses"], Value::Null, "{answer:#}");
    assert_eq!(answer["data"]["municipality"]["serviziDesks"].as_array().map(Vec::len), Some(3), "{answer:#}");
    let told = &answer["errors"][0]["extensions"];
    assert_eq!((&told["code"], &told["partner"]), (&json!("PARTNER_FAILED"), &json!("osservatorio")), "{answer:#}");
    stage.observatory.start();
    let stage = &*stage;
    let back = within("the partner answers again", async || {
        let answer = stage.ask(&gateway.url, "dlci", CROSSING, json!({})).await.unwrap();
        answer.get("errors").is_none() && answer["data"]["osservatorioCourses"].is_array()
    });
    println!("{:?}: a killed partner is back after {:?}", gateway.engine, back.await);
}

/// The other replica goes on, and the killed one comes back beside it.
async fn a_killed_replica_loses_no_write(stage: &mut Stage, gateway: &Gateway) {
    let writers = Writers::begin(stage, &gateway.url, &format!("{:?} over replicas", gateway.engine)).await;
    let killed_at = Instant::now();
    stage.replicas[0].kill();
    let recovered = writers.until_all_wrote_after(killed_at).await;
    stage.replicas[0].start_again().await;
    writers.until_all_wrote_after(Instant::now()).await;
    let written = writers.end(stage).await;
    println!("{:?}: a replica killed among {written} writes, all write again after {recovered:?}", gateway.engine);
}

/// Started again, as whoever watches it does, it serves the graph that the hub gives it.
async fn a_killed_gateway_loses_no_write(stage: &Stage, gateway: &mut Gateway) {
    let writers = Writers::begin(stage, &gateway.url, &format!("{:?} killed", gateway.engine)).await;
    let killed_at = Instant::now();
    gateway.kill().await;
    gateway.start_again().await;
    let recovered = writers.until_all_wrote_after(killed_at).await;
    let written = writers.end(stage).await;
    println!("{:?}: itself killed among {written} writes, all write again after {recovered:?}", gateway.engine);
}
