//! Queries that a standby server answers: never older than the settings allow, nor than what the caller has seen.

use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use raccordo::access::Settings as Access;
use raccordo::access::persona::Persona;
use raccordo::access::token::DemoKey;
use raccordo::db::embedded::{Binaries, Embedded};
use raccordo::db::{Database, DatabaseSettings};
use raccordo::http::Settings;
use raccordo::hub::Hub;
use raccordo::schema;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Executor as _};

use crate::embedded::folder;
use crate::hub::{places, serve};
use crate::levels::SMALL;

/// How far behind an answer may be: long enough for a few requests on a busy machine.
const LAG: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(60);

/// A PostgreSQL server of a cluster; it ends with the test.
struct Server {
    child: Child,
    sockets: tempfile::TempDir,
}

/// A program of PostgreSQL, run by whom the cluster belongs to.
fn program(name: &str, cluster: &Path) -> Command {
    let binaries = Binaries::find(None, None).unwrap();
    let owner = std::fs::metadata(cluster).unwrap();
    let mut command = Command::new(binaries.folder.join(name));
    command.current_dir("/").stdin(Stdio::null());
    // SAFETY: cannot fail.
    if unsafe { libc::geteuid() } == 0 {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command
}

fn give_to_owner_of(cluster: &Path, folder: &Path) {
    let owner = std::fs::metadata(cluster).unwrap();
    chown(folder, Some(owner.uid()), Some(owner.gid())).unwrap();
}

impl Server {
    async fn start(cluster: &Path) -> Self {
        let sockets = tempfile::tempdir().unwrap();
        give_to_owner_of(cluster, sockets.path());
        let mut command = program("postgres", cluster);
        command.arg("-D").arg(cluster).arg("-k").arg(sockets.path());
        for setting in
            ["listen_addresses=", "wal_level=replica", "max_wal_senders=3", "max_connections=40", "fsync=off"]
        {
            command.args(["-c", setting]);
        }
        let server = Self { child: command.stderr(Stdio::null()).spawn().unwrap(), sockets };
        let started = Instant::now();
        while PgConnection::connect_with(&server.options()).await.is_err() {
            assert!(started.elapsed() < PATIENCE, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    fn options(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass().socket(self.sockets.path());
        options.username("raccordo").database("raccordo")
    }

    async fn execute(&self, statement: &'static str) {
        let mut connection = PgConnection::connect_with(&self.options()).await.unwrap();
        connection.execute(statement).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A hub over a primary server and a standby that follows it.
struct Pair {
    hub: String,
    client: reqwest::Client,
    token: String,
    standby: Option<Server>,
    _primary: Server,
    _folder: tempfile::TempDir,
}

impl Pair {
    async fn start() -> Self {
        let folder = folder();
        let cluster = loaded(folder.path()).await;
        let primary = Server::start(&cluster).await;
        let copy = cluster.with_file_name("standby");
        std::fs::DirBuilder::new().mode(0o700).create(&copy).unwrap();
        give_to_owner_of(&cluster, &copy);
        let made = program("pg_basebackup", &cluster)
            .args(["--username=raccordo", "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--host"])
            .arg(primary.sockets.path())
            .arg("--pgdata")
            .arg(&copy)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let standby = Server::start(&copy).await;

        let settings =
            DatabaseSettings { pool_size: 3, standby: Some((standby.options(), LAG)), ..DatabaseSettings::default() };
        let database = Database::open(primary.options(), settings).await.unwrap();
        let key = DemoKey::read_or_make(folder.path()).unwrap();
        let access = Access { demo_key: Some(key.clone()), ..Access::default() };
        let hub: Arc<Hub> = Hub::start(database, access, schema::references()).await.unwrap();
        let hub = format!("http://{}/graphql", serve(hub, Settings::default()).await);
        let token = key.token(Persona::find("prefettura-bologna").unwrap()).unwrap();
        let client = reqwest::Client::new();
        Self { hub, client, token, standby: Some(standby), _primary: primary, _folder: folder }
    }

    fn standby(&self) -> &Server {
        self.standby.as_ref().expect("it was not killed")
    }

    /// What is answered to somebody who has seen so much, and how much that is then.
    async fn ask(&self, query: &str, seen: Option<&str>) -> (u16, Value, Option<String>) {
        let mut request = self.client.post(&self.hub).bearer_auth(&self.token).json(&json!({ "query": query }));
        if let Some(seen) = seen {
            request = request.header("raccordo-seen", seen);
        }
        let answer = request.send().await.unwrap();
        let shown = answer.headers().get("raccordo-seen").map(|shown| shown.to_str().unwrap().to_owned());
        (answer.status().as_u16(), answer.json().await.unwrap(), shown)
    }

    /// Drafts an agreement; tells what the caller has seen then.
    async fn draft(&self, title: &str) -> String {
        let input = format!("{{ title: \"{title}\", partyIds: [], validFrom: \"2026-01-01\" }}");
        let (_, answer, shown) =
            self.ask(&format!("mutation {{ draftAgreement(input: {input}) {{ agreement {{ title }} }} }}"), None).await;
        assert_eq!(answer["data"]["draftAgreement"]["agreement"]["title"], title, "{answer:#}");
        shown.expect("who writes is told")
    }

    async fn sees(&self, title: &str, seen: Option<&str>) -> bool {
        let query = "{ agreements(first: 100, filter: { statuses: [DRAFT] }) { nodes { title } } }";
        let (_, answer, shown) = self.ask(query, seen).await;
        assert!(shown.is_some(), "{answer:#}");
        let titles = answer["data"]["agreements"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
        titles.iter().any(|agreement| agreement["title"] == title)
    }

    /// Waits until everybody sees it.
    async fn until_seen(&self, title: &str) {
        let started = Instant::now();
        while !self.sees(title, None).await {
            assert!(started.elapsed() < PATIENCE, "{title} is not seen");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A cluster with the demonstration.
async fn loaded(folder: &Path) -> PathBuf {
    let embedded = Embedded::start(folder, None).unwrap();
    let database = Database::open(embedded.options(), DatabaseSettings::default()).await.unwrap();
    database.migrate().await.unwrap();
    (SMALL.load)(&database).await.unwrap();
    database.close().await;
    let cluster = embedded.cluster_dir().to_owned();
    embedded.stop();
    cluster
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_answers_within_the_bound_and_never_less_than_the_caller_has_seen() {
    let _places = places(1).await;
    let mut pair = Pair::start().await;
    pair.draft("Prima").await;
    pair.until_seen("Prima").await;

    pair.standby().execute("select pg_wal_replay_pause()").await;
    let seen = pair.draft("Seconda").await;
    assert!(!pair.sees("Seconda", None).await, "the standby answers");
    assert!(pair.sees("Seconda", Some(&seen)).await, "who has written reads that");
    assert!(!pair.sees("Seconda", None).await, "and the standby answers the next");
    // It is behind for longer than it may be.
    pair.until_seen("Seconda").await;

    pair.standby().execute("select pg_wal_replay_resume()").await;
    let started = Instant::now();
    let answers_again = async || {
        pair.standby().execute("select pg_wal_replay_resume()").await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        pair.standby().execute("select pg_wal_replay_pause()").await;
        let title = format!("Terza {}", started.elapsed().as_millis());
        pair.draft(&title).await;
        !pair.sees(&title, None).await
    };
    while !answers_again().await {
        assert!(started.elapsed() < PATIENCE, "the standby answers no more");
    }

    pair.standby = None;
    pair.draft("Ultima").await;
    assert!(pair.sees("Ultima", None).await, "without a standby the primary answers");

    for wrong in ["16/B374D848", "x", ""] {
        let (status, answer, _) = pair.ask("{ dataVersion }", Some(wrong)).await;
        assert_eq!((status, &answer["errors"][0]["extensions"]["reason"]), (400, &json!("SEEN_UNREADABLE")), "{wrong}");
    }
}
