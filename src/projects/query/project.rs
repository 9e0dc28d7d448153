use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use uuid::Uuid;

use super::parts::{ProjectContract, ProjectParticipation, ProjectPlace};
use crate::documents::query::{self as documents, Document};
use crate::funding::query::{self as funding, FundingCall, ProgrammeNode};
use crate::graphql::list::{self, List};
use crate::graphql::page::bounded;
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::model::Visibility;
use crate::organisations::query::Organisation;
use crate::plans::query::{self as plans, PlanIntervention};
use crate::projects::loader::{
    ContractsOf, InterventionsOfProject, ParticipationsOf, PlacesOf, ProjectById, ProjectsOfIntervention,
};
use crate::projects::model::{self, ProjectFilter, ProjectOrder, ProjectRole, ProjectStatus, ProjectsOf};
use crate::territory::query::{self as territory, Province};

/// Kind of the global ids of projects.
pub const PROJECT: &str = "Project";

/// What bodies do together with public money, for a time, at places [progetto].
#[derive(Description)]
pub struct Project(pub Arc<model::Project>);

/// A project that a record names; `None` where the viewer may not see it.
pub async fn project(graph: &Graph, id: Uuid) -> Result<Option<Project>> {
    Ok(graph.load(ProjectById(id)).await?.map(Project))
}

/// The projects that a checked filter selects.
pub async fn projects(
    graph: &Graph,
    filter: ProjectFilter,
    order: Option<ProjectOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Project>> {
    list::page(graph, List { within: None, filter, order: order.unwrap_or_default() }, first, after, Project).await
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
    list::page(graph, list, first, after, Project).await
}

/// The projects that carry out an intervention.
pub async fn projects_of_intervention(graph: &Graph, intervention: Uuid) -> Result<Vec<Project>> {
    let projects = graph.load(ProjectsOfIntervention(intervention)).await?;
    Ok(projects.iter().flat_map(|projects| projects.iter().cloned()).map(Project).collect())
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
    async fn lead(&self) -> Option<Organisation> {
        self.0.lead.clone().map(Organisation::from)
    }

    /// Who takes part beside the lead, by role and name [partner].
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these roles.")] roles: Option<Vec<ProjectRole>>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Vec<ProjectParticipation>> {
        let first = bounded(first)?;
        let parts = Graph::of(ctx).load(ParticipationsOf(self.0.row.id)).await?;
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
        let places = Graph::of(ctx).load(PlacesOf(self.0.row.id)).await?;
        Ok(places.iter().flat_map(|places| places.iter().cloned()).map(ProjectPlace).collect())
    }

    /// Its contracts, with their CIG [contratti].
    async fn contracts(&self, ctx: &Context<'_>) -> Result<Vec<ProjectContract>> {
        let contracts = Graph::of(ctx).load(ContractsOf(self.0.row.id)).await?;
        Ok(contracts.iter().flat_map(|contracts| contracts.iter()).map(ProjectContract::from).collect())
    }

    /// Interventions of territorial plans that it carries out, where the caller may see the plan [interventi].
    async fn interventions(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        let graph = Graph::of(ctx);
        match graph.load(InterventionsOfProject(self.0.row.id)).await? {
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
