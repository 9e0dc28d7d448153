//! The load generator of the benches, a process of its own, and what processes have used of the processor.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::http::header;
use bytes::Bytes;
use raccordo::db::embedded::Embedded;
use reqwest::Client;
use serde::{Deserialize, Serialize};

pub const CONNECTIONS: usize = 8;
pub const WARM_UP: Duration = Duration::from_secs(1);
pub const MEASURED: Duration = Duration::from_secs(5);

/// What the load generator does.
#[derive(Clone, Serialize, Deserialize)]
pub struct Job {
    pub url: String,
    pub token: Option<String>,
    pub accept_encoding: Option<String>,
    /// Asked one after the other, again and again; without any it is a GET.
    pub bodies: Vec<String>,
    pub connections: usize,
    /// Until it is ended.
    pub endless: bool,
}

/// What it saw.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    pub requests: usize,
    /// Of an answer, on the average.
    pub bytes: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// Set for the load generator.
const GENERATOR: &str = "RACCORDO_LOAD";

/// Runs the load generator if this process is one.
pub fn generated(runtime: &tokio::runtime::Runtime) -> bool {
    if std::env::var_os(GENERATOR).is_none() {
        return false;
    }
    let job = serde_json::from_reader(std::io::stdin()).unwrap();
    let seen = runtime.block_on(generate(job));
    println!("{}", serde_json::to_string(&seen).unwrap());
    true
}

pub fn operation(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/operations");
    std::fs::read_to_string(format!("{folder}/{name}.graphql")).expect("a committed operation")
}

/// Starts a load generator.
pub fn start(job: &Job) -> anyhow::Result<Child> {
    let mut generator = Command::new(std::env::current_exe()?)
        .env(GENERATOR, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    serde_json::to_writer(generator.stdin.take().expect("it is piped"), job)?;
    Ok(generator)
}

/// The load generator: as many requests as its connections can do.
async fn generate(job: Job) -> Seen {
    let client = Client::new();
    let job = Arc::new(job);
    let begun = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let workers = (0..job.connections).map(|_| {
        let (client, job, next) = (client.clone(), job.clone(), next.clone());
        tokio::spawn(async move {
            let (mut times, mut bytes) = (Vec::new(), 0);
            while job.endless || begun.elapsed() < WARM_UP + MEASURED {
                let sent = Instant::now();
                let answer = fetch(&client, &job, next.fetch_add(1, Ordering::Relaxed)).await;
                if begun.elapsed() >= WARM_UP {
                    times.push(sent.elapsed().as_secs_f64() * 1000.0);
                    bytes += answer.len();
                }
            }
            (times, bytes)
        })
    });
    let (mut times, mut bytes) = (Vec::new(), 0);
    for worker in workers.collect::<Vec<_>>() {
        let (some, size) = worker.await.unwrap();
        times.extend(some);
        bytes += size;
    }
    times.sort_by(f64::total_cmp);
    let quantile = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let bytes = bytes as f64 / times.len() as f64;
    Seen { requests: times.len(), bytes, p50_ms: quantile(0.5), p99_ms: quantile(0.99) }
}

/// One request; its answer, which must be free of errors.
pub async fn fetch(client: &Client, job: &Job, number: usize) -> Bytes {
    let mut request = match job.bodies.get(number % job.bodies.len().max(1)) {
        Some(body) => client.post(&job.url).header(header::CONTENT_TYPE, "application/json").body(body.clone()),
        None => client.get(&job.url),
    };
    if let Some(token) = &job.token {
        request = request.bearer_auth(token);
    }
    if let Some(coding) = &job.accept_encoding {
        request = request.header(header::ACCEPT_ENCODING, coding);
    }
    let response = request.send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    let bytes = response.bytes().await.unwrap();
    assert!(!bytes.starts_with(b"{\"errors\""), "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(500)]));
    bytes
}

/// CPU time that a process has used, its ended children left out.
pub fn cpu_ms(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    // SAFETY: asks for a constant of the system.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    (ticks(11) + ticks(12)) * 1000.0 / per_second
}

/// CPU time of PostgreSQL and its connections.
pub fn server_cpu_ms(embedded: &Embedded) -> f64 {
    let server = embedded.pid().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let pids = processes.filter_map(|name| name.parse::<u32>().ok());
    let of_server = pids.filter(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)) == Some(server.as_str())
    });
    of_server.map(cpu_ms).sum::<f64>() + cpu_ms(embedded.pid())
}

/// Memory that a process holds.
pub fn resident_mb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
