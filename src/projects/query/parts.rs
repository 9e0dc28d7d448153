use async_graphql::{Context, Description, ID, Object, SimpleObject};
use uuid::Uuid;

use super::project::{Project, project};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::query::{self as organisations, Organisation};
use crate::projects::loader::ParticipationById;
use crate::projects::model::{ContractRow, Participation, PlaceRow, ProjectRole};
use crate::territory::query::{self as territory, Municipality, Province};

pub use crate::projects::document::PARTICIPATION;

/// A body's part in a project, beside the lead [partecipazione].
#[derive(Description)]
pub struct ProjectParticipation(pub Participation);

/// A part in a project by its id; `None` where the viewer may not see it.
pub async fn participation(graph: &Graph, id: Uuid) -> Result<Option<ProjectParticipation>> {
    Ok(graph.load(ParticipationById(id)).await?.map(|part| ProjectParticipation((*part).clone())))
}

#[Object(use_type_description)]
impl ProjectParticipation {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PARTICIPATION, self.0.row.id).id()
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>> {
        project(Graph::of(ctx), self.0.row.project_id).await
    }

    /// The body [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match &self.0.organisation {
            Some(body) => Ok(Some(body.clone().into())),
            None => organisations::organisation(Graph::of(ctx), self.0.row.organisation_id).await,
        }
    }

    /// The participant through which it takes part; null where it is the lead, or hidden from the caller.
    async fn through(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match self.0.row.through_id {
            Some(through) => organisations::organisation(Graph::of(ctx), through).await,
            None => Ok(None),
        }
    }

    /// Its role [ruolo].
    async fn role(&self) -> ProjectRole {
        self.0.row.role
    }

    /// First day of its part; the project's own where null.
    async fn valid_from(&self) -> Option<Date> {
        self.0.row.valid_from.map(Date)
    }

    /// Last day of its part; the project's own where null.
    async fn valid_until(&self) -> Option<Date> {
        self.0.row.valid_until.map(Date)
    }

    /// Its share of the project's money, euros [quota].
    async fn budget_share(&self) -> Option<Euro> {
        self.0.row.budget_share.map(Euro)
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

/// A contract of a project [contratto].
#[derive(SimpleObject)]
pub struct ProjectContract {
    /// Code of the tender [CIG].
    cig: String,
    /// What it is about [oggetto].
    subject: Option<String>,
    /// Amount, euros [importo].
    amount: Option<Euro>,
    /// Day of signature [data di stipula].
    signed_on: Option<Date>,
    /// Whether this is made-up demonstration data [dato sintetico].
    is_synthetic: bool,
    /// Where the record comes from [fonte].
    source: String,
}

impl From<&ContractRow> for ProjectContract {
    fn from(row: &ContractRow) -> Self {
        Self {
            cig: row.cig.clone(),
            subject: row.subject.clone(),
            amount: row.amount.map(Euro),
            signed_on: row.signed_on.map(Date),
            is_synthetic: row.is_synthetic,
            source: row.source.clone(),
        }
    }
}

/// Where a project works [luogo di intervento].
#[derive(Description)]
pub struct ProjectPlace(pub PlaceRow);

#[Object(use_type_description)]
impl ProjectPlace {
    /// The province [provincia].
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), &self.0.province_code)
    }

    /// The municipality; null where the whole province is meant [comune].
    async fn municipality(&self, ctx: &Context<'_>) -> Option<Municipality> {
        territory::municipality(Graph::of(ctx), &self.0.municipality_code)
    }
}
