use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use uuid::Uuid;

use super::coverage::{PlanMoney, covered};
use super::each;
use super::measure::{PlanMeasure, PlanProgress};
use super::parts::{PlanPriority, Told, of_told, priority};
use super::plan::{TerritorialPlan, plan};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::model::OrganisationRow;
use crate::organisations::query::{self as organisations, Organisation};
use crate::plans::coverage::{CoverageState, Part};
pub use crate::plans::document::INTERVENTION;
use crate::plans::document::PlanDocument;
use crate::plans::loader::{InterventionById, MeasuresOf, PartnersOf};
use crate::plans::model::{InterventionRow, PartnerRow};
use crate::projects::query::{self as projects, Project};

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

    /// Whether projects that the caller sees carry it out [copertura].
    async fn coverage_state(&self, ctx: &Context<'_>) -> Result<CoverageState> {
        Ok(covered(Graph::of(ctx), self.row.plan_id, &self.told).await?.state(Part::Intervention(self.row.id)))
    }

    /// Its budget, and all money of the projects that carry it out, also where they carry out others, too [risorse].
    async fn money(&self, ctx: &Context<'_>) -> Result<PlanMoney> {
        Ok(covered(Graph::of(ctx), self.row.plan_id, &self.told).await?.money(Part::Intervention(self.row.id)).into())
    }

    /// How far it has come, by its measures [avanzamento].
    async fn progress(&self, ctx: &Context<'_>) -> Result<PlanProgress> {
        PlanProgress::of(ctx, &self.measures(ctx).await?).await
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
