//! Who sits in a council.

use async_graphql::{Context, ID, InputObject, Object};

use super::{On, council};
use crate::access::Action;
use crate::councils::loader::SeatsOfCouncil;
use crate::councils::model::{SEAT, SeatCategory, SeatRole, SocialSide};
use crate::councils::query::CouncilSeat;
use crate::councils::seat::{self, Appointment, SeatDocument};
use crate::deed_payload;
use crate::deeds::{self, Manner};
use crate::graphql::mutation::answer;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Result};
use crate::organisations::loader::seen;

/// A body that is appointed to a council.
#[derive(InputObject)]
pub struct AppointCouncilMemberInput {
    /// Global id of the council.
    council_id: ID,
    /// Global id of the body that takes the seat [ente].
    organisation_id: ID,
    /// Category of art. 57 DPR 394/1999 [categoria].
    category: SeatCategory,
    /// For category f), and only for it, which side the body stands for [parte].
    side: Option<SocialSide>,
    /// Whether it is a member's seat or the secretariat's [ruolo].
    #[graphql(default_with = "SeatRole::Member")]
    role: SeatRole,
    /// Office that the designated representative holds in the body, never a person's name [qualifica].
    representative_office: Option<String>,
    /// First day of the seat; today when left out [data di nomina].
    from: Option<Date>,
    /// Last day of the seat, where the appointment is for a term [scadenza].
    until: Option<Date>,
    /// Global id of the body that designated the representative; the body itself when left out [ente designante].
    designated_by_id: Option<ID>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A seat that ends.
#[derive(InputObject)]
pub struct EndCouncilSeatInput {
    /// Global id of the seat.
    seat_id: ID,
    /// Version of the seat that the caller has read.
    expected_version: i32,
    /// Last day of the seat; today when left out [ultimo giorno].
    last_day: Option<Date>,
    /// Why it ends, e.g. another body was designated [motivo].
    reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of an appointment.
    pub struct AppointCouncilMemberPayload {
        /// The new seat.
        council_seat: CouncilSeat
    }

    /// What became of the end of a seat.
    pub struct EndCouncilSeatPayload {
        /// The seat.
        council_seat: CouncilSeat
    }
}

/// Appointments and their end.
#[derive(Default)]
pub struct SeatMutation;

#[Object]
impl SeatMutation {
    /// Appoints a body to a seat of the council, as the prefect does on designation [nomina di un componente]. By heads of
    /// the office that chairs it. A body holds one seat in a category at a time.
    async fn appoint_council_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is appointed, as what.")] input: AppointCouncilMemberInput,
    ) -> Result<Option<AppointCouncilMemberPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let (council, number) = council(graph, &input.council_id)?;
            let mut named = vec![(&input.organisation_id, "organisationId".to_owned())];
            named.extend(input.designated_by_id.as_ref().map(|id| (id, "designatedById".to_owned())));
            let bodies = seen(graph, &named).await?;
            let held = graph.load(SeatsOfCouncil(council.organisation_id, None)).await?;
            let given = Appointment {
                body: bodies[0].clone(),
                category: input.category,
                side: input.side,
                role: input.role,
                representative_office: input.representative_office.clone(),
                from: input.from.map_or(graph.today, |day| day.0),
                until: input.until.map(|day| day.0),
                designated_by: bodies.get(1).map(|body| body.id),
            };
            let told = deeds::make(ctx, (Action::AppointCouncilMember, &input.manner), council.office_id, || {
                seat::appoint((&council, number), given, held.iter().flat_map(|held| held.iter().cloned()))
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Ends a seat with a day, which may lie ahead [cessazione di un componente]. By heads of the office that chairs the
    /// council.
    async fn end_council_seat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which seat, and why.")] input: EndCouncilSeatInput,
    ) -> Result<Option<EndCouncilSeatPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let last_day = input.last_day.map_or(today, |day| day.0);
            let on = On(&input.seat_id, input.expected_version, &input.manner);
            let deed = on.deed((SEAT, "seatId"), Action::EndCouncilSeat, true)?;
            let told =
                deeds::alter(ctx, deed, |seat: &mut SeatDocument| seat::end(seat, last_day, &input.reason, today));
            Ok(told.await?.into())
        })
        .await
    }
}
