use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use uuid::Uuid;

use super::FieldUsage;
use super::usage::window;
use crate::federation::Setup;
use crate::federation::document::{SUBGRAPH, SubgraphDocument, VERSION};
use crate::federation::loader::{SchemaText, ServedOf, SubgraphById, VersionsOf};
use crate::federation::model::{SubgraphFilter, SubgraphRow, SubgraphStatus, SubgraphVersionStatus, VersionRow};
use crate::federation::partner::{Health, Partners};
use crate::federation::usage::coordinates_of;
use crate::graphql::list::{self, List};
use crate::graphql::page::{Cursor, Total, bounded};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, PageArgs, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::query::{self as organisations, Organisation};

/// A GraphQL service by which an organisation adds to the graph [sottografo]. Its organisation and the central department see it.
#[derive(Description)]
pub struct Subgraph(Arc<SubgraphRow>, Told);

/// What tells it as it would stand; `None`: the database, as it stands.
type Told = Option<Arc<SubgraphDocument>>;

impl Subgraph {
    /// As it stands.
    pub fn of(row: Arc<SubgraphRow>) -> Self {
        Self(row, None)
    }

    async fn all_versions(&self, graph: &Graph) -> Result<Vec<VersionRow>> {
        Ok(match &self.1 {
            Some(told) => told.subgraph_version.iter().rev().cloned().collect(),
            None => graph.load(VersionsOf(self.0.id)).await?.map(|versions| versions.to_vec()).unwrap_or_default(),
        })
    }

    /// The version that is served, as it would be.
    async fn served_id(&self, graph: &Graph) -> Result<Option<Uuid>> {
        let Some(told) = &self.1 else { return graph.load(ServedOf(self.0.id)).await };
        let made = told.beside.joined.as_ref();
        Ok(made.map_or(told.facts.served, |made| made.version_of(self.0.id)))
    }
}

impl From<SubgraphDocument> for Subgraph {
    fn from(document: SubgraphDocument) -> Self {
        Self(Arc::new(document.subgraph.clone()), Some(Arc::new(document)))
    }
}

/// A subgraph by its id; `None` where the viewer may not see it.
pub async fn subgraph(graph: &Graph, id: Uuid) -> Result<Option<Subgraph>> {
    Ok(graph.load(SubgraphById(id)).await?.map(Subgraph::of))
}

/// The subgraphs that an organisation runs.
pub async fn subgraphs_of(
    graph: &Graph,
    organisation: Uuid,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Subgraph>> {
    let list = List { within: Some(((), organisation.to_string())), filter: SubgraphFilter::default(), order: () };
    list::page(graph, list, first, after, Subgraph::of).await
}

#[Object(use_type_description)]
impl Subgraph {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(SUBGRAPH, self.0.id).id()
    }

    /// Its name, from which its types and fields begin [nome].
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The body that runs it [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// What it adds to the graph [descrizione].
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Where its keepers are reached [contatto].
    async fn contact(&self) -> &str {
        &self.0.contact
    }

    /// Where it stands [stato].
    async fn status(&self) -> SubgraphStatus {
        self.0.status
    }

    /// How its service does, as the hub that answers has seen it [salute]; null while it takes no part in the graph.
    async fn health(&self, ctx: &Context<'_>) -> Result<Option<Health>> {
        let graph = Graph::of(ctx);
        let partner = graph.hub.reference::<Partners>().find(&self.0.name, graph.today);
        let setup = graph.hub.provided::<Setup>();
        Ok(partner.zip(setup).map(|(partner, setup)| setup.partners.watch.of(partner.subgraph)))
    }

    /// Its versions, the last first [versioni].
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Vec<SubgraphVersion>> {
        let first = bounded(first)?;
        let versions = self.all_versions(Graph::of(ctx)).await?;
        Ok(versions.into_iter().take(first).map(SubgraphVersion).collect())
    }

    /// The version that waits for the central department; null where none does [versione in esame].
    async fn pending_version(&self, ctx: &Context<'_>) -> Result<Option<SubgraphVersion>> {
        let versions = self.all_versions(Graph::of(ctx)).await?;
        Ok(versions.into_iter().find(|row| row.status == SubgraphVersionStatus::Proposed).map(SubgraphVersion))
    }

    /// The version that stands in the graph that is served; null where none does [versione in linea].
    async fn served_version(&self, ctx: &Context<'_>) -> Result<Option<SubgraphVersion>> {
        let graph = Graph::of(ctx);
        let Some(served) = self.served_id(graph).await? else { return Ok(None) };
        Ok(self.all_versions(graph).await?.into_iter().find(|row| row.id == served).map(SubgraphVersion))
    }

    /// How each of the fields and arguments that its served version adds to the graph was used, in the order of their names; those
    /// that nobody used, too [uso dei campi].
    async fn usage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First day; 90 days ago when left out.")] since: Option<Date>,
        #[graphql(desc = "Last day; today when left out.")] until: Option<Date>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<FieldUsage>> {
        let graph = Graph::of(ctx);
        let args = PageArgs::new(first, after, "coordinate")?;
        let versions = self.all_versions(graph).await?;
        let served = self.served_id(graph).await?.and_then(|id| versions.into_iter().find(|version| version.id == id));
        let sdl = match served {
            Some(served) => graph.load(SchemaText(served.sdl_hash)).await?,
            None => None,
        };
        let all = sdl.map_or_else(Vec::new, |sdl| coordinates_of(&self.0.name, &sdl));
        let count = all.len() as i64;
        let last = args.after.as_ref().and_then(|cursor| cursor.value.clone());
        let rows = all.into_iter().filter(|coordinate| last.as_ref().is_none_or(|last| coordinate > last));
        let rows: Vec<String> = rows.take(args.limit() as usize).collect();
        let cursor = |coordinate: &String| Cursor {
            order: "coordinate".into(),
            value: Some(coordinate.clone()),
            id: Uuid::nil(),
        };
        let item = |coordinate| FieldUsage::of(window(graph, since, until, vec![coordinate]));
        Ok(args.page(rows, Total::new(move |_| async move { Ok(count) }), cursor, item))
    }

    /// Day of its withdrawal; null where it is not withdrawn [ritiro].
    async fn withdrawn_on(&self) -> Option<Date> {
        self.0.withdrawn_on.map(Date)
    }

    /// Why it was withdrawn [motivo del ritiro].
    async fn withdrawal_reason(&self) -> Option<&str> {
        self.0.withdrawal_reason.as_deref()
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

    /// Grows by one with each change: what a mutation expects [versione del record].
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

/// A version of a subgraph as it was handed in [versione del sottografo].
#[derive(Description)]
pub struct SubgraphVersion(VersionRow);

/// What of the hub's data a subgraph may be sent [condizioni sui dati].
#[derive(SimpleObject)]
pub struct SubgraphTerms {
    /// Fields of the hub's that its resolvers may be sent besides global ids, e.g. `Municipality.code` [campi].
    fields: Vec<String>,
    /// What they are used for [finalità].
    purpose: String,
    /// Last day [scadenza].
    until: Date,
}

#[Object(use_type_description)]
impl SubgraphVersion {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(VERSION, self.0.id).id()
    }

    /// Number of the version, from 1 [numero].
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// Where the service is [indirizzo del servizio].
    async fn routing_url(&self) -> &str {
        &self.0.routing_url
    }

    /// Its schema [SDL].
    async fn sdl(&self, ctx: &Context<'_>) -> Result<String> {
        let text = Graph::of(ctx).load(SchemaText(self.0.sdl_hash.clone())).await?;
        Ok(text.unwrap_or_default().to_string())
    }

    /// SHA-256 of its schema, in hexadecimal digits [impronta].
    async fn sdl_hash(&self) -> &str {
        &self.0.sdl_hash
    }

    /// What it may be sent of the hub's data [condizioni sui dati].
    async fn terms(&self) -> SubgraphTerms {
        SubgraphTerms {
            fields: self.0.term_fields.clone(),
            purpose: self.0.term_purpose.clone(),
            until: Date(self.0.term_until),
        }
    }

    /// What became of it [stato].
    async fn status(&self) -> SubgraphVersionStatus {
        self.0.status
    }

    /// Day on which it was handed in [presentazione].
    async fn submitted_on(&self) -> Date {
        Date(self.0.submitted_on)
    }

    /// Day of the decision; null while there is none [decisione].
    async fn decided_on(&self) -> Option<Date> {
        self.0.decided_on.map(Date)
    }

    /// Why it was refused [motivo].
    async fn decision_reason(&self) -> Option<&str> {
        self.0.decision_reason.as_deref()
    }
}
