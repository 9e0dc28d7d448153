//! The real data of every installation: territory, offices, councils, the FAMI tree and the source document's project.
//!
//! What it is and where it comes from stands in `data/reference/PROVENANCE.md`; the files are part of the program.
//! Attribution: "Dati ISTAT (CC BY). Confini: elaborazione Openpolis su dati ISTAT (CC BY 4.0)."

mod bodies;
mod files;
mod funding;
mod source_project;
mod territory;
mod upsert;

use anyhow::Context as _;
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

pub use files::{ATTRIBUTION, Files};

/// Grows when this module writes other rows from the same files.
const REVISION: &[u8] = b"1";

/// Name of this part in `data_load`.
const PART: &str = "reference";

/// Brings the real data up to date: all or nothing, and nothing at all when this edition has been loaded before.
///
/// Rows are matched by their keys and only touched where they differ. `connection` is a maintenance connection.
pub async fn load(connection: &mut PgConnection) -> anyhow::Result<()> {
    let edition = edition();
    if loaded_edition(connection, PART).await?.as_ref() == Some(&edition) {
        return Ok(());
    }
    let mut transaction = connection.begin().await?;
    // Two hubs may start at once: the second waits here, then finds everything as it should be.
    transaction.execute("lock table data_load in share row exclusive mode").await?;
    if loaded_edition(&mut transaction, PART).await?.as_ref() != Some(&edition) {
        territory::load(&mut transaction).await.context("territory")?;
        bodies::load(&mut transaction).await.context("offices and councils")?;
        funding::load(&mut transaction).await.context("funding programmes")?;
        source_project::load(&mut transaction).await.context("the source document's project")?;
        note_edition(&mut transaction, PART, &edition).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The edition of a part that this database holds; `None` before its first load.
pub(crate) async fn loaded_edition(connection: &mut PgConnection, part: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select edition from data_load where part = $1").bind(part).fetch_optional(connection).await
}

/// Notes, in the transaction that loads it, which edition of a part the database holds.
pub(crate) async fn note_edition(connection: &mut PgConnection, part: &str, edition: &str) -> sqlx::Result<()> {
    sqlx::query(
        "insert into data_load (part, edition) values ($1, $2)
         on conflict (part) do update set edition = excluded.edition, loaded_at = now()",
    )
    .bind(part)
    .bind(edition)
    .execute(connection)
    .await?;
    Ok(())
}

/// Checksum of the embedded files and of what this module makes of them.
fn edition() -> String {
    let mut content = REVISION.to_vec();
    for name in Files::iter() {
        content.extend(name.as_bytes());
        content.extend(Files::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    Uuid::new_v5(&crate::access::persona::NAMESPACE, &content).to_string()
}
