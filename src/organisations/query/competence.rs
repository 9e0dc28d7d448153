use async_graphql::{Context, Description, ID, Object};
use uuid::Uuid;

use super::Prefecture;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId};
use crate::organisations::Directory;
use crate::organisations::model::Competence;
use crate::territory::query::{self as territory, Province};

/// Kind of the global ids of competences.
pub const COMPETENCE: &str = "OfficeCompetence";

/// An office's competence for a province, for a period [competenza territoriale].
#[derive(Description)]
pub struct OfficeCompetence(pub Competence);

/// A competence by its id.
pub fn competence(graph: &Graph, id: Uuid) -> Option<OfficeCompetence> {
    graph.reference::<Directory>().competence(id).cloned().map(OfficeCompetence)
}

#[Object(use_type_description)]
impl OfficeCompetence {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(COMPETENCE, self.0.id).id()
    }

    /// The office [Prefettura – UTG].
    async fn office(&self, ctx: &Context<'_>) -> Option<Prefecture> {
        Graph::of(ctx).reference::<Directory>().body(self.0.office_id).map(Prefecture::of)
    }

    /// The province.
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), &self.0.province_code)
    }

    /// First day; null where it has always been so.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// Last day; null while it lasts.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }
}
