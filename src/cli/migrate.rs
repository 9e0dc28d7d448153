//! `raccordo migrate`

use std::process::ExitCode;

use super::open::Opened;
use crate::config::Config;

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    Opened::beside_hub(config).await?.close().await?;
    println!("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
