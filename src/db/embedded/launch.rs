//! Runs the server as the hub's child and sees to it that it ends with the hub.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::sync::watch;

use super::place::Place;
use super::{Account, Binaries};

/// A crash recovery reads the whole log since the last checkpoint.
const START_LIMIT: Duration = Duration::from_secs(120);
const FAST_SHUTDOWN_LIMIT: Duration = Duration::from_secs(20);
const PREDECESSOR_LIMIT: Duration = Duration::from_secs(30);
const LOG_LIMIT: u64 = 10_000_000;

/// Modest memory, nothing on TCP, checkpoints that let a bulk load run through. `fsync` stays on: its default.
const SETTINGS: [&str; 19] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=60",
    "shared_buffers=64MB",
    "work_mem=16MB",
    "maintenance_work_mem=128MB",
    "effective_cache_size=512MB",
    "random_page_cost=1.1",
    "jit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_messages=error",
    "log_line_prefix=%m [%p] ",
    "log_checkpoints=off",
    "cluster_name=raccordo",
];

/// The child, watched by a thread of its own.
pub(super) struct Server {
    pid: u32,
    /// Tells once how the child ended.
    ended: Mutex<Receiver<std::io::Result<ExitStatus>>>,
    stopped: bool,
    /// Becomes true when the child has ended.
    gone: watch::Receiver<bool>,
}

impl Server {
    /// Starts the server and waits until it accepts connections.
    pub fn start(place: &Place, binaries: &Binaries, account: &Account) -> anyhow::Result<Self> {
        let log_file = place.log_file();
        let log = open_log(&log_file)?;
        let mut command = account.command(&binaries.program("postgres"));
        command.arg("-D").arg(&place.cluster).arg("-k").arg(&place.socket_dir).args(["-p", &super::PORT.to_string()]);
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        command.stdout(log.try_clone()?).stderr(log);
        // Ctrl-C in a terminal is the hub's to handle: it drains first.
        command.process_group(0);
        die_with_parent(&mut command);

        // Linux sends the parent-death signal when the *thread* that made the child ends: this one outlives the child.
        let (spawned, pid) = sync_channel(1);
        let (end, ended) = sync_channel(1);
        let (go, gone) = watch::channel(false);
        std::thread::Builder::new().name("postgres".into()).spawn(move || {
            let mut child = match command.spawn().and_then(watched) {
                Ok(child) => child,
                Err(error) => return drop(spawned.send(Err(error))),
            };
            let _ = spawned.send(Ok(child.id()));
            let _ = end.send(child.wait());
            go.send_replace(true);
        })?;
        let pid = pid.recv()?.with_context(|| binaries.program("postgres").display().to_string())?;
        let server = Self { pid, ended: Mutex::new(ended), stopped: false, gone };
        server.await_ready(place).with_context(|| tail(&log_file))?;
        Ok(server)
    }

    /// The server says in its pid file that it is ready: what `pg_ctl` waits for, too.
    fn await_ready(&self, place: &Place) -> anyhow::Result<()> {
        let started = Instant::now();
        let pid = self.pid.to_string();
        let ended = self.ended.lock().expect("no panic while held");
        loop {
            match ended.recv_timeout(Duration::from_millis(5)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Ok(status)) => bail!("PostgreSQL ended at its start ({status})"),
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => bail!("PostgreSQL ended at its start"),
            }
            let file = fs::read_to_string(place.cluster.join("postmaster.pid")).unwrap_or_default();
            let mut lines = file.lines();
            if lines.next() == Some(&pid) && lines.nth(6).is_some_and(|state| state.trim() == "ready") {
                return Ok(());
            }
            if started.elapsed() > START_LIMIT {
                bail!("PostgreSQL is not ready after {} s", START_LIMIT.as_secs());
            }
        }
    }

    /// Ends when the child does, for whatever reason.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut gone = self.gone.clone();
        async move {
            let _ = gone.wait_for(|gone| *gone).await;
        }
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Fast shutdown; an immediate one if that takes too long: the next start then recovers from the log.
    pub fn stop(&mut self) {
        let ended = self.ended.get_mut().expect("no panic while held");
        for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGKILL] {
            if self.stopped || !matches!(ended.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty)) {
                break;
            }
            send(self.pid, signal);
            self.stopped = match ended.recv_timeout(FAST_SHUTDOWN_LIMIT) {
                Ok(status) => {
                    if let Ok(status) = status
                        && !status.success()
                    {
                        tracing::warn!(
                            code = status.code(),
                            signal = status.signal(),
                            "PostgreSQL did not end in order"
                        );
                    }
                    true
                }
                Err(error) => error == RecvTimeoutError::Disconnected,
            };
        }
        self.stopped = true;
    }
}

impl Drop for Server {
    /// A server that did not come up ends, too.
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits for the server of a hub that was killed a moment ago. The caller holds the lock: no hub that lives owns it.
pub(super) fn await_predecessor(place: &Place) -> anyhow::Result<()> {
    let pid_file = place.cluster.join("postmaster.pid");
    let Ok(text) = fs::read_to_string(&pid_file) else {
        return Ok(());
    };
    let started = Instant::now();
    let mut told = false;
    while let Some(process) = running_in(&place.cluster) {
        if started.elapsed() > PREDECESSOR_LIMIT {
            bail!(
                "PostgreSQL (process {process}) still runs in {} though its hub has ended; end it with: kill -INT {process}",
                place.cluster.display()
            );
        }
        if !told && started.elapsed() > Duration::from_secs(3) {
            let postmaster = text.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or(process);
            tracing::warn!(postmaster, "a PostgreSQL whose hub was killed still runs: shutting it down");
            send(postmaster, libc::SIGINT);
            told = true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    // Nothing runs in the folder: the file is a leftover, and its process id may by now be somebody else's,
    // which would keep PostgreSQL from starting. Where processes cannot be seen, PostgreSQL judges it.
    if cfg!(target_os = "linux") {
        let _ = fs::remove_file(&pid_file);
    }
    Ok(())
}

/// A process that works in this folder: every process of a PostgreSQL server does in its cluster.
fn running_in(cluster: &Path) -> Option<u32> {
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        (fs::read_link(entry.path().join("cwd")).ok()? == cluster).then_some(pid)
    })
}

fn send(pid: u32, signal: libc::c_int) {
    // SAFETY: a plain system call. The child has not been waited for when its end has not been told.
    unsafe { libc::kill(pid as libc::pid_t, signal) };
}

/// The kernel ends the server in order when the hub is killed.
#[cfg(target_os = "linux")]
fn die_with_parent(command: &mut Command) {
    let hub = std::process::id() as libc::pid_t;
    // SAFETY: only system calls that are allowed between fork and exec. It runs after the account has been
    // changed, which would take the setting back.
    unsafe {
        command.pre_exec(move || {
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGINT) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            // The hub may have been killed before the setting.
            if libc::getppid() != hub {
                return Err(std::io::Error::from_raw_os_error(libc::ESRCH));
            }
            Ok(())
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent(_command: &mut Command) {}

#[cfg(target_os = "linux")]
fn watched(child: Child) -> std::io::Result<Child> {
    Ok(child)
}

/// A small process waits for the hub's end of a pipe to close, and ends the server then.
#[cfg(not(target_os = "linux"))]
fn watched(child: Child) -> std::io::Result<Child> {
    use std::process::Stdio;
    let mut watchdog = Command::new("/bin/sh")
        .args(["-c", "read -r _; kill -INT \"$1\"", "raccordo-watchdog", &child.id().to_string()])
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()?;
    // Closed by the system when the hub ends, and by nothing else.
    std::mem::forget(watchdog.stdin.take());
    Ok(child)
}

fn open_log(path: &Path) -> anyhow::Result<File> {
    if fs::metadata(path).is_ok_and(|log| log.len() > LOG_LIMIT) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// What the server said last, for the message that it did not start.
fn tail(log_file: &Path) -> String {
    let log = fs::read(log_file).unwrap_or_default();
    let text = String::from_utf8_lossy(&log);
    let lines: Vec<&str> = text.lines().rev().take(8).collect();
    let last = lines.into_iter().rev().collect::<Vec<_>>().join("\n");
    format!("the private PostgreSQL did not start; its log {} ends with:\n{last}", log_file.display())
}
