//! What changes councils. Each goes the way of every deed; what is particular to it is in the model of its record.

mod feeds;
mod guests;
mod proceedings;
mod seats;
mod sittings;
mod tables;

use std::sync::Arc;

use async_graphql::{Context, ID};
use uuid::Uuid;

pub use feeds::FeedMutation;
pub use guests::GuestMutation;
pub use proceedings::ProceedingMutation;
pub use seats::SeatMutation;
pub use sittings::SittingMutation;
pub use tables::TableMutation;

use super::Councils;
use super::model::CouncilRow;
use super::sitting::{SITTING, SittingDocument};
use super::table::{TABLE, TableDocument};
use crate::access::Action;
use crate::deeds::{self, Deed, Manner, Told};
use crate::graphql::mutation::record;
use crate::graphql::{Graph, Outcome, UserError};
use crate::organisations::Directory;
use crate::organisations::model::KIND;
use crate::plans::loader::PlanById;
use crate::plans::model::PLAN;

/// Which record, as the caller has read it, and how.
struct On<'a>(&'a ID, i32, &'a Manner);

impl<'a> On<'a> {
    fn deed(&self, (kind, field): (&'static str, &'static str), action: Action, is_step: bool) -> Outcome<Deed<'a>> {
        let record = (record(kind, self.0, field)?, field);
        Ok(Deed { action, manner: self.2, record, expected: self.1, is_step })
    }
}

/// Changes a sitting.
async fn sitting(
    ctx: &Context<'_>,
    (action, is_step): (Action, bool),
    on: On<'_>,
    change: impl FnOnce(&mut SittingDocument) -> Outcome<()> + Send,
) -> Outcome<Told<SittingDocument>> {
    deeds::alter(ctx, on.deed((SITTING, "sittingId"), action, is_step)?, change).await
}

/// Changes a working table.
async fn table(
    ctx: &Context<'_>,
    (action, is_step): (Action, bool),
    on: On<'_>,
    change: impl FnOnce(&mut TableDocument) -> Outcome<()> + Send,
) -> Outcome<Told<TableDocument>> {
    deeds::alter(ctx, on.deed((TABLE, "tableId"), action, is_step)?, change).await
}

/// A council that an input names, with its number.
fn council(graph: &Graph, id: &ID) -> Outcome<(Arc<CouncilRow>, i32)> {
    let id = record(KIND, id, "councilId")?;
    let found = graph.reference::<Councils>().council(id).zip(graph.reference::<Directory>().body(id));
    let (council, body) = found.ok_or_else(|| UserError::not_found("councilId"))?;
    Ok((council, body.number))
}

/// For whom the caller acts on a council: the council itself, else the office that chairs it.
fn keeper(graph: &Graph, council: &CouncilRow) -> Uuid {
    let is_itself = graph.viewer.organisation == Some(council.organisation_id);
    if is_itself { council.organisation_id } else { council.office_id }
}

/// The plan that an input names: the caller must see it.
async fn plan(graph: &Graph, id: Option<&ID>, field: &str) -> Outcome<Option<Uuid>> {
    let Some(id) = id else { return Ok(None) };
    let found = graph.load(PlanById(record(PLAN, id, field)?)).await?;
    Ok(Some(found.ok_or_else(|| UserError::not_found(field))?.id))
}
