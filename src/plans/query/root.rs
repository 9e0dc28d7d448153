use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};

use super::contribution::{PlanContribution, contribution, contributions};
use super::intervention::{INTERVENTION, PlanIntervention, intervention};
use super::parts::{NEED, PRIORITY, PlanNeed, PlanPriority, need, priority};
use super::plan::{PLAN, TerritorialPlan, plan};
use crate::deeds;
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::plans::contribution::{CONTRIBUTION, ContributionStatus};
use crate::plans::document::PlanDocument;
use crate::plans::model::{ContributionFilter, PlanFilter, PlanOrder, PlanStatus};
use crate::territory::Territory;

/// What a list of plans is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct TerritorialPlanFilterInput {
    /// Only in these states.
    statuses: Option<Vec<PlanStatus>>,
    /// Of this province: abbreviation or ISTAT code.
    province: Option<String>,
    /// Of this region: ISTAT code.
    region: Option<String>,
    /// Whose period includes this day.
    in_force_on: Option<Date>,
    /// Only those with, or without, needs that no project admitted, under way or finished does anything for, as far as the
    /// caller sees projects [fabbisogni scoperti].
    has_uncovered_needs: Option<bool>,
    /// Only synthetic, or only real, records.
    is_synthetic: Option<bool>,
}

/// Plans of the graph.
#[derive(Default)]
pub struct PlanQuery;

#[Object]
impl PlanQuery {
    /// One territorial plan by its global id [piano territoriale]; null where there is none that the caller may see.
    async fn territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
        #[graphql(
            desc = "As it stood at this instant, with its parts; as it stands when left out. Null where it was not \
                          there yet, or where something that happened since is hidden from the caller."
        )]
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Option<TerritorialPlan>> {
        let (graph, id) = (Graph::of(ctx), NodeId::uuid(PLAN, &id)?);
        match as_of {
            None => plan(graph, id).await,
            Some(at) => Ok(deeds::as_of::<PlanDocument>(graph, id, at).await?.map(TerritorialPlan::from)),
        }
    }

    /// Territorial plans, narrowed and ordered [piani territoriali].
    async fn territorial_plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<TerritorialPlanFilterInput>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<PlanOrder>,
    ) -> Result<Page<TerritorialPlan>> {
        let graph = Graph::of(ctx);
        let input = filter.unwrap_or_default();
        let territory = graph.reference::<Territory>();
        let filter = PlanFilter {
            statuses: input.statuses.unwrap_or_default(),
            provinces: territory.codes_within(input.province.as_deref(), input.region.as_deref(), graph.today),
            in_force_on: input.in_force_on.map(|day| day.0),
            has_uncovered_needs: input.has_uncovered_needs,
            is_synthetic: input.is_synthetic,
        };
        let list = List { within: None, filter, order: order_by.unwrap_or_default() };
        list::page(graph, list, first, after, TerritorialPlan::of).await
    }

    /// What bodies were asked to say of plans, as far as the caller may see it, the last asked for first [contributi ai
    /// piani].
    #[allow(clippy::too_many_arguments)]
    async fn plan_contributions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in these states.")] statuses: Option<Vec<ContributionStatus>>,
        #[graphql(desc = "Only those asked of this body, by its global id.")] organisation: Option<ID>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<PlanContribution>> {
        let organisation = organisation.map(|id| NodeId::uuid("Organisation", &id)).transpose()?;
        let filter = ContributionFilter { statuses: statuses.unwrap_or_default(), organisation };
        contributions(Graph::of(ctx), None, filter, first, after).await
    }

    #[graphql(entity)]
    async fn plan_contribution_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PlanContribution>> {
        contribution(Graph::of(ctx), NodeId::uuid(CONTRIBUTION, &id)?).await
    }

    #[graphql(entity)]
    async fn territorial_plan_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<TerritorialPlan>> {
        plan(Graph::of(ctx), NodeId::uuid(PLAN, &id)?).await
    }

    #[graphql(entity)]
    async fn plan_need_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PlanNeed>> {
        need(Graph::of(ctx), NodeId::uuid(NEED, &id)?).await
    }

    #[graphql(entity)]
    async fn plan_priority_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PlanPriority>> {
        priority(Graph::of(ctx), NodeId::uuid(PRIORITY, &id)?).await
    }

    #[graphql(entity)]
    async fn plan_intervention_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PlanIntervention>> {
        intervention(Graph::of(ctx), NodeId::uuid(INTERVENTION, &id)?).await
    }
}
