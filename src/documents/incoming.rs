//! An upload on its way: gathered in a file of its own, measured and hashed while it comes.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::digest::{self, SHA256};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::store::Content;

/// An upload that brings nothing for so long is given up.
const IDLE: Duration = Duration::from_secs(30);

/// A file that goes when nobody needs it any more, unless it was moved to where it is kept.
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// An upload that came whole.
pub struct Received {
    file: Passing,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
}

impl Received {
    pub fn path(&self) -> &Path {
        &self.file.0
    }
}

/// Why an upload did not come whole. Nothing of it is left.
#[derive(Debug)]
pub enum Broken {
    /// More than [`Content::largest`].
    TooLarge,
    Empty,
    /// The caller went away, or brought nothing more.
    Off,
    Failed(io::Error),
}

/// Gathers an upload.
///
/// # Errors
/// See [`Broken`].
pub async fn receive<E>(
    content: &Content,
    pieces: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<Received, Broken> {
    let file = Passing(content.incoming.join(Uuid::now_v7().to_string()));
    let mut written = tokio::fs::File::create_new(&file.0).await.map_err(Broken::Failed)?;
    let mut hash = digest::Context::new(&SHA256);
    let mut size = 0;
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) = tokio::time::timeout(IDLE, pieces.next()).await.map_err(|_| Broken::Off)? {
        let piece = piece.map_err(|_| Broken::Off)?;
        size += piece.len() as u64;
        if size > content.largest {
            return Err(Broken::TooLarge);
        }
        hash.update(&piece);
        written.write_all(&piece).await.map_err(Broken::Failed)?;
    }
    written.flush().await.map_err(Broken::Failed)?;
    if size == 0 {
        return Err(Broken::Empty);
    }
    let sha256 = hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Received { file, size, sha256 })
}
