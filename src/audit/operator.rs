//! What the hub's operator does with the audit at the command line.

use std::io::Write;

use uuid::Uuid;

use super::export::{self, Format};
use super::model::AuditFilter;
use crate::access::audit::{self, BY_OPERATOR, Changes, Entry, Subject};
use crate::access::{Action, Viewer};
use crate::db::Database;

/// Writes the whole audit, and into the audit that it was taken.
pub async fn export(database: &Database, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    let mut connection = database.maintenance().await?;
    let changes = Changes::new().field("format", None::<&str>, format.extension());
    let done = Entry::done(Action::ExportAudit, Subject::chain(), changes);
    let entry = Entry { reason: Some(BY_OPERATOR.into()), ..done };
    audit::add(&mut connection, &Viewer::public(), &Uuid::now_v7().to_string(), &entry).await?;
    out.write_all(&format.header())?;
    let mut next = Some(0);
    while let Some(after) = next {
        let (text, following) = export::batch(&mut connection, &AuditFilter::default(), format, after).await?;
        out.write_all(&text)?;
        next = following;
    }
    Ok(out.flush()?)
}
