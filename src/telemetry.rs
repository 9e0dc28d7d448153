//! The log: to standard error, for people or as JSON lines; `RUST_LOG` chooses what is told.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Without `RUST_LOG`: the database's notices are for those who look for them.
const USUAL: &str = "info,sqlx=warn,sqlx::postgres::notice=error";

/// Parts that write headers, bodies or addresses with their queries when they tell everything: they never do here,
/// since those hold secrets.
const DISCREET: [&str; 8] = [
    "h2=info",
    "hyper=info",
    "hyper_util=info",
    "reqwest=info",
    "tungstenite=info",
    "tokio_tungstenite=info",
    "rustls=info",
    "openidconnect=info",
];

/// Starts the log. Standard output stays free for what a command answers.
pub fn start(format: LogFormat) {
    let chosen = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    let filter = DISCREET
        .iter()
        .fold(chosen, |filter, part| filter.add_directive(part.parse().expect("a directive of our own is valid")));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.with_target(false).with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
