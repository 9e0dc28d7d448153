//! Subgraphs are handed in, decided on and withdrawn; the graph is put back.

mod deciding;
mod offer;
mod publishing;
mod roll_back;
mod withdrawing;

use std::sync::Arc;

use async_graphql::{Context, ID};
use uuid::Uuid;

pub use deciding::SubgraphDecisions;
pub use publishing::SubgraphPublication;
pub use roll_back::SupergraphRollBack;
pub use withdrawing::SubgraphWithdrawal;

use super::document::{SUBGRAPH, SubgraphDocument};
use super::joining::Joined;
use crate::access::{Action, Room};
use crate::deeds::{Aggregate as _, Deed, Manner, Told, Whole};
use crate::graphql::mutation::{Stop, record};
use crate::graphql::{Graph, Outcome, UserError};
use crate::organisations::Directory;

/// Declares what a deed answers that makes a graph: the subgraph, and what changes for callers.
macro_rules! publication_payload {
    ($($(#[$outer:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$outer])*
        #[derive(async_graphql::SimpleObject, Default)]
        pub struct $name {
            /// The subgraph.
            pub subgraph: Option<$crate::federation::query::Subgraph>,
            /// How the graph differs for callers afterwards, 1,000 differences at the most; none in a repeated request
            /// [modifiche allo schema].
            pub changes: Vec<$crate::federation::query::SchemaChange>,
            /// Whether it was a dry run: nothing was changed [simulazione].
            pub is_dry_run: bool,
            /// Whether an earlier request with the same key had done it [richiesta ripetuta].
            pub is_repeated: bool,
            /// Why nothing was done; empty where it was [motivi del rifiuto].
            pub user_errors: Vec<$crate::graphql::UserError>,
        }

        impl From<Vec<$crate::graphql::UserError>> for $name {
            fn from(user_errors: Vec<$crate::graphql::UserError>) -> Self {
                Self { user_errors, ..Self::default() }
            }
        }

        impl $name {
            fn of(
                told: $crate::deeds::Told<$crate::federation::document::SubgraphDocument>,
                mut changes: Vec<$crate::federation::usage::Weighed>,
            ) -> Self {
                let $crate::deeds::Told { record, is_dry_run, is_repeated } = told;
                changes.truncate(if is_repeated { 0 } else { 1000 });
                let changes = changes.into_iter().map($crate::federation::query::SchemaChange::of).collect();
                Self { subgraph: Some(record.into()), changes, is_dry_run, is_repeated, user_errors: Vec::new() }
            }
        }
    )+ };
}
use publication_payload;

/// How often a deed is tried whose graph was overtaken by another.
const ATTEMPTS: usize = 3;

/// A deed on a subgraph, which always rests on all that it says.
struct On<'a>(&'a ID, i32, &'a Manner);

impl<'a> On<'a> {
    fn deed(&self, action: Action) -> Outcome<Deed<'a>> {
        let record = (record(SUBGRAPH, self.0, "subgraphId")?, "subgraphId");
        Ok(Deed { action, manner: self.2, record, expected: self.1, is_step: true })
    }

    /// The subgraph, if the caller sees it and may do this: composing is too dear to be tried by others.
    async fn allowed(&self, ctx: &Context<'_>, action: Action) -> Outcome<Arc<SubgraphDocument>> {
        let graph = Graph::of(ctx);
        let found = graph.load(Whole::of(record(SUBGRAPH, self.0, "subgraphId")?)).await?;
        let found: Arc<SubgraphDocument> = found.ok_or_else(|| UserError::not_found("subgraphId"))?;
        let owner = found.owner(action, &graph.viewer);
        graph.allow_in((action, Room::Federation), owner, Some(found.subject())).await??;
        Ok(found)
    }
}

/// Whether a deed failed for the graph alone, which was composed anew meanwhile.
fn is_moved(stop: &Stop) -> bool {
    matches!(stop, Stop::Refused(errors) if errors.iter().any(|error| error.rule == "SUPERGRAPH_MOVED"))
}

/// What was done, told with the graph that it made: of a dry run it stands nowhere else.
fn within(mut told: Told<SubgraphDocument>, made: Option<Joined>) -> Told<SubgraphDocument> {
    told.record.beside.joined = made.filter(|_| !told.is_repeated);
    told
}

/// The central department's body.
fn central(graph: &Graph) -> Option<Uuid> {
    graph.reference::<Directory>().central().map(|body| body.id)
}
