//! Where the private server's files are.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use super::{Account, PORT};

/// Used when the server's account cannot enter the data directory.
const ELSEWHERE: &str = "/var/lib/raccordo";
/// A socket's path may have 107 bytes on Linux, 103 on macOS.
const LONGEST_SOCKET_PATH: usize = 100;

/// The private server's files.
pub(super) struct Place {
    /// The cluster: what PostgreSQL calls its data directory.
    pub cluster: PathBuf,
    /// Entered by the server's account alone: who gets in is trusted.
    pub socket_dir: PathBuf,
}

impl Place {
    /// Makes the folders that are missing.
    pub fn prepare(data_dir: &Path, account: &Account) -> anyhow::Result<Self> {
        let home = home(data_dir, account)?;
        let inside = home.join("socket");
        let socket_dir = if socket_path(&inside).as_os_str().len() <= LONGEST_SOCKET_PATH {
            inside
        } else {
            short_base(account).join(format!("raccordo-{}", fingerprint(&home)))
        };
        let cluster = home.join("postgres");
        if let Ok(found) = fs::metadata(&cluster) {
            ensure!(
                found.uid() == account.uid(),
                "{} was made by another user (uid {}); start the hub as that user, or set RACCORDO_DATA_DIR to another folder",
                cluster.display(),
                found.uid()
            );
        }
        private_folder(&socket_dir, account)?;
        Ok(Self { cluster, socket_dir })
    }

    pub fn lock_file(&self) -> PathBuf {
        self.cluster.with_extension("lock")
    }

    pub fn log_file(&self) -> PathBuf {
        self.cluster.with_extension("log")
    }

    /// A cluster in the making: it takes its name when it is whole.
    pub fn unfinished_cluster(&self) -> PathBuf {
        self.cluster.with_extension("unfinished")
    }
}

/// The folder that holds the cluster: the data directory, or one elsewhere that the server's account can enter.
/// A link in the data directory remembers the latter, so that data are found again whatever the permissions become.
fn home(data_dir: &Path, account: &Account) -> anyhow::Result<PathBuf> {
    if !data_dir.exists() {
        fs::create_dir_all(data_dir).with_context(|| format!("{} cannot be made", data_dir.display()))?;
        if account.steps_down() {
            fs::set_permissions(data_dir, fs::Permissions::from_mode(0o711))?;
        }
    }
    let data_dir = data_dir.canonicalize().with_context(|| data_dir.display().to_string())?;
    let link = data_dir.join("postgres");
    if let Ok(target) = fs::read_link(&link) {
        return target.parent().map(Path::to_path_buf).context("the link \"postgres\" leads nowhere");
    }
    if link.exists() || account.can_enter(&data_dir) {
        return Ok(data_dir);
    }
    let elsewhere = Path::new(ELSEWHERE).join(fingerprint(&data_dir));
    fs::create_dir_all(&elsewhere)
        .and_then(|()| fs::set_permissions(ELSEWHERE, fs::Permissions::from_mode(0o711)))
        .and_then(|()| fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o711)))
        .with_context(|| format!("{} cannot be made", elsewhere.display()))?;
    ensure!(
        account.can_enter(&elsewhere),
        "PostgreSQL runs as user {}, who can enter neither {} nor {}; set RACCORDO_DATA_DIR to a folder that this user can enter",
        account.name,
        data_dir.display(),
        elsewhere.display()
    );
    tracing::warn!(
        "PostgreSQL runs as user {}, who cannot enter {}: its data are kept in {}",
        account.name,
        data_dir.display(),
        elsewhere.display()
    );
    std::os::unix::fs::symlink(elsewhere.join("postgres"), &link)?;
    Ok(elsewhere)
}

fn socket_path(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}"))
}

/// A folder with a short path for the socket.
fn short_base(account: &Account) -> PathBuf {
    std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|folder| !account.steps_down() && folder.is_absolute() && folder.as_os_str().len() < 40)
        .unwrap_or_else(|| "/tmp".into())
}

/// A name that follows from a path.
fn fingerprint(path: &Path) -> String {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, path.as_os_str().as_encoded_bytes());
    id.simple().to_string()[..16].to_owned()
}

/// A folder that the account owns and nobody else enters. One that somebody else has prepared is refused.
fn private_folder(folder: &Path, account: &Account) -> anyhow::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => account.own(folder)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be made", folder.display())),
    }
    let found = fs::symlink_metadata(folder)?;
    ensure!(
        found.is_dir() && found.uid() == account.uid() && found.mode() & 0o077 == 0,
        "{} must be a folder of {} that nobody else can enter; remove it, the hub makes it anew",
        folder.display(),
        account.name
    );
    Ok(())
}
