use async_graphql::{Context, ID, InputObject, Object, OneofObject};

use super::usage::{knows_callers, window};
use super::{FieldUsage, SUBGRAPH, Subgraph, Supergraph, subgraph};
use crate::federation::loader::SubgraphByName;
use crate::federation::model::{SubgraphFilter, SubgraphStatus};
use crate::federation::store;
use crate::federation::usage::is_coordinate;
use crate::graphql::list::{self, List};
use crate::graphql::page::bounded;
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, NodeId, Page, Result};

/// Finds one subgraph by exactly one of its keys.
#[derive(OneofObject)]
pub enum SubgraphBy {
    /// Global id.
    Id(ID),
    /// Name, e.g. `servizi-lazio`.
    Name(String),
}

/// What a list of subgraphs is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct SubgraphFilterInput {
    /// In any of these states.
    statuses: Option<Vec<SubgraphStatus>>,
    /// Only those with a version that waits for the central department, or only those without.
    is_pending: Option<bool>,
}

/// The federation in the graph.
#[derive(Default)]
pub struct FederationQuery;

#[Object]
impl FederationQuery {
    /// One subgraph by a key [sottografo]; null where there is none that the caller may see.
    #[graphql(name = "subgraph")]
    async fn one(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: SubgraphBy,
    ) -> Result<Option<Subgraph>> {
        let graph = Graph::of(ctx);
        match by {
            SubgraphBy::Id(id) => subgraph(graph, NodeId::uuid(SUBGRAPH, &id)?).await,
            SubgraphBy::Name(name) => Ok(graph.load(SubgraphByName(name)).await?.map(Subgraph::of)),
        }
    }

    /// Subgraphs that the caller may see, by name [sottografi].
    async fn subgraphs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<SubgraphFilterInput>,
    ) -> Result<Page<Subgraph>> {
        let input = filter.unwrap_or_default();
        let filter = SubgraphFilter { statuses: input.statuses.unwrap_or_default(), is_pending: input.is_pending };
        list::page(Graph::of(ctx), List { within: None, filter, order: () }, first, after, Subgraph::of).await
    }

    /// The graph that routers serve [supergrafo]; null while none was asked for.
    async fn supergraph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of an earlier one; the one that is served when left out.")] number: Option<i32>,
    ) -> Result<Option<Supergraph>> {
        let mut statement = Graph::of(ctx).statement().await?;
        Ok(store::supergraph(&mut statement, number).await?.map(Supergraph::of))
    }

    /// The graphs that routers were served, the last first [supergrafi].
    async fn supergraphs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those with a smaller number than this.")] before: Option<i32>,
    ) -> Result<Vec<Supergraph>> {
        let first = bounded(first)?;
        let mut statement = Graph::of(ctx).statement().await?;
        let found = store::supergraphs_before(&mut statement, before.unwrap_or(i32::MAX), first as i64).await?;
        Ok(found.into_iter().map(Supergraph::of).collect())
    }

    /// How a field or an argument of the graph, the hub's or a partner's, was used, and by whom: whom to call before it goes [uso di
    /// un campo]. For the central department; null for others.
    async fn field_usage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Schema coordinate: `Type.field`, or `Type.field(argument:)`.")] coordinate: String,
        #[graphql(desc = "First day; 90 days ago when left out.")] since: Option<Date>,
        #[graphql(desc = "Last day; today when left out.")] until: Option<Date>,
    ) -> Result<Option<FieldUsage>> {
        let graph = Graph::of(ctx);
        if !is_coordinate(&coordinate) {
            let (it, en) = (
                "Una coordinata si scrive Tipo.campo o Tipo.campo(argomento:).",
                "A coordinate is written Type.field or Type.field(argument:).",
            );
            return Err(Error::bad_input(it, en));
        }
        Ok(knows_callers(graph).then(|| FieldUsage::of(window(graph, since, until, vec![coordinate]))))
    }

    #[graphql(entity)]
    async fn subgraph_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Subgraph>> {
        subgraph(Graph::of(ctx), NodeId::uuid(SUBGRAPH, &id)?).await
    }

    #[graphql(entity)]
    async fn subgraph_entity_by_name(&self, ctx: &Context<'_>, name: String) -> Result<Option<Subgraph>> {
        Ok(Graph::of(ctx).load(SubgraphByName(name)).await?.map(Subgraph::of))
    }
}
