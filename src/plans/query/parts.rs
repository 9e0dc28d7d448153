use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::each;
use super::plan::{TerritorialPlan, plan};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::query::Organisation;
use crate::plans::loader::{InterventionById, InterventionsOfPriority, NeedById, PrioritiesOfNeed, PriorityById};
use crate::plans::model::{Intervention, NeedRow, PriorityRow};
use crate::projects::query::{self as projects, Project};

/// Kinds of the global ids of a plan's parts.
pub const NEED: &str = "PlanNeed";
pub const PRIORITY: &str = "PlanPriority";
pub const INTERVENTION: &str = "PlanIntervention";

/// A need that a plan found [fabbisogno].
pub struct PlanNeed(pub Arc<NeedRow>);

/// A priority of a plan, which answers a need [priorità].
pub struct PlanPriority(pub Arc<PriorityRow>);

/// An intervention of a plan, which carries out a priority [intervento].
pub struct PlanIntervention(pub Arc<Intervention>);

/// A need by its id.
pub async fn need(graph: &Graph, id: Uuid) -> Result<Option<PlanNeed>> {
    Ok(graph.load(NeedById(id)).await?.map(PlanNeed))
}

/// A priority by its id.
pub async fn priority(graph: &Graph, id: Uuid) -> Result<Option<PlanPriority>> {
    Ok(graph.load(PriorityById(id)).await?.map(PlanPriority))
}

/// An intervention by its id.
pub async fn intervention(graph: &Graph, id: Uuid) -> Result<Option<PlanIntervention>> {
    Ok(graph.load(InterventionById(id)).await?.map(PlanIntervention))
}

/// Several interventions by their ids, those that the viewer may see.
pub async fn interventions(graph: &Graph, ids: &[Uuid]) -> Result<Vec<PlanIntervention>> {
    let found = ids.iter().map(|id| intervention(graph, *id));
    Ok(futures_util::future::try_join_all(found).await?.into_iter().flatten().collect())
}

#[Object]
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

    /// Day of the value.
    async fn indicator_on(&self) -> Option<Date> {
        self.0.indicator_on.map(Date)
    }

    /// Source of the value.
    async fn indicator_source(&self) -> Option<&str> {
        self.0.indicator_source.as_deref()
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        plan(Graph::of(ctx), self.0.plan_id).await
    }

    /// The priorities that answer it, in the plan's order.
    async fn priorities(&self, ctx: &Context<'_>) -> Result<Vec<PlanPriority>> {
        Ok(each(Graph::of(ctx).load(PrioritiesOfNeed(self.0.id)).await?, PlanPriority))
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

#[Object]
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
        need(Graph::of(ctx), self.0.need_id).await
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        plan(Graph::of(ctx), self.0.plan_id).await
    }

    /// The interventions that carry it out, in the plan's order.
    async fn interventions(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        Ok(each(Graph::of(ctx).load(InterventionsOfPriority(self.0.id)).await?, PlanIntervention))
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

#[Object]
impl PlanIntervention {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(INTERVENTION, self.0.row.id).id()
    }

    /// Its place in the plan, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.row.ordinal
    }

    /// The intervention in one line.
    async fn title(&self) -> &str {
        &self.0.row.title
    }

    /// The intervention in full.
    async fn description(&self) -> Option<&str> {
        self.0.row.description.as_deref()
    }

    /// The body responsible [soggetto responsabile]; null where there is none or the caller may not see it.
    async fn responsible(&self) -> Option<Organisation> {
        self.0.responsible.clone().map(Organisation::from)
    }

    /// First day.
    async fn starts_on(&self) -> Option<Date> {
        self.0.row.starts_on.map(Date)
    }

    /// Last day.
    async fn ends_on(&self) -> Option<Date> {
        self.0.row.ends_on.map(Date)
    }

    /// Money planned, euros.
    async fn budget(&self) -> Option<Euro> {
        self.0.row.budget.map(Euro)
    }

    /// What should come of it [risultati attesi].
    async fn expected_results(&self) -> Option<&str> {
        self.0.row.expected_results.as_deref()
    }

    /// The priority that it carries out.
    async fn priority(&self, ctx: &Context<'_>) -> Result<Option<PlanPriority>> {
        priority(Graph::of(ctx), self.0.row.priority_id).await
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        plan(Graph::of(ctx), self.0.row.plan_id).await
    }

    /// The projects that carry it out, the last started first [progettualità].
    async fn projects(&self, ctx: &Context<'_>) -> Result<Vec<Project>> {
        projects::projects_of_intervention(Graph::of(ctx), self.0.row.id).await
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.row.is_synthetic
    }
}
