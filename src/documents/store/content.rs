use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use uuid::Uuid;

use super::{Directory, PutAt, S3, S3Settings};
use crate::db::Database;

/// Content, piece by piece.
pub type Bytestream = BoxStream<'static, io::Result<Bytes>>;

/// Where the content of documents is kept, each under the document's id.
pub trait Store: Send + Sync {
    /// Keeps the content of a whole file, which may be moved away; either all of it is there afterwards, or nothing.
    fn put<'a>(&'a self, id: Uuid, file: &'a Path) -> BoxFuture<'a, io::Result<()>>;
    /// `None`: there is none.
    fn get(&self, id: Uuid) -> BoxFuture<'_, io::Result<Option<Bytestream>>>;
    /// Lets go of content; what is not there is let go of already.
    fn delete(&self, id: Uuid) -> BoxFuture<'_, io::Result<()>>;
    /// Everything that is kept, and since when.
    fn all(&self) -> BoxFuture<'_, io::Result<Vec<(Uuid, PutAt)>>>;
}

/// What is younger may belong to an upload under way, of this hub or of another one.
const YOUNG: Duration = Duration::from_secs(3600);

/// The hub's store, and the folder in which uploads are gathered.
pub struct Content {
    pub store: Box<dyn Store>,
    pub(in crate::documents) incoming: PathBuf,
    /// Bytes of a document at the most.
    pub largest: u64,
}

impl Content {
    /// Keeps content in a folder, which is made where there is none.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn in_directory(folder: &Path, largest: u64) -> io::Result<Self> {
        Ok(Self { store: Box::new(Directory::new(folder)?), incoming: incoming(folder)?, largest })
    }

    /// Keeps content in S3-compatible storage; uploads are gathered in a folder first.
    ///
    /// # Errors
    /// The folder cannot be made; a setting cannot be meant.
    pub fn in_s3(settings: &S3Settings, folder: &Path, largest: u64) -> anyhow::Result<Self> {
        Ok(Self { store: Box::new(S3::new(settings)?), incoming: incoming(folder)?, largest })
    }

    /// Sweeps away what was left behind when a hub ended amid its work: uploads that broke off, content whose document was
    /// never written or was removed. Returns how many of both there were.
    ///
    /// # Errors
    /// The store or the database does not answer.
    pub async fn tidy(&self, database: &Database) -> anyhow::Result<usize> {
        let mut swept = 0;
        let mut entries = tokio::fs::read_dir(&self.incoming).await?;
        while let Some(entry) = entries.next_entry().await? {
            let written = entry.metadata().await?.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if written.elapsed().is_ok_and(|age| age > YOUNG) {
                tokio::fs::remove_file(entry.path()).await?;
                swept += 1;
            }
        }
        let mut kept = self.store.all().await?;
        let until = chrono::Utc::now() - YOUNG;
        kept.retain(|(_, since)| *since < until);
        let ids: Vec<Uuid> = kept.into_iter().map(|(id, _)| id).collect();
        for some in ids.chunks(1000) {
            let current = super::current(&mut *database.upkeep().await?, some).await?;
            for id in some.iter().filter(|id| !current.contains(id)) {
                self.store.delete(*id).await?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

fn incoming(folder: &Path) -> io::Result<PathBuf> {
    let incoming = folder.join("incoming");
    std::fs::create_dir_all(&incoming)?;
    Ok(incoming)
}
