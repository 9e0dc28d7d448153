//! Content in a folder: `content/<last two letters of the id>/<id>`.

use std::io;
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::fs;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::{Bytestream, PutAt, Store};

/// A folder on this machine.
pub struct Directory(PathBuf);

impl Directory {
    /// # Errors
    /// The folder cannot be made.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let folder = folder.join("content");
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn file(&self, id: Uuid) -> PathBuf {
        let name = id.to_string();
        // The first letters are the time's, the same for all of a day.
        self.0.join(&name[name.len() - 2..]).join(name)
    }
}

/// What is not there is no failure.
fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Store for Directory {
    fn put<'a>(&'a self, id: Uuid, file: &'a Path) -> BoxFuture<'a, io::Result<()>> {
        async move {
            let kept = self.file(id);
            if let Some(folder) = kept.parent() {
                fs::create_dir_all(folder).await?;
            }
            fs::File::open(file).await?.sync_all().await?;
            fs::rename(file, kept).await
        }
        .boxed()
    }

    fn get(&self, id: Uuid) -> BoxFuture<'_, io::Result<Option<Bytestream>>> {
        async move {
            let file = there(fs::File::open(self.file(id)).await)?;
            Ok(file.map(|file| ReaderStream::with_capacity(file, 64 * 1024).boxed()))
        }
        .boxed()
    }

    fn delete(&self, id: Uuid) -> BoxFuture<'_, io::Result<()>> {
        async move { there(fs::remove_file(self.file(id)).await).map(drop) }.boxed()
    }

    fn all(&self) -> BoxFuture<'_, io::Result<Vec<(Uuid, PutAt)>>> {
        async move {
            let mut found = Vec::new();
            let mut folders = fs::read_dir(&self.0).await?;
            while let Some(folder) = folders.next_entry().await? {
                let mut files = fs::read_dir(folder.path()).await?;
                while let Some(file) = files.next_entry().await? {
                    let id = file.file_name().to_str().and_then(|name| name.parse().ok());
                    let since = file.metadata().await?.modified()?;
                    found.extend(id.map(|id: Uuid| (id, since.into())));
                }
            }
            Ok(found)
        }
        .boxed()
    }
}
