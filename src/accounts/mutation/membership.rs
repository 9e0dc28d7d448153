//! Roles of members, and their end.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::changed;
use crate::access::audit::{Changes, Entry};
use crate::access::{Action, Role};
use crate::accounts::loader::MembershipById;
use crate::accounts::model::{MEMBERSHIP, MembershipOrigin, MembershipRow};
use crate::accounts::query::Membership;
use crate::accounts::store;
use crate::graphql::mutation::{answer, record, same_version, saved};
use crate::graphql::{Change, Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::payload;

/// Which member gets which role.
#[derive(InputObject)]
pub struct ChangeMemberRoleInput {
    /// The membership [appartenenza].
    membership_id: ID,
    /// The role from now on [ruolo].
    role: Role,
    /// The version that the caller has seen: what somebody else changed meanwhile is not overwritten.
    expected_version: Option<i32>,
}

payload! {
    /// What came of changing a role [esito del cambio di ruolo].
    pub struct ChangeMemberRolePayload {
        /// The membership as it is now [appartenenza].
        membership: Membership,
    }
}

/// Which membership ends.
#[derive(InputObject)]
pub struct EndMembershipInput {
    /// The membership [appartenenza].
    membership_id: ID,
    /// The version that the caller has seen: what somebody else changed meanwhile is not overwritten.
    expected_version: Option<i32>,
}

payload! {
    /// What came of ending a membership [esito della cessazione].
    pub struct EndMembershipPayload {
        /// The membership as it is now [appartenenza].
        membership: Membership,
    }
}

/// Mutations of memberships.
#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Gives a member of the caller's organisation another role [cambio di ruolo]. By its administrators. Not where the
    /// identity provider's settings give the role at each sign-in; and one administrator must remain.
    async fn change_member_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which member gets which role.")] input: ChangeMemberRoleInput,
    ) -> Result<Option<ChangeMemberRolePayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let held = membership(graph, &input.membership_id).await?;
            graph.allow(Action::ChangeMemberRole, Some(held.organisation_id), Some(held.subject())).await??;
            in_force(&held)?;
            same_version(input.expected_version, held.version)?;
            if held.origin == MembershipOrigin::Mapping {
                return Err(set_by_provider().into());
            }
            let mut change = graph.change().await?;
            if input.role != Role::Administrator {
                keep_an_administrator(&mut change, &held).await?;
            }
            saved(store::membership::set_role(change.statement(), &held, input.role).await?)?;
            let changes = Changes::new().field("role", held.role.as_str(), input.role.as_str());
            change.commit(&Entry::done(Action::ChangeMemberRole, held.subject(), changes)).await?;
            changed(graph, "membership");
            Ok(ChangeMemberRolePayload { membership: read(graph, held.id).await?, ..Default::default() })
        })
        .await
    }

    /// Ends a membership of the caller's organisation, at once [fine dell'appartenenza]. By its administrators; one of
    /// them must remain. A membership that the identity provider's settings give comes back at the next sign-in, unless
    /// the provider no longer tells of it.
    async fn end_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which membership ends.")] input: EndMembershipInput,
    ) -> Result<Option<EndMembershipPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let held = membership(graph, &input.membership_id).await?;
            graph.allow(Action::EndMembership, Some(held.organisation_id), Some(held.subject())).await??;
            in_force(&held)?;
            same_version(input.expected_version, held.version)?;
            let mut change = graph.change().await?;
            keep_an_administrator(&mut change, &held).await?;
            saved(store::membership::end(change.statement(), &held).await?)?;
            let changes = Changes::new().field("isInForce", true, false);
            change.commit(&Entry::done(Action::EndMembership, held.subject(), changes)).await?;
            changed(graph, "membership");
            Ok(EndMembershipPayload { membership: read(graph, held.id).await?, ..Default::default() })
        })
        .await
    }
}

/// The membership that an input names, as the caller sees it.
async fn membership(graph: &Graph, id: &ID) -> Outcome<Arc<MembershipRow>> {
    let id = record(MEMBERSHIP, id, "membershipId")?;
    Ok(graph.load(MembershipById(id)).await?.ok_or_else(|| UserError::not_found("membershipId"))?)
}

async fn read(graph: &Graph, id: Uuid) -> Result<Option<Membership>> {
    Ok(graph.load(MembershipById(id)).await?.map(Membership::from))
}

fn in_force(held: &MembershipRow) -> Outcome<()> {
    if held.ended_at.is_none() {
        return Ok(());
    }
    let message = Message::new("L'appartenenza è già cessata.", "The membership has ended already.");
    Err(UserError::conflict("membershipId", "ENDED_ALREADY", message).into())
}

fn set_by_provider() -> UserError {
    let message = Message::new(
        "Il ruolo è assegnato a ogni accesso dal fornitore di identità: va cambiato là.",
        "The identity provider gives this role at each sign-in: it is changed there.",
    );
    UserError::conflict("membershipId", "SET_BY_PROVIDER", message)
}

/// An organisation never loses its last administrator. Until the change is over nobody else takes one away either.
async fn keep_an_administrator(change: &mut Change<'_>, leaving: &MembershipRow) -> Outcome<()> {
    if leaving.role != Role::Administrator {
        return Ok(());
    }
    let administrators = store::membership::lock_administrators(change.statement(), leaving.organisation_id).await?;
    if administrators.iter().any(|id| *id != leaving.id) {
        return Ok(());
    }
    let message = Message::new(
        "È l'ultimo amministratore dell'ente: nominarne prima un altro.",
        "This is the organisation's last administrator: appoint another one first.",
    );
    Err(UserError::conflict("membershipId", "LAST_ADMINISTRATOR", message).into())
}
