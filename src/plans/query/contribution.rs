use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};

use super::plan::{TerritorialPlan, plan};
use crate::documents::query::{self as documents, Document};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::Directory;
use crate::organisations::query::{self as organisations, Organisation, Prefecture};
use crate::plans::contribution::{
    CONTRIBUTION, ContributionDocument, ContributionOutcome, ContributionRow, ContributionStatus, PlanSection,
};
use crate::plans::loader::ContributionById;
use crate::plans::model::ContributionFilter;

/// What a body was asked to say of a section of a plan, what it said, and what became of it [contributo al piano]. Seen by
/// the office and the body alone.
#[derive(Description)]
pub struct PlanContribution(pub Arc<ContributionRow>);

impl From<ContributionDocument> for PlanContribution {
    fn from(held: ContributionDocument) -> Self {
        Self(Arc::new(held.plan_contribution))
    }
}

/// A contribution by its id.
pub async fn contribution(graph: &Graph, id: uuid::Uuid) -> Result<Option<PlanContribution>> {
    Ok(graph.load(ContributionById(id)).await?.map(PlanContribution))
}

/// Contributions, those of a plan or all that the caller may see, the last asked for first.
pub async fn contributions(
    graph: &Graph,
    plan: Option<uuid::Uuid>,
    filter: ContributionFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<PlanContribution>> {
    let list = List { within: plan.map(|plan| ((), plan.to_string())), filter, order: () };
    list::page(graph, list, first, after, PlanContribution).await
}

#[Object(use_type_description)]
impl PlanContribution {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(CONTRIBUTION, self.0.id).id()
    }

    /// The plan; null where the caller may not see it yet.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        plan(Graph::of(ctx), self.0.plan_id).await
    }

    /// Title of the plan when the body was asked [titolo del piano].
    async fn plan_title(&self) -> &str {
        &self.0.plan_title
    }

    /// The office that asks [Prefettura – UTG].
    async fn office(&self, ctx: &Context<'_>) -> Option<Prefecture> {
        Graph::of(ctx).reference::<Directory>().body(self.0.office_id).map(Prefecture::of)
    }

    /// The body that is asked [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// The section [sezione].
    async fn section(&self) -> PlanSection {
        self.0.section
    }

    /// The section's text when the body was asked.
    async fn section_text(&self) -> &str {
        &self.0.section_text
    }

    /// What it is asked, beside the section's text [quesito].
    async fn question(&self) -> Option<&str> {
        self.0.question.as_deref()
    }

    /// First day for contributions.
    async fn opens_on(&self) -> Date {
        Date(self.0.opens_on)
    }

    /// Last day for contributions.
    async fn closes_on(&self) -> Date {
        Date(self.0.closes_on)
    }

    /// Where it stands [stato].
    async fn status(&self) -> ContributionStatus {
        self.0.status
    }

    /// What the body has to say [commento].
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// Day of the comment.
    async fn submitted_on(&self) -> Option<Date> {
        self.0.submitted_on.map(Date)
    }

    /// What became of the comment [esito].
    async fn outcome(&self) -> Option<ContributionOutcome> {
        self.0.outcome
    }

    /// The office's answer [riscontro].
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// Day of the answer.
    async fn answered_on(&self) -> Option<Date> {
        self.0.answered_on.map(Date)
    }

    /// Its documents, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), CONTRIBUTION, self.0.id, first, after).await
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
}
