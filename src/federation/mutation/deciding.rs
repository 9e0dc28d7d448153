//! What the central department decides about versions that wait.

use async_graphql::{Context, ID, InputObject, Object};

use super::offer::{Held, Offer};
use super::{ATTEMPTS, On, is_moved, publication_payload, within};
use crate::access::Action;
use crate::deed_payload;
use crate::deeds::{self, Manner};
use crate::federation::document::SubgraphDocument;
use crate::federation::life;
use crate::federation::query::Subgraph;
use crate::graphql::mutation::answer;
use crate::graphql::{Graph, Outcome, Result};

/// A subgraph of which the version that waits is approved.
#[derive(InputObject)]
pub struct ApproveSubgraphInput {
    /// Global id of the subgraph.
    subgraph_id: ID,
    /// Version of the record that the caller has read: what it says, its terms among it, is approved.
    expected_version: i32,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A subgraph of which the version that waits is refused.
#[derive(InputObject)]
pub struct RefuseSubgraphInput {
    /// Global id of the subgraph.
    subgraph_id: ID,
    /// Version of the record that the caller has read.
    expected_version: i32,
    /// Why [motivo].
    reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

publication_payload! {
    /// What became of an approval.
    ApproveSubgraphPayload,
}

deed_payload! {
    /// What became of a refusal.
    pub struct RefuseSubgraphPayload {
        /// The subgraph.
        subgraph: Subgraph
    }
}

/// Decisions about subgraphs.
#[derive(Default)]
pub struct SubgraphDecisions;

#[Object]
impl SubgraphDecisions {
    /// Approves the version of a subgraph that waits, with its terms: it is held against the graph once more, and stands in it
    /// from now on [approvazione di un sottografo]. By heads and administrators of the central department.
    async fn approve_subgraph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which subgraph.")] input: ApproveSubgraphInput,
    ) -> Result<Option<ApproveSubgraphPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let on = On(&input.subgraph_id, input.expected_version, &input.manner);
            let known = on.allowed(ctx, Action::ApproveSubgraph).await?;
            let mut attempt = 1;
            loop {
                let held = pending(graph, &known).await;
                let changes = held.as_ref().ok().and_then(|held| Some(held.as_ref()?.changes.clone()));
                let mut made = None;
                let told = deeds::alter(ctx, on.deed(Action::ApproveSubgraph)?, |subgraph: &mut SubgraphDocument| {
                    life::approve(subgraph, graph.today)?;
                    made = held?.map(|held| held.joined);
                    subgraph.beside.joined = made.clone();
                    Ok(())
                });
                match told.await {
                    Err(stop) if attempt < ATTEMPTS && is_moved(&stop) => attempt += 1,
                    told => return Ok(ApproveSubgraphPayload::of(within(told?, made), changes.unwrap_or_default())),
                }
            }
        })
        .await
    }

    /// Refuses the version of a subgraph that waits, with the reason; what is served stays [diniego di un sottografo]. By heads
    /// and administrators of the central department.
    async fn refuse_subgraph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which subgraph, and why.")] input: RefuseSubgraphInput,
    ) -> Result<Option<RefuseSubgraphPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.subgraph_id, input.expected_version, &input.manner);
            let deed = on.deed(Action::RefuseSubgraph)?;
            let told =
                deeds::alter(ctx, deed, |subgraph: &mut SubgraphDocument| life::refuse(subgraph, &input.reason, today));
            Ok(told.await?.into())
        })
        .await
    }
}

/// The version that waits, held against the graph as it is now; `None` where none does.
async fn pending(graph: &Graph, known: &SubgraphDocument) -> Outcome<Option<Held>> {
    let Some(version) = known.pending() else { return Ok(None) };
    let offer = Offer { version: version.clone(), sdl: known.facts.pending_sdl.clone().unwrap_or_default() };
    Ok(Some(offer.hold(graph, &known.subgraph).await?))
}
