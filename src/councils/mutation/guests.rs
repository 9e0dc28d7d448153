//! Guests of sittings: bodies that are called without holding a seat, of the territory or of another.

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::{On, sitting};
use crate::access::Action;
use crate::councils::query::CouncilSitting;
use crate::councils::sitting as sittings;
use crate::deed_payload;
use crate::deeds::Manner;
use crate::graphql::mutation::{answer, record};
use crate::graphql::{Graph, Outcome, Result};
use crate::organisations::loader::seen;
use crate::organisations::model::KIND;

/// Guests that are called after the sitting was convened.
#[derive(InputObject)]
pub struct InviteSittingGuestsInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// Global ids of the bodies; one of another territory sees this sitting, and none else of the council [ospiti].
    guest_ids: Vec<ID>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// An invitation that is taken back.
#[derive(InputObject)]
pub struct WithdrawSittingInvitationInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// Global id of the guest [ospite].
    organisation_id: ID,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of invitations.
    pub struct InviteSittingGuestsPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of a withdrawal.
    pub struct WithdrawSittingInvitationPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }
}

/// What changes the guests of sittings.
#[derive(Default)]
pub struct GuestMutation;

#[Object]
impl GuestMutation {
    /// Calls guests to a sitting that is convened and lies ahead [invito di ospiti alla seduta]. By secretariat, officers and
    /// heads of the council or of the office that chairs it.
    async fn invite_sitting_guests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is called besides.")] input: InviteSittingGuestsInput,
    ) -> Result<Option<InviteSittingGuestsPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let guests = guests(graph, &input.guest_ids).await?;
            let today = graph.today;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::InviteSittingGuests, false), on, |sitting| {
                sittings::invite(sitting, &guests, today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Takes the invitation of a guest back while the sitting lies ahead: a body of another territory sees it no more [ritiro
    /// dell'invito alla seduta]. By secretariat, officers and heads of the council or of the office that chairs it.
    async fn withdraw_sitting_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose invitation.")] input: WithdrawSittingInvitationInput,
    ) -> Result<Option<WithdrawSittingInvitationPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let guest = record(KIND, &input.organisation_id, "organisationId")?;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::WithdrawSittingInvitation, false), on, |sitting| {
                sittings::withdraw(sitting, guest, today)
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// Bodies that are called without holding a seat.
pub(super) async fn guests(graph: &Graph, given: &[ID]) -> Outcome<Vec<Uuid>> {
    let named: Vec<_> = given.iter().enumerate().map(|(place, id)| (id, format!("guestIds.{place}"))).collect();
    Ok(seen(graph, &named).await?.iter().map(|body| body.id).collect())
}
