use std::fmt;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;

/// Where the outside database is, with its password: never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(set)")
    }
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl DatabaseUrl {
    /// # Errors
    /// Says what is wrong without repeating the URL.
    pub fn options(&self) -> anyhow::Result<PgConnectOptions> {
        let scheme = ["postgres://", "postgresql://"].iter().any(|scheme| self.0.starts_with(scheme));
        let options = scheme.then(|| self.0.parse().ok()).flatten();
        options.context("not of the form postgres://user:password@host:port/database")
    }
}

/// The address that a setting gives, or the file that it names.
///
/// # Errors
/// Both are given, the file cannot be read, or it is no address.
pub(super) fn one(key: &str, url: Option<DatabaseUrl>, file: Option<PathBuf>) -> anyhow::Result<Option<DatabaseUrl>> {
    let url = match (url, file) {
        (Some(_), Some(_)) => bail!("{key} and {key}_file are both set: one of them is meant"),
        (None, Some(file)) => {
            let url = std::fs::read_to_string(&file).with_context(|| format!("{key}_file: {}", file.display()))?;
            Some(DatabaseUrl(url.trim().to_owned()))
        }
        (url, None) => url,
    };
    if let Some(url) = &url {
        url.options().with_context(|| key.to_owned())?;
    }
    Ok(url)
}
