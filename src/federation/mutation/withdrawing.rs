//! A subgraph is taken out of the graph.

use async_graphql::{Context, ID, InputObject, Object};

use super::{ATTEMPTS, On, is_moved, publication_payload, within};
use crate::access::Action;
use crate::deeds::{self, Manner};
use crate::federation::document::SubgraphDocument;
use crate::federation::joining::{Joined, Standing};
use crate::federation::life;
use crate::federation::model::SupergraphCause;
use crate::graphql::mutation::answer;
use crate::graphql::{Graph, Result};

/// A subgraph that takes part no more.
#[derive(InputObject)]
pub struct WithdrawSubgraphInput {
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
    /// What became of a withdrawal.
    WithdrawSubgraphPayload,
}

/// The end of subgraphs.
#[derive(Default)]
pub struct SubgraphWithdrawal;

#[Object]
impl SubgraphWithdrawal {
    /// Takes a subgraph out of the graph, for good: its name is not given away again [ritiro di un sottografo]. A dry run tells who
    /// would notice. By heads and administrators of its organisation or of the central department.
    async fn withdraw_subgraph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which subgraph, and why.")] input: WithdrawSubgraphInput,
    ) -> Result<Option<WithdrawSubgraphPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let on = On(&input.subgraph_id, input.expected_version, &input.manner);
            let known = on.allowed(ctx, Action::WithdrawSubgraph).await?;
            let mut attempt = 1;
            loop {
                let standing = Standing::read(&graph.hub, None, graph.today).await?;
                let is_served = standing.members.iter().any(|member| member.row.subgraph_id == known.subgraph.id);
                let (joined, changes) = match is_served {
                    true => {
                        let (before, cause) = (standing.row.clone(), SupergraphCause::Withdrawal);
                        let without = standing.with(known.subgraph.id, None);
                        let joined = Joined::compose_what_fits(&graph.hub, without, cause).await?;
                        let changes = joined.changes(&graph.hub, before.as_ref(), graph.today).await?;
                        (Some(joined), changes)
                    }
                    false => (None, Vec::new()),
                };
                let told = deeds::alter(ctx, on.deed(Action::WithdrawSubgraph)?, |subgraph: &mut SubgraphDocument| {
                    life::withdraw(subgraph, &input.reason, graph.today)?;
                    subgraph.beside.joined = joined.clone();
                    Ok(())
                });
                match told.await {
                    Err(stop) if attempt < ATTEMPTS && is_moved(&stop) => attempt += 1,
                    told => return Ok(WithdrawSubgraphPayload::of(within(told?, joined), changes)),
                }
            }
        })
        .await
    }
}
