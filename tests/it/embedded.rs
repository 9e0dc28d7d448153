//! The private PostgreSQL: it keeps its data, keeps others out and ends with the hub.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use raccordo::db::embedded::Embedded;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _, Row as _};

const PATIENCE: Duration = Duration::from_secs(20);

/// A folder that PostgreSQL's account can enter, too.
pub fn folder() -> tempfile::TempDir {
    folder_of_mode(0o755)
}

fn folder_of_mode(mode: u32) -> tempfile::TempDir {
    let permissions = std::fs::Permissions::from_mode(mode);
    tempfile::Builder::new().permissions(permissions).tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

async fn connect(embedded: &Embedded) -> PgConnection {
    PgConnection::connect_with(&embedded.options()).await.expect("the private server answers")
}

fn is_root() -> bool {
    // SAFETY: cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// A hub in a process of its own.
pub struct HubProcess {
    child: Child,
    data_dir: PathBuf,
    port: u16,
}

impl HubProcess {
    pub fn start(data_dir: &Path) -> Self {
        let hub = Self::spawn(data_dir, Stdio::inherit());
        hub.wait_until("the hub is ready", || hub.ask_health());
        hub
    }

    fn spawn(data_dir: &Path, stderr: Stdio) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = raccordo(data_dir, port).arg("serve").stderr(stderr).spawn().unwrap();
        Self { child, data_dir: data_dir.into(), port }
    }

    fn ask_health(&self) -> bool {
        raccordo(&self.data_dir, self.port).arg("health").output().unwrap().status.success()
    }

    /// Process id of its PostgreSQL.
    fn server(&self) -> u32 {
        let file = std::fs::read_to_string(self.data_dir.join("postgres/postmaster.pid")).unwrap();
        file.lines().next().unwrap().parse().unwrap()
    }

    fn signal(&self, signal: i32) {
        // SAFETY: the child has not been waited for.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    #[track_caller]
    fn wait_until(&self, what: &str, holds: impl Fn() -> bool) {
        let started = Instant::now();
        while !holds() {
            assert!(started.elapsed() < PATIENCE, "not so after {PATIENCE:?}: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn raccordo(data_dir: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raccordo"));
    command.env_remove("DATABASE_URL").current_dir(data_dir);
    command.arg("--data-dir").arg(data_dir).args(["--listen", &format!("127.0.0.1:{port}")]);
    command
}

fn runs(pid: u32) -> bool {
    // SAFETY: signal 0 only asks.
    unsafe { libc::kill(pid as i32, 0) == 0 }
}

#[tokio::test]
async fn data_survive_a_restart_of_a_server_that_writes_safely_and_listens_to_nobody_else() {
    let folder = folder();
    let embedded = Embedded::start(folder.path(), None).unwrap();
    let mut connection = connect(&embedded).await;
    for (setting, expected) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("jit", "off"),
    ] {
        let row = connection.fetch_one(sqlx::AssertSqlSafe(format!("show {setting}"))).await.unwrap();
        assert_eq!(row.get::<String, _>(0), expected, "{setting}");
    }
    let upper: String = sqlx::query_scalar("select upper('è')").fetch_one(&mut connection).await.unwrap();
    assert_eq!(upper, "È", "characters beyond ASCII have their classes");
    connection.execute("create table kept (it int); insert into kept values (42)").await.unwrap();
    drop(connection);
    embedded.stop();

    let embedded = Embedded::start(folder.path(), None).unwrap();
    let kept: i32 = sqlx::query_scalar("select it from kept").fetch_one(&mut connect(&embedded).await).await.unwrap();
    assert_eq!(kept, 42);
    let socket = std::fs::metadata(folder.path().join("socket")).unwrap();
    assert_eq!(socket.permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_second_hub_on_the_same_directory_is_refused_and_told_of_the_first() {
    let folder = folder();
    let _embedded = Embedded::start(folder.path(), None).unwrap();
    let mut second = HubProcess::spawn(folder.path(), Stdio::piped());
    let mut said = String::new();
    std::io::Read::read_to_string(&mut second.child.stderr.take().unwrap(), &mut said).unwrap();
    assert!(!second.wait().success());
    assert!(said.contains(&format!("another hub (process {}) already uses", std::process::id())), "{said}");
    assert!(said.contains(folder.path().to_str().unwrap()), "{said}");
}

#[tokio::test]
async fn a_killed_hub_leaves_no_server_and_the_next_one_starts_at_once() {
    let folder = folder();
    let mut hub = HubProcess::start(folder.path());
    let server = hub.server();
    hub.signal(libc::SIGKILL);
    hub.wait();
    // No pause: the next hub itself waits for what the killed one left behind.
    let embedded = Embedded::start(folder.path(), None).unwrap();
    hub.wait_until("the killed hub's server has ended", || !runs(server));
    assert_ne!(embedded.pid(), server);
    let kept: i64 = sqlx::query_scalar("select count(*) from organisation where office_code is not null")
        .fetch_one(&mut connect(&embedded).await)
        .await
        .unwrap();
    assert_eq!(kept, 106, "what the killed hub had committed is there");
}

#[test]
fn a_killed_hub_takes_its_server_along_though_nobody_starts_again() {
    let folder = folder();
    let mut hub = HubProcess::start(folder.path());
    let server = hub.server();
    hub.signal(libc::SIGKILL);
    hub.wait();
    hub.wait_until("the server has ended", || !runs(server));
}

#[test]
fn a_signal_to_end_stops_the_hub_in_order() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let folder = folder();
        let mut hub = HubProcess::start(folder.path());
        let server = hub.server();
        hub.signal(signal);
        assert!(hub.wait().success());
        assert!(!runs(server));
        assert!(!folder.path().join("postgres/postmaster.pid").exists(), "PostgreSQL was shut down, not cut off");
    }
}

#[test]
fn the_hub_ends_when_its_server_does() {
    let folder = folder();
    let mut hub = HubProcess::start(folder.path());
    // SAFETY: the server is the hub's child and runs.
    unsafe { libc::kill(hub.server() as i32, libc::SIGINT) };
    assert!(!hub.wait().success());
}

#[test]
fn a_pid_file_that_now_names_somebody_else_is_no_hindrance() {
    let folder = folder();
    Embedded::start(folder.path(), None).unwrap().stop();
    let pid_file = folder.path().join("postgres/postmaster.pid");
    let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
    std::fs::write(&pid_file, format!("{}\n{}\n1\n5432\n", stranger.id(), pid_file.parent().unwrap().display()))
        .unwrap();
    let started = Embedded::start(folder.path(), None);
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    started.unwrap();
}

#[test]
fn a_cluster_that_was_never_finished_is_made_anew() {
    let folder = folder();
    let unfinished = folder.path().join("postgres.unfinished");
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();
    Embedded::start(folder.path(), None).unwrap();
    assert!(!unfinished.exists());
}

#[test]
fn data_of_a_version_that_is_not_installed_are_left_alone() {
    let folder = folder();
    Embedded::start(folder.path(), None).unwrap().stop();
    std::fs::write(folder.path().join("postgres/PG_VERSION"), "9\n").unwrap();
    let Err(error) = Embedded::start(folder.path(), None) else { panic!("started on data of PostgreSQL 9") };
    assert!(format!("{error:#}").contains("written by PostgreSQL 9, which is not installed"), "{error:#}");
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_gets_its_socket_elsewhere() {
    let folder = folder();
    let deep = folder.path().join("a-folder-with-a-rather-long-name/and-another-one-that-is-at-least-as-long/data");
    let embedded = Embedded::start(&deep, None).unwrap();
    let socket = embedded.options().get_socket().cloned().unwrap();
    assert!(!socket.starts_with(&deep), "{}", socket.display());
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o700);
    connect(&embedded).await;
    embedded.stop();
    std::fs::remove_dir_all(socket).unwrap();
}

#[tokio::test]
async fn a_folder_that_the_servers_account_cannot_enter_is_replaced_by_one_that_it_can() {
    if !is_root() {
        return;
    }
    let closed = folder_of_mode(0o700);
    let data_dir = closed.path().join("data");
    let embedded = Embedded::start(&data_dir, None).unwrap();
    let elsewhere = embedded.cluster_dir().parent().unwrap().to_owned();
    assert!(elsewhere.starts_with("/var/lib/raccordo"), "{}", elsewhere.display());
    connect(&embedded).await.execute("create table kept (it int)").await.unwrap();
    embedded.stop();

    // The place is remembered, whatever the permissions become.
    std::fs::set_permissions(closed.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let embedded = Embedded::start(&data_dir, None).unwrap();
    connect(&embedded).await.execute("select from kept").await.unwrap();
    embedded.stop();
    std::fs::remove_dir_all(elsewhere).unwrap();
}
