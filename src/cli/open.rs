//! Opens the database that the settings name.

use std::time::Duration;

use anyhow::Context as _;

use crate::access::Settings;
use crate::access::keys::HubKey;
use crate::access::secret::Secret;
use crate::config::Config;
use crate::db::Database;
use crate::db::embedded::Embedded;
use crate::hub::Hub;
use crate::integration::reference;

/// How callers come in, with the hub's own key.
pub(super) fn access(config: &Config) -> anyhow::Result<Settings> {
    Ok(Settings { hub_key: Some(hub_key(config)?), ..config.access()? })
}

/// Lends the hub where the content of documents is kept, and sweeps away what was left behind there.
pub(super) async fn lend_documents(config: &Config, hub: &Hub) -> anyhow::Result<()> {
    let content = config.documents()?;
    match content.tidy(&hub.database).await {
        Ok(0) => {}
        Ok(swept) => tracing::info!(swept, "what uploads that broke off had left behind was swept away"),
        Err(error) => tracing::warn!(error = format!("{error:#}"), "what uploads left behind could not be swept away"),
    }
    hub.provide(content);
    Ok(())
}

/// The hub's own key: from the file that the settings name, else from the data directory, where it is made at first.
pub(super) fn hub_key(config: &Config) -> anyhow::Result<Secret> {
    match &config.hub_key_file {
        Some(file) => HubKey::in_file(file),
        None => {
            std::fs::create_dir_all(&config.data_dir)?;
            HubKey::in_file_or_made(&config.data_dir.join("hub-key"))
        }
    }
}

/// The open database, and the private server behind it if there is one.
pub(super) struct Opened {
    pub database: Database,
    embedded: Option<Embedded>,
}

impl Opened {
    /// Opens the outside database, or starts the embedded one; brings its schema and reference data up to date.
    pub async fn migrated(config: &Config) -> anyhow::Result<Self> {
        let (options, embedded) = match &config.database_url {
            Some(url) => (url.options()?, None),
            None => {
                let (data_dir, pg_bin) = (config.data_dir.clone(), config.pg_bin.clone());
                let embedded =
                    tokio::task::spawn_blocking(move || Embedded::start(&data_dir, pg_bin.as_deref())).await??;
                (embedded.options(), Some(embedded))
            }
        };
        Self::up_to_date(Database::open(options, config.database()?).await?, embedded).await
    }

    /// The same for a command that works on the data and then ends: where a hub runs on the embedded database,
    /// beside it.
    pub async fn beside_hub(config: &Config) -> anyhow::Result<Self> {
        let running = match config.database_url {
            Some(_) => None,
            None => Embedded::of_running_hub(&config.data_dir)?,
        };
        let Some(options) = running else { return Self::migrated(config).await };
        let database = Database::open(options, config.database()?)
            .await
            .with_context(|| format!("a hub that starts or stops uses {}; try again", config.data_dir.display()))?;
        Self::up_to_date(database, None).await
    }

    async fn up_to_date(database: Database, embedded: Option<Embedded>) -> anyhow::Result<Self> {
        database.migrate().await.context("the database could not be brought up to date")?;
        reference::load(&mut database.maintenance().await?).await.context("the reference data could not be loaded")?;
        Ok(Self { database, embedded })
    }

    /// Ends when the private server ends of itself; never for an outside one.
    pub fn lost(&self) -> impl Future<Output = ()> + Send + 'static {
        let ended = self.embedded.as_ref().map(Embedded::ended);
        async {
            match ended {
                Some(ended) => ended.await,
                None => std::future::pending().await,
            }
        }
    }

    /// Gives the connections back, then shuts the private server down.
    pub async fn close(self) -> anyhow::Result<()> {
        // A request that is still answered keeps its connection: the server's shutdown ends it.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.database.close()).await;
        if let Some(embedded) = self.embedded {
            tokio::task::spawn_blocking(|| embedded.stop()).await?;
        }
        Ok(())
    }
}
