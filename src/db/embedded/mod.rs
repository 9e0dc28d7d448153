//! The embedded default: a private PostgreSQL that the hub starts as its own child.
//!
//! It listens on a Unix socket in a folder that only its account may enter, keeps its data between runs,
//! writes them safely (checksums, fsync) and ends with the hub, however the hub ends:
//!
//! - [`Embedded::stop`], as dropping it, shuts it down in order;
//! - when the hub is killed, the kernel tells the child (a watchdog does where the kernel cannot).
//!
//! One hub a data directory: the second is refused. A command that only works on the data reaches the server of the hub
//! that runs ([`Embedded::of_running_hub`]).

mod account;
mod binaries;
mod cluster;
mod launch;
mod lock;
mod place;

use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

pub use account::Account;
pub use binaries::{Binaries, how_to_install};
pub use cluster::utf8_ctype;

/// Superuser and database of the private server: nobody else can reach it.
const NAME: &str = "raccordo";
/// Only names the socket's file: nothing listens on TCP.
const PORT: u16 = 5432;

/// A running private PostgreSQL.
pub struct Embedded {
    place: place::Place,
    server: launch::Server,
    _lock: lock::Lock,
}

impl Embedded {
    /// Starts the private PostgreSQL of this data directory; makes it first where there is none.
    ///
    /// `pg_bin` is the folder of PostgreSQL's programs; without it the newest installed one serves
    /// (see [`Binaries::find`]). Blocks until the server answers: about 30 ms, the first time 1 s.
    ///
    /// # Errors
    /// When another hub uses the directory, no PostgreSQL is installed, the folder cannot be written or the
    /// server does not come up; each message says what to do.
    pub fn start(data_dir: &Path, pg_bin: Option<&Path>) -> anyhow::Result<Self> {
        let account = Account::of_server()?;
        let place = place::Place::prepare(data_dir, &account)?;
        let lock = lock::Lock::take(&place.lock_file())?;
        let binaries = Binaries::find(pg_bin, cluster::version(&place)?)?;
        binaries.check_usable_by(&account)?;
        launch::await_predecessor(&place)?;
        cluster::make_if_missing(&place, &binaries, &account)?;
        let server = launch::Server::start(&place, &binaries, &account)?;
        Ok(Self { place, server, _lock: lock })
    }

    /// How to reach the private PostgreSQL of this data directory while another hub runs it; `None` when none does.
    pub fn of_running_hub(data_dir: &Path) -> anyhow::Result<Option<PgConnectOptions>> {
        if !data_dir.exists() {
            return Ok(None);
        }
        let place = place::Place::prepare(data_dir, &Account::of_server()?)?;
        Ok(lock::Lock::is_taken(&place.lock_file()).then(|| connect_options(&place)))
    }

    /// How to connect: as the private server's superuser, to the hub's database.
    pub fn options(&self) -> PgConnectOptions {
        connect_options(&self.place)
    }

    /// Process id of the server.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Ends when the server does, for whatever reason: the hub cannot go on without it.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        self.server.ended()
    }

    /// Folder that holds the data: below the data directory, unless the server's account cannot enter that.
    pub fn cluster_dir(&self) -> &Path {
        &self.place.cluster
    }

    /// Shuts down: open transactions are rolled back, what is committed is on disk. To drop it does the same.
    pub fn stop(mut self) {
        self.server.stop();
    }
}

fn connect_options(place: &place::Place) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(&place.socket_dir)
        .port(PORT)
        .username(NAME)
        .database(NAME)
        .ssl_mode(PgSslMode::Disable)
}
