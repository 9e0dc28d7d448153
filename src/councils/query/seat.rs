use async_graphql::{Context, Description, ID, Object};
use uuid::Uuid;

use crate::councils::loader::{SeatById, SeatsHeldBy};
use crate::councils::model::{Seat, SeatCategory, SeatRole, SocialSide};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::Directory;
use crate::organisations::model::Visibility;
use crate::organisations::query::{Organisation, TerritorialCouncil};

/// Kind of the global ids of seats.
pub const SEAT: &str = "CouncilSeat";

/// A seat in a territorial council: an organisation in a category of art. 57, for a period [componente del CTI].
#[derive(Description)]
pub struct CouncilSeat(pub Seat);

/// A seat by its id; `None` where the viewer may not see it.
pub async fn seat(graph: &Graph, id: Uuid) -> Result<Option<CouncilSeat>> {
    Ok(graph.load(SeatById(id)).await?.map(|seat| CouncilSeat((*seat).clone())))
}

/// The seats that an organisation holds, as its type shows them.
pub async fn seats_held_by(graph: &Graph, organisation: Uuid, as_of: Option<Date>) -> Result<Vec<CouncilSeat>> {
    let day = as_of.map_or(graph.today, |day| day.0);
    let seats = graph.load(SeatsHeldBy(organisation, Some(day))).await?;
    Ok(seats.iter().flat_map(|seats| seats.iter().cloned()).map(CouncilSeat).collect())
}

#[Object(use_type_description)]
impl CouncilSeat {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(SEAT, self.0.row.id).id()
    }

    /// The council that it is a seat of [Consiglio territoriale].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        Graph::of(ctx).reference::<Directory>().body(self.0.row.council_id).map(TerritorialCouncil::of)
    }

    /// The organisation that holds the seat [ente]; null where the caller may not see it.
    async fn organisation(&self) -> Option<Organisation> {
        self.0.organisation.clone().map(Organisation::from)
    }

    /// Category of art. 57 DPR 394/1999 [categoria].
    async fn category(&self) -> SeatCategory {
        self.0.row.category
    }

    /// For category f), which side it stands for.
    async fn side(&self) -> Option<SocialSide> {
        self.0.row.side
    }

    /// Whether it is a member's or the secretariat's [ruolo].
    async fn role(&self) -> SeatRole {
        self.0.row.role
    }

    /// Office that the designated representative holds in the organisation, never a person's name [qualifica].
    async fn representative_office(&self) -> Option<&str> {
        self.0.row.representative_office.as_deref()
    }

    /// First day of the seat [data di nomina].
    async fn valid_from(&self) -> Date {
        Date(self.0.row.valid_from)
    }

    /// Last day of the seat; null while it lasts.
    async fn valid_until(&self) -> Option<Date> {
        self.0.row.valid_until.map(Date)
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
