use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::contribution::{PlanContribution, contributions};
use super::coverage::PlanCoverage;
use super::each;
use super::intervention::PlanIntervention;
use super::measure::PlanIndicator;
use super::parts::{PlanNeed, PlanPriority, Told, of_told};
use super::readiness::PlanReadiness;
use crate::councils::query::{self as councils, CouncilResolution};
use crate::deeds::{FieldChange, Whole};
use crate::documents::query::{self as documents, Document};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::Directory;
use crate::organisations::model::Visibility;
use crate::organisations::query::{Prefecture, TerritorialCouncil};
use crate::plans::contribution::ContributionStatus;
pub use crate::plans::document::PLAN;
use crate::plans::document::PlanDocument;
use crate::plans::loader::{IndicatorsOf, InterventionsOfPlan, NeedsOf, PlanById, PrioritiesOfPlan};
use crate::plans::model::{ContributionFilter, PlanFilter, PlanOrder, PlanRow, PlanStatus, PlansOf};
use crate::plans::{life, revision};
use crate::territory::query::{self as territory, Province};

/// One edition of an office's plan for the management of migration [piano territoriale degli interventi].
#[derive(Description, Clone)]
pub struct TerritorialPlan(pub Arc<PlanRow>, Told);

impl TerritorialPlan {
    /// As it stands.
    pub fn of(row: Arc<PlanRow>) -> Self {
        Self(row, None)
    }

    /// As it stood at a time, or would stand. What other records say of it is told as it is today.
    pub fn told(plan: Arc<PlanDocument>) -> Self {
        Self(plan.territorial_plan.clone(), Some(plan))
    }

    /// The plan with all of its parts.
    async fn whole(&self, graph: &Graph) -> Result<Option<Arc<PlanDocument>>> {
        match &self.1 {
            Some(told) => Ok(Some(told.clone())),
            None => graph.load(Whole::of(self.0.id)).await,
        }
    }
}

impl From<PlanDocument> for TerritorialPlan {
    fn from(plan: PlanDocument) -> Self {
        Self::told(Arc::new(plan))
    }
}

/// A plan that a record names; `None` where the viewer may not see it.
pub async fn plan(graph: &Graph, id: Uuid) -> Result<Option<TerritorialPlan>> {
    Ok(graph.load(PlanById(id)).await?.map(TerritorialPlan::of))
}

/// The plans below a parent, as its type shows them.
pub async fn plans_of(
    graph: &Graph,
    parent: PlansOf,
    key: String,
    statuses: Option<Vec<PlanStatus>>,
    order: Option<PlanOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<TerritorialPlan>> {
    let filter = PlanFilter { statuses: statuses.unwrap_or_default(), ..PlanFilter::default() };
    let list = List { within: Some((parent, key)), filter, order: order.unwrap_or_default() };
    list::page(graph, list, first, after, TerritorialPlan::of).await
}

#[Object(use_type_description)]
impl TerritorialPlan {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PLAN, self.0.id).id()
    }

    /// Title [titolo].
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Edition, from 1; a revision is a new one [edizione].
    async fn edition(&self) -> i32 {
        self.0.edition
    }

    /// The edition that this one revises, where the caller may see it.
    async fn previous_edition(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        match self.0.previous_edition_id {
            Some(previous) => plan(Graph::of(ctx), previous).await,
            None => Ok(None),
        }
    }

    /// Where it stands [stato].
    async fn status(&self) -> PlanStatus {
        self.0.status
    }

    /// The office that it belongs to [Prefettura – UTG].
    async fn office(&self, ctx: &Context<'_>) -> Option<Prefecture> {
        Graph::of(ctx).reference::<Directory>().body(self.0.office_id).map(Prefecture::of)
    }

    /// The council that it is put before [Consiglio territoriale].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        Graph::of(ctx).reference::<Directory>().body(self.0.council_id?).map(TerritorialCouncil::of)
    }

    /// The province that it is for [provincia].
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), &self.0.province_code)
    }

    /// First day of its period.
    async fn period_from(&self) -> Date {
        Date(self.0.period_from)
    }

    /// Last day of its period.
    async fn period_until(&self) -> Date {
        Date(self.0.period_until)
    }

    /// Day on which it was last put before the council [presentazione al Consiglio].
    async fn submitted_on(&self) -> Option<Date> {
        self.0.submitted_on.map(Date)
    }

    /// What the council remarked when it last returned it [osservazioni del Consiglio].
    async fn council_remarks(&self) -> Option<&str> {
        self.0.council_remarks.as_deref()
    }

    /// Day on which the council endorsed it [parere favorevole].
    async fn endorsed_on(&self) -> Option<Date> {
        self.0.endorsed_on.map(Date)
    }

    /// Day on which the prefect adopted it [adozione].
    async fn adopted_on(&self) -> Option<Date> {
        self.0.adopted_on.map(Date)
    }

    /// Day on which it began to be carried out [avvio dell'attuazione].
    async fn started_on(&self) -> Option<Date> {
        self.0.started_on.map(Date)
    }

    /// Day on which it was closed [chiusura].
    async fn closed_on(&self) -> Option<Date> {
        self.0.closed_on.map(Date)
    }

    /// What came of it, said when it was closed [relazione finale].
    async fn closing_report(&self) -> Option<&str> {
        self.0.closing_report.as_deref()
    }

    /// Day on which it was given up [ritiro].
    async fn withdrawn_on(&self) -> Option<Date> {
        self.0.withdrawn_on.map(Date)
    }

    /// Why it was given up [motivo del ritiro].
    async fn withdrawal_reason(&self) -> Option<&str> {
        self.0.withdrawal_reason.as_deref()
    }

    /// Indicators of the context, in its order [indicatori di contesto].
    async fn indicators(&self, ctx: &Context<'_>) -> Result<Vec<PlanIndicator>> {
        match &self.1 {
            Some(told) => Ok(told.plan_indicator.iter().cloned().map(PlanIndicator).collect()),
            None => Ok(each(Graph::of(ctx).load(IndicatorsOf(self.0.id)).await?, PlanIndicator)),
        }
    }

    /// Analysis of the context [analisi di contesto].
    async fn context_analysis(&self) -> Option<&str> {
        self.0.context_analysis.as_deref()
    }

    /// Objectives [obiettivi].
    async fn objectives(&self) -> Option<&str> {
        self.0.objectives.as_deref()
    }

    /// Resources that can be activated [risorse attivabili].
    async fn resources(&self) -> Option<&str> {
        self.0.resources.as_deref()
    }

    /// The needs that it found, in its order [fabbisogni].
    async fn needs(&self, ctx: &Context<'_>) -> Result<Vec<PlanNeed>> {
        match &self.1 {
            Some(told) => Ok(of_told(&told.plan_need, |_| true, told, PlanNeed)),
            None => Ok(each(Graph::of(ctx).load(NeedsOf(self.0.id)).await?, |row| PlanNeed(row, None))),
        }
    }

    /// Its priorities, in its order [priorità].
    async fn priorities(&self, ctx: &Context<'_>) -> Result<Vec<PlanPriority>> {
        match &self.1 {
            Some(told) => Ok(of_told(&told.plan_priority, |_| true, told, PlanPriority)),
            None => Ok(each(Graph::of(ctx).load(PrioritiesOfPlan(self.0.id)).await?, |row| PlanPriority(row, None))),
        }
    }

    /// Its interventions, in its order [interventi].
    async fn interventions(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        match &self.1 {
            Some(told) => {
                Ok(told.plan_intervention.iter().map(|row| PlanIntervention::told(row.clone(), told)).collect())
            }
            None => Ok(each(Graph::of(ctx).load(InterventionsOfPlan(self.0.id)).await?, PlanIntervention::of)),
        }
    }

    /// How far its chain is carried through, over what the caller may see: what is uncovered, and the money [copertura].
    async fn coverage(&self, ctx: &Context<'_>) -> Result<PlanCoverage> {
        PlanCoverage::of(Graph::of(ctx), self.0.id, &self.1).await
    }

    /// The steps that can be taken from where it stands, and what still prevents each [prontezza].
    async fn readiness(&self, ctx: &Context<'_>) -> Result<Vec<PlanReadiness>> {
        let graph = Graph::of(ctx);
        // What other records say is read with the caller's own eyes.
        let plan = match self.whole(graph).await? {
            Some(plan) if plan.facts.are_known => Some(plan),
            _ => graph.load(Whole::of(self.0.id)).await?,
        };
        let Some(plan) = plan else { return Ok(Vec::new()) };
        let possible =
            life::PlanStep::ALL.iter().filter(|step| step.between().0.contains(&plan.territorial_plan.status));
        Ok(possible.map(|step| PlanReadiness::of(&plan, *step, graph.today)).collect())
    }

    /// What this edition changes in the one that it revises, field by field, under the ids that the parts have there; empty
    /// where it revises none that the caller may see [differenze dall'edizione precedente].
    async fn difference(&self, ctx: &Context<'_>) -> Result<Vec<FieldChange>> {
        let graph = Graph::of(ctx);
        let Some(previous) = self.0.previous_edition_id else { return Ok(Vec::new()) };
        let (before, after) = (graph.load(Whole::<PlanDocument>::of(previous)).await?, self.whole(graph).await?);
        Ok(before.zip(after).map(|(before, after)| revision::changes(&before, &after)).unwrap_or_default())
    }

    /// What bodies were asked to say of its sections, as far as the caller may see it: the office all, a body its own
    /// [contributi].
    async fn contributions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in these states.")] statuses: Option<Vec<ContributionStatus>>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<PlanContribution>> {
        let filter = ContributionFilter { statuses: statuses.unwrap_or_default(), organisation: None };
        contributions(Graph::of(ctx), Some(self.0.id), filter, first, after).await
    }

    /// What territorial councils resolved about it, such as their opinions, those of the latest sitting first [deliberazioni
    /// del Consiglio].
    async fn resolutions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<CouncilResolution>> {
        councils::resolutions(Graph::of(ctx), Some(self.0.id), None, first, after).await
    }

    /// Its documents, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), PLAN, self.0.id, first, after).await
    }

    /// What was done to it, the last first [cronologia].
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<RecordEvent>> {
        history::history(Graph::of(ctx), self.0.id, first, after).await
    }

    /// Grows by one with each change: what a mutation expects [versione].
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Who may see this record [visibilità].
    async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }

    /// Where the record comes from [fonte].
    async fn source(&self) -> &str {
        &self.0.source
    }
}
