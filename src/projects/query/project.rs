use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::course::{ProjectAmendment, ProjectCourse, ProjectReadiness};
use super::money::{ProjectBudgetLine, ProjectDeadline, ProjectIndicator, ProjectInvitation, ProjectSpending};
use super::parts::{ProjectContract, ProjectParticipation, ProjectPlace};
use crate::deeds::Whole;
use crate::documents::query::{self as documents, Document};
use crate::funding::query::{self as funding, FundingCall, ProgrammeNode};
use crate::graphql::list::{self, List};
use crate::graphql::page::{Keyset, Total, bounded};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::model::Visibility;
use crate::organisations::query::{self as organisations, Organisation};
use crate::plans::query::{self as plans, PlanIntervention};
use crate::projects::document::ProjectDocument;
use crate::projects::life::ProjectStep;
use crate::projects::loader::{
    ContractsOf, InterventionsOfProject, ParticipationsOf, PlacesOf, ProjectById, ProjectsOfIntervention,
};
use crate::projects::model::{self, ProjectFilter, ProjectOrder, ProjectRole, ProjectStatus, ProjectsOf};
use crate::territory::query::{self as territory, Province};

pub use crate::projects::document::PROJECT;

/// A project as it stood at a time, or would stand: its parts are told from it. `None`: as it stands.
type Told = Option<Arc<ProjectDocument>>;

/// What bodies do together with public money, for a time, at places [progetto].
#[derive(Description, Clone)]
pub struct Project(pub Arc<model::Project>, Told);

impl Project {
    /// As it stands.
    pub fn of(project: Arc<model::Project>) -> Self {
        Self(project, None)
    }

    /// As it stood at a time, or would stand. What other records say of it is told as it is today.
    pub fn told(project: Arc<ProjectDocument>) -> Self {
        Self(Arc::new(model::Project { row: project.project.as_ref().clone(), lead: None }), Some(project))
    }

    /// The project with all of its parts.
    pub(super) async fn whole(&self, graph: &Graph) -> Result<Option<Arc<ProjectDocument>>> {
        match &self.1 {
            Some(told) => Ok(Some(told.clone())),
            None => graph.load(Whole::of(self.0.row.id)).await,
        }
    }
}

impl From<ProjectDocument> for Project {
    fn from(project: ProjectDocument) -> Self {
        Self::told(Arc::new(project))
    }
}

/// A project that a record names; `None` where the viewer may not see it.
pub async fn project(graph: &Graph, id: Uuid) -> Result<Option<Project>> {
    Ok(graph.load(ProjectById(id)).await?.map(Project::of))
}

/// The projects that a checked filter selects.
pub async fn projects(
    graph: &Graph,
    filter: ProjectFilter,
    order: Option<ProjectOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Project>> {
    list::page(graph, List { within: None, filter, order: order.unwrap_or_default() }, first, after, Project::of).await
}

/// The projects below a parent, as its type shows them.
pub async fn projects_of(
    graph: &Graph,
    parent: ProjectsOf,
    key: String,
    statuses: Option<Vec<ProjectStatus>>,
    order: Option<ProjectOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Project>> {
    let filter = ProjectFilter { statuses: statuses.unwrap_or_default(), ..ProjectFilter::default() };
    let list = List { within: Some((parent, key)), filter, order: order.unwrap_or_default() };
    list::page(graph, list, first, after, Project::of).await
}

/// The projects that carry out an intervention.
pub async fn projects_of_intervention(graph: &Graph, intervention: Uuid) -> Result<Vec<Project>> {
    let projects = graph.load(ProjectsOfIntervention(intervention)).await?;
    Ok(projects.iter().flat_map(|projects| projects.iter().cloned()).map(Project::of).collect())
}

#[Object(use_type_description)]
impl Project {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PROJECT, self.0.row.id).id()
    }

    /// Title [titolo].
    async fn title(&self) -> &str {
        &self.0.row.title
    }

    /// What it does, in a few sentences [sintesi].
    async fn summary(&self) -> Option<&str> {
        self.0.row.summary.as_deref()
    }

    /// Where it stands [stato].
    async fn status(&self) -> ProjectStatus {
        self.0.row.status
    }

    /// Unique project code, 15 characters [CUP].
    async fn cup(&self) -> Option<&str> {
        self.0.row.cup.as_deref()
    }

    /// Number of the initiative in the fund's own system [numero iniziativa].
    async fn initiative_number(&self) -> Option<&str> {
        self.0.row.initiative_number.as_deref()
    }

    /// Code in the system that it was imported from [codice locale progetto].
    async fn local_code(&self) -> Option<&str> {
        self.0.row.local_code.as_deref()
    }

    /// First day of the project [data di inizio].
    async fn starts_on(&self) -> Option<Date> {
        self.0.row.starts_on.map(Date)
    }

    /// Last day of the project [data di fine].
    async fn ends_on(&self) -> Option<Date> {
        self.0.row.ends_on.map(Date)
    }

    /// The lead, who owns the record [capofila]; null where the caller may not see it.
    async fn lead(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match (&self.0.lead, &self.1) {
            (None, Some(_)) => organisations::organisation(Graph::of(ctx), self.0.row.lead_id).await,
            (lead, _) => Ok(lead.clone().map(Organisation::from)),
        }
    }

    /// Who takes part beside the lead, by role and name [partner].
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these roles.")] roles: Option<Vec<ProjectRole>>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Vec<ProjectParticipation>> {
        let first = bounded(first)?;
        let parts: Option<Arc<[model::Participation]>> = match &self.1 {
            Some(told) => {
                let rows = told.project_participation.iter().cloned();
                Some(rows.map(|row| model::Participation { row, organisation: None }).collect())
            }
            None => Graph::of(ctx).load(ParticipationsOf(self.0.row.id)).await?,
        };
        let wanted = |role| roles.as_ref().is_none_or(|roles| roles.contains(&role));
        let parts = parts.iter().flat_map(|parts| parts.iter()).filter(|part| wanted(part.row.role));
        Ok(parts.take(first).cloned().map(ProjectParticipation).collect())
    }

    /// The node of the funding programme that pays it [nodo della programmazione].
    async fn programme_node(&self, ctx: &Context<'_>) -> Option<ProgrammeNode> {
        funding::programme(Graph::of(ctx), self.0.row.programme_code.as_deref()?)
    }

    /// The call that it was proposed to [avviso].
    async fn call(&self, ctx: &Context<'_>) -> Result<Option<FundingCall>> {
        match self.0.row.call_id {
            Some(call) => funding::call(Graph::of(ctx), call).await,
            None => Ok(None),
        }
    }

    /// Province that it chiefly works for.
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), self.0.row.province_code.as_deref()?)
    }

    /// Where it works [luoghi].
    async fn places(&self, ctx: &Context<'_>) -> Result<Vec<ProjectPlace>> {
        let places = match &self.1 {
            Some(told) => Some(told.project_place.iter().cloned().collect()),
            None => Graph::of(ctx).load(PlacesOf(self.0.row.id)).await?,
        };
        Ok(places.iter().flat_map(|places| places.iter().cloned()).map(ProjectPlace).collect())
    }

    /// Its contracts, with their CIG [contratti].
    async fn contracts(&self, ctx: &Context<'_>) -> Result<Vec<ProjectContract>> {
        let contracts = match &self.1 {
            Some(told) => Some(told.project_contract.iter().cloned().collect()),
            None => Graph::of(ctx).load(ContractsOf(self.0.row.id)).await?,
        };
        Ok(contracts.iter().flat_map(|contracts| contracts.iter()).map(ProjectContract::from).collect())
    }

    /// Interventions of territorial plans that it carries out, where the caller may see the plan [interventi].
    async fn interventions(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        let graph = Graph::of(ctx);
        let ids: Option<Arc<[Uuid]>> = match &self.1 {
            Some(told) => Some(told.project_intervention.iter().map(|link| link.intervention_id).collect()),
            None => graph.load(InterventionsOfProject(self.0.row.id)).await?,
        };
        match ids {
            Some(ids) => plans::interventions(graph, &ids).await,
            None => Ok(Vec::new()),
        }
    }

    /// Public money, euros [finanziamento pubblico].
    async fn public_funding(&self) -> Option<Euro> {
        self.0.row.public_funding.map(Euro)
    }

    /// Whole cost, euros [costo totale].
    async fn total_cost(&self) -> Option<Euro> {
        self.0.row.total_cost.map(Euro)
    }

    /// Public money asked for, euros [finanziamento richiesto].
    async fn requested_funding(&self) -> Option<Euro> {
        self.0.row.requested_funding.map(Euro)
    }

    /// The days and reasons of its steps [iter].
    async fn course(&self) -> ProjectCourse {
        ProjectCourse::of(&self.0.row)
    }

    /// The bodies that were asked to take part, until the money is agreed [inviti].
    async fn invitations(&self, ctx: &Context<'_>) -> Result<Vec<ProjectInvitation>> {
        self.part(ctx, |project| project.project_invitation.iter().cloned().map(ProjectInvitation).collect()).await
    }

    /// Its money by body and year [bilancio].
    async fn budget(&self, ctx: &Context<'_>) -> Result<Vec<ProjectBudgetLine>> {
        self.part(ctx, |project| project.project_budget.iter().cloned().map(ProjectBudgetLine).collect()).await
    }

    /// Money declared to be spent, the earliest first [spese].
    async fn spending(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<ProjectSpending>> {
        let keyset = Keyset::by_date("spent", "spent_on", "id", false);
        let args = keyset.args(first, after)?;
        let all = self.part(ctx, |project| project.project_spending.clone()).await?;
        let count = all.len() as i64;
        let place = |row: &model::SpendingRow| (row.spent_on.to_string(), row.id);
        let is_after = |row: &model::SpendingRow| {
            let cursor = args.after.as_ref().map(|cursor| (cursor.value.clone().unwrap_or_default(), cursor.id));
            cursor.is_none_or(|cursor| place(row) > cursor)
        };
        let rows = all.into_iter().filter(is_after).take(args.limit() as usize).collect();
        let cursor = |row: &model::SpendingRow| keyset.cursor(Some(row.spent_on.to_string()), row.id);
        Ok(args.page(rows, Total::new(move |_| async move { Ok(count) }), cursor, ProjectSpending))
    }

    /// All money declared to be spent so far, euros [spesa dichiarata].
    async fn spent(&self, ctx: &Context<'_>) -> Result<Euro> {
        Ok(Euro(self.whole(Graph::of(ctx)).await?.map(|project| project.spent()).unwrap_or_default()))
    }

    /// Its deadlines, the earliest first [scadenze].
    async fn deadlines(&self, ctx: &Context<'_>) -> Result<Vec<ProjectDeadline>> {
        self.part(ctx, |project| project.project_deadline.iter().map(ProjectDeadline::of).collect()).await
    }

    /// What shows what it achieves, with the measured values [indicatori].
    async fn indicators(&self, ctx: &Context<'_>) -> Result<Vec<ProjectIndicator>> {
        let each = |project: &ProjectDocument| {
            project.project_indicator.iter().map(|row| ProjectIndicator::of(row, &project.project_value)).collect()
        };
        self.part(ctx, each).await
    }

    /// What was changed after the money was agreed, and why [variazioni].
    async fn amendments(&self, ctx: &Context<'_>) -> Result<Vec<ProjectAmendment>> {
        self.part(ctx, |project| project.project_amendment.iter().map(ProjectAmendment::of).collect()).await
    }

    /// The steps that can be taken from where it stands, and what still prevents each [prontezza].
    async fn readiness(&self, ctx: &Context<'_>) -> Result<Vec<ProjectReadiness>> {
        let graph = Graph::of(ctx);
        // What other records say is read with the caller's own eyes.
        let project = match self.whole(graph).await? {
            Some(project) if project.facts.are_known => Some(project),
            _ => graph.load(Whole::of(self.0.row.id)).await?,
        };
        let Some(project) = project else { return Ok(Vec::new()) };
        let possible = ProjectStep::ALL.iter().filter(|step| step.between().0.contains(&project.project.status));
        Ok(possible.map(|step| ProjectReadiness::of(&project, *step, graph.today)).collect())
    }

    /// What was done to it, the last first [cronologia].
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<RecordEvent>> {
        history::history(Graph::of(ctx), self.0.row.id, first, after).await
    }

    /// Grows by one with each change: what a mutation expects [versione].
    async fn version(&self) -> i32 {
        self.0.row.version
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.row.updated_at
    }

    /// Its documents, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), PROJECT, self.0.row.id, first, after).await
    }

    /// Who may see this record [visibilità].
    async fn visibility(&self) -> Visibility {
        self.0.row.visibility
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.row.is_synthetic
    }

    /// Where the record comes from [fonte].
    async fn source(&self) -> &str {
        &self.0.row.source
    }
}

impl Project {
    /// Its parts of one kind.
    async fn part<T>(&self, ctx: &Context<'_>, each: impl Fn(&ProjectDocument) -> Vec<T>) -> Result<Vec<T>> {
        Ok(self.whole(Graph::of(ctx)).await?.map(|project| each(&project)).unwrap_or_default())
    }
}
