//! PostgreSQL's programs on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use super::Account;
use crate::db::OLDEST_SERVER;

/// Where the distributions of the Debian family keep each major version.
const VERSIONED: &str = "/usr/lib/postgresql";
const OLDEST_MAJOR: u32 = OLDEST_SERVER as u32 / 10_000;

/// A folder with `postgres` and `initdb` of one major version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    pub folder: PathBuf,
    pub major: u32,
}

impl Binaries {
    /// Looks in `pg_bin` alone if given; else takes the newest of `/usr/lib/postgresql/*/bin`, else what `PATH` has.
    ///
    /// `data_of` is the major version that wrote the data, if there are any: only that one can read them.
    ///
    /// # Errors
    /// Says which command installs what is missing.
    pub fn find(pg_bin: Option<&Path>, data_of: Option<u32>) -> anyhow::Result<Self> {
        let candidates = match pg_bin {
            Some(folder) => vec![Self::in_folder(folder).context("RACCORDO_PG_BIN")?],
            None => installed(),
        };
        if let Some(major) = data_of {
            return candidates.into_iter().find(|found| found.major == major).with_context(|| {
                format!(
                    "the data directory was written by PostgreSQL {major}, which is not installed here.\n{}",
                    how_to_install(Some(major))
                )
            });
        }
        let found = candidates.into_iter().next().with_context(|| {
            format!(
                "PostgreSQL is not installed: no postgres in {VERSIONED}/*/bin nor in PATH.\n{}",
                how_to_install(None)
            )
        })?;
        ensure!(
            found.major >= OLDEST_MAJOR,
            "PostgreSQL {OLDEST_MAJOR} or newer is needed; {} holds {}.\n{}",
            found.folder.display(),
            found.major,
            how_to_install(None)
        );
        Ok(found)
    }

    fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        // A link in PATH leads to the folder that holds all programs.
        let postgres =
            folder.join("postgres").canonicalize().with_context(|| format!("no postgres in {}", folder.display()))?;
        let folder = postgres.parent().context("postgres is in no folder")?.to_path_buf();
        ensure!(folder.join("initdb").exists(), "no initdb in {}", folder.display());
        let output =
            Command::new(&postgres).arg("--version").output().with_context(|| postgres.display().to_string())?;
        let said = String::from_utf8_lossy(&output.stdout);
        let major = major_of(&said).with_context(|| format!("{} names no version: {said:?}", postgres.display()))?;
        Ok(Self { folder, major })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Refuses programs that the server's account may not run (a folder below a private home).
    pub fn check_usable_by(&self, account: &Account) -> anyhow::Result<()> {
        match account.command(&self.program("postgres")).arg("--version").output() {
            Ok(output) if output.status.success() => Ok(()),
            _ => bail!(
                "the hub runs as root and starts PostgreSQL as user {}, who cannot run {}: \
                 make that folder and its parents readable, or set RACCORDO_PG_BIN to another",
                account.name,
                self.program("postgres").display()
            ),
        }
    }
}

/// Everything that is installed, the newest of the versioned folders first, `PATH` last.
fn installed() -> Vec<Binaries> {
    let mut versioned: Vec<Binaries> = std::fs::read_dir(VERSIONED)
        .into_iter()
        .flatten()
        .filter_map(|entry| Binaries::in_folder(&entry.ok()?.path().join("bin")).ok())
        .collect();
    versioned.sort_by_key(|found| std::cmp::Reverse(found.major));
    let path = std::env::var_os("PATH").unwrap_or_default();
    versioned.extend(std::env::split_paths(&path).filter_map(|folder| Binaries::in_folder(&folder).ok()));
    versioned
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-1)` is 15; `17beta1` is 17.
fn major_of(said: &str) -> Option<u32> {
    let version = said.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    version.split(|other: char| !other.is_ascii_digit()).next()?.parse().ok()
}

/// The command that installs PostgreSQL here.
pub fn how_to_install(major: Option<u32>) -> String {
    let has = |program: &str| {
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).exists())
    };
    let version = major.map(|major| major.to_string());
    let command = if has("brew") {
        format!("brew install postgresql@{}", version.as_deref().unwrap_or("17"))
    } else if has("dnf") {
        "sudo dnf install postgresql-server postgresql-contrib".into()
    } else {
        format!("sudo apt-get install postgresql{}", version.map(|v| format!("-{v}")).unwrap_or_default())
    };
    format!(
        "Install it with: {command}\nor set RACCORDO_PG_BIN to the folder of its programs, or DATABASE_URL to a server."
    )
}

#[cfg(test)]
mod tests {
    use super::{Binaries, major_of};

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(major_of("postgres (PostgreSQL) 15.18 (Debian 15.18-1)\n"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major_of("postgres"), None);
    }

    #[test]
    fn a_folder_without_postgres_is_refused_by_name() {
        let error = format!("{:#}", Binaries::find(Some("/nowhere".as_ref()), None).unwrap_err());
        assert!(error.contains("RACCORDO_PG_BIN") && error.contains("/nowhere"), "{error}");
    }
}
