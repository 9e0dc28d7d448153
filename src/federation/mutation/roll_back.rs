//! An earlier graph is put back.

use async_graphql::{Context, InputObject, Object};
use uuid::Uuid;

use super::offer::obstructed;
use crate::access::audit::{Changes, Entry, Subject};
use crate::access::{Action, audience};
use crate::federation::joining::{Joined, Standing};
use crate::federation::model::SupergraphCause;
use crate::federation::query::Supergraph;
use crate::federation::store;
use crate::graphql::mutation::answer;
use crate::graphql::{Graph, Result, UserError};
use crate::locale::Message;
use crate::organisations::Directory;
use crate::payload;

/// Which supergraph is put back.
#[derive(InputObject)]
pub struct RollBackSupergraphInput {
    /// Number of the supergraph of which the members take part again.
    to_number: i32,
    /// Number of the one that is served, as the caller has read it.
    expected_number: i32,
}

payload! {
    /// What became of a roll-back.
    pub struct RollBackSupergraphPayload {
        /// The supergraph that is served from now on.
        supergraph: Supergraph
    }
}

/// The way back.
#[derive(Default)]
pub struct SupergraphRollBack;

#[Object]
impl SupergraphRollBack {
    /// Puts an earlier supergraph back: the members that it had take part again, each with the version that it had, but for those
    /// withdrawn since and those whose terms are over [ripristino del supergrafo]. By heads and administrators of the central
    /// department.
    async fn roll_back_supergraph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RollBackSupergraphInput,
    ) -> Result<Option<RollBackSupergraphPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let central = graph.reference::<Directory>().central().cloned();
            graph.allow(Action::RollBackSupergraph, central.as_ref().map(|body| body.id), None).await??;
            let mut statement = graph.statement().await?;
            let earlier = store::supergraph(&mut statement, Some(input.to_number)).await?;
            drop(statement);
            let standing = Standing::read(&graph.hub, Some(input.to_number), graph.today).await?;
            let served = standing.row.as_ref().map(|row| row.number);
            if served != Some(input.expected_number) {
                let message = Message::new(
                    "Nel frattempo il grafo è cambiato: riprovare.",
                    "The graph has changed meanwhile: try again.",
                );
                return Err(UserError::conflict("expectedNumber", "SUPERGRAPH_MOVED", message).into());
            }
            if served == Some(input.to_number) {
                let message = Message::new(
                    format!("Il grafo {} è quello in uso.", input.to_number),
                    format!("Graph {} is the one that is served.", input.to_number),
                );
                return Err(UserError::invalid("toNumber", "SUPERGRAPH_SERVED", message).into());
            }
            let earlier = earlier.ok_or_else(|| UserError::not_found("toNumber"))?;
            let joined =
                Joined::compose(&graph.hub, &standing, SupergraphCause::RollBack, Some(earlier.number)).await?;
            let joined = joined.map_err(|obstacles| obstructed(obstacles, "toNumber"))?;
            let mut change = graph.change().await?;
            joined.write(&mut change, None).await?;
            let changes = Changes::new().field("supergraph", served, earlier.number);
            let subject = Subject {
                kind: "Supergraph",
                id: Uuid::nil(),
                owner_number: central.map(|body| body.number),
                audience: audience::PUBLIC,
            };
            change.commit(&Entry::done(Action::RollBackSupergraph, subject, changes)).await?;
            graph.hub.note_change("supergraph");
            let mut statement = graph.statement().await?;
            let made = store::supergraph(&mut statement, Some(joined.number())).await?;
            Ok(RollBackSupergraphPayload { supergraph: made.map(Supergraph::of), ..Default::default() })
        })
        .await
    }
}
