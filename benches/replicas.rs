//! How the hub grows with records and with replicas: replicas in processes of their own over one private PostgreSQL, behind a
//! balancer, on one machine.
//!
//! `cargo bench --bench replicas -- national 1 2 4` prints the tables of docs/scale.md for a size; `10x`, `100x` and so on. What a
//! request costs the hubs and what it costs PostgreSQL is told apart: with it one knows which of them is full first, and how many
//! replicas a server of so many cores can feed, on machines that have them. Replicas keep no answers.
//!
//! With `HIVE_ROUTER`, the program of Hive Router, the first row is asked through it, too: with the settings of docker/router.

mod generator;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use generator::{
    CONNECTIONS, Job, MEASURED, Seen, WARM_UP, cpu_ms, generated, operation, resident_mb, server_cpu_ms, start,
};
use raccordo::access::persona::Persona;
use raccordo::access::token::DemoKey;
use raccordo::db::embedded::Embedded;
use raccordo::db::{Database, DatabaseSettings};
use raccordo::demo::{self, Size};
use raccordo::graphql::NodeId;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, PgConnection};
use tokio::net::{TcpListener, TcpStream};

/// Of the 60 that the private server has, four replicas hold 12 each.
const POOL: &str = "4";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if !generated(&runtime) {
        runtime.block_on(measure()).unwrap();
    }
}

async fn measure() -> anyhow::Result<()> {
    let mut given = std::env::args().skip(1).filter(|it| !it.starts_with('-'));
    let size = given.next().unwrap_or_else(|| "national".into());
    let counts: Vec<usize> = given.map(|it| it.parse()).collect::<Result<_, _>>()?;
    let counts = if counts.is_empty() { vec![1, 2, 4] } else { counts };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("replicas-{size}"));
    let embedded = Embedded::start(&folder, None)?;
    let database = Database::open(embedded.options(), DatabaseSettings::default()).await?;
    database.migrate().await?;
    let begun = Instant::now();
    let parsed: Size = size.parse().map_err(|error| anyhow::anyhow!("{size}: {error}"))?;
    demo::load(&database, parsed, 1, |_| ()).await?;
    println!("{size}: loaded in {:.0} s (0: it was there)", begun.elapsed().as_secs_f64());
    let mut connection = database.maintenance().await?;
    describe(&mut connection).await?;
    let bodies: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from organisation where is_synthetic order by number limit 2000")
            .fetch_all(&mut connection)
            .await?;
    let key = DemoKey::read_or_make(&folder)?;

    for count in counts {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let hub = format!("http://{}", listener.local_addr()?);
        let begun = Instant::now();
        let replicas: Vec<Replica> =
            (0..count).map(|_| Replica::start(&folder, &embedded, parsed, &hub)).collect::<Result<_, _>>()?;
        for replica in &replicas {
            replica.until_ready().await;
        }
        let ready = begun.elapsed().as_secs_f64();
        let resident: Vec<_> = replicas.iter().map(|it| resident_mb(it.child.id()).to_string()).collect();
        println!("\n{count} replicas: ready after {ready:.1} s, resident {} MB\n", resident.join(", "));
        println!("| operation | req/s | hubs ms | PostgreSQL ms | p50 ms | p99 ms |");
        println!("|---|---|---|---|---|---|");
        let balancing = tokio::spawn(balance(listener, replicas.iter().map(|it| it.port).collect()));
        let jobs = jobs(&format!("{hub}/graphql"), &key, &bodies)?;
        for (name, job) in &jobs {
            row(name, job, &replicas, &embedded)?;
        }
        if let Some(router) = Router::start(&folder, &hub).await? {
            let (name, job) = &jobs[0];
            let through = Job { url: format!("http://127.0.0.1:{}/graphql", router.port), ..job.clone() };
            row(&format!("{name}, through the router"), &through, &replicas, &embedded)?;
            row(&format!("{name}, once more without"), job, &replicas, &embedded)?;
        }
        balancing.abort();
    }
    Ok(())
}

/// Records, and what they take.
async fn describe(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("analyze").execute(&mut *connection).await?;
    let size: i64 =
        sqlx::query_scalar("select pg_database_size(current_database())").fetch_one(&mut *connection).await?;
    println!("database {} MB; the largest tables:", size / 1024 / 1024);
    let tables: Vec<(String, i64, i64)> = sqlx::query_as(
        "select relname::text, greatest(reltuples, 0)::bigint, pg_total_relation_size(oid) / 1024 / 1024
         from pg_class where relkind = 'r' order by pg_total_relation_size(oid) desc limit 8",
    )
    .fetch_all(connection)
    .await?;
    for (name, rows, megabytes) in tables {
        println!("  {name}: {rows} rows, {megabytes} MB");
    }
    Ok(())
}

fn jobs(url: &str, key: &DemoKey, bodies: &[uuid::Uuid]) -> anyhow::Result<Vec<(&'static str, Job)>> {
    let token = |persona| key.token(Persona::find(persona).expect("a persona"));
    let (central, office) = (token("dlci")?, token("prefettura-bologna")?);
    let ask = |token: &str, operation: &str, variables: Vec<Value>| Job {
        url: url.to_owned(),
        token: Some(token.to_owned()),
        accept_encoding: None,
        bodies: variables.iter().map(|it| json!({ "query": operation, "variables": it }).to_string()).collect(),
        connections: CONNECTIONS,
        endless: false,
    };
    let ids: Vec<_> =
        bodies.iter().map(|id| json!({ "id": NodeId::new("Organisation", id).id(), "hops": 2 })).collect();
    let by_id = "query($id: ID!) { organisation(by: { id: $id }) { id name kind shortName fiscalCode source } }";
    let run = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_micros();
    let drafts = (0..20_000).map(
        |at| json!({ "input": { "title": format!("Bozza {run} {at}"), "partyIds": [], "validFrom": "2026-01-01" } }),
    );
    let draft = "mutation($input: DraftAgreementInput!) { draftAgreement(input: $input) { agreement { id } } }";
    let overview = "{ nationalOverview { offices { office { name } organisationsCount activeProjectsCount } } }";
    let search = "{ search(text: \"accoglienza minori\") { edges { node { title kind } } } }";
    Ok(vec![
        ("organisation by id", ask(&central, by_id, ids.clone())),
        ("prefecture dashboard", ask(&office, &operation("prefecture"), vec![json!({})])),
        ("50 projects, lead, 5 partners", ask(&central, &operation("projects-partners"), vec![json!({})])),
        ("overview of 106 offices", ask(&central, overview, vec![json!({})])),
        ("search \"accoglienza minori\"", ask(&central, search, vec![json!({})])),
        ("two-hop network around bodies", ask(&central, &operation("network-around"), ids)),
        ("an agreement is drafted", ask(&office, draft, drafts.collect())),
    ])
}

fn row(name: &str, job: &Job, replicas: &[Replica], embedded: &Embedded) -> anyhow::Result<()> {
    let hubs = || replicas.iter().map(|it| cpu_ms(it.child.id())).sum::<f64>();
    let before = (hubs(), server_cpu_ms(embedded));
    let load = start(job)?.wait_with_output()?;
    anyhow::ensure!(load.status.success(), "{name}: {}", String::from_utf8_lossy(&load.stderr));
    let seen: Seen = serde_json::from_slice(&load.stdout)?;
    let share = MEASURED.as_secs_f64() / (MEASURED + WARM_UP).as_secs_f64();
    let cost = |before: f64, after: f64| (after - before) * share / seen.requests as f64;
    println!(
        "| {name} | {:.0} | {:.2} | {:.2} | {:.1} | {:.1} |",
        seen.requests as f64 / MEASURED.as_secs_f64(),
        cost(before.0, hubs()),
        cost(before.1, server_cpu_ms(embedded)),
        seen.p50_ms,
        seen.p99_ms,
    );
    Ok(())
}

/// A replica of the hub; it ends with the bench.
struct Replica {
    child: Child,
    port: u16,
}

impl Replica {
    fn start(folder: &PathBuf, embedded: &Embedded, size: Size, hub: &str) -> anyhow::Result<Self> {
        std::fs::write(folder.join("router-key"), ROUTER_KEY)?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new(env!("CARGO_BIN_EXE_raccordo"))
            .current_dir(folder)
            .arg("--data-dir")
            .arg(folder)
            .args(["--listen", &format!("127.0.0.1:{port}"), "--database-pool-size", POOL, "demo", "--size"])
            .arg(size.to_string())
            .env("DATABASE_URL", embedded.options().to_url_lossy().to_string())
            .env("RACCORDO_KEPT_ANSWERS_MB", "0")
            .env("RACCORDO_ROUTER_KEY_FILE", folder.join("router-key"))
            .env("RACCORDO_PUBLIC_URL", hub)
            .env("RACCORDO_REQUEST_TIMEOUT", "60s")
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { child, port })
    }

    async fn until_ready(&self) {
        let address = format!("http://127.0.0.1:{}/readyz", self.port);
        while !reqwest::get(&address).await.is_ok_and(|answer| answer.status() == 200) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ROUTER_KEY: &str = "a key that routers know";

/// Hive Router before the replicas; it ends with the bench.
struct Router {
    child: Child,
    port: u16,
}

impl Router {
    async fn start(folder: &Path, hub: &str) -> anyhow::Result<Option<Self>> {
        let Some(program) = std::env::var_os("HIVE_ROUTER") else { return Ok(None) };
        let settings = std::fs::read_to_string("docker/router/router.config.yaml")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let file = folder.join("router.yaml");
        std::fs::write(&file, settings.replace("port: 4000", &format!("port: {port}")))?;
        let mut command = Command::new(program);
        command.env("ROUTER_CONFIG_FILE_PATH", file).env("RACCORDO_ROUTER_KEY", ROUTER_KEY);
        command.env("RACCORDO_SUPERGRAPH", format!("{hub}/supergraph")).stdout(Stdio::null());
        let router = Self { child: command.stdin(Stdio::null()).spawn()?, port };
        let ready = format!("http://127.0.0.1:{port}/readiness");
        while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status() == 200) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Some(router))
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Each connection goes to the next replica.
async fn balance(listener: TcpListener, replicas: Vec<u16>) {
    for turn in 0_usize.. {
        let Ok((mut caller, _)) = listener.accept().await else { continue };
        let port = replicas[turn % replicas.len()];
        tokio::spawn(async move {
            if let Ok(mut replica) = TcpStream::connect(("127.0.0.1", port)).await {
                // Small pieces must not wait for each other.
                let _ = (caller.set_nodelay(true), replica.set_nodelay(true));
                let _ = tokio::io::copy_bidirectional(&mut caller, &mut replica).await;
            }
        });
    }
}
