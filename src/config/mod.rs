//! The settings: flags, else `RACCORDO_*` from the environment, else a TOML file, else the defaults.
//!
//! A key has one name everywhere: `data_dir` in the file is `RACCORDO_DATA_DIR` and `--data-dir`.
//! `DATABASE_URL` is read without the prefix, too; `DATABASE_URL_FILE` names a file that holds it.

mod database;
mod flags;
mod times;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format as _, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::access::secret::Secret;
use crate::access::{self, Issuer, Provider};
use crate::db::DatabaseSettings;
use crate::documents::store::{Content, S3Settings};
use crate::federation::address::Neighbourhood;
use crate::http::{self, Introspection};
use crate::{federation, schema};

pub use database::DatabaseUrl;
pub use flags::Flags;

/// Read where it exists, unless `--config` names another.
const DEFAULT_FILE: &str = "raccordo.toml";

const KEYS: [&str; 28] = [
    "listen",
    "data_dir",
    "database_url",
    "database_url_file",
    "database_pool_size",
    "database_statement_timeout",
    "database_standby_url",
    "database_standby_url_file",
    "database_standby_lag",
    "request_timeout",
    "pg_bin",
    "log_format",
    "public_url",
    "hub_key_file",
    "session_idle",
    "session_lifetime",
    "trusted_proxies",
    "introspection",
    "kept_answers_mb",
    "audit_retention",
    "documents_dir",
    "largest_document_mb",
    "router_key_file",
    "router_hub_url",
    "partner_networks",
    "documents_s3",
    "provider",
    "issuer",
];

/// Those that the environment may set, one value each.
const IN_ENVIRONMENT: usize = 24;

/// Bytes of a megabyte.
const MB: usize = 1024 * 1024;

/// All settings, valid.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    /// `None`: the embedded PostgreSQL.
    pub database_url: Option<DatabaseUrl>,
    pub database_pool_size: u32,
    pub database_statement_timeout: Duration,
    /// A standby server of the outside database, for queries.
    pub database_standby_url: Option<DatabaseUrl>,
    /// How far behind an answer of the standby may be.
    pub database_standby_lag: Duration,
    pub request_timeout: Duration,
    pub pg_bin: Option<PathBuf>,
    pub log_format: LogFormat,
    /// Where callers reach the hub, without a slash at the end.
    pub public_url: String,
    /// The hub's own key, which encrypts what it signs with: made in the data directory when none is named.
    pub hub_key_file: Option<PathBuf>,
    pub session_idle: Duration,
    pub session_lifetime: Duration,
    /// Networks of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    pub introspection: Introspection,
    /// Megabytes of answers that are kept at the most; 0 keeps none.
    pub kept_answers_mb: u16,
    /// Entries of the audit that are older are let go; `None`: all are kept.
    pub audit_retention: Option<Duration>,
    /// Where the content of documents is kept, or uploads are gathered: below the data directory when none is named.
    pub documents_dir: Option<PathBuf>,
    /// Megabytes of a document at the most.
    pub largest_document_mb: u16,
    /// File with the key by which routers get the graph that they serve.
    router_key_file: Option<PathBuf>,
    /// Where routers reach the hub: the public URL when none is named.
    router_hub_url: String,
    /// Private networks in which partners' services may be.
    partner_networks: Vec<IpNet>,
    /// `None`: content is kept in the folder.
    documents_s3: Option<S3Settings>,
    providers: Vec<Provider>,
    issuers: Vec<Issuer>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    listen: SocketAddr,
    data_dir: PathBuf,
    database_url: Option<DatabaseUrl>,
    database_url_file: Option<PathBuf>,
    database_pool_size: u32,
    #[serde(deserialize_with = "times::duration")]
    database_statement_timeout: Duration,
    database_standby_url: Option<DatabaseUrl>,
    database_standby_url_file: Option<PathBuf>,
    #[serde(deserialize_with = "times::duration")]
    database_standby_lag: Duration,
    #[serde(deserialize_with = "times::duration")]
    request_timeout: Duration,
    pg_bin: Option<PathBuf>,
    log_format: LogFormat,
    public_url: Option<String>,
    hub_key_file: Option<PathBuf>,
    #[serde(deserialize_with = "times::session_time")]
    session_idle: Duration,
    #[serde(deserialize_with = "times::session_time")]
    session_lifetime: Duration,
    #[serde(default)]
    trusted_proxies: Vec<IpNet>,
    #[serde(default)]
    introspection: Introspection,
    kept_answers_mb: u16,
    #[serde(default, deserialize_with = "times::days")]
    audit_retention: Option<Duration>,
    documents_dir: Option<PathBuf>,
    largest_document_mb: u16,
    router_key_file: Option<PathBuf>,
    router_hub_url: Option<String>,
    #[serde(default)]
    partner_networks: Vec<IpNet>,
    documents_s3: Option<S3Settings>,
    #[serde(default)]
    provider: Vec<Provider>,
    #[serde(default)]
    issuer: Vec<Issuer>,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// Names the key, where it stands and what is allowed.
    pub fn read(flags: &Flags) -> anyhow::Result<Self> {
        let file = match &flags.config {
            Some(file) => {
                ensure!(file.exists(), "the settings file {} does not exist", file.display());
                file.as_path()
            }
            None => Path::new(DEFAULT_FILE),
        };
        Self::merge(file, flags)
    }

    fn merge(file: &Path, flags: &Flags) -> anyhow::Result<Self> {
        let defaults = DatabaseSettings::default();
        let mut figment = Figment::new()
            .merge(Serialized::default("listen", "127.0.0.1:8080"))
            .merge(Serialized::default("data_dir", ".raccordo"))
            .merge(Serialized::default("database_pool_size", defaults.pool_size))
            .merge(Serialized::default("database_statement_timeout", defaults.statement_timeout.as_secs()))
            .merge(Serialized::default("database_standby_lag", 1))
            .merge(Serialized::default("request_timeout", http::Settings::default().request_timeout.as_secs()))
            .merge(Serialized::default("kept_answers_mb", http::Settings::default().kept_answers / MB))
            .merge(Serialized::default("largest_document_mb", 25))
            .merge(Serialized::default("session_idle", access::Settings::default().session_idle.as_secs()))
            .merge(Serialized::default("session_lifetime", access::Settings::default().session_lifetime.as_secs()))
            .merge(Serialized::default("log_format", LogFormat::default()));
        if file.exists() {
            figment = figment.merge(Toml::file_exact(file));
        }
        let raw: Raw = figment
            // Only what is ours: platforms set variables of their own with this prefix. An empty one is not set.
            .merge(given(Env::raw().only(&["database_url", "database_url_file"]), ""))
            .merge(given(Env::prefixed("RACCORDO_").only(&KEYS[..IN_ENVIRONMENT]), "RACCORDO_"))
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(explain)?;

        let database_url = database::one("database_url", raw.database_url, raw.database_url_file)?;
        let standby = (raw.database_standby_url, raw.database_standby_url_file);
        let database_standby_url = database::one("database_standby_url", standby.0, standby.1)?;
        ensure!(
            database_url.is_some() || database_standby_url.is_none(),
            "database_standby_url: only an outside database (database_url) has a standby"
        );
        let pool_sizes = 1..=1000;
        ensure!(
            pool_sizes.contains(&raw.database_pool_size),
            "database_pool_size: {} is not a number from {} to {}",
            raw.database_pool_size,
            pool_sizes.start(),
            pool_sizes.end()
        );
        let public_url = origin("public_url", raw.public_url)?.unwrap_or_else(|| format!("http://{}", raw.listen));
        Ok(Self {
            listen: raw.listen,
            data_dir: raw.data_dir,
            database_url,
            database_pool_size: raw.database_pool_size,
            database_statement_timeout: raw.database_statement_timeout,
            database_standby_url,
            database_standby_lag: raw.database_standby_lag,
            request_timeout: raw.request_timeout,
            pg_bin: raw.pg_bin,
            log_format: raw.log_format,
            router_key_file: raw.router_key_file,
            router_hub_url: origin("router_hub_url", raw.router_hub_url)?.unwrap_or_else(|| public_url.clone()),
            partner_networks: raw.partner_networks,
            public_url,
            hub_key_file: raw.hub_key_file,
            session_idle: raw.session_idle,
            session_lifetime: raw.session_lifetime,
            trusted_proxies: raw.trusted_proxies,
            introspection: raw.introspection,
            kept_answers_mb: raw.kept_answers_mb,
            audit_retention: raw.audit_retention,
            documents_dir: raw.documents_dir,
            largest_document_mb: raw.largest_document_mb,
            documents_s3: raw.documents_s3,
            providers: raw.provider,
            issuers: raw.issuer,
        })
    }

    /// Where the content of documents is kept.
    ///
    /// # Errors
    /// The folder cannot be made; names the setting that cannot be meant.
    pub fn documents(&self) -> anyhow::Result<Content> {
        let folder = self.documents_dir.clone().unwrap_or_else(|| self.data_dir.join("documents"));
        let largest = u64::from(self.largest_document_mb) * MB as u64;
        match &self.documents_s3 {
            Some(settings) => Content::in_s3(settings, &folder, largest),
            None => {
                Content::in_directory(&folder, largest).with_context(|| format!("documents_dir: {}", folder.display()))
            }
        }
    }

    /// # Errors
    /// An address that is none; it was read as one before.
    pub fn database(&self) -> anyhow::Result<DatabaseSettings> {
        let standby = self.database_standby_url.as_ref().map(DatabaseUrl::options).transpose()?;
        Ok(DatabaseSettings {
            pool_size: self.database_pool_size,
            statement_timeout: self.database_statement_timeout,
            standby: standby.map(|at| (at, self.database_standby_lag)),
        })
    }

    /// How callers come in, without the demonstration's tokens.
    ///
    /// # Errors
    /// Names the provider or issuer and what is wrong with it.
    pub fn access(&self) -> anyhow::Result<access::Settings> {
        access::Settings {
            public_url: self.public_url.clone(),
            providers: self.providers.clone(),
            issuers: self.issuers.clone(),
            session_idle: self.session_idle,
            session_lifetime: self.session_lifetime,
            audit_retention: self.audit_retention,
            ..access::Settings::default()
        }
        .complete()
    }

    /// What the registry of partners' subgraphs needs to know.
    pub fn federation(&self) -> federation::Setup {
        let neighbourhood = Neighbourhood(self.partner_networks.clone());
        federation::Setup::new(self.router_hub_url.clone(), neighbourhood, || schema::definition(true))
    }

    /// # Errors
    /// The file with the routers' key cannot be read, or is empty.
    pub fn http(&self) -> anyhow::Result<http::Settings> {
        let router_key = self.router_key_file.as_deref().map(key_in).transpose()?;
        Ok(http::Settings {
            request_timeout: self.request_timeout,
            trusted_proxies: self.trusted_proxies.clone(),
            introspection: self.introspection,
            kept_answers: usize::from(self.kept_answers_mb) * MB,
            router_key,
            ..http::Settings::default()
        })
    }
}

/// The routers' key in a file.
fn key_in(file: &Path) -> anyhow::Result<Secret> {
    let key = std::fs::read_to_string(file).with_context(|| format!("router_key_file: {}", file.display()))?;
    let key = key.trim();
    ensure!(key.len() >= 16, "router_key_file: {} holds no key of 16 characters or more", file.display());
    Ok(Secret::from(key.to_owned()))
}

/// An address of a server alone.
fn origin(key: &str, given: Option<String>) -> anyhow::Result<Option<String>> {
    let Some(url) = given else { return Ok(None) };
    let parsed = reqwest::Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let is_origin = parsed.is_some_and(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none());
    ensure!(is_origin, "{key}: \"{url}\" is not of the form https://host or https://host:port");
    Ok(Some(url.trim_end_matches('/').to_owned()))
}

/// Leaves out variables that are set to nothing, as compose files do.
fn given(env: Env, prefix: &'static str) -> Env {
    env.filter(move |key| {
        std::env::var_os(format!("{prefix}{key}").to_uppercase()).is_none_or(|value| !value.is_empty())
    })
}

/// One line for each mistake: where it stands, which key, what is allowed. Values are not repeated where they are secret.
fn explain(errors: figment::Error) -> anyhow::Error {
    let lines: Vec<String> = errors
        .into_iter()
        .map(|error| {
            let source = error.metadata.as_ref();
            let file = source.and_then(|metadata| metadata.source.as_ref()?.file_path());
            let in_environment = source.is_some_and(|metadata| metadata.name.contains("environment"));
            let key = match error.path.join(".") {
                key if in_environment => format!("RACCORDO_{}", key.to_uppercase()),
                key => key,
            };
            let what = match &error.kind {
                Kind::UnknownField(name, _) => format!("{name} is no setting; the settings are {}", KEYS.join(", ")),
                Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
                    format!("{key}: {expected} is expected")
                }
                Kind::UnknownVariant(_, allowed) => format!("{key}: one of {} is expected", allowed.join(", ")),
                _ if key.is_empty() => error.kind.to_string(),
                other => format!("{key}: {other}"),
            };
            match file {
                Some(file) => format!("{}: {what}", file.display()),
                None => what,
            }
        })
        .collect();
    anyhow::anyhow!(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Config, Flags, LogFormat};

    fn read(toml: &str, flags: Flags) -> Result<Config, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), toml).unwrap();
        Config::merge(file.path(), &flags).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_the_defaults() {
        let flags = Flags { listen: Some("0.0.0.0:1".parse().unwrap()), ..Flags::default() };
        let config =
            read("listen = '127.0.0.1:2'\ndatabase_statement_timeout = '500ms'\nlog_format = 'json'", flags).unwrap();
        assert_eq!(config.listen.to_string(), "0.0.0.0:1");
        assert_eq!(config.database_statement_timeout, Duration::from_millis(500));
        assert_eq!(config.log_format, LogFormat::Json);
        assert_eq!(config.database_pool_size, 16);
        assert_eq!(config.data_dir.to_str(), Some(".raccordo"));
    }

    #[test]
    fn mistakes_name_the_key_and_what_is_allowed() {
        for (toml, parts) in [
            ("lisen = 'x'", ["lisen is no setting", "listen, data_dir"]),
            ("listen = 'here'", ["listen", "invalid socket address"]),
            ("database_pool_size = 0", ["database_pool_size", "from 1 to 1000"]),
            ("database_pool_size = 'many'", ["database_pool_size", "u32 is expected"]),
            ("session_idle = '1s'", ["session_idle", "from 1min to 720h"]),
            ("database_statement_timeout = '3 days'", ["database_statement_timeout", "from 1ms to 60min"]),
            ("log_format = 'xml'", ["log_format", "text, json"]),
            ("database_url = 'mysql://root:secret@db'", ["database_url", "postgres://user:password@host"]),
            ("database_url = 'postgres://a'\ndatabase_url_file = 'b'", ["database_url", "both set"]),
            ("database_standby_url = 'postgres://a'", ["database_standby_url", "only an outside database"]),
            ("database_standby_url = 'mysql://root:secret@db'", ["database_standby_url", "postgres://user"]),
            ("listen = ", ["TOML parse error", "line 1"]),
        ] {
            let error = read(toml, Flags::default()).unwrap_err();
            for part in parts {
                assert!(error.contains(part), "{toml}: {error}");
            }
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_secret_is_read_from_a_file_and_never_shown() {
        let secret = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secret.path(), "postgres://hub:secret@db/raccordo\n").unwrap();
        let config = read(&format!("database_url_file = '{}'", secret.path().display()), Flags::default()).unwrap();
        assert!(!format!("{config:?}").contains("secret"));
        assert_eq!(config.database_url.unwrap().options().unwrap().get_database(), Some("raccordo"));
    }
}
