//! What changes documents besides uploads, which come over HTTP.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::model::{DOCUMENT, DocumentRecord};
use super::query::Document;
use super::store::Content;
use crate::access::Action;
use crate::deed_payload;
use crate::deeds::{self, Deed, Manner};
use crate::graphql::mutation::{answer, record};
use crate::graphql::{Graph, Result, UserError};
use crate::locale::Message;

/// Which document is taken off its record.
#[derive(InputObject)]
pub struct RemoveDocumentInput {
    /// Global id of the document.
    document_id: ID,
    /// Version of the document that the caller has read.
    expected_version: i32,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of a removal.
    pub struct RemoveDocumentPayload {
        /// The document as it was.
        document: Document
    }
}

/// Removal of documents.
#[derive(Default)]
pub struct DocumentMutation;

#[Object]
impl DocumentMutation {
    /// Takes a document off its record and deletes its content [rimozione di un documento]; that it was there is remembered. By
    /// who may draft the record for its owner, or for the body that attached it.
    async fn remove_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which document.")] input: RemoveDocumentInput,
    ) -> Result<Option<RemoveDocumentPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(DOCUMENT, &input.document_id, "documentId")?;
            let deed = Deed {
                action: Action::RemoveDocument,
                manner: &input.manner,
                record: (id, "documentId"),
                expected: input.expected_version,
                is_step: false,
            };
            let told = deeds::alter(ctx, deed, |record: &mut DocumentRecord| {
                let document = Arc::make_mut(&mut record.document);
                if !document.is_current {
                    let message = Message::new("Il documento è già stato rimosso.", "The document was removed already.");
                    return Err(UserError::conflict("documentId", "REMOVED_ALREADY", message).into());
                }
                (document.is_current, document.removed_on) = (false, Some(graph.today));
                Ok(())
            });
            let told = told.await?;
            if !told.is_dry_run
                && let Some(content) = graph.hub.provided::<Content>()
                && let Err(error) = content.store.delete(id).await
            {
                tracing::warn!(%error, document = %id, "content of a removed document could not be deleted; the next start does");
            }
            Ok(told.into())
        })
        .await
    }
}
