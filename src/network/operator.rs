//! What the hub's operator does with the network at the command line.

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::export::{Format, Question};
use super::query::export;
use crate::access::audit::{self, BY_OPERATOR, Entry};
use crate::access::{Action, Viewer};
use crate::graphql::Graph;
use crate::hub::Hub;
use crate::locale::Locale;

/// Writes a part of the network to a file, as the public or an organisation may see it; what an organisation sees is noted
/// in the audit. The file is there whole or not at all.
///
/// # Errors
/// There is no such organisation, or the question names nothing that it may see.
pub async fn export(
    hub: &Arc<Hub>,
    question: &Question,
    format: Format,
    organisation: Option<Uuid>,
    locale: Locale,
    out: &Path,
) -> anyhow::Result<()> {
    let request_id = Uuid::now_v7().to_string();
    let today = chrono::Local::now().date_naive();
    let viewer = match organisation {
        None => Viewer::public(),
        Some(id) => {
            let viewer = hub.authenticator.viewers().acting_for(id, today, &hub.database).await?;
            viewer.with_context(|| format!("there is no organisation {id} today"))?
        }
    };
    let graph = Graph::open(hub.clone(), viewer, &request_id);
    let extract = locale.scope(export::extract(&graph, question)).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let extract = extract.context("the scope names nothing that may be seen")?;
    if let Some(id) = organisation {
        let mut connection = hub.database.maintenance().await?;
        let subject = audit::subject_of_organisation(&mut connection, id).await?;
        let entry = Entry {
            action: Action::ExportNetwork,
            outcome: audit::Outcome::Done,
            reason: Some(BY_OPERATOR.into()),
            subject,
            changes: export::told(question, format),
        };
        audit::add(&mut connection, &Viewer::public(), &request_id, &entry).await?;
    }
    let name = out.file_name().context("the file has no name")?.to_string_lossy();
    let part = out.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = tokio::task::spawn_blocking({
        let (part, out) = (part.clone(), out.to_owned());
        move || -> anyhow::Result<()> {
            let mut file = BufWriter::new(std::fs::File::create(&part).with_context(|| part.display().to_string())?);
            // It never waits: whatever it does, it does at once.
            let written = locale.scope(async { extract.write(format, &mut file).and_then(|()| file.flush()) });
            written.now_or_never().context("it does not wait")??;
            file.get_ref().sync_all()?;
            std::fs::rename(&part, &out).with_context(|| out.display().to_string())
        }
    });
    let written = written.await?;
    if written.is_err() {
        // Where it was not even made, there is nothing to remove.
        let _ = std::fs::remove_file(&part);
    }
    written
}
