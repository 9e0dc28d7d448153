//! The hub under load: hub, PostgreSQL and load generator on one machine, national size.
//!
//! `cargo bench --bench load` prints a table for the README. Requests per second and core are
//! 1000 / (CPU-ms of the hub + CPU-ms of PostgreSQL for one request): the load generator, a process of its own,
//! is left out. Two yardsticks run beside the operations: an answer of fixed bytes, and a bare endpoint that
//! returns the JSON of one statement.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use raccordo::access::persona::Persona;
use raccordo::access::token::DemoKey;
use raccordo::db::embedded::Embedded;
use raccordo::db::{Database, DatabaseSettings};
use raccordo::demo::{self, Size};
use raccordo::http::{self, Settings};
use raccordo::hub::Hub;
use raccordo::schema;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const CONNECTIONS: usize = 8;
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(5);

/// What the load generator does, and what it saw.
#[derive(Serialize, Deserialize)]
struct Job {
    url: String,
    token: Option<String>,
    body: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    requests: usize,
    bytes: usize,
    p50_ms: f64,
    p99_ms: f64,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match std::env::var("RACCORDO_LOAD") {
        Ok(job) => {
            let seen = runtime.block_on(generate(serde_json::from_str(&job).unwrap()));
            println!("{}", serde_json::to_string(&seen).unwrap());
        }
        Err(_) => runtime.block_on(measure()).unwrap(),
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
    println!("hub started in {:.2} s, resident {} MB\n", begun.elapsed().as_secs_f64(), resident_mb());
    let graph = serve(http::router(http::App::new(hub, Settings::default()))).await;
    let bare = serve(yardsticks(database.clone())).await;

    let token = key.token(Persona::find("dlci").expect("a persona"))?;
    let organisation: uuid::Uuid =
        sqlx::query_scalar("select id from organisation where is_synthetic order by number limit 1")
            .fetch_one(&mut database.maintenance().await?)
            .await?;
    let ask = |operation: &str, variables: Value| Job {
        url: format!("{graph}/graphql"),
        token: Some(token.clone()),
        body: Some(json!({ "query": operation, "variables": variables })),
    };
    let id = raccordo::graphql::NodeId::new("Organisation", organisation).id();
    let by_id = "query($id: ID!) { organisation(by: { id: $id }) { id name kind shortName fiscalCode source } }";
    let plain = |path: String| Job { url: format!("{bare}{path}"), token: None, body: None };

    println!("| operation | req/s | req/s and core | hub ms | PostgreSQL ms | p50 ms | p99 ms | KB |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, job) in [
        ("*fixed bytes (yardstick)*", plain("/fixed".into())),
        ("*JSON of one statement (yardstick for 1)*", plain(format!("/statement/{organisation}"))),
        ("1 organisation by id", ask(by_id, json!({ "id": id }))),
        ("2 prefecture dashboard", ask(&operation("prefecture"), json!({}))),
        ("3 50 projects, lead, 5 partners", ask(&operation("projects-partners"), json!({}))),
        ("4 overview of 106 offices, two counts", ask(OVERVIEW, json!({}))),
        ("5 two-hop network around a body", ask(&operation("network-around"), json!({ "id": id, "hops": 2 }))),
        ("6 whole national network", ask(&operation("network-national"), json!({}))),
        ("search \"accoglienza minori\"", ask(SEARCH, json!({}))),
    ] {
        run(name, &job, &embedded)?;
    }
    Ok(())
}

const OVERVIEW: &str = "{ nationalOverview { offices { office { name } organisationsCount activeProjectsCount } } }";
const SEARCH: &str = "{ search(text: \"accoglienza minori\") { edges { node { title kind } } } }";

fn operation(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/operations");
    std::fs::read_to_string(format!("{folder}/{name}.graphql")).expect("a committed operation")
}

fn run(name: &str, job: &Job, embedded: &Embedded) -> anyhow::Result<()> {
    let before = (cpu_ms(std::process::id()), server_cpu_ms(embedded));
    let load = Command::new(std::env::current_exe()?).env("RACCORDO_LOAD", serde_json::to_string(job)?).output()?;
    anyhow::ensure!(load.status.success(), "{name}: {}", String::from_utf8_lossy(&load.stderr));
    let seen: Seen = serde_json::from_slice(&load.stdout)?;
    // The warm-up's requests cost, too: the share of the measured time is taken.
    let share = MEASURED.as_secs_f64() / (MEASURED + WARM_UP).as_secs_f64();
    let cost = |before: f64, after: f64| (after - before) * share / seen.requests as f64;
    let hub = cost(before.0, cpu_ms(std::process::id()));
    let server = cost(before.1, server_cpu_ms(embedded));
    println!(
        "| {name} | {:.0} | {:.0} | {hub:.3} | {server:.3} | {:.2} | {:.2} | {:.1} |",
        seen.requests as f64 / MEASURED.as_secs_f64(),
        1000.0 / (hub + server),
        seen.p50_ms,
        seen.p99_ms,
        seen.bytes as f64 / 1024.0,
    );
    Ok(())
}

/// The load generator: as many requests as its connections can do.
async fn generate(job: Job) -> Seen {
    let client = Client::new();
    let job = Arc::new(job);
    let begun = Instant::now();
    let workers = (0..CONNECTIONS).map(|_| {
        let (client, job) = (client.clone(), job.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            let mut bytes = 0;
            while begun.elapsed() < WARM_UP + MEASURED {
                let sent = Instant::now();
                bytes = ask(&client, &job).await;
                if begun.elapsed() >= WARM_UP {
                    times.push(sent.elapsed().as_secs_f64() * 1000.0);
                }
            }
            (times, bytes)
        })
    });
    let mut times = Vec::new();
    let mut bytes = 0;
    for worker in workers.collect::<Vec<_>>() {
        let (some, size) = worker.await.unwrap();
        times.extend(some);
        bytes = size;
    }
    times.sort_by(f64::total_cmp);
    let quantile = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    Seen { requests: times.len(), bytes, p50_ms: quantile(0.5), p99_ms: quantile(0.99) }
}

/// One request; the size of its answer, which must be free of errors.
async fn ask(client: &Client, job: &Job) -> usize {
    let mut request = match &job.body {
        Some(body) => client.post(&job.url).json(body),
        None => client.get(&job.url),
    };
    if let Some(token) = &job.token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    let bytes = response.bytes().await.unwrap();
    assert!(!bytes.starts_with(b"{\"errors\""), "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(500)]));
    bytes.len()
}

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn yardsticks(database: Database) -> axum::Router {
    async fn statement(
        State(database): State<Database>,
        axum::extract::Path(id): axum::extract::Path<uuid::Uuid>,
    ) -> impl IntoResponse {
        let query = "select json_build_object('id', id, 'name', name, 'kind', kind, 'shortName', short_name,
            'fiscalCode', fiscal_code, 'source', source)::text from organisation where id = $1";
        let json: String = sqlx::query_scalar(query).bind(id).fetch_one(database.pool()).await.unwrap();
        ([(header::CONTENT_TYPE, "application/json")], json)
    }
    let fixed = json!({ "data": { "organisation": { "name": "x".repeat(200) } } }).to_string();
    axum::Router::new()
        .route("/fixed", get(move || async { ([(header::CONTENT_TYPE, "application/json")], fixed) }))
        .route("/statement/{id}", get(statement))
        .with_state(database)
}

/// CPU time that a process has used, its ended children left out.
fn cpu_ms(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    // SAFETY: asks for a constant of the system.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    (ticks(11) + ticks(12)) * 1000.0 / per_second
}

/// CPU time of PostgreSQL and its connections.
fn server_cpu_ms(embedded: &Embedded) -> f64 {
    let server = embedded.pid().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let pids = processes.filter_map(|name| name.parse::<u32>().ok());
    let of_server = pids.filter(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)) == Some(server.as_str())
    });
    of_server.map(cpu_ms).sum::<f64>() + cpu_ms(embedded.pid())
}

fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
