//! What changes plans. Each goes the way of every deed; what is particular to it is in the plan's model.

mod contributions;
mod create;
mod sections;
mod steps;

use std::sync::Arc;

use async_graphql::{Context, ID};

pub use contributions::PlanContributions;
pub use create::PlanCreation;
pub use sections::PlanDrafting;
pub use steps::PlanSteps;

use super::document::{PLAN, PlanDocument};
use super::drafting::{self, Places};
use crate::access::Action;
use crate::councils::loader::SittingById;
use crate::councils::model::{SITTING, SittingRow};
use crate::deeds::{self, Deed, Manner, Told};
use crate::graphql::mutation::record;
use crate::graphql::{Graph, Outcome, UserError};

/// Which plan, as the caller has read it, and how.
struct On<'a>(&'a ID, i32, &'a Manner);

impl<'a> On<'a> {
    fn deed(&self, action: Action, is_step: bool) -> Outcome<Deed<'a>> {
        let record = (record(PLAN, self.0, "planId")?, "planId");
        Ok(Deed { action, manner: self.2, record, expected: self.1, is_step })
    }
}

/// Drafts a part of a plan: `change` changes it and says where what it wrote stands in the input.
async fn draft(
    ctx: &Context<'_>,
    action: Action,
    on: On<'_>,
    change: impl FnOnce(&mut PlanDocument) -> Outcome<Places> + Send,
) -> Outcome<Told<PlanDocument>> {
    deeds::alter(ctx, on.deed(action, false)?, |plan: &mut PlanDocument| {
        drafting::open(plan)?;
        let places = change(plan)?;
        drafting::check(plan, &places)
    })
    .await
}

/// The sitting that an input names: the caller must see it.
async fn sitting(graph: &Graph, id: Option<&ID>, field: &str) -> Outcome<Option<Arc<SittingRow>>> {
    let Some(id) = id else { return Ok(None) };
    let found = graph.load(SittingById(record(SITTING, id, field)?)).await?;
    Ok(Some(found.ok_or_else(|| UserError::not_found(field))?))
}
