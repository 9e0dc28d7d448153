//! How a document is attached to a record.

use std::sync::Arc;

use chrono::Utc;
use uuid::Uuid;

use super::incoming::Received;
use super::model::{CONTRIBUTION, COUNCIL, DocumentRecord, DocumentRow, KINDS};
use super::store::{self, Content, RecordRow};
use crate::access::audit::{Hash, Subject};
use crate::access::{Action, Room, rules};
use crate::councils::Councils;
use crate::deeds::{self, Manner, Told};
use crate::graphql::{Error, Graph, NodeId, Outcome, Result, UserError};
use crate::plans::loader::ContributionById;

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
    /// The room that it is in.
    pub fn room(&self) -> Room {
        self.record.room
    }

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
    if kind == COUNCIL && graph.reference::<Councils>().council(id).is_none() {
        return Ok(None);
    }
    let Some(record) = store::record(&mut *graph.statement().await?, kind, id).await? else { return Ok(None) };
    let besides = besides(graph, (kind, id), &record).await?;
    let owner = besides.filter(|body| graph.viewer.organisation == Some(*body)).or(record.owner_id);
    Ok(Some(Target { kind, id, record, owner: owner.unwrap_or_default() }))
}

/// The body that attaches to a record besides its owner: an office to its council's papers, a body to what it contributes.
async fn besides(graph: &Graph, (kind, id): (&str, Uuid), record: &RecordRow) -> Result<Option<Uuid>> {
    if kind == CONTRIBUTION {
        return Ok(graph.load(ContributionById(id)).await?.map(|contribution| contribution.organisation_id));
    }
    let council = record.owner_id.filter(|_| record.room == Room::Councils);
    Ok(council.and_then(|council| graph.reference::<Councils>().council(council)).map(|council| council.office_id))
}

/// What is known of a file beside its content.
pub struct Attachment {
    pub title: String,
    pub file_name: String,
    pub content_type: &'static str,
}

impl Attachment {
    /// What the caller said of this file, under the key that it gave to the request: the same words of the same content are
    /// the same upload.
    fn said(&self, key: Option<String>, target: &Target, received: &Received) -> Option<(String, Hash)> {
        let record = NodeId::new(target.kind, target.id).id();
        let words = [record.as_str(), &self.title, &self.file_name, &received.sha256].join("\u{1}");
        key.map(|key| (key, Hash::of(&[words.as_bytes()])))
    }
}

/// Keeps the content and writes the document down; where that fails the content goes again. With the `key` of an earlier
/// upload that said the same, tells what came of that one.
///
/// # Errors
/// The rule that refuses; `IDEMPOTENCY_KEY_REUSED`; the store or the database does not answer.
pub async fn attach(
    graph: &Arc<Graph>,
    content: &Content,
    target: Target,
    received: Received,
    attachment: Attachment,
    key: Option<String>,
) -> Outcome<Told<DocumentRecord>> {
    let room = target.room();
    let uploaded_by = rules::makes_for(&graph.viewer, room).ok_or_else(|| UserError::not_found(""))?;
    let said = attachment.said(key, &target, &received);
    let id = Uuid::now_v7();
    let kept = content.store.put(id, received.path()).await;
    kept.map_err(|error| Error::Internal(Arc::new(error)))?;
    let manner = Manner::default();
    let told = deeds::make_in(graph, (Action::AttachDocument, &manner), (target.owner, room), said, || {
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
    let told = told.await;
    if told.as_ref().map_or(true, |told| told.is_repeated)
        && let Err(error) = content.store.delete(id).await
    {
        tracing::warn!(%error, document = %id, "content without a document could not be deleted; the next start does");
    }
    told
}
