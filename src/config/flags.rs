use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{DatabaseUrl, LogFormat};

/// Settings that may be given on the command line.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// TOML file with settings [env: RACCORDO_CONFIG] [default: raccordo.toml, if there is one]
    #[arg(long, global = true, env = "RACCORDO_CONFIG", hide_env = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Address to serve on [env: RACCORDO_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Folder for the embedded database and the demonstration's key [env: RACCORDO_DATA_DIR] [default: .raccordo]
    #[arg(long, global = true, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// An outside PostgreSQL, 15 or newer, in place of the embedded one [env: DATABASE_URL or DATABASE_URL_FILE]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<DatabaseUrl>,
    /// Connections for read sessions [env: RACCORDO_DATABASE_POOL_SIZE] [default: 16]
    #[arg(long, global = true, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_pool_size: Option<u32>,
    /// Time limit of one statement, e.g. 10s or 500ms [env: RACCORDO_DATABASE_STATEMENT_TIMEOUT] [default: 10s]
    #[arg(long, global = true, value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_statement_timeout: Option<String>,
    /// Time limit of one operation, e.g. 15s [env: RACCORDO_REQUEST_TIMEOUT] [default: 15s]
    #[arg(long, global = true, value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_timeout: Option<String>,
    /// Folder of PostgreSQL's programs [env: RACCORDO_PG_BIN] [default: the newest installed]
    #[arg(long, global = true, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pg_bin: Option<PathBuf>,
    /// How to write the log to standard error [env: RACCORDO_LOG_FORMAT] [default: text]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
}
