use async_graphql::{Context, Description, Object, SimpleObject};
use futures_util::future::{try_join, try_join_all};
use uuid::Uuid;

use super::intervention::{PlanIntervention, interventions};
use super::parts::{PlanNeed, Told, need, of_told};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, Result};
use crate::plans::coverage::{self, ChainRow, Coverage, CoverageState, Money, Part};
use crate::plans::loader::ChainOf;
use crate::projects::loader::WorkOf;

/// What of a plan is covered and what is not, over what the caller may see: a project that is hidden does nothing here
/// [copertura del piano]. Of a plan as it stood at a time the chain is told as it stood, the projects and their money as
/// they are today.
#[derive(Description)]
pub struct PlanCoverage {
    told: Told,
    coverage: Coverage,
}

/// Money of a plan or of something of it, and of the projects that carry it out, as far as the caller sees them [risorse].
///
/// A project that carries out several interventions tells each of them all of its money, since no record splits it.
/// Whatever holds several of them counts it once: so the money of parts may add up to more than that of the whole.
#[derive(SimpleObject)]
pub struct PlanMoney {
    /// Planned by the interventions, euros; null where none says a budget [risorse previste].
    budget: Option<Euro>,
    /// Public money asked for by projects proposed, whatever was decided since, euros; of projects that were entered once
    /// they were funded nothing may be recorded [finanziamento richiesto].
    asked: Euro,
    /// Public money of projects admitted, under way or finished, not of those revoked, euros [finanziamento ammesso].
    admitted: Euro,
    /// Declared to be spent, euros [spesa dichiarata].
    spent: Euro,
    /// Projects whose money it is, each counted once: those proposed, whatever was decided since [progetti].
    projects_count: usize,
    /// Those of them that also carry out interventions outside this part, of this plan or of others that the caller sees:
    /// all of their money is told there, too [progetti condivisi].
    shared_projects_count: usize,
}

impl From<Money> for PlanMoney {
    fn from(money: Money) -> Self {
        Self {
            budget: money.budget.map(Euro),
            asked: Euro(money.asked),
            admitted: Euro(money.admitted),
            spent: Euro(money.spent),
            projects_count: money.projects,
            shared_projects_count: money.shared,
        }
    }
}

/// A plan's chain, and the projects that carry it out and that the viewer may see.
pub async fn covered(graph: &Graph, plan: Uuid, told: &Told) -> Result<Coverage> {
    let chain = async {
        match told {
            Some(told) => Ok(Some(coverage::chain(told))),
            None => graph.load(ChainOf(plan)).await,
        }
    };
    let (chain, work) = try_join(chain, graph.load(WorkOf(plan))).await?;
    Ok(Coverage { chain: chain.unwrap_or_default(), work: work.unwrap_or_default() })
}

impl PlanCoverage {
    pub async fn of(graph: &Graph, plan: Uuid, told: &Told) -> Result<Self> {
        Ok(Self { told: told.clone(), coverage: covered(graph, plan, told).await? })
    }

    /// Its needs that are in a state.
    async fn needs_that(&self, ctx: &Context<'_>, holds: fn(CoverageState) -> bool) -> Result<Vec<PlanNeed>> {
        let mut ids = self.coverage.needs();
        ids.retain(|id| holds(self.coverage.state(Part::Need(*id))));
        if let Some(told) = &self.told {
            return Ok(of_told(&told.plan_need, |row| ids.contains(&row.id), told, PlanNeed));
        }
        let graph = Graph::of(ctx);
        Ok(try_join_all(ids.iter().map(|id| need(graph, *id))).await?.into_iter().flatten().collect())
    }

    /// Its interventions for which a condition holds.
    async fn interventions_that(
        &self,
        ctx: &Context<'_>,
        holds: impl Fn(&ChainRow) -> bool,
    ) -> Result<Vec<PlanIntervention>> {
        let found = self.coverage.interventions().into_iter().filter(|way| holds(way));
        let ids: Vec<Uuid> = found.filter_map(|way| way.intervention_id).collect();
        let Some(told) = &self.told else { return interventions(Graph::of(ctx), &ids).await };
        let rows = told.plan_intervention.iter().filter(|row| ids.contains(&row.id));
        Ok(rows.map(|row| PlanIntervention::told(row.clone(), told)).collect())
    }
}

#[Object(use_type_description)]
impl PlanCoverage {
    /// Needs of the plan in all [fabbisogni].
    async fn needs(&self) -> usize {
        self.coverage.needs().len()
    }

    /// Interventions of the plan in all [interventi].
    async fn interventions(&self) -> usize {
        self.coverage.interventions().len()
    }

    /// Money of the whole plan, each project counted once [risorse del piano].
    async fn money(&self) -> PlanMoney {
        self.coverage.money(Part::Plan).into()
    }

    /// Day of which projects and their money are told: today, whatever day the plan is told of [data di riferimento].
    async fn projects_as_of(&self, ctx: &Context<'_>) -> Date {
        Date(Graph::of(ctx).today)
    }

    /// Needs that no project admitted, under way or finished does anything for; `coverageState` says why [fabbisogni
    /// scoperti].
    async fn uncovered_needs(&self, ctx: &Context<'_>) -> Result<Vec<PlanNeed>> {
        self.needs_that(ctx, CoverageState::is_uncovered).await
    }

    /// Needs that no intervention answers [fabbisogni senza intervento].
    async fn needs_without_intervention(&self, ctx: &Context<'_>) -> Result<Vec<PlanNeed>> {
        self.needs_that(ctx, |state| matches!(state, CoverageState::NoPriority | CoverageState::NoIntervention)).await
    }

    /// Interventions that no project admitted, under way or finished carries out [interventi senza progetto].
    async fn interventions_without_project(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        let state = |way: &ChainRow| way.intervention_id.map(|id| self.coverage.state(Part::Intervention(id)));
        self.interventions_that(ctx, |way| state(way).is_some_and(CoverageState::is_uncovered)).await
    }

    /// Interventions without a body responsible [interventi senza soggetto responsabile].
    async fn interventions_without_actor(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        self.interventions_that(ctx, |way| !way.has_actor).await
    }
}
