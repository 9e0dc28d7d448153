//! Changes under load: hub, PostgreSQL and callers on one machine, national size.
//!
//! `cargo bench --bench mutations [-- SECONDS]`: 64 callers of 32 offices draw up plans over HTTP, each its own and each
//! office one together; then one caller alone; then 64 again while the server is killed, as by a loss of power to
//! PostgreSQL alone. Told are mutations done in a second, their times, statements, and the cost of one; held true is that
//! whatever was acknowledged stands, nothing else does, and the audit's chain is whole.

mod author;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_graphql::ID;
use author::{Asked, Author, Became, Office};
use raccordo::access::audit;
use raccordo::access::token::DemoKey;
use raccordo::db::embedded::Embedded;
use raccordo::db::{Database, DatabaseSettings};
use raccordo::demo::{self, Size};
use raccordo::graphql::NodeId;
use raccordo::hub::Hub;
use raccordo::{http, schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Layer, layer};
use uuid::Uuid;

const OFFICES: usize = 32;
const CALLERS: usize = 64;
const WARM_UP: Duration = Duration::from_secs(3);
/// Of the load, until the server is killed.
const KILLED_AFTER: Duration = Duration::from_secs(5);

/// What the load generator does.
#[derive(Serialize, Deserialize)]
struct Job {
    url: String,
    /// One for each caller.
    offices: Vec<Office>,
    seconds: f64,
    /// Whether answers may fail to come.
    is_rough: bool,
}

/// What it saw.
#[derive(Default, Serialize, Deserialize)]
struct Seen {
    /// Of each mutation done after the warm-up, in milliseconds.
    times: Vec<f64>,
    /// Every plan and version acknowledged.
    done: Vec<(Uuid, i32)>,
    meanwhile: usize,
    /// Refusals that were not to be, and how often each was.
    refused: BTreeMap<String, usize>,
    /// Answers that did not come.
    lost: usize,
}

/// Set for the load generator.
const GENERATOR: &str = "RACCORDO_LOAD";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if std::env::var_os(GENERATOR).is_some() {
        let job = serde_json::from_reader(std::io::stdin()).unwrap();
        println!("{}", serde_json::to_string(&runtime.block_on(generate(job))).unwrap());
    } else {
        let answers = Targets::new().with_target("raccordo::http::executor", tracing::Level::DEBUG);
        // For all layers: a filter of one layer forgets what it let through when sqlx asks whether it is listened to.
        tracing_subscriber::registry().with(answers).with(Listening).init();
        runtime.block_on(measure()).unwrap();
    }
}

/// Who asks for what, and where it stands.
struct Bench {
    url: String,
    hub: Arc<Hub>,
    embedded: Embedded,
    offices: Vec<Office>,
}

impl Bench {
    async fn open(folder: &Path) -> anyhow::Result<Self> {
        let embedded = Embedded::start(folder, None)?;
        let database = Database::open(embedded.options(), DatabaseSettings::default()).await?;
        database.migrate().await?;
        demo::load(&database, Size::National(1), 1, |_| ()).await?;
        let key = DemoKey::read_or_make(folder)?;
        let access = raccordo::access::Settings { demo_key: Some(key.clone()), ..Default::default() };
        let hub = Hub::start(database.clone(), access, schema::references()).await?;
        let codes: Vec<String> = sqlx::query_scalar(
            "select office_code from organisation o join council c on c.office_id = o.id order by office_code limit $1",
        )
        .bind(OFFICES as i64)
        .fetch_all(&mut database.maintenance().await?)
        .await?;
        let offices = codes.iter().map(|code| Office::new(code, &key)).collect::<anyhow::Result<_>>()?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/graphql", listener.local_addr()?);
        let app = http::App::new(hub.clone(), http::Settings::default());
        tokio::spawn(async { axum::serve(listener, http::router(app)).await });
        Ok(Self { url, hub, embedded, offices })
    }

    /// Lets each office have a plan that all of its authors change.
    async fn share_plans(&mut self, seed: &str) -> anyhow::Result<()> {
        let client = reqwest::Client::new();
        for office in &mut self.offices {
            let mut author = Author::new(office.clone(), format!("{seed} insieme"));
            let answer = ask(&client, &self.url, &author.next()).await?;
            let Became::Done(id, version) = author.hear(&answer) else { anyhow::bail!("no plan: {answer}") };
            office.shared = Some((id, version));
        }
        Ok(())
    }

    fn job(&self, callers: usize, seconds: f64, is_rough: bool) -> Job {
        let offices = self.offices.iter().cycle().take(callers).cloned().collect();
        Job { url: self.url.clone(), offices, seconds, is_rough }
    }

    /// Events of plans so far.
    async fn events(&self) -> anyhow::Result<i64> {
        let sql = "select count(*) from record_event where record_kind = 'TerritorialPlan'";
        Ok(sqlx::query_scalar(sql).fetch_one(&mut self.hub.database.maintenance().await?).await?)
    }

    /// Holds what stands against what was acknowledged: each plan at that version or a later one, and its event there.
    async fn check(&self, seen: &Seen) -> anyhow::Result<()> {
        let (ids, versions): (Vec<Uuid>, Vec<i32>) = seen.done.iter().copied().unzip();
        let mut connection = self.hub.database.maintenance().await?;
        let lost: i64 = sqlx::query_scalar(
            "select count(*) from unnest($1::uuid[], $2::int[]) d (id, version)
             where not exists (select from record_event e where e.record_id = d.id and e.version = d.version)
               or not exists (select from territorial_plan p where p.id = d.id and p.version >= d.version)",
        )
        .bind(&ids)
        .bind(&versions)
        .fetch_one(&mut connection)
        .await?;
        anyhow::ensure!(lost == 0, "{lost} acknowledged mutations are lost");
        let gaps: i64 = sqlx::query_scalar(
            "select count(*) from territorial_plan p where p.id = any($1) and p.version <>
               (select count(*) from record_event e where e.record_id = p.id)",
        )
        .bind(&ids)
        .fetch_one(&mut connection)
        .await?;
        anyhow::ensure!(gaps == 0, "{gaps} plans are not what their events make of them");
        let verified = audit::verify(&mut connection, &[]).await??;
        println!("   {} acknowledged mutations stand; the chain of {} entries is whole", ids.len(), verified.entries);
        Ok(())
    }
}

async fn measure() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations");
    let seconds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(20.0);
    let mut bench = Bench::open(&folder).await?;
    bench.share_plans(&Uuid::now_v7().simple().to_string()).await?;
    println!("load average {}", std::fs::read_to_string("/proc/loadavg")?.trim());
    statements(&bench).await?;
    println!("| callers | done/s | p50 ms | p95 ms | p99 ms | hub ms | PostgreSQL ms | changed meanwhile | refused |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut all = Seen::default();
    let before = bench.events().await?;
    for callers in [CALLERS, 1] {
        let before = (cpu_ms(std::process::id()), server_cpu_ms(&bench.embedded));
        let seen = heard(start(&bench.job(callers, seconds, false))?)?;
        let cost = |before: f64, after: f64| (after - before) / seen.done.len() as f64;
        let hub = cost(before.0, cpu_ms(std::process::id()));
        let server = cost(before.1, server_cpu_ms(&bench.embedded));
        println!(
            "| {callers} | {:.0} | {:.1} | {:.1} | {:.1} | {:.2} | {:.2} | {} | {} |",
            seen.times.len() as f64 / seconds,
            seen.quantile(0.5),
            seen.quantile(0.95),
            seen.quantile(0.99),
            hub,
            server,
            seen.meanwhile,
            seen.refused.values().sum::<usize>(),
        );
        for (why, count) in &seen.refused {
            println!("   {count} × {why}");
        }
        all.done.extend(seen.done);
    }
    let since = bench.events().await? - before;
    anyhow::ensure!(since == all.done.len() as i64, "{since} deeds for {} acknowledged mutations", all.done.len());
    bench.check(&all).await?;

    let load = start(&bench.job(CALLERS, KILLED_AFTER.as_secs_f64() + 1.0, true))?;
    tokio::time::sleep(WARM_UP + KILLED_AFTER).await;
    processes(&bench.embedded).for_each(kill);
    let seen = heard(load)?;
    println!("killed under {CALLERS} callers: {} acknowledged before, {} not answered", seen.done.len(), seen.lost);
    bench.hub.stop();
    drop(bench);
    Bench::open(&folder).await?.check(&seen).await
}

impl Seen {
    fn quantile(&self, part: f64) -> f64 {
        self.times.get(((self.times.len().max(1) - 1) as f64 * part) as usize).copied().unwrap_or_default()
    }
}

/// Tells the statements of each mutation, the begin and the commit of its transaction left out, and the most of any.
async fn statements(bench: &Bench) -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let mut counts = BTreeMap::<&str, (u64, u64)>::new();
    // Two authors of one office, so that each finds the other's work in the plan that they share.
    let mut authors =
        ["a", "b"].map(|name| Author::new(bench.offices[0].clone(), format!("{} {name}", Uuid::now_v7().simple())));
    for turn in 0..60 {
        let author = &mut authors[turn % 2];
        let asked = author.next();
        if let Became::Refused(why) = author.hear(&ask(&client, &bench.url, &asked).await?) {
            anyhow::bail!("{}: {why}", asked.name);
        }
        let count = STATEMENTS.load(Ordering::Relaxed);
        let known = counts.entry(asked.name).or_insert((count, count));
        *known = (known.0.min(count), known.1.max(count));
    }
    let most = counts.values().map(|(_, most)| *most).max().unwrap_or_default();
    let told = counts.iter().map(|(name, (least, most))| match least == most {
        true => format!("{name} {least}"),
        false => format!("{name} {least}–{most}"),
    });
    println!("statements, {most} at the most: {}\n", told.collect::<Vec<_>>().join(", "));
    Ok(())
}

/// Statements of the last answer.
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Hears in the log how many statements an answer took.
struct Listening;

impl<S: tracing::Subscriber> Layer<S> for Listening {
    fn on_event(&self, event: &tracing::Event<'_>, _: layer::Context<'_, S>) {
        struct Statements;
        impl tracing::field::Visit for Statements {
            fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
                if field.name() == "statements" {
                    STATEMENTS.store(value, Ordering::Relaxed);
                }
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
        }
        event.record(&mut Statements);
    }
}

/// Starts a load generator.
fn start(job: &Job) -> anyhow::Result<Child> {
    let mut generator = Command::new(std::env::current_exe()?)
        .env(GENERATOR, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    serde_json::to_writer(generator.stdin.take().context("it is piped")?, job)?;
    Ok(generator)
}

/// What it saw, once it has ended.
fn heard(load: Child) -> anyhow::Result<Seen> {
    let output = load.wait_with_output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut seen: Seen = serde_json::from_slice(&output.stdout)?;
    seen.times.sort_by(f64::total_cmp);
    Ok(seen)
}

/// The load generator: each caller asks for one thing after the other.
async fn generate(job: Job) -> Seen {
    let client = reqwest::Client::new();
    let (begun, seconds) = (Instant::now(), Duration::from_secs_f64(job.seconds));
    let seed = Uuid::now_v7().simple().to_string();
    let number = AtomicU64::new(0);
    let callers = job.offices.into_iter().map(|office| {
        let author = Author::new(office, format!("{seed} {}", number.fetch_add(1, Ordering::Relaxed)));
        tokio::spawn(work(client.clone(), job.url.clone(), author, (begun, seconds), job.is_rough))
    });
    let mut all = Seen::default();
    for caller in callers.collect::<Vec<_>>() {
        let seen = caller.await.unwrap();
        all.times.extend(seen.times);
        all.done.extend(seen.done);
        all.meanwhile += seen.meanwhile;
        all.lost += seen.lost;
        for (why, count) in seen.refused {
            *all.refused.entry(why).or_default() += count;
        }
    }
    all
}

async fn work(
    client: reqwest::Client,
    url: String,
    mut author: Author,
    (begun, seconds): (Instant, Duration),
    is_rough: bool,
) -> Seen {
    let mut seen = Seen::default();
    while begun.elapsed() < WARM_UP + seconds {
        let (asked, sent) = (author.next(), Instant::now());
        let answer = match ask(&client, &url, &asked).await {
            Ok(answer) => answer,
            Err(_) if is_rough => {
                seen.lost += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            Err(error) => panic!("{}: {error:#}", asked.name),
        };
        match author.hear(&answer) {
            Became::Done(id, version) => {
                if begun.elapsed() >= WARM_UP {
                    seen.times.push(sent.elapsed().as_secs_f64() * 1000.0);
                }
                let id = NodeId::uuid("TerritorialPlan", &ID(id)).expect("the id of a plan");
                seen.done.push((id, version as i32));
            }
            Became::Meanwhile => {
                seen.meanwhile += 1;
                if let Ok(answer) = ask(&client, &url, &author.look()).await {
                    author.see(&answer);
                }
            }
            Became::Refused(_) if is_rough => {
                seen.lost += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Became::Refused(why) => *seen.refused.entry(format!("{}: {why}", asked.name)).or_default() += 1,
        }
    }
    seen
}

async fn ask(client: &reqwest::Client, url: &str, asked: &Asked) -> anyhow::Result<Value> {
    let request = client.post(url).bearer_auth(&asked.token).json(&asked.body);
    Ok(request.send().await?.json().await?)
}

/// The processes of the private server.
fn processes(embedded: &Embedded) -> impl Iterator<Item = u32> {
    let server = embedded.pid();
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let of_server = all.filter_map(|name| name.parse::<u32>().ok()).filter(move |pid| {
        let parent = stat(*pid).and_then(|stat| stat.get(1)?.parse::<u32>().ok());
        *pid == server || parent == Some(server)
    });
    of_server.collect::<Vec<_>>().into_iter()
}

fn kill(pid: u32) {
    // SAFETY: a plain system call, on a process of the server that this program started.
    unsafe { libc::kill(pid as libc::pid_t, libc::SIGKILL) };
}

/// What the system knows of a process, from its state on.
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit(") ").next()?.split(' ').map(str::to_owned).collect())
}

/// CPU time that a process has used, its ended children left out.
fn cpu_ms(pid: u32) -> f64 {
    let Some(stat) = stat(pid) else { return 0.0 };
    let ticks = |at: usize| stat.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    // SAFETY: asks for a constant of the system.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    (ticks(11) + ticks(12)) * 1000.0 / per_second
}

/// CPU time of PostgreSQL and its connections.
fn server_cpu_ms(embedded: &Embedded) -> f64 {
    processes(embedded).map(cpu_ms).sum()
}
