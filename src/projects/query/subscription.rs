use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use futures_util::Stream;

use super::project::{PROJECT, Project, project};
use crate::deeds::news;
use crate::graphql::{Apart, Error, Graph, NodeId, Result};
use crate::history::query::RecordEvent;
use crate::organisations::query::NODE;
use crate::projects::document::ProjectDocument;
use crate::projects::model::ProjectStatus;

/// Something that was done to a project [evento del progetto].
#[derive(SimpleObject)]
pub struct ProjectEvent {
    /// What was done.
    event: RecordEvent,
    /// The project as it stands since.
    project: Project,
}

/// What projects tell as it happens.
#[derive(Default)]
pub struct ProjectSubscription;

#[Subscription]
impl ProjectSubscription {
    /// What is done to projects while the caller listens, each event told with the rights that the caller has at
    /// that moment [modifiche ai progetti]. A stream about one project ends when the caller may see it no more.
    async fn project_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this project, by its global id.")] id: Option<ID>,
        #[graphql(desc = "Only projects that this body leads or takes part in, by its global id.")]
        organisation: Option<ID>,
        #[graphql(desc = "Only projects that are in one of these states since.")] statuses: Option<Vec<ProjectStatus>>,
    ) -> Result<impl Stream<Item = Apart<ProjectEvent>> + use<>> {
        let graph = Graph::of(ctx).clone();
        let id = id.map(|id| NodeId::uuid(PROJECT, &id)).transpose()?;
        let organisation = organisation.map(|id| NodeId::uuid(NODE, &id)).transpose()?;
        if let Some(id) = id {
            Box::pin(project(&graph, id)).await?.ok_or_else(Error::nothing_to_follow)?;
        }
        Box::pin(graph.renew()).await;
        let is_wanted = move |project: &Arc<ProjectDocument>| {
            let status = project.project.status;
            organisation.is_none_or(|body| project.takes_part(body))
                && statuses.as_ref().is_none_or(|statuses| statuses.contains(&status))
        };
        Ok(news::stream(graph, id, is_wanted, |event, project: Arc<ProjectDocument>| {
            Apart(ProjectEvent { event: RecordEvent(event), project: Project::told(project) })
        }))
    }
}
