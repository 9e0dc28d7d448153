//! A subgraph is taken out of the graph.

use async_graphql::{Context, ID, InputObject, Object};

use super::{ATTEMPTS, On, is_moved, within};
use crate::access::Action;
use crate::deed_payload;
use crate::deeds::{self, Manner};
use crate::federation::document::SubgraphDocument;
use crate::federation::joining::{Joined, Standing};
use crate::federation::life;
use crate::federation::model::SupergraphCause;
use crate::federation::query::Subgraph;
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

deed_payload! {
    /// What became of a withdrawal.
    pub struct WithdrawSubgraphPayload {
        /// The subgraph.
        subgraph: Subgraph
    }
}

/// The end of subgraphs.
#[derive(Default)]
pub struct SubgraphWithdrawal;

#[Object]
impl SubgraphWithdrawal {
    /// Takes a subgraph out of the graph, for good: its name is not given away again [ritiro di un sottografo]. By heads and
    /// administrators of its organisation or of the central department.
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
                let joined = match is_served {
                    true => {
                        let without = standing.with(known.subgraph.id, None);
                        let cause = SupergraphCause::Withdrawal;
                        Some(Joined::compose_what_fits(&graph.hub, without, cause).await?)
                    }
                    false => None,
                };
                let told = deeds::alter(ctx, on.deed(Action::WithdrawSubgraph)?, |subgraph: &mut SubgraphDocument| {
                    life::withdraw(subgraph, &input.reason, graph.today)?;
                    subgraph.beside.joined = joined.clone();
                    Ok(())
                });
                match told.await {
                    Err(stop) if attempt < ATTEMPTS && is_moved(&stop) => attempt += 1,
                    told => return Ok(within(told?, joined).into()),
                }
            }
        })
        .await
    }
}
