//! The fixture: a hub on a database of its own.
//!
//! The first test starts one private PostgreSQL for the whole run (it ends with the process, however that ends)
//! and migrates a template; every further database is a copy of a template.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_graphql::Variables;
use chrono::NaiveDate;
use futures_util::future::BoxFuture;
use raccordo::access::token::DemoKey;
use raccordo::access::{Settings, Viewer};
use raccordo::db::embedded::Embedded;
use raccordo::db::{Database, DatabaseSettings};
use raccordo::federation::Setup;
use raccordo::federation::address::Neighbourhood;
use raccordo::graphql::Graph;
use raccordo::http::{self, Executor, Operation};
use raccordo::hub::Hub;
use raccordo::schema;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The day on which every test happens.
pub const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

/// The hub's own subgraph as partners of tests find it: the whole takes seconds to compose, and `partners.rs` does so.
pub const OWN_SUBGRAPH: &str =
    "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\", \"@tag\"])
type Query @tag(name: \"public\") { municipality(code: String!): Municipality }
type Municipality @key(fields: \"id\") @key(fields: \"code\") @tag(name: \"public\") {
  id: ID!
  code: String!
  name: String!
  population: Int
  staff: Int @tag(name: \"institutional\")
}
type Project @key(fields: \"id\") @tag(name: \"institutional\") { id: ID! }";

/// Hubs at one time: the private server has 60 connections, a hub uses about 5.
static PLACES: Semaphore = Semaphore::const_new(10);

/// Waits for places for so many hubs that run in processes of their own.
pub async fn places(hubs: u32) -> SemaphorePermit<'static> {
    PLACES.acquire_many(hubs).await.expect("never closed")
}

/// What a test's database holds at its start. It is loaded once a run, then copied.
#[derive(Clone, Copy)]
pub struct Sample {
    /// Part of the template's name: small letters, digits and underscores.
    pub name: &'static str,
    pub load: for<'a> fn(&'a Database) -> BoxFuture<'a, anyhow::Result<()>>,
}

/// Migrated, and nothing else.
pub const EMPTY: Sample = Sample { name: "empty", load: |_| Box::pin(async { Ok(()) }) };

/// A hub on a database of its own, which is removed with it.
pub struct TestHub {
    pub hub: Arc<Hub>,
    pub executor: Executor,
    _copy: Copy,
    _place: SemaphorePermit<'static>,
}

/// What a request was answered, and what it cost.
#[derive(Debug)]
pub struct Answer {
    /// The whole response: `data`, `errors`, `extensions`.
    pub json: Value,
    /// SQL statements after the session's opening.
    pub statements: u32,
}

impl Answer {
    /// The data of an answer that must hold no errors.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert_eq!(self.json.get("errors"), None, "{:#}", self.json);
        &self.json["data"]
    }

    /// The stable codes of the answer's errors, in their order.
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map_or(&[][..], Vec::as_slice);
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("(no code)")).collect()
    }
}

impl TestHub {
    /// On a migrated database without data.
    pub async fn empty() -> Self {
        Self::with(EMPTY).await
    }

    /// On a copy of a sample.
    pub async fn with(sample: Sample) -> Self {
        Self::start(sample, Settings::default()).await
    }

    /// In demonstration mode: the tokens of this key are accepted.
    pub async fn demonstration(sample: Sample, key: &DemoKey) -> Self {
        Self::start(sample, Settings { demo_key: Some(key.clone()), ..Settings::default() }).await
    }

    /// With other settings of who may come in.
    pub async fn start(sample: Sample, access: Settings) -> Self {
        Self::altered(sample, access, &[]).await
    }

    /// On a copy of a sample in which these statements were executed before the hub started.
    pub async fn altered(sample: Sample, access: Settings, statements: &[String]) -> Self {
        let place = PLACES.acquire().await.expect("never closed");
        let copy = Copy::of(sample);
        let mut connection = PgConnection::connect_with(&copy.options()).await.expect("the copy is there");
        for statement in statements {
            let done = connection.execute(AssertSqlSafe(statement.as_str())).await;
            done.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        drop(connection);
        let database = copy.open().await;
        let hub = Hub::start(database, access, schema::references()).await.expect("the hub starts");
        // Partners' services of tests are on this machine.
        let neighbourhood = Neighbourhood(vec!["127.0.0.0/8".parse().expect("a network")]);
        hub.provide(Setup::new("http://hub.example", neighbourhood, || OWN_SUBGRAPH.to_owned()));
        let executor = Executor::new(&hub, Duration::from_secs(30));
        Self { hub, executor, _copy: copy, _place: place }
    }

    /// Answers a request in-process, as this viewer, on [`TODAY`].
    pub async fn execute(&self, viewer: &Viewer, query: &str, variables: Value) -> Answer {
        let graph = Graph::open_on(self.hub.clone(), viewer.clone(), "test", TODAY);
        let operation = Operation { query: query.into(), name: None, variables: Variables::from_json(variables) };
        let answer = match self.executor.check(operation, true, "test") {
            Ok(checked) => self.executor.execute(&graph, checked, "test").await,
            Err(refused) => *refused,
        };
        Answer {
            json: serde_json::to_value(answer.response).expect("an answer is JSON"),
            statements: graph.session.statements(),
        }
    }

    /// Serves the endpoints on a free port until the test ends; returns the address, e.g. `127.0.0.1:40123`.
    pub async fn serve(&self, settings: http::Settings) -> String {
        serve(self.hub.clone(), settings).await
    }

    /// A connection that sees every row: to lay out records and to look behind the graph.
    pub async fn maintenance(&self) -> PgConnection {
        self.hub.database.maintenance().await.expect("the database answers")
    }
}

/// Serves a hub's endpoints on a free port until the test ends; returns the address.
pub async fn serve(hub: Arc<Hub>, settings: http::Settings) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let service = http::router(http::App::new(hub, settings)).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async { axum::serve(listener, service).await });
    address
}

/// One test's database, a copy of a sample's template.
pub struct Copy {
    name: String,
}

impl Copy {
    pub fn of(sample: Sample) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let template = Server::running().template(sample);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        // Without fsync, files are copied faster than their pages are logged.
        administer(format!("create database {name} template {template} strategy file_copy"));
        Self { name }
    }

    pub fn options(&self) -> PgConnectOptions {
        Server::running().embedded.options().database(&self.name)
    }

    pub async fn open(&self) -> Database {
        open(self.options()).await.expect("the copy opens")
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        administer(format!("drop database {} with (force)", self.name));
    }
}

/// The one server of the run.
pub struct Server {
    embedded: Embedded,
    templates: Mutex<HashSet<&'static str>>,
}

impl Server {
    pub fn running() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    fn start() -> Self {
        // Kept between runs: the build's own folder, so that the cluster is made once.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("it");
        let embedded = Embedded::start(&folder, None).expect("the embedded PostgreSQL starts");
        let options = embedded.options();
        wait_for(async move {
            let mut connection = PgConnection::connect_with(&options).await?;
            // What tests write need not outlive a power cut.
            connection.execute("alter system set fsync = off").await?;
            connection.execute("alter system set synchronous_commit = off").await?;
            connection.execute("select pg_reload_conf()").await?;
            let left: Vec<String> =
                sqlx::query_scalar("select datname from pg_database where datname ~ '^(test|sample)_'")
                    .fetch_all(&mut connection)
                    .await?;
            for name in left {
                connection.execute(AssertSqlSafe(format!("drop database {name} with (force)"))).await?;
            }
            Ok(())
        });
        Self { embedded, templates: Mutex::default() }
    }

    /// The sample's template database, made by whoever needs it first.
    fn template(&self, sample: Sample) -> String {
        let name = format!("sample_{}", sample.name);
        let mut templates = self.templates.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !templates.contains(sample.name) {
            administer(format!("drop database if exists {name} with (force)"));
            administer(format!("create database {name}"));
            let options = self.embedded.options().database(&name);
            wait_for(async move {
                let database = open(options).await?;
                database.migrate().await?;
                (sample.load)(&database).await?;
                // A template in use cannot be copied.
                database.close().await;
                Ok(())
            });
            templates.insert(sample.name);
        }
        name
    }
}

async fn open(options: PgConnectOptions) -> anyhow::Result<Database> {
    Database::open(options, DatabaseSettings { pool_size: 3, ..DatabaseSettings::default() }).await
}

/// Runs one statement on the server itself.
fn administer(statement: String) {
    let options = Server::running().embedded.options();
    wait_for(async move {
        PgConnection::connect_with(&options).await?.execute(AssertSqlSafe(statement)).await?;
        Ok(())
    });
}

/// Blocks for work that must not depend on the runtime of the test that happens to need it first.
fn wait_for(work: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(work)
    })
    .join()
    .expect("no panic")
    .expect("the test server works");
}
