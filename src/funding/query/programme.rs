use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::call::{FundingCall, calls_of};
use crate::funding::Programmes;
use crate::funding::model::{CallOrder, CallsOf, ProgrammeNodeKind, ProgrammeRow};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::projects::model::{ProjectFilter, ProjectOrder};
use crate::projects::query::{self as projects, Project};

/// Kind of the global ids of programme nodes.
pub const PROGRAMME_NODE: &str = "ProgrammeNode";

/// A node of a funding programme: the programme, an objective, a measure, an action [nodo della programmazione].
pub struct ProgrammeNode(pub Arc<ProgrammeRow>);

/// A node by its code.
pub fn programme(graph: &Graph, code: &str) -> Option<ProgrammeNode> {
    graph.reference::<Programmes>().node(code).map(ProgrammeNode)
}

#[Object]
impl ProgrammeNode {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PROGRAMME_NODE, &self.0.code).id()
    }

    /// Path of labels from the programme down, e.g. `FAMI-2014-2020/OS2/ON3`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What kind of node it is.
    async fn kind(&self) -> ProgrammeNodeKind {
        self.0.kind
    }

    /// Its own label within the parent, e.g. `OS2`.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Name, in Italian.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name in English, where known.
    async fn name_en(&self) -> Option<&str> {
        self.0.name_en.as_deref()
    }

    /// Money of the programming document for this node, euros.
    async fn budget(&self) -> Option<Euro> {
        self.0.budget.map(Euro)
    }

    /// Common code of the programme in the Union [CCI].
    async fn cci(&self) -> Option<&str> {
        self.0.cci.as_deref()
    }

    /// Legal basis.
    async fn legal_basis(&self) -> Option<&str> {
        self.0.legal_basis.as_deref()
    }

    /// First day of the programming period.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// Last day of the programming period.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// The node that it belongs to.
    async fn parent(&self, ctx: &Context<'_>) -> Option<ProgrammeNode> {
        programme(Graph::of(ctx), self.0.parent_code.as_deref()?)
    }

    /// The nodes right below it, by code.
    async fn children(&self, ctx: &Context<'_>) -> Vec<ProgrammeNode> {
        Graph::of(ctx).reference::<Programmes>().children(Some(&self.0.code)).cloned().map(ProgrammeNode).collect()
    }

    /// Calls opened on this very node [avvisi].
    async fn calls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Order of the list.")] order_by: Option<CallOrder>,
    ) -> Result<Page<FundingCall>> {
        calls_of(Graph::of(ctx), CallsOf::Programme, self.0.code.clone(), order_by, first, after).await
    }

    /// Projects of this node and of everything below it [progetti].
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Order of the list.")] order_by: Option<ProjectOrder>,
    ) -> Result<Page<Project>> {
        let graph = Graph::of(ctx);
        let programmes = Some(graph.reference::<Programmes>().subtree(&self.0.code));
        let filter = ProjectFilter { programmes, ..ProjectFilter::default() };
        projects::projects(graph, filter, order_by, first, after).await
    }
}

/// Funding programmes of the graph.
#[derive(Default)]
pub struct ProgrammeQuery;

#[Object]
impl ProgrammeQuery {
    /// The funding programmes, e.g. FAMI 2021–2027 [programmi].
    async fn programmes(&self, ctx: &Context<'_>) -> Vec<ProgrammeNode> {
        Graph::of(ctx).reference::<Programmes>().children(None).cloned().map(ProgrammeNode).collect()
    }

    /// One node of a programme by its code, e.g. `FAMI-2014-2020/OS2/ON3`.
    async fn programme_node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Path of labels from the programme down.")] code: String,
    ) -> Option<ProgrammeNode> {
        programme(Graph::of(ctx), &code)
    }

    #[graphql(entity)]
    async fn programme_node_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<ProgrammeNode>> {
        Ok(programme(Graph::of(ctx), &NodeId::parse_as(PROGRAMME_NODE, &id)?.key))
    }

    #[graphql(entity)]
    async fn programme_node_entity_by_code(&self, ctx: &Context<'_>, code: String) -> Option<ProgrammeNode> {
        programme(Graph::of(ctx), &code)
    }
}
