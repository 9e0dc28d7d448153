use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use uuid::Uuid;

use super::coverage::{PlanMoney, covered};
use super::each;
use super::intervention::PlanIntervention;
use super::plan::{TerritorialPlan, plan};
use crate::councils::query::{self as councils, CouncilSitting};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Result};
use crate::plans::coverage::{CoverageState, Part};
use crate::plans::document::PlanDocument;
pub use crate::plans::document::{NEED, PRIORITY};
use crate::plans::loader::{InterventionsOfPriority, NeedById, NeedsFoundAt, PrioritiesOfNeed, PriorityById};
use crate::plans::model::{NeedRow, PriorityRow};

/// A plan as it stood at a time, or would stand: its parts are told from it. `None`: as it stands.
pub type Told = Option<Arc<PlanDocument>>;

/// A need that a plan found [fabbisogno].
#[derive(Description, Clone)]
pub struct PlanNeed(pub Arc<NeedRow>, pub Told);

/// A priority of a plan, which answers a need [priorità].
#[derive(Description, Clone)]
pub struct PlanPriority(pub Arc<PriorityRow>, pub Told);

/// A need by its id.
pub async fn need(graph: &Graph, id: Uuid) -> Result<Option<PlanNeed>> {
    Ok(graph.load(NeedById(id)).await?.map(|row| PlanNeed(row, None)))
}

/// The needs that emerged at a sitting.
pub async fn needs_found_at(graph: &Graph, sitting: Uuid) -> Result<Vec<PlanNeed>> {
    Ok(each(graph.load(NeedsFoundAt(sitting)).await?, |row| PlanNeed(row, None)))
}

/// A priority by its id.
pub async fn priority(graph: &Graph, id: Uuid) -> Result<Option<PlanPriority>> {
    Ok(graph.load(PriorityById(id)).await?.map(|row| PlanPriority(row, None)))
}

#[Object(use_type_description)]
impl PlanNeed {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(NEED, self.0.id).id()
    }

    /// Its place in the plan, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// Topic, e.g. school, health, housing, work [ambito].
    async fn topic(&self) -> &str {
        &self.0.topic
    }

    /// The need in one line.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The need in full.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// What is measured to show the need [indicatore].
    async fn indicator(&self) -> Option<&str> {
        self.0.indicator.as_deref()
    }

    /// The indicator's value, in the unit that it names.
    async fn indicator_value(&self) -> Option<f64> {
        self.0.indicator_value.and_then(|value| value.try_into().ok())
    }

    /// Day that the value is of.
    async fn indicator_on(&self) -> Option<Date> {
        self.0.indicator_on.map(Date)
    }

    /// Where the value comes from [fonte].
    async fn indicator_source(&self) -> Option<&str> {
        self.0.indicator_source.as_deref()
    }

    /// The sitting of the council at which it emerged; null where there is none or the caller may not see it [emerso nella
    /// seduta].
    async fn found_at(&self, ctx: &Context<'_>) -> Result<Option<CouncilSitting>> {
        match self.0.found_at_id {
            Some(sitting) => councils::sitting(Graph::of(ctx), sitting).await,
            None => Ok(None),
        }
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        match &self.1 {
            Some(told) => Ok(Some(TerritorialPlan::told(told.clone()))),
            None => plan(Graph::of(ctx), self.0.plan_id).await,
        }
    }

    /// The priorities that answer it, in the plan's order.
    async fn priorities(&self, ctx: &Context<'_>) -> Result<Vec<PlanPriority>> {
        match &self.1 {
            Some(told) => Ok(of_told(&told.plan_priority, |row| row.need_id == self.0.id, told, PlanPriority)),
            None => Ok(each(Graph::of(ctx).load(PrioritiesOfNeed(self.0.id)).await?, |row| PlanPriority(row, None))),
        }
    }

    /// How far it is answered, by the projects that the caller sees: where it is uncovered, why [copertura].
    async fn coverage_state(&self, ctx: &Context<'_>) -> Result<CoverageState> {
        Ok(covered(Graph::of(ctx), self.0.plan_id, &self.1).await?.state(Part::Need(self.0.id)))
    }

    /// Money planned, asked for, admitted and spent for it: each project counts once [risorse].
    async fn money(&self, ctx: &Context<'_>) -> Result<PlanMoney> {
        Ok(covered(Graph::of(ctx), self.0.plan_id, &self.1).await?.money(Part::Need(self.0.id)).into())
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

#[Object(use_type_description)]
impl PlanPriority {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PRIORITY, self.0.id).id()
    }

    /// Its place in the plan, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// The priority in one line.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The priority in full.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The need that it answers.
    async fn need(&self, ctx: &Context<'_>) -> Result<Option<PlanNeed>> {
        match &self.1 {
            Some(told) => Ok(of_told(&told.plan_need, |row| row.id == self.0.need_id, told, PlanNeed).pop()),
            None => need(Graph::of(ctx), self.0.need_id).await,
        }
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        match &self.1 {
            Some(told) => Ok(Some(TerritorialPlan::told(told.clone()))),
            None => plan(Graph::of(ctx), self.0.plan_id).await,
        }
    }

    /// The interventions that carry it out, in the plan's order.
    async fn interventions(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        match &self.1 {
            Some(told) => {
                let own = told.plan_intervention.iter().filter(|row| row.priority_id == self.0.id);
                Ok(own.map(|row| PlanIntervention::told(row.clone(), told)).collect())
            }
            None => Ok(each(Graph::of(ctx).load(InterventionsOfPriority(self.0.id)).await?, PlanIntervention::of)),
        }
    }

    /// How far it is carried out, by the projects that the caller sees: where it is uncovered, why [copertura].
    async fn coverage_state(&self, ctx: &Context<'_>) -> Result<CoverageState> {
        Ok(covered(Graph::of(ctx), self.0.plan_id, &self.1).await?.state(Part::Priority(self.0.id)))
    }

    /// Money planned, asked for, admitted and spent for it: each project counts once [risorse].
    async fn money(&self, ctx: &Context<'_>) -> Result<PlanMoney> {
        Ok(covered(Graph::of(ctx), self.0.plan_id, &self.1).await?.money(Part::Priority(self.0.id)).into())
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

/// Parts of a told plan for which a condition holds.
pub fn of_told<R: Clone, T>(
    rows: &[R],
    holds: impl Fn(&R) -> bool,
    told: &Arc<PlanDocument>,
    part: impl Fn(R, Told) -> T,
) -> Vec<T> {
    rows.iter().filter(|row| holds(row)).map(|row| part(row.clone(), Some(told.clone()))).collect()
}
