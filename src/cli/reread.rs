//! `raccordo reread`

use std::process::ExitCode;

use sqlx::Connection as _;

use super::open::Opened;
use crate::config::Config;
use crate::db::changes;
use crate::network;

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let opened = Opened::beside_hub(config).await?;
    let mut connection = opened.database.maintenance().await?;
    let mut transaction = connection.begin().await?;
    network::store::touch_all(&mut transaction).await?;
    changes::announce_all(&mut transaction).await?;
    transaction.commit().await?;
    opened.close().await?;
    Ok(ExitCode::SUCCESS)
}
