//! How a document is attached to a record.

use std::sync::Arc;

use chrono::Utc;
use uuid::Uuid;

use super::incoming::Received;
use super::model::{COUNCIL, DocumentRecord, DocumentRow, KINDS};
use super::store::{self, Content, RecordRow};
use crate::access::Action;
use crate::access::audit::Subject;
use crate::councils::Councils;
use crate::deeds::{self, Manner};
use crate::graphql::{Error, Graph, NodeId, Outcome, Result, UserError};

/// A record that the caller may attach to, as far as it sees it.
#[derive(Clone, Debug)]
pub struct Target {
    kind: &'static str,
    id: Uuid,
    record: RecordRow,
    /// The organisation that must be the caller's own.
    pub owner: Uuid,
}

impl Target {
    /// As the subject of an entry of the audit.
    pub fn subject(&self) -> Subject {
        let Self { kind, id, ref record, .. } = *self;
        Subject { kind, id, owner_number: Some(record.owner_number), audience: record.audience }
    }
}

/// The record that an id names; `None` where the caller sees none that documents may be attached to.
pub async fn target(graph: &Graph, node: &NodeId) -> Result<Option<Target>> {
    let Ok(id) = node.key.parse::<Uuid>() else { return Ok(None) };
    let Some(kind) = KINDS.into_iter().find(|kind| *kind == node.kind) else { return Ok(None) };
    let council = (kind == COUNCIL).then(|| graph.reference::<Councils>().council(id));
    if council.as_ref().is_some_and(Option::is_none) {
        return Ok(None);
    }
    let found = store::record(&mut *graph.statement().await?, kind, id).await?;
    Ok(found.map(|record| {
        // The office keeps its council's papers, too.
        let office =
            council.flatten().map(|council| council.office_id).filter(|id| graph.viewer.organisation == Some(*id));
        let owner = office.or(record.owner_id).unwrap_or_default();
        Target { kind, id, record, owner }
    }))
}

/// What is known of a file beside its content.
pub struct Attachment {
    pub title: String,
    pub file_name: String,
    pub content_type: &'static str,
}

/// Keeps the content and writes the document down; where that fails the content goes again.
///
/// # Errors
/// The rule that refuses; the store or the database does not answer.
pub async fn attach(
    graph: &Arc<Graph>,
    content: &Content,
    target: Target,
    received: Received,
    attachment: Attachment,
) -> Outcome<DocumentRecord> {
    let uploaded_by = graph.viewer.organisation.ok_or_else(|| UserError::not_found(""))?;
    let id = Uuid::now_v7();
    let kept = content.store.put(id, received.path()).await;
    kept.map_err(|error| Error::Internal(Arc::new(error)))?;
    let manner = Manner::default();
    let told = deeds::make_in(graph, (Action::AttachDocument, &manner), target.owner, None, || {
        let Target { kind, id: record_id, record, owner } = target;
        let document = DocumentRow {
            id,
            record_kind: kind.into(),
            record_id,
            room: record.room,
            title: attachment.title,
            file_name: attachment.file_name,
            content_type: attachment.content_type.into(),
            size: i64::try_from(received.size).unwrap_or(i64::MAX),
            sha256: received.sha256.clone(),
            stored_at: Utc::now(),
            uploaded_by,
            owner_id: record.owner_id.unwrap_or(owner),
            owner_number: record.owner_number,
            visibility: record.visibility,
            province_code: record.province_code,
            group_number: record.group_number,
            audience: record.audience,
            is_current: true,
            removed_on: None,
            version: 1,
            updated_at: Utc::now(),
        };
        Ok(DocumentRecord { document: Arc::new(document) })
    });
    match told.await {
        Ok(told) => Ok(told.record),
        Err(stop) => {
            if let Err(error) = content.store.delete(id).await {
                tracing::warn!(%error, document = %id, "content without a document could not be deleted; the next start does");
            }
            Err(stop)
        }
    }
}
