//! Documents in the graph.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::loader::DocumentById;
pub use super::model::DOCUMENT;
use super::model::{DocumentRecord, DocumentRow};
use crate::graphql::list::{self, List};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::query::{self as organisations, Organisation};

/// A file attached to a record [documento allegato].
#[derive(Description, Clone)]
pub struct Document(pub Arc<DocumentRow>);

impl From<DocumentRecord> for Document {
    fn from(record: DocumentRecord) -> Self {
        Self(record.document)
    }
}

/// A document by its id; `None` where it was removed or the viewer may not see it.
pub async fn document(graph: &Graph, id: Uuid) -> Result<Option<Document>> {
    Ok(graph.load(DocumentById(id)).await?.map(Document))
}

/// The documents of a record, the last stored first; `kind` is that of its global id.
pub async fn documents(
    graph: &Graph,
    kind: &str,
    record: Uuid,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Document>> {
    let list = List { within: Some(((), record.to_string())), filter: kind.to_owned(), order: () };
    list::page(graph, list, first, after, Document).await
}

/// Where a document's content is.
pub fn url(graph: &Graph, id: Uuid) -> String {
    format!("{}/documents/{id}", graph.hub.access.public_url)
}

#[Object(use_type_description)]
impl Document {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(DOCUMENT, self.0.id).id()
    }

    /// Global id of the record that it is attached to.
    async fn record_id(&self) -> ID {
        NodeId::new(&self.0.record_kind, self.0.record_id).id()
    }

    /// Title [titolo].
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Name of the file [nome del file].
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// Media type, found from the content [tipo di contenuto].
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// Bytes of the content [dimensione].
    async fn size(&self) -> i64 {
        self.0.size
    }

    /// SHA-256 of the content, in hexadecimal [impronta].
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// Where its content is, for whom sees the record [indirizzo].
    async fn url(&self, ctx: &Context<'_>) -> String {
        url(Graph::of(ctx), self.0.id)
    }

    /// When it was attached.
    async fn stored_at(&self) -> DateTime<Utc> {
        self.0.stored_at
    }

    /// The body that attached it [ente]; null where the caller may not see it.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.uploaded_by).await
    }

    /// What was done to it, the last first [cronologia].
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<RecordEvent>> {
        history::history(Graph::of(ctx), self.0.id, first, after).await
    }

    /// Grows by one with each change: what a mutation expects [versione].
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Documents as other graphs of the federation name them.
#[derive(Default)]
pub struct DocumentEntities;

#[Object]
impl DocumentEntities {
    #[graphql(entity)]
    async fn document_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Document>> {
        document(Graph::of(ctx), NodeId::uuid(DOCUMENT, &id)?).await
    }
}
