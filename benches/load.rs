//! The hub under load: hub, PostgreSQL and load generator on one machine, national size.
//!
//! `cargo bench --bench load` prints a table for the README; `cargo bench --bench load -- 5 6` only the rows whose names
//! begin so. Requests per second and core are 1000 / (CPU-ms of the hub + CPU-ms of PostgreSQL for one request): the load
//! generator, a process of its own, is left out. Yardsticks run beside the operations: an answer of fixed bytes, a bare
//! endpoint that returns the JSON of one statement, and bare endpoints that send the bytes of the hub's own answers,
//! prepared before.
//!
//! Rows are measured on a hub that keeps no answers, but for those that say so.

mod generator;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use generator::{CONNECTIONS, Job, MEASURED, Seen, WARM_UP};
use generator::{cpu_ms, fetch, generated, operation, resident_mb, server_cpu_ms, start};
use raccordo::access::persona::Persona;
use raccordo::access::token::DemoKey;
use raccordo::db::embedded::Embedded;
use raccordo::db::{Database, DatabaseSettings};
use raccordo::demo::{self, Size};
use raccordo::http::{self, Settings};
use raccordo::hub::Hub;
use raccordo::schema;
use reqwest::Client;
use serde_json::{Value, json};

/// A row of the table.
struct Row {
    name: String,
    job: Job,
    /// What else is asked meanwhile, by as many connections of its own as it says: the hub's cost is then of both, and
    /// only the times tell something.
    beside: Option<Job>,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if !generated(&runtime) {
        runtime.block_on(measure()).unwrap();
    }
}

async fn measure() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("load");
    let embedded = Arc::new(Embedded::start(&folder, None)?);
    let database = Database::open(embedded.options(), DatabaseSettings::default()).await?;
    database.migrate().await?;
    let begun = Instant::now();
    demo::load(&database, Size::National(1), 1, |_| ()).await?;
    println!("national data loaded in {:.1} s (0 s: they were there)\n", begun.elapsed().as_secs_f64());

    let key = DemoKey::read_or_make(&folder)?;
    let begun = Instant::now();
    let access = raccordo::access::Settings { demo_key: Some(key.clone()), ..Default::default() };
    let hub = Hub::start(database.clone(), access, schema::references()).await?;
    println!(
        "hub started in {:.2} s, resident {} MB\n",
        begun.elapsed().as_secs_f64(),
        resident_mb(std::process::id())
    );
    let without = Settings { kept_answers: 0, ..Settings::default() };
    let graph = serve(http::router(http::App::new(hub.clone(), without))).await;
    let keeping = serve(http::router(http::App::new(hub, Settings::default()))).await;

    let token = key.token(Persona::find("dlci").expect("a persona"))?;
    let organisations: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from organisation where is_synthetic order by number limit 2000")
            .fetch_all(&mut database.maintenance().await?)
            .await?;
    let ids: Vec<_> =
        organisations.iter().map(|it| raccordo::graphql::NodeId::new("Organisation", it).id().to_string()).collect();
    let id = &ids[0];
    let ask = |operation: &str, variables: Vec<Value>| Job {
        url: format!("{graph}/graphql"),
        token: Some(token.clone()),
        accept_encoding: None,
        bodies: variables.iter().map(|it| json!({ "query": operation, "variables": it }).to_string()).collect(),
        connections: CONNECTIONS,
        endless: false,
    };
    let kept = |job: Job, coding: Option<&str>| Job {
        url: format!("{keeping}/graphql"),
        accept_encoding: coding.map(str::to_owned),
        ..job
    };
    let by_id = "query($id: ID!) { organisation(by: { id: $id }) { id name kind shortName fiscalCode source } }";
    let organisation = ask(by_id, vec![json!({ "id": id })]);
    let around = ask(&operation("network-around"), vec![json!({ "id": id, "hops": 2 })]);
    let around_many =
        ask(&operation("network-around"), ids.iter().map(|id| json!({ "id": id, "hops": 2 })).collect::<Vec<_>>());
    let national = ask(&operation("network-national"), vec![json!({})]);
    // Each of another day: measures are kept as long as the data.
    let first = chrono::NaiveDate::from_ymd_opt(2016, 1, 1).expect("a day");
    let analyses = ask(BETWEENNESS, first.iter_days().take(3650).map(|day| json!({ "on": day })).collect());

    let client = Client::new();
    let mut prepared = HashMap::from([("fixed", Bytes::from(json!({ "data": "x".repeat(200) }).to_string()))]);
    for (name, job) in [
        ("around", kept(around.clone(), None)),
        ("national", kept(national.clone(), None)),
        ("national-zstd", kept(national.clone(), Some("zstd"))),
    ] {
        // Of an answer that is kept, compressed as it is sent then.
        for _ in 0..3 {
            prepared.insert(name, fetch(&client, &job, 0).await);
        }
    }
    let bare = serve(yardsticks(database.clone(), prepared)).await;
    let plain = |path: &str| Job { url: format!("{bare}{path}"), token: None, bodies: vec![], ..around.clone() };

    let names: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    println!("| operation | req/s | req/s and core | hub ms | PostgreSQL ms | p50 ms | p99 ms | KB |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut measured = HashMap::new();
    for (name, job) in [
        ("*fixed bytes (yardstick)*", plain("/prepared/fixed")),
        ("*JSON of one statement (yardstick for 1)*", plain(&format!("/statement/{}", organisations[0]))),
        (YARDSTICK_5, plain("/prepared/around")),
        (YARDSTICK_6, plain("/prepared/national")),
        (YARDSTICK_6_ZSTD, plain("/prepared/national-zstd")),
        ("1 organisation by id", organisation.clone()),
        ("2 prefecture dashboard", ask(&operation("prefecture"), vec![json!({})])),
        ("3 50 projects, lead, 5 partners", ask(&operation("projects-partners"), vec![json!({})])),
        ("4 overview of 106 offices, two counts", ask(OVERVIEW, vec![json!({})])),
        ("5 two-hop network around a body", around.clone()),
        ("5 the same around 2,000 bodies in turn", around_many),
        (KEPT_5, kept(around, None)),
        ("6 whole national network", national.clone()),
        (KEPT_6, kept(national.clone(), None)),
        (KEPT_6_ZSTD, kept(national.clone(), Some("zstd"))),
        ("search \"accoglienza minori\"", ask(SEARCH, vec![json!({})])),
    ] {
        let row = Row { name: name.to_owned(), job, beside: None };
        if is_wanted(&row.name, &names) {
            measured.insert(name, run(&row, &embedded)?);
        }
    }
    println!("\n| a point query while something else is asked for | p50 ms | p99 ms |");
    println!("|---|---|---|");
    for (beside, job) in [
        ("nothing", None),
        ("1 whole national network at a time", Some(Job { connections: 1, endless: true, ..national.clone() })),
        ("8 whole national networks at a time", Some(Job { connections: 8, endless: true, ..national })),
        ("8 analyses of the national network at a time", Some(Job { connections: 8, endless: true, ..analyses })),
    ] {
        let row = Row { name: format!("beside {beside}"), job: organisation.clone(), beside: job };
        if is_wanted(&row.name, &names) {
            run(&row, &embedded)?;
        }
    }
    println!();
    for (kept, yardstick) in [(KEPT_5, YARDSTICK_5), (KEPT_6, YARDSTICK_6), (KEPT_6_ZSTD, YARDSTICK_6_ZSTD)] {
        if let (Some(kept_at), Some(bytes_at)) = (measured.get(kept), measured.get(yardstick)) {
            println!("{kept}: {:.2} of {yardstick}", kept_at / bytes_at);
        }
    }
    Ok(())
}

const YARDSTICK_5: &str = "*prepared bytes of 5 (yardstick)*";
const YARDSTICK_6: &str = "*prepared bytes of 6 (yardstick)*";
const YARDSTICK_6_ZSTD: &str = "*prepared bytes of 6, compressed (yardstick)*";
const KEPT_5: &str = "5 the same, kept";
const KEPT_6: &str = "6 the same, kept";
const KEPT_6_ZSTD: &str = "6 the same, kept, compressed (zstd)";

fn is_wanted(name: &str, names: &[String]) -> bool {
    names.is_empty() || name.starts_with('*') || names.iter().any(|wanted| name.starts_with(wanted))
}

const OVERVIEW: &str = "{ nationalOverview { offices { office { name } organisationsCount activeProjectsCount } } }";
const BETWEENNESS: &str = "query($on: Date) { network(scope: { national: true }, asOf: $on) {
    measure(metric: BETWEENNESS) { top(first: 1) { value } } } }";
const SEARCH: &str = "{ search(text: \"accoglienza minori\") { edges { node { title kind } } } }";

/// Measures a row and prints it; returns its requests per second and core.
fn run(row: &Row, embedded: &Embedded) -> anyhow::Result<f64> {
    let mut beside = row.beside.as_ref().map(start).transpose()?;
    let before = (cpu_ms(std::process::id()), server_cpu_ms(embedded));
    let load = start(&row.job)?.wait_with_output()?;
    if let Some(beside) = &mut beside {
        anyhow::ensure!(beside.try_wait()?.is_none(), "{}: what is asked beside it has ended", row.name);
        beside.kill()?;
        beside.wait()?;
    }
    anyhow::ensure!(load.status.success(), "{}: {}", row.name, String::from_utf8_lossy(&load.stderr));
    let seen: Seen = serde_json::from_slice(&load.stdout)?;
    if row.beside.is_some() || row.name.starts_with("beside") {
        println!("| {} | {:.2} | {:.2} |", row.name, seen.p50_ms, seen.p99_ms);
        return Ok(0.0);
    }
    // The warm-up's requests cost, too: the share of the measured time is taken.
    let share = MEASURED.as_secs_f64() / (MEASURED + WARM_UP).as_secs_f64();
    let cost = |before: f64, after: f64| (after - before) * share / seen.requests as f64;
    let hub = cost(before.0, cpu_ms(std::process::id()));
    let server = cost(before.1, server_cpu_ms(embedded));
    println!(
        "| {} | {:.0} | {:.0} | {hub:.3} | {server:.3} | {:.2} | {:.2} | {:.1} |",
        row.name,
        seen.requests as f64 / MEASURED.as_secs_f64(),
        1000.0 / (hub + server),
        seen.p50_ms,
        seen.p99_ms,
        seen.bytes / 1024.0,
    );
    Ok(1000.0 / (hub + server))
}

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn yardsticks(database: Database, prepared: HashMap<&'static str, Bytes>) -> axum::Router {
    async fn statement(
        State(database): State<Database>,
        axum::extract::Path(id): axum::extract::Path<uuid::Uuid>,
    ) -> impl IntoResponse {
        let query = "select json_build_object('id', id, 'name', name, 'kind', kind, 'shortName', short_name,
            'fiscalCode', fiscal_code, 'source', source)::text from organisation where id = $1";
        let json: String = sqlx::query_scalar(query).bind(id).fetch_one(database.pool()).await.unwrap();
        ([(header::CONTENT_TYPE, "application/json")], json)
    }
    let mut router = axum::Router::new().route("/statement/{id}", get(statement)).with_state(database);
    for (name, bytes) in prepared {
        let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], bytes) };
        router = router.route(&format!("/prepared/{name}"), get(answer));
    }
    router
}
