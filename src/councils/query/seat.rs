use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::councils::loader::{SeatById, SeatsHeldBy};
pub use crate::councils::model::SEAT;
use crate::councils::model::{Seat, SeatCategory, SeatRole, SeatRow, SocialSide};
use crate::councils::seat::SeatDocument;
use crate::documents::query::{self as documents, Document};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::Directory;
use crate::organisations::model::{OrganisationRow, Visibility};
use crate::organisations::query::{self as organisations, Organisation, TerritorialCouncil};

/// A seat in a territorial council: an organisation in a category of art. 57, for a period [componente del CTI].
#[derive(Description)]
pub struct CouncilSeat {
    row: Arc<SeatRow>,
    /// The body that holds it, where it came along with the row; `Some(None)` where the viewer may not see it.
    organisation: Option<Option<Arc<OrganisationRow>>>,
}

impl CouncilSeat {
    /// With the body that holds it.
    pub fn joined(seat: Seat) -> Self {
        Self { row: Arc::new(seat.row), organisation: Some(seat.organisation) }
    }
}

impl From<SeatDocument> for CouncilSeat {
    fn from(seat: SeatDocument) -> Self {
        Self { row: Arc::new(seat.council_seat), organisation: None }
    }
}

/// A seat by its id; `None` where the viewer may not see it.
pub async fn seat(graph: &Graph, id: Uuid) -> Result<Option<CouncilSeat>> {
    Ok(graph.load(SeatById(id)).await?.map(|seat| CouncilSeat::joined((*seat).clone())))
}

/// The seats that an organisation holds, as its type shows them.
pub async fn seats_held_by(graph: &Graph, organisation: Uuid, as_of: Option<Date>) -> Result<Vec<CouncilSeat>> {
    let day = as_of.map_or(graph.today, |day| day.0);
    let seats = graph.load(SeatsHeldBy(organisation, Some(day))).await?;
    Ok(seats.iter().flat_map(|seats| seats.iter().cloned()).map(CouncilSeat::joined).collect())
}

#[Object(use_type_description)]
impl CouncilSeat {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(SEAT, self.row.id).id()
    }

    /// The council that it is a seat of [Consiglio territoriale].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        Graph::of(ctx).reference::<Directory>().body(self.row.council_id).map(TerritorialCouncil::of)
    }

    /// The organisation that holds the seat [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match &self.organisation {
            Some(known) => Ok(known.clone().map(Organisation::from)),
            None => organisations::organisation(Graph::of(ctx), self.row.organisation_id).await,
        }
    }

    /// The body that designated the representative [ente designante]; null where the caller may not see it.
    async fn designated_by(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match self.row.designated_by_id {
            Some(body) => organisations::organisation(Graph::of(ctx), body).await,
            None => self.organisation(ctx).await,
        }
    }

    /// Category of art. 57 DPR 394/1999 [categoria].
    async fn category(&self) -> SeatCategory {
        self.row.category
    }

    /// For category f), which side it stands for.
    async fn side(&self) -> Option<SocialSide> {
        self.row.side
    }

    /// Whether it is a member's or the secretariat's [ruolo].
    async fn role(&self) -> SeatRole {
        self.row.role
    }

    /// Office that the designated representative holds in the organisation, never a person's name [qualifica].
    async fn representative_office(&self) -> Option<&str> {
        self.row.representative_office.as_deref()
    }

    /// First day of the seat [data di nomina].
    async fn valid_from(&self) -> Date {
        Date(self.row.valid_from)
    }

    /// Last day of the seat; null while it lasts.
    async fn valid_until(&self) -> Option<Date> {
        self.row.valid_until.map(Date)
    }

    /// Why it ended, or is to end [motivo della cessazione].
    async fn end_reason(&self) -> Option<&str> {
        self.row.end_reason.as_deref()
    }

    /// Its documents, such as the act of the appointment, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), SEAT, self.row.id, first, after).await
    }

    /// What was done to it, the last first [cronologia].
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<RecordEvent>> {
        history::history(Graph::of(ctx), self.row.id, first, after).await
    }

    /// Grows by one with each change: what a mutation expects [versione].
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// Who may see this record [visibilità].
    async fn visibility(&self) -> Visibility {
        self.row.visibility
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.row.is_synthetic
    }

    /// Where the record comes from [fonte].
    async fn source(&self) -> &str {
        &self.row.source
    }
}
