//! Delegations: contractors of an office work for it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::changed;
use crate::access::audit::{Changes, Entry};
use crate::access::{Action, DelegationMode, Room};
use crate::accounts::loader::DelegationById;
use crate::accounts::model::{DELEGABLE, DELEGATION, last_day_of_delegation};
use crate::accounts::query::Delegation;
use crate::accounts::store;
use crate::accounts::store::delegation::New;
use crate::graphql::mutation::{Flaws, answer, record, same_version, saved};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Result, UserError};
use crate::locale::Message;
use crate::organisations::loader as organisations;
use crate::payload;

/// Kind of the global ids of organisations.
const ORGANISATION: &str = "Organisation";

/// Who may work for the caller's office, where and until when.
#[derive(InputObject)]
pub struct GrantDelegationInput {
    /// The organisation whose people will work for the office [ente delegato].
    delegate_id: ID,
    /// In which rooms they see with the office's eyes; not people, not the audit [ambiti].
    rooms: Vec<Room>,
    /// Whether they may prepare drafts there [modalità].
    mode: DelegationMode,
    /// First day; today when left out [decorrenza].
    valid_from: Option<Date>,
    /// Last day, less than three years after the first [scadenza].
    valid_until: Date,
    /// Why, e.g. the contract; up to 500 characters [motivo].
    reason: String,
}

payload! {
    /// What came of a delegation [esito della delega].
    pub struct GrantDelegationPayload {
        /// The delegation [delega].
        delegation: Delegation,
    }
}

/// Which delegation ends.
#[derive(InputObject)]
pub struct EndDelegationInput {
    /// The delegation [delega].
    delegation_id: ID,
    /// The version that the caller has seen: what somebody else changed meanwhile is not overwritten.
    expected_version: Option<i32>,
}

payload! {
    /// What came of ending a delegation [esito della revoca].
    pub struct EndDelegationPayload {
        /// The delegation as it is now [delega].
        delegation: Delegation,
    }
}

/// Mutations of delegations.
#[derive(Default)]
pub struct DelegationMutation;

#[Object]
impl DelegationMutation {
    /// Lets another organisation's people work for the office that the caller acts for, in some rooms, for a time; it
    /// ends by itself [delega]. By heads and administrators of a prefecture or of the central department.
    async fn grant_delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who may work for the office, where and until when.")] input: GrantDelegationInput,
    ) -> Result<Option<GrantDelegationPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let delegate = record(ORGANISATION, &input.delegate_id, "delegateId")?;
            let seen = organisations::organisation(graph, delegate).await?;
            seen.ok_or_else(|| UserError::not_found("delegateId"))?;
            graph.allow(Action::GrantDelegation, graph.viewer.organisation, None).await??;
            let office = graph.viewer.organisation.ok_or_else(|| UserError::not_found(""))?;
            let mut rooms = input.rooms;
            rooms.sort_unstable();
            rooms.dedup();
            let new = New {
                office,
                delegate,
                rooms: &rooms,
                mode: input.mode,
                reason: input.reason.trim(),
                valid_from: input.valid_from.map_or(graph.today, |day| day.0),
                valid_until: input.valid_until.0,
            };
            flaws(&new, graph.today).none()?;

            // By the hub: the key of the grant's own group is not among those that the caller came with.
            let mut change = graph.change_by_hub().await?;
            let made = store::delegation::insert(change.statement(), &new).await?;
            let made = made.ok_or_else(|| UserError::not_found("delegateId"))?;
            let changes = Changes::new()
                .field("delegate", None::<String>, made.delegate_id.to_string())
                .field("rooms", None::<String>, made.rooms.join(", "))
                .field("mode", None::<&str>, made.mode.as_str())
                .field("validFrom", None::<String>, made.valid_from.to_string())
                .field("validUntil", None::<String>, made.valid_until.to_string())
                .field("reason", None::<&str>, made.reason.as_str());
            change.commit(&Entry::done(Action::GrantDelegation, made.subject(), changes)).await?;
            changed(graph, "delegation");
            changed(graph, "audience_group_member");
            Ok(GrantDelegationPayload { delegation: Some(Delegation(Arc::new(made))), ..Default::default() })
        })
        .await
    }

    /// Ends a delegation of the caller's office before its time, at once [revoca della delega]. By heads and
    /// administrators of the office.
    async fn end_delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delegation ends.")] input: EndDelegationInput,
    ) -> Result<Option<EndDelegationPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(DELEGATION, &input.delegation_id, "delegationId")?;
            let held = graph.load(DelegationById(id)).await?;
            let held = held.ok_or_else(|| UserError::not_found("delegationId"))?;
            graph.allow(Action::EndDelegation, Some(held.office_id), Some(held.subject())).await??;
            same_version(input.expected_version, held.version)?;
            if held.ended_at.is_some() || held.valid_until < graph.today {
                let message = Message::new("La delega è già cessata.", "The delegation has ended already.");
                return Err(UserError::conflict("delegationId", "ENDED_ALREADY", message).into());
            }
            let mut change = graph.change().await?;
            saved(store::delegation::end(change.statement(), &held).await?)?;
            let changes = Changes::new().field("isEnded", false, true);
            change.commit(&Entry::done(Action::EndDelegation, held.subject(), changes)).await?;
            changed(graph, "delegation");
            let delegation = graph.load(DelegationById(id)).await?.map(Delegation);
            Ok(EndDelegationPayload { delegation, ..Default::default() })
        })
        .await
    }
}

/// What is wrong with a grant.
fn flaws(new: &New<'_>, today: chrono::NaiveDate) -> Flaws {
    Flaws::default()
        .unless(
            new.office != new.delegate,
            "delegateId",
            "DELEGATE_IS_OFFICE",
            "Un ufficio non delega se stesso.",
            "An office does not delegate to itself.",
        )
        .unless(
            !new.rooms.is_empty(),
            "rooms",
            "ROOMS_REQUIRED",
            "Indicare almeno un ambito.",
            "Name at least one room.",
        )
        .unless(
            new.rooms.iter().all(|room| DELEGABLE.contains(room)),
            "rooms",
            "ROOM_NOT_DELEGABLE",
            "Le persone e il registro delle operazioni non si delegano.",
            "People and the audit are not delegated.",
        )
        .unless(
            (1..=500).contains(&new.reason.chars().count()),
            "reason",
            "REASON_REQUIRED",
            "Indicare il motivo, al massimo 500 caratteri.",
            "Say why, in 500 characters at the most.",
        )
        .unless(
            new.valid_from <= new.valid_until && today <= new.valid_until,
            "validUntil",
            "PERIOD_OVER",
            "L'ultimo giorno viene prima del primo, o è già passato.",
            "The last day comes before the first, or is over.",
        )
        .unless(
            new.valid_until <= last_day_of_delegation(new.valid_from),
            "validUntil",
            "PERIOD_TOO_LONG",
            "Una delega dura al massimo tre anni.",
            "A delegation lasts three years at the most.",
        )
}
