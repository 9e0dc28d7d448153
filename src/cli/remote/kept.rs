//! Where people are signed in from this machine: a file of their own, which nobody else can read.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::access::secret::Secret;

/// A person's session at a hub.
#[derive(Serialize, Deserialize)]
struct SignIn {
    token: String,
    until: DateTime<Utc>,
}

/// The file, by the hubs' addresses.
pub struct SignIns(PathBuf);

impl SignIns {
    /// Those of whoever runs this: in `$XDG_CONFIG_HOME`, else in `.config` of their home.
    ///
    /// # Errors
    /// They have no home.
    pub fn own() -> anyhow::Result<Self> {
        let given = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = given.or_else(|| Some(std::env::home_dir()?.join(".config")));
        let folder = folder.context("there is no home in which a sign-in could be kept")?;
        Ok(Self(folder.join("raccordo").join("sign-ins.json")))
    }

    /// The token of a sign-in at this hub that is not over.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn find(&self, hub: &str) -> anyhow::Result<Option<Secret>> {
        let found = self.read()?.remove(hub).filter(|sign_in| Utc::now() < sign_in.until);
        Ok(found.map(|sign_in| sign_in.token.into()))
    }

    /// Keeps one, and lets go of those that are over.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn keep(&self, hub: &str, token: &Secret, until: DateTime<Utc>) -> anyhow::Result<()> {
        let mut all = self.read()?;
        all.insert(hub.to_owned(), SignIn { token: token.reveal().to_owned(), until });
        self.write(all)
    }

    /// Forgets the one at this hub.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn forget(&self, hub: &str) -> anyhow::Result<()> {
        let mut all = self.read()?;
        match all.remove(hub) {
            Some(_) => self.write(all),
            None => Ok(()),
        }
    }

    fn read(&self) -> anyhow::Result<BTreeMap<String, SignIn>> {
        match fs::read(&self.0) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| format!("{} is damaged", self.0.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error).with_context(|| self.0.display().to_string()),
        }
    }

    fn write(&self, mut all: BTreeMap<String, SignIn>) -> anyhow::Result<()> {
        all.retain(|_, sign_in| Utc::now() < sign_in.until);
        let written = || {
            fs::create_dir_all(self.0.parent().unwrap_or(Path::new(".")))?;
            // Beside it first: whoever reads meanwhile reads all of one or of the other.
            let beside = self.0.with_extension(format!("{}.new", std::process::id()));
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&beside)?.write_all(&serde_json::to_vec_pretty(&all)?)?;
            fs::rename(beside, &self.0)
        };
        written().with_context(|| self.0.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_sign_in_is_kept_for_its_time_and_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let kept = SignIns(folder.path().join("raccordo/sign-ins.json"));
        let (one, other) = ("https://one.example", "https://other.example");
        let token = |text: &str| Secret::from(text.to_owned());
        let soon = Utc::now() + TimeDelta::hours(1);
        assert_eq!(kept.find(one).unwrap(), None);
        kept.keep(one, &token("a"), soon).unwrap();
        kept.keep(other, &token("b"), soon).unwrap();
        kept.keep(one, &token("c"), soon).unwrap();
        assert_eq!((kept.find(one).unwrap(), kept.find(other).unwrap()), (Some(token("c")), Some(token("b"))));
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&kept.0).unwrap().permissions()) & 0o777,
            0o600
        );
        kept.forget(one).unwrap();
        kept.keep(other, &token("b"), Utc::now()).unwrap();
        assert_eq!((kept.find(one).unwrap(), kept.find(other).unwrap()), (None, None));
        let files: Vec<_> =
            fs::read_dir(kept.0.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["sign-ins.json"]);
        fs::write(&kept.0, "{").unwrap();
        assert!(kept.find(one).unwrap_err().to_string().contains("is damaged"));
    }
}
