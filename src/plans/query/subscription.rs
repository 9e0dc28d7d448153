use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use futures_util::Stream;

use super::plan::{PLAN, TerritorialPlan, plan};
use crate::deeds::news;
use crate::graphql::{Apart, Error, Graph, NodeId, Result};
use crate::history::query::RecordEvent;
use crate::organisations::query::NODE;
use crate::plans::document::PlanDocument;
use crate::plans::model::PlanStatus;

/// Something that was done to a territorial plan [evento del piano].
#[derive(SimpleObject)]
pub struct PlanEvent {
    /// What was done.
    event: RecordEvent,
    /// The plan as it stands since.
    territorial_plan: TerritorialPlan,
}

/// What plans tell as it happens.
#[derive(Default)]
pub struct PlanSubscription;

#[Subscription]
impl PlanSubscription {
    /// What is done to territorial plans while the caller listens, each event told with the rights that the caller has at
    /// that moment [modifiche ai piani]. A stream about one plan ends when the caller may see it no more.
    async fn plan_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this plan, by its global id.")] id: Option<ID>,
        #[graphql(desc = "Only plans of this office, by its global id.")] office: Option<ID>,
        #[graphql(desc = "Only plans that are in one of these states since.")] statuses: Option<Vec<PlanStatus>>,
    ) -> Result<impl Stream<Item = Apart<PlanEvent>> + use<>> {
        let graph = Graph::of(ctx).clone();
        let id = id.map(|id| NodeId::uuid(PLAN, &id)).transpose()?;
        let office = office.map(|id| NodeId::uuid(NODE, &id)).transpose()?;
        if let Some(id) = id {
            Box::pin(plan(&graph, id)).await?.ok_or_else(Error::nothing_to_follow)?;
        }
        Box::pin(graph.renew()).await;
        let is_wanted = move |plan: &Arc<PlanDocument>| {
            let row = &plan.territorial_plan;
            office.is_none_or(|office| office == row.office_id)
                && statuses.as_ref().is_none_or(|statuses| statuses.contains(&row.status))
        };
        Ok(news::stream(graph, id, is_wanted, |event, plan: Arc<PlanDocument>| {
            Apart(PlanEvent { event: RecordEvent(event), territorial_plan: TerritorialPlan::told(plan) })
        }))
    }
}
