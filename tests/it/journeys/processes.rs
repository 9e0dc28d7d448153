//! What a deployment runs, each so that it can be killed: replicas of the hub behind a balancer, partners' services, a gateway.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::Router;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::within;

/// A port that nobody uses now: what is killed comes back at the same.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A replica of the hub, in a process of its own.
pub struct Replica {
    pub port: u16,
    settings: Arc<Settings>,
    child: Child,
}

/// What all replicas are started with.
pub struct Settings {
    pub data_dir: PathBuf,
    pub environment: Vec<(&'static str, String)>,
}

impl Replica {
    pub async fn start(settings: &Arc<Settings>) -> Self {
        let port = free_port();
        let replica = Self { port, settings: settings.clone(), child: Self::spawn(settings, port) };
        replica.until_ready().await;
        replica
    }

    fn spawn(settings: &Settings, port: u16) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_raccordo"));
        command.current_dir(&settings.data_dir).arg("--data-dir").arg(&settings.data_dir);
        command.args(["--listen", &format!("127.0.0.1:{port}"), "demo"]);
        command.envs(settings.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the hub starts")
    }

    async fn until_ready(&self) {
        let address = format!("http://127.0.0.1:{}/readyz", self.port);
        within("the replica is ready", async || reqwest::get(&address).await.is_ok_and(|it| it.status() == 200)).await;
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub async fn start_again(&mut self) {
        self.child = Self::spawn(&self.settings, self.port);
        self.until_ready().await;
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A load balancer without sessions, as simple as they come: each connection goes to the next replica that takes it.
pub async fn balance(listener: TcpListener, replicas: Vec<u16>) {
    let mut turn = 0;
    loop {
        let Ok((mut caller, _)) = listener.accept().await else { continue };
        turn += 1;
        let mut order = replicas.clone();
        order.rotate_left(turn % replicas.len());
        tokio::spawn(async move {
            for port in order {
                if let Ok(mut replica) = TcpStream::connect(("127.0.0.1", port)).await {
                    let _ = tokio::io::copy_bidirectional(&mut caller, &mut replica).await;
                    return;
                }
            }
        });
    }
}

/// A partner's service. It has a runtime of its own, with which all its connections end.
pub struct Service {
    address: SocketAddr,
    router: Router,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Service {
    pub fn new(router: Router) -> Self {
        let mut service = Self { address: ([127, 0, 0, 1], free_port()).into(), router, runtime: None };
        service.start();
        service
    }

    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    pub fn start(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (address, router) = (self.address, self.router.clone());
        let listener = std::net::TcpListener::bind(address).expect("its port is free");
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(async move { axum::serve(TcpListener::from_std(listener).unwrap(), router).await });
        self.runtime = Some(runtime);
    }

    pub fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A router or gateway that others made.
#[derive(Clone, Copy, Debug)]
pub enum Engine {
    /// Hive Router: `HIVE_ROUTER` names its program.
    Router,
    /// Hive Gateway.
    Hive,
    /// Apollo Gateway.
    Apollo,
}

/// One of them in front of the hub, in a process of its own.
pub struct Gateway {
    pub url: String,
    pub engine: Engine,
    hub: String,
    key: String,
    port: u16,
    child: tokio::process::Child,
}

impl Gateway {
    pub async fn start(engine: Engine, hub: &str, key: &str) -> Self {
        let port = free_port();
        let child = Self::spawn(engine, hub, key, port).await;
        let url = format!("http://127.0.0.1:{port}/graphql");
        Self { url, engine, hub: hub.to_owned(), key: key.to_owned(), port, child }
    }

    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    pub async fn start_again(&mut self) {
        self.child = Self::spawn(self.engine, &self.hub, &self.key, self.port).await;
    }

    async fn spawn(engine: Engine, hub: &str, key: &str, port: u16) -> tokio::process::Child {
        match engine {
            Engine::Router => router(hub, key, port).await,
            Engine::Hive => gateway("hive", hub, key, port).await,
            Engine::Apollo => gateway("apollo", hub, key, port).await,
        }
    }
}

/// The router with the settings that are recommended, but for its place and for how often it asks for the graph.
async fn router(hub: &str, key: &str, port: u16) -> tokio::process::Child {
    let program = std::env::var("HIVE_ROUTER").expect("HIVE_ROUTER names the router's program");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let recommended = std::fs::read_to_string(root.join("docker/router/router.config.yaml")).unwrap();
    let altered = recommended.replace("port: 4000", &format!("port: {port}")).replace("10s", "1s");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("router-{port}.yaml"));
    std::fs::write(&file, altered).unwrap();
    let child = tokio::process::Command::new(program)
        .env("ROUTER_CONFIG_FILE_PATH", &file)
        .env("RACCORDO_ROUTER_KEY", key)
        .env("RACCORDO_SUPERGRAPH", format!("{hub}/supergraph"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the router starts");
    let ready = format!("http://127.0.0.1:{port}/readiness");
    within("the router is ready", async || reqwest::get(&ready).await.is_ok_and(|it| it.status() == 200)).await;
    child
}

/// A gateway of `tests/conformance/gateway.mjs`, which ends when its input closes.
async fn gateway(engine: &str, hub: &str, key: &str, port: u16) -> tokio::process::Child {
    let settings = serde_json::json!({ "engine": engine, "hub": hub, "key": key, "port": port });
    let mut child = tokio::process::Command::new("node")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance"))
        .args(["gateway.mjs", &settings.to_string()])
        .env("NODE_ENV", "production")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node runs");
    let told = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap();
    assert!(told.is_some_and(|told| told.contains("listening")), "{engine} ended before it answered");
    child
}
