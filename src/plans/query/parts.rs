use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use uuid::Uuid;

use super::each;
use super::measure::PlanMeasure;
use super::plan::{TerritorialPlan, plan};
use crate::councils::query::{self as councils, CouncilSitting};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::model::OrganisationRow;
use crate::organisations::query::{self as organisations, Organisation};
use crate::plans::document::PlanDocument;
pub use crate::plans::document::{INTERVENTION, NEED, PRIORITY};
use crate::plans::loader::{
    InterventionById, InterventionsOfPriority, MeasuresOf, NeedById, NeedsFoundAt, PartnersOf, PrioritiesOfNeed,
    PriorityById,
};
use crate::plans::model::{InterventionRow, NeedRow, PartnerRow, PriorityRow};
use crate::projects::query::{self as projects, Project};

/// A plan as it stood at a time, or would stand: its parts are told from it. `None`: as it stands.
pub type Told = Option<Arc<PlanDocument>>;

/// A need that a plan found [fabbisogno].
#[derive(Description, Clone)]
pub struct PlanNeed(pub Arc<NeedRow>, pub Told);

/// A priority of a plan, which answers a need [priorità].
#[derive(Description, Clone)]
pub struct PlanPriority(pub Arc<PriorityRow>, pub Told);

/// An intervention of a plan, which carries out a priority [intervento].
#[derive(Description, Clone)]
pub struct PlanIntervention {
    row: Arc<InterventionRow>,
    /// The body responsible, where it came along with the row.
    responsible: Option<Arc<OrganisationRow>>,
    told: Told,
}

/// A body that carries an intervention out together with the one responsible [partner dell'intervento].
#[derive(Description)]
pub struct PlanPartner(Arc<PartnerRow>);

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

/// An intervention by its id.
pub async fn intervention(graph: &Graph, id: Uuid) -> Result<Option<PlanIntervention>> {
    Ok(graph.load(InterventionById(id)).await?.map(PlanIntervention::of))
}

/// Several interventions by their ids, those that the viewer may see.
pub async fn interventions(graph: &Graph, ids: &[Uuid]) -> Result<Vec<PlanIntervention>> {
    let found = ids.iter().map(|id| intervention(graph, *id));
    Ok(futures_util::future::try_join_all(found).await?.into_iter().flatten().collect())
}

impl PlanIntervention {
    /// As it stands.
    pub fn of(found: Arc<crate::plans::model::Intervention>) -> Self {
        Self { row: Arc::new(found.row.clone()), responsible: found.responsible.clone(), told: None }
    }

    /// As a plan tells it.
    pub fn told(row: Arc<InterventionRow>, plan: &Arc<PlanDocument>) -> Self {
        Self { row, responsible: None, told: Some(plan.clone()) }
    }
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

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

#[Object(use_type_description)]
impl PlanIntervention {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(INTERVENTION, self.row.id).id()
    }

    /// Its place in the plan, from 1.
    async fn ordinal(&self) -> i32 {
        self.row.ordinal
    }

    /// The intervention in one line.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// The intervention in full.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// The body responsible [soggetto responsabile]; null where there is none or the caller may not see it.
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match (&self.responsible, self.row.responsible_id, &self.told) {
            (None, Some(body), Some(_)) => organisations::organisation(Graph::of(ctx), body).await,
            (responsible, ..) => Ok(responsible.clone().map(Organisation::from)),
        }
    }

    /// The bodies that carry it out with the one responsible [partner].
    async fn partners(&self, ctx: &Context<'_>) -> Result<Vec<PlanPartner>> {
        match &self.told {
            Some(told) => {
                let own = told.plan_partner.iter().filter(|row| row.intervention_id == self.row.id);
                Ok(own.cloned().map(PlanPartner).collect())
            }
            None => Ok(each(Graph::of(ctx).load(PartnersOf(self.row.id)).await?, PlanPartner)),
        }
    }

    /// What shows its progress: baselines, targets and measured values [indicatori di risultato].
    async fn measures(&self, ctx: &Context<'_>) -> Result<Vec<PlanMeasure>> {
        match &self.told {
            Some(told) => {
                let own = told.plan_measure.iter().filter(|row| row.intervention_id == self.row.id);
                Ok(own.map(|row| PlanMeasure(row.clone(), Some(told.clone()))).collect())
            }
            None => Ok(each(Graph::of(ctx).load(MeasuresOf(self.row.id)).await?, |row| PlanMeasure(row, None))),
        }
    }

    /// First day of the work planned.
    async fn starts_on(&self) -> Option<Date> {
        self.row.starts_on.map(Date)
    }

    /// Last day of the work planned.
    async fn ends_on(&self) -> Option<Date> {
        self.row.ends_on.map(Date)
    }

    /// Money planned, euros [risorse previste].
    async fn budget(&self) -> Option<Euro> {
        self.row.budget.map(Euro)
    }

    /// What should come of it [risultati attesi].
    async fn expected_results(&self) -> Option<&str> {
        self.row.expected_results.as_deref()
    }

    /// The priority that it carries out.
    async fn priority(&self, ctx: &Context<'_>) -> Result<Option<PlanPriority>> {
        match &self.told {
            Some(told) => {
                Ok(of_told(&told.plan_priority, |row| row.id == self.row.priority_id, told, PlanPriority).pop())
            }
            None => priority(Graph::of(ctx), self.row.priority_id).await,
        }
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        match &self.told {
            Some(told) => Ok(Some(TerritorialPlan::told(told.clone()))),
            None => plan(Graph::of(ctx), self.row.plan_id).await,
        }
    }

    /// The projects that carry it out, the last started first [progettualità].
    async fn projects(&self, ctx: &Context<'_>) -> Result<Vec<Project>> {
        projects::projects_of_intervention(Graph::of(ctx), self.row.id).await
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.row.is_synthetic
    }
}

#[Object(use_type_description)]
impl PlanPartner {
    /// The body; null where the caller may not see it [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// What it does in the intervention [compito].
    async fn task(&self) -> Option<&str> {
        self.0.task.as_deref()
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
