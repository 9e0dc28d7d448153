use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::each;
use super::parts::{PlanIntervention, PlanNeed, PlanPriority, interventions, need};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::Directory;
use crate::organisations::model::Visibility;
use crate::organisations::query::{Prefecture, TerritorialCouncil};
use crate::plans::loader::{CoverageOf, InterventionsOfPlan, NeedsOf, PlanById, PrioritiesOfPlan};
use crate::plans::model::{CoverageRow, PlanFilter, PlanOrder, PlanRow, PlanStatus, PlansOf};
use crate::territory::query::{self as territory, Province};

/// Kind of the global ids of plans.
pub const PLAN: &str = "TerritorialPlan";

/// One edition of an office's plan for the management of migration [piano territoriale degli interventi].
pub struct TerritorialPlan(pub Arc<PlanRow>);

/// A plan that a record names; `None` where the viewer may not see it.
pub async fn plan(graph: &Graph, id: Uuid) -> Result<Option<TerritorialPlan>> {
    Ok(graph.load(PlanById(id)).await?.map(TerritorialPlan))
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
    list::page(graph, list, first, after, TerritorialPlan).await
}

#[Object]
impl TerritorialPlan {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PLAN, self.0.id).id()
    }

    /// Title.
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

    /// The province that it is for.
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

    /// Day on which the council endorsed it [parere favorevole].
    async fn endorsed_on(&self) -> Option<Date> {
        self.0.endorsed_on.map(Date)
    }

    /// Day on which the prefect adopted it [adozione].
    async fn adopted_on(&self) -> Option<Date> {
        self.0.adopted_on.map(Date)
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
        Ok(each(Graph::of(ctx).load(NeedsOf(self.0.id)).await?, PlanNeed))
    }

    /// Its priorities, in its order [priorità].
    async fn priorities(&self, ctx: &Context<'_>) -> Result<Vec<PlanPriority>> {
        Ok(each(Graph::of(ctx).load(PrioritiesOfPlan(self.0.id)).await?, PlanPriority))
    }

    /// Its interventions, in its order [interventi].
    async fn interventions(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        Ok(each(Graph::of(ctx).load(InterventionsOfPlan(self.0.id)).await?, PlanIntervention))
    }

    /// How far its chain is carried through, over what the caller may see: what is uncovered [copertura].
    async fn coverage(&self, ctx: &Context<'_>) -> Result<Option<PlanCoverage>> {
        Ok(Graph::of(ctx).load(CoverageOf(self.0.id)).await?.map(PlanCoverage))
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

/// What of a plan is covered and what is not, over what the caller may see [copertura del piano].
pub struct PlanCoverage(Arc<CoverageRow>);

#[Object]
impl PlanCoverage {
    /// Needs in all.
    async fn needs(&self) -> i64 {
        self.0.needs
    }

    /// Interventions in all.
    async fn interventions(&self) -> i64 {
        self.0.interventions
    }

    /// Needs that no intervention answers [fabbisogni scoperti].
    async fn needs_without_intervention(&self, ctx: &Context<'_>) -> Result<Vec<PlanNeed>> {
        let graph = Graph::of(ctx);
        let found = self.0.needs_without_intervention.iter().map(|id| need(graph, *id));
        Ok(futures_util::future::try_join_all(found).await?.into_iter().flatten().collect())
    }

    /// Interventions that no project admitted, under way or finished carries out [interventi senza progetto].
    async fn interventions_without_project(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        interventions(Graph::of(ctx), &self.0.interventions_without_project).await
    }

    /// Interventions without a body responsible [interventi senza soggetto responsabile].
    async fn interventions_without_actor(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        interventions(Graph::of(ctx), &self.0.interventions_without_actor).await
    }
}
