//! One change told to five thousand who listen: the hub is a process of its own, its callers are bare sockets in this one.
//!
//! `cargo bench --bench listening [-- SUBSCRIBERS]`. Four of five listen by WebSocket, one by server-sent events; they are
//! of every level, and ask for the event, its changes and the plan. Told are the hub's memory for each that waits, and how
//! long it takes until the last has heard of a change that all may see; held true is that each hears of it once, and
//! nobody of one that they may not see.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use raccordo::access::persona::{PERSONAS, Persona};
use raccordo::access::token::DemoKey;
use raccordo::graphql::NodeId;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

const CHANGED: &str = "subscription { planChanged { event { seq action version changes { kind field before after } }
    territorialPlan { id title status version visibility needs { title } } } }";
/// The same with the body that did it, which each listener sees by its own rights.
const CHANGED_BY: &str = "subscription { planChanged { event { seq action version by { name } changes { field } }
    territorialPlan { id title status version } } }";
const CHANGES: usize = 5;
/// Nothing more comes once nothing came for this long.
const QUIET: Duration = Duration::from_secs(2);

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure())
}

/// A hub that serves the demonstration.
struct Hub {
    process: Child,
    address: String,
    key: DemoKey,
    client: reqwest::Client,
}

impl Drop for Hub {
    fn drop(&mut self) {
        // SAFETY: a plain system call, on the child.
        unsafe { libc::kill(self.process.id() as libc::pid_t, libc::SIGTERM) };
        let _ = self.process.wait();
    }
}

impl Hub {
    async fn start(folder: &Path) -> anyhow::Result<Self> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let process = Command::new(std::env::var("RACCORDO_HUB").unwrap_or(env!("CARGO_BIN_EXE_raccordo").into()))
            .args(["demo", "--listen", &address, "--data-dir"])
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()?;
        let client = reqwest::Client::new();
        let mut hub = Self { process, address, key: DemoKey::read_or_make(folder)?, client };
        while hub.client.get(hub.url("/readyz")).send().await.is_err() {
            ensure!(hub.process.try_wait()?.is_none(), "the hub has ended");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(hub)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What an operation of a caller gives.
    async fn ask(&self, caller: Option<Persona>, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut request = self.client.post(self.url("/graphql"));
        if let Some(persona) = caller {
            request = request.bearer_auth(self.key.token(persona)?);
        }
        let mut answer: Value =
            request.json(&json!({ "query": query, "variables": variables })).send().await?.json().await?;
        ensure!(answer.get("errors").is_none(), "{answer}");
        Ok(answer["data"]["done"].take())
    }

    /// Does something to a plan.
    async fn change(&self, persona: &str, verb: &str, plan: &mut Plan, more: Value) -> anyhow::Result<()> {
        let mut input = more.as_object().context("an object")?.clone();
        if !plan.id.is_null() {
            input.extend([("planId".into(), plan.id.clone()), ("expectedVersion".into(), plan.version.clone())]);
        }
        let ty = verb[..1].to_uppercase() + &verb[1..];
        let query = format!(
            "mutation($input: {ty}Input!) {{ done: {verb}(input: $input) {{ userErrors {{ code rule message }}
               territorialPlan {{ id version interventions {{ measures {{ id }} }} }} }} }}"
        );
        let done = self.ask(Persona::find(persona), &query, json!({ "input": input })).await?;
        ensure!(done["userErrors"] == json!([]), "{verb}: {done}");
        let told = &done["territorialPlan"];
        *plan = Plan {
            id: told["id"].clone(),
            version: told["version"].clone(),
            measure: told["interventions"][0]["measures"][0]["id"].clone(),
        };
        Ok(())
    }

    /// A plan of the office that is before the council.
    async fn submitted(&self) -> anyhow::Result<Plan> {
        let mut plan = Plan { id: Value::Null, version: Value::Null, measure: Value::Null };
        self.change(OFFICE, "createTerritorialPlan", &mut plan, whole()?).await?;
        self.change(OFFICE, "submitTerritorialPlan", &mut plan, json!({})).await?;
        Ok(plan)
    }

    fn memory_kb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

const OFFICE: &str = "prefettura-bologna";
const COUNCIL: &str = "consiglio-bologna";

struct Plan {
    id: Value,
    version: Value,
    measure: Value,
}

fn whole() -> anyhow::Result<Value> {
    let office = Persona::find(OFFICE).context("a persona")?.organisation_id();
    let intervention = json!({ "title": "Sportello mobile", "startsOn": "2026-02-01", "endsOn": "2027-12-31",
        "responsibleId": NodeId::new("Organisation", office).id(), "budget": "250000.00", "expectedResults": "500 persone",
        "measures": [{ "name": "Persone seguite", "unit": "persone", "baseline": 0, "target": 500 }] });
    Ok(json!({ "title": "Piano di prova", "periodFrom": "2026-01-01", "periodUntil": "2028-12-31", "isDraft": true,
        "contextAnalysis": "Il contesto.", "objectives": "Gli obiettivi.", "resources": "Le risorse.",
        "indicators": [{ "name": "Residenti", "value": 9, "unit": "persone", "measuredOn": "2026-01-01", "source": "ISTAT" }],
        "needs": [{ "topic": "work", "title": "Lavoro", "priorities": [{ "title": "Contrasto al caporalato",
            "interventions": [intervention] }] }] }))
}

/// The callers who listen, in turn: the public, each persona, and an office elsewhere.
fn callers() -> Vec<Option<Persona>> {
    let elsewhere = Persona { name: OFFICE, organisation: "office:PREF-MO" };
    let known = PERSONAS.into_iter().chain([elsewhere]).map(Some);
    [None].into_iter().chain(known).collect()
}

async fn measure() -> anyhow::Result<()> {
    let numbers: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let subscribers = numbers.first().copied().unwrap_or(5000);
    let most = raise_open_files()?;
    ensure!(most > subscribers as u64 + 200, "{most} open files are not enough: raise ulimit -n");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("listening");
    std::fs::create_dir_all(&folder)?;
    let mut hub = Hub::start(&folder).await?;
    println!("load average {}", std::fs::read_to_string("/proc/loadavg")?.trim());

    let mut open = hub.submitted().await?;
    hub.change(COUNCIL, "endorseTerritorialPlan", &mut open, json!({})).await?;
    hub.change(OFFICE, "adoptTerritorialPlan", &mut open, json!({})).await?;
    hub.change(OFFICE, "startPlanImplementation", &mut open, json!({})).await?;
    let mut close = hub.submitted().await?;
    let mut sees = Vec::new();
    for caller in callers() {
        let query = "query($id: ID!) { done: territorialPlan(id: $id) { id } }";
        ensure!(hub.ask(caller, query, json!({ "id": open.id })).await?["id"] == open.id, "all see what is adopted");
        sees.push(hub.ask(caller, query, json!({ "id": close.id })).await?["id"] == close.id);
    }

    for (round, (name, query)) in [("as a rule", CHANGED), ("with the body that did it", CHANGED_BY)].iter().enumerate()
    {
        println!("\n{subscribers} listeners, {name}");
        if round > 0 {
            // What the listeners before held, a process has to give again.
            drop(hub);
            hub = Hub::start(&folder).await?;
        }
        let before = hub.memory_kb()?;
        let (mut listeners, mut heard) = listen(&hub, subscribers, query).await?;
        tokio::time::sleep(QUIET).await;
        let each = |memory: f64| (memory - before) / subscribers as f64;
        println!("   memory {:.1} kB each that waits, of {:.0} MB", each(hub.memory_kb()?), hub.memory_kb()? / 1024.0);
        let mut times = Vec::new();
        for turn in 0..CHANGES {
            let value = json!({ "measureId": open.measure, "measuredOn": format!("2026-{:02}-{:02}", round + 3, turn + 1),
                "value": turn, "source": "Registro" });
            let asked = Instant::now();
            hub.change(OFFICE, "recordPlanMeasurement", &mut open, value).await?;
            let acknowledged = Instant::now();
            let told = told(&mut heard, subscribers, &open, |_| true).await?;
            let since = |instant: Instant| told.saturating_duration_since(instant).as_secs_f64() * 1000.0;
            println!(
                "   the last heard {:.0} ms after the answer, {:.0} after the question",
                since(acknowledged),
                since(asked)
            );
            times.push(since(acknowledged));
        }
        times.sort_by(f64::total_cmp);
        println!("   median {:.0} ms; memory since {:.1} kB each", times[CHANGES / 2], each(hub.memory_kb()?));
        let may = |at: usize| sees[at % sees.len()];
        let some = (0..subscribers).filter(|at| may(*at)).count();
        hub.change(COUNCIL, "returnTerritorialPlan", &mut close, json!({ "remarks": "Precisare." })).await?;
        told(&mut heard, some, &close, may).await?;
        hub.change(OFFICE, "submitTerritorialPlan", &mut close, json!({})).await?;
        told(&mut heard, some, &close, may).await?;
        println!("   what {some} may see was told to them alone");
        listeners.abort_all();
        while listeners.join_next().await.is_some() {}
        tokio::time::sleep(QUIET).await;
        println!("   memory once they have gone: {:.0} MB", hub.memory_kb()? / 1024.0);
    }
    Ok(())
}

/// What a listener heard, and when.
type Heard = (usize, String, Instant);

/// Waits until so many have heard of the plan's version, and nobody more; gives when the last did.
async fn told(
    heard: &mut mpsc::UnboundedReceiver<Heard>,
    count: usize,
    plan: &Plan,
    may: impl Fn(usize) -> bool,
) -> anyhow::Result<Instant> {
    let (mut last, mut by) = (Instant::now(), std::collections::HashSet::new());
    while let Ok(Some((at, text, instant))) = tokio::time::timeout(QUIET, heard.recv()).await {
        let begins = text.find("{\"data\"").or_else(|| text.find("{\"planChanged\"")).context("no data")?;
        let mut stream = serde_json::Deserializer::from_str(&text[begins..]).into_iter::<Value>();
        let told = stream.next().context("no JSON")??["data"]["planChanged"]["territorialPlan"].clone();
        ensure!(may(at), "listener {at} heard of what it may not see");
        ensure!(told["id"] == plan.id && told["version"] == plan.version, "listener {at} heard {told}");
        ensure!(by.insert(at), "listener {at} heard it twice");
        last = last.max(instant);
    }
    ensure!(by.len() == count, "{} of {count} heard of it", by.len());
    Ok(last)
}

/// Opens the listeners, and waits until all listen.
async fn listen(hub: &Hub, count: usize, query: &str) -> anyhow::Result<(JoinSet<()>, mpsc::UnboundedReceiver<Heard>)> {
    let callers = callers();
    let tokens = callers.iter().map(|caller| caller.map(|persona| hub.key.token(persona)).transpose());
    let tokens = Arc::new(tokens.collect::<anyhow::Result<Vec<_>>>()?);
    let (tell, heard) = mpsc::unbounded_channel();
    let (ready, mut are_ready) = mpsc::channel(64);
    // So many connect at once.
    let turns = Arc::new(Semaphore::new(64));
    let mut listeners = JoinSet::new();
    for at in 0..count {
        let (address, query, tokens) = (hub.address.clone(), query.to_owned(), tokens.clone());
        let (tell, ready, turns) = (tell.clone(), ready.clone(), turns.clone());
        listeners.spawn(async move {
            let turn = turns.acquire_owned().await.expect("it is not closed");
            let token = tokens[at % tokens.len()].as_deref();
            let socket = match at % 5 {
                0 => stream(&address, &query, token).await,
                _ => web_socket(&address, &query, token).await,
            };
            drop(turn);
            let is_stream = at % 5 == 0;
            match socket {
                Ok((socket, rest)) => {
                    let _ = ready.send(Ok(())).await;
                    hear(socket, rest, is_stream, |text| drop(tell.send((at, text, Instant::now())))).await;
                }
                Err(error) => drop(ready.send(Err(error)).await),
            }
        });
    }
    for _ in 0..count {
        are_ready.recv().await.context("a listener ended")??;
    }
    Ok((listeners, heard))
}

/// Passes on each message that tells something.
async fn hear(mut socket: TcpStream, mut buffer: Vec<u8>, is_stream: bool, tell: impl Fn(String)) {
    loop {
        while let Some((message, length)) = if is_stream { block(&buffer) } else { frame(&buffer) } {
            if message.contains("planChanged") {
                tell(message);
            }
            buffer.drain(..length);
        }
        buffer.reserve(1024);
        if !matches!(socket.read_buf(&mut buffer).await, Ok(1..)) {
            return;
        }
    }
}

/// The first whole chunk of the body and its length: the hub sends each event as one.
fn block(buffer: &[u8]) -> Option<(String, usize)> {
    let line = buffer.windows(2).position(|pair| pair == b"\r\n")?;
    let size = usize::from_str_radix(std::str::from_utf8(&buffer[..line]).ok()?.trim(), 16).ok()?;
    let chunk = buffer.get(line + 2..line + 2 + size)?;
    let end = line + 2 + size + 2;
    (buffer.len() >= end).then(|| (String::from_utf8_lossy(chunk).into_owned(), end))
}

/// The first whole frame and its length.
fn frame(buffer: &[u8]) -> Option<(String, usize)> {
    let (begin, size) = match buffer.get(1)? & 127 {
        126 => (4, usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().ok()?))),
        127 => (10, u64::from_be_bytes(buffer.get(2..10)?.try_into().ok()?) as usize),
        size => (2, usize::from(size)),
    };
    let payload = buffer.get(begin..begin + size)?;
    Some((String::from_utf8_lossy(payload).into_owned(), begin + size))
}

/// A text of the client, masked with zeros: its bytes stay what they are.
fn masked(text: &str) -> Vec<u8> {
    let size = text.len() as u16;
    let mut frame = vec![0x81];
    if size < 126 {
        frame.push(0x80 | size as u8);
    } else {
        frame.push(0x80 | 126);
        frame.extend(size.to_be_bytes());
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

/// Reads until this was said; gives what came after it.
async fn until(socket: &mut TcpStream, mut buffer: Vec<u8>, said: &[u8]) -> anyhow::Result<Vec<u8>> {
    loop {
        if let Some(at) = buffer.windows(said.len()).position(|window| window == said) {
            return Ok(buffer.split_off(at + said.len()));
        }
        ensure!(socket.read_buf(&mut buffer).await? > 0, "closed: {}", String::from_utf8_lossy(&buffer));
    }
}

/// Subscribes by WebSocket; the answer to a ping says that the subscription has begun.
async fn web_socket(address: &str, query: &str, token: Option<&str>) -> anyhow::Result<(TcpStream, Vec<u8>)> {
    let mut socket = TcpStream::connect(address).await?;
    let opening = format!(
        "GET /graphql/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    );
    socket.write_all(opening.as_bytes()).await?;
    let rest = until(&mut socket, Vec::new(), b"\r\n\r\n").await?;
    let payload = token.map_or(json!({}), |token| json!({ "Authorization": format!("Bearer {token}") }));
    socket.write_all(&masked(&json!({ "type": "connection_init", "payload": payload }).to_string())).await?;
    let rest = until(&mut socket, rest, b"\"connection_ack\"}").await?;
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": query } });
    socket.write_all(&masked(&subscribe.to_string())).await?;
    socket.write_all(&masked("{\"type\":\"ping\"}")).await?;
    let rest = until(&mut socket, rest, b"\"pong\"}").await?;
    Ok((socket, rest))
}

/// Subscribes by server-sent events.
async fn stream(address: &str, query: &str, token: Option<&str>) -> anyhow::Result<(TcpStream, Vec<u8>)> {
    let mut socket = TcpStream::connect(address).await?;
    let body = json!({ "query": query }).to_string();
    let token = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    let request = format!(
        "POST /graphql/stream HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n{token}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await?;
    let rest = until(&mut socket, Vec::new(), b"\r\n\r\n").await?;
    Ok((socket, rest))
}

/// Raises this process's limit of open files, and its children's, as far as it may; gives how many.
fn raise_open_files() -> anyhow::Result<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: plain system calls on a value of our own.
    let is_done = unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) == 0 && {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit) == 0
        }
    };
    ensure!(is_done, "the limit of open files cannot be read");
    Ok(limit.rlim_cur)
}
