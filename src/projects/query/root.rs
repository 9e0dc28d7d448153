use async_graphql::{Context, ID, InputObject, Object, OneofObject};

use chrono::{DateTime, Utc};

use super::parts::{PARTICIPATION, ProjectParticipation, participation};
use super::project::{PROJECT, Project, project, projects};
use crate::deeds;
use crate::funding::Programmes;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::query::NODE;
use crate::projects::document::ProjectDocument;
use crate::projects::loader::ProjectByKey;
use crate::projects::model::{ProjectFilter, ProjectKey, ProjectOrder, ProjectStatus};
use crate::territory::Territory;

/// Finds one project by exactly one of its keys.
#[derive(OneofObject)]
pub enum ProjectBy {
    /// Global id.
    Id(ID),
    /// Unique project code, 15 characters [CUP].
    Cup(String),
    /// Code in the system that it was imported from [codice locale progetto].
    LocalCode(String),
}

/// What a list of projects is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct ProjectFilterInput {
    /// Only in these states.
    statuses: Option<Vec<ProjectStatus>>,
    /// On this node of a programme or below it, by code.
    programme: Option<String>,
    /// Working in this province: abbreviation or ISTAT code.
    province: Option<String>,
    /// Working in this region: ISTAT code.
    region: Option<String>,
    /// Admitted and under way on this day.
    active_on: Option<Date>,
    /// Only synthetic, or only real, records.
    is_synthetic: Option<bool>,
    /// Proposals that this body is asked to take part in and has not answered, by its global id.
    invited: Option<ID>,
}

impl ProjectFilterInput {
    fn parse(self, graph: &Graph) -> Result<ProjectFilter> {
        let territory = graph.reference::<Territory>();
        Ok(ProjectFilter {
            statuses: self.statuses.unwrap_or_default(),
            programmes: self.programme.map(|code| graph.reference::<Programmes>().subtree(&code)),
            provinces: territory.codes_within(self.province.as_deref(), self.region.as_deref(), graph.today),
            active_on: self.active_on.map(|day| day.0),
            is_synthetic: self.is_synthetic,
            invited: self.invited.map(|id| NodeId::uuid(NODE, &id)).transpose()?,
        })
    }
}

/// Projects of the graph.
#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// One project by a key [progetto]; null where there is none that the caller may see.
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: ProjectBy,
        #[graphql(
            desc = "As it stood at this instant, with its parts; as it stands when left out. Null where it was not \
                          there yet, or where something that happened since is hidden from the caller."
        )]
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Option<Project>> {
        let graph = Graph::of(ctx);
        let found = self.now(graph, by).await?;
        match (found, as_of) {
            (Some(found), Some(at)) => {
                Ok(deeds::as_of::<ProjectDocument>(graph, found.0.row.id, at).await?.map(Project::from))
            }
            (found, _) => Ok(found),
        }
    }

    /// Projects, narrowed and ordered [progetti].
    #[graphql(name = "projects")]
    async fn list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<ProjectFilterInput>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<ProjectOrder>,
    ) -> Result<Page<Project>> {
        let graph = Graph::of(ctx);
        projects(graph, filter.unwrap_or_default().parse(graph)?, order_by, first, after).await
    }

    #[graphql(entity)]
    async fn project_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Project>> {
        project(Graph::of(ctx), NodeId::uuid(PROJECT, &id)?).await
    }

    #[graphql(entity)]
    async fn project_participation_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<ProjectParticipation>> {
        participation(Graph::of(ctx), NodeId::uuid(PARTICIPATION, &id)?).await
    }

    #[graphql(entity)]
    async fn project_entity_by_cup(&self, ctx: &Context<'_>, cup: String) -> Result<Option<Project>> {
        Ok(Graph::of(ctx).load(ProjectByKey(ProjectKey::Cup(cup))).await?.map(Project::of))
    }

    #[graphql(entity)]
    async fn project_entity_by_local_code(&self, ctx: &Context<'_>, local_code: String) -> Result<Option<Project>> {
        Ok(Graph::of(ctx).load(ProjectByKey(ProjectKey::LocalCode(local_code))).await?.map(Project::of))
    }
}

impl ProjectQuery {
    /// The project with a key, as it stands.
    async fn now(&self, graph: &Graph, by: ProjectBy) -> Result<Option<Project>> {
        let key = match by {
            ProjectBy::Id(id) => return project(graph, NodeId::uuid(PROJECT, &id)?).await,
            ProjectBy::Cup(cup) => ProjectKey::Cup(cup.trim().to_uppercase()),
            ProjectBy::LocalCode(code) => ProjectKey::LocalCode(code),
        };
        Ok(graph.load(ProjectByKey(key)).await?.map(Project::of))
    }
}
