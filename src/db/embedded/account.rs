//! Who the private server runs as: PostgreSQL refuses to run as root.

use std::ffi::CString;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;

/// The operating-system account of the private server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    uid: u32,
    gid: u32,
    /// The hub runs as root and must step down to this account.
    steps_down: bool,
}

impl Account {
    /// The hub's own account; for root `postgres`, else `nobody`.
    pub fn of_server() -> anyhow::Result<Self> {
        // SAFETY: neither call can fail or touches memory.
        let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
        if uid != 0 {
            return Ok(Self { name: format!("uid {uid}"), uid, gid, steps_down: false });
        }
        ["postgres", "nobody"].into_iter().find_map(Self::named).context(
            "PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody to run it",
        )
    }

    fn named(name: &str) -> Option<Self> {
        let c_name = CString::new(name).ok()?;
        // SAFETY: called before the hub serves; the record is copied at once.
        let record = unsafe { libc::getpwnam(c_name.as_ptr()).as_ref() }?;
        Some(Self { name: name.into(), uid: record.pw_uid, gid: record.pw_gid, steps_down: true })
    }

    /// Makes a command run as this account, without what the environment says about other servers.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).current_dir("/");
        for kept in ["PATH", "LD_LIBRARY_PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        if self.steps_down {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this account can enter the folder, through all its parents.
    pub(super) fn can_enter(&self, folder: &Path) -> bool {
        !self.steps_down
            || self
                .command(Path::new("/bin/sh"))
                .args(["-c", ":"])
                .current_dir(folder)
                .status()
                .is_ok_and(|s| s.success())
    }

    /// Gives a file or folder to this account.
    pub(super) fn own(&self, path: &Path) -> anyhow::Result<()> {
        if self.steps_down {
            std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
                .with_context(|| format!("{} cannot be given to {}", path.display(), self.name))?;
        }
        Ok(())
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    pub(super) fn steps_down(&self) -> bool {
        self.steps_down
    }
}
