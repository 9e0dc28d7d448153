//! Content in S3-compatible storage.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _};
use serde::Deserialize;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::{Bytestream, PutAt, Store};
use crate::access::secret::Secret;

/// Where the bucket is, and as whom to come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    pub bucket: String,
    pub region: String,
    /// Of a provider other than AWS, e.g. `https://s3.example.it`; the bucket is the first part of the path there.
    pub endpoint: Option<String>,
    /// Stands before the documents' ids: several hubs may share a bucket.
    #[serde(default)]
    pub prefix: String,
    pub access_key_id: String,
    pub secret_access_key: Option<Secret>,
    pub secret_access_key_file: Option<PathBuf>,
}

impl S3Settings {
    fn secret(&self) -> anyhow::Result<Secret> {
        match (&self.secret_access_key, &self.secret_access_key_file) {
            (Some(secret), None) => Ok(secret.clone()),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("documents_s3: secret_access_key_file: {}", file.display()))?;
                Ok(Secret::from(text.trim().to_owned()))
            }
            _ => anyhow::bail!("documents_s3: one of secret_access_key and secret_access_key_file is needed"),
        }
    }
}

/// A bucket.
pub struct S3 {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
}

impl S3 {
    /// # Errors
    /// Names the setting that cannot be meant.
    pub fn new(settings: &S3Settings) -> anyhow::Result<Self> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            // One at a time: not every provider deletes many at once, and nobody asks for it.
            .with_disable_bulk_delete(true)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(settings.secret()?.reveal());
        if let Some(endpoint) = &settings.endpoint {
            let is_local = ["http://localhost", "http://127.0.0.1"].iter().any(|local| endpoint.starts_with(local));
            ensure!(is_local || endpoint.starts_with("https://"), "documents_s3: endpoint: https is needed");
            builder = builder.with_endpoint(endpoint).with_allow_http(is_local);
        }
        let store = builder.build().context("documents_s3")?;
        Ok(Self { store: Arc::new(store), prefix: Key::parse(&settings.prefix).context("documents_s3: prefix")? })
    }

    fn key(&self, id: Uuid) -> Key {
        self.prefix.clone().join(id.to_string())
    }
}

fn there<T>(result: object_store::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

impl Store for S3 {
    fn put<'a>(&'a self, id: Uuid, file: &'a Path) -> BoxFuture<'a, io::Result<()>> {
        async move {
            let mut file = tokio::fs::File::open(file).await?;
            let mut writer = BufWriter::new(self.store.clone(), self.key(id));
            let written = match tokio::io::copy(&mut file, &mut writer).await {
                Ok(_) => writer.shutdown().await,
                Err(error) => Err(error),
            };
            if written.is_err() {
                // Parts that were sent already would be kept, and paid for, without end.
                let _ = writer.abort().await;
            }
            written
        }
        .boxed()
    }

    fn get(&self, id: Uuid) -> BoxFuture<'_, io::Result<Option<Bytestream>>> {
        async move {
            let found = there(self.store.get(&self.key(id)).await)?;
            Ok(found.map(|found| found.into_stream().map_err(io::Error::other).boxed()))
        }
        .boxed()
    }

    fn delete(&self, id: Uuid) -> BoxFuture<'_, io::Result<()>> {
        async move { there(self.store.delete(&self.key(id)).await).map(drop) }.boxed()
    }

    fn all(&self) -> BoxFuture<'_, io::Result<Vec<(Uuid, PutAt)>>> {
        async move {
            let listed: Vec<_> = self.store.list(Some(&self.prefix)).try_collect().await.map_err(io::Error::other)?;
            let id = |location: &Key| location.filename().and_then(|name| name.parse().ok());
            Ok(listed.iter().filter_map(|found| Some((id(&found.location)?, found.last_modified))).collect())
        }
        .boxed()
    }
}
