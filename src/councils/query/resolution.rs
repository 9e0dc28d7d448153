use std::sync::Arc;

use async_graphql::{Context, Description, ID, InputObject, Object};
use uuid::Uuid;

use super::sitting::{CouncilSitting, sitting};
use crate::councils::loader::ResolutionById;
pub use crate::councils::sitting::RESOLUTION;
use crate::councils::sitting::model::{Resolution, ResolutionFilter, ResolutionKind, ResolutionOutcome, ResolutionRow};
use crate::graphql::list::{self, List};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::query::NODE;
use crate::plans::query::{self as plans, TerritorialPlan};

/// What a council resolved in a sitting [deliberazione].
#[derive(Description)]
pub struct CouncilResolution(pub Arc<ResolutionRow>);

/// A resolution by its id; `None` where the viewer may not see it.
pub async fn resolution(graph: &Graph, id: Uuid) -> Result<Option<CouncilResolution>> {
    Ok(graph.load(ResolutionById(id)).await?.map(CouncilResolution))
}

/// What a list of resolutions is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct CouncilResolutionFilterInput {
    /// Only of these kinds.
    kinds: Option<Vec<ResolutionKind>>,
    /// Only of this council, by its global id.
    council: Option<ID>,
}

/// Resolutions, all that the caller may see or those about a plan, those of the latest sitting first.
pub async fn resolutions(
    graph: &Graph,
    plan: Option<Uuid>,
    filter: Option<CouncilResolutionFilterInput>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<CouncilResolution>> {
    let CouncilResolutionFilterInput { kinds, council } = filter.unwrap_or_default();
    let council = council.map(|id| NodeId::uuid(NODE, &id)).transpose()?;
    let filter = ResolutionFilter { kinds: kinds.unwrap_or_default(), council };
    let list = List { within: plan.map(|plan| ((), plan.to_string())), filter, order: () };
    list::page(graph, list, first, after, |found: Resolution| CouncilResolution(found.row)).await
}

#[Object(use_type_description)]
impl CouncilResolution {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(RESOLUTION, self.0.id).id()
    }

    /// The sitting in which it was resolved [seduta].
    async fn sitting(&self, ctx: &Context<'_>) -> Result<Option<CouncilSitting>> {
        sitting(Graph::of(ctx), self.0.sitting_id).await
    }

    /// Its place among those of the sitting, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// What it is [tipo].
    async fn kind(&self) -> ResolutionKind {
        self.0.kind
    }

    /// The resolution in one line [oggetto].
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The resolution in full [testo].
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// How it turned out [esito].
    async fn outcome(&self) -> ResolutionOutcome {
        self.0.outcome
    }

    /// Votes for it; null where they were not counted [voti favorevoli].
    async fn votes_for(&self) -> Option<i32> {
        self.0.votes_for
    }

    /// Votes against it; null where they were not counted [voti contrari].
    async fn votes_against(&self) -> Option<i32> {
        self.0.votes_against
    }

    /// Abstentions; null where they were not counted [astenuti].
    async fn votes_abstained(&self) -> Option<i32> {
        self.0.votes_abstained
    }

    /// The territorial plan that it is about, where the caller may see it [piano territoriale].
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        match self.0.plan_id {
            Some(plan) => plans::plan(Graph::of(ctx), plan).await,
            None => Ok(None),
        }
    }
}
