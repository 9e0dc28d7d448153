//! Sessions, and for whom they act.

use async_graphql::{Context, ID, InputObject, Object};

use super::changed;
use crate::access::audit::{Changes, Entry};
use crate::access::{Action, Person};
use crate::accounts::loader::{AccountById, SessionsOf, own_delegations, own_memberships};
use crate::accounts::model::{AccountRow, DELEGATION, MEMBERSHIP, SESSION};
use crate::accounts::query::{Account, Delegation, Membership, account};
use crate::accounts::store;
use crate::graphql::mutation::{answer, record, saved};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::payload;

/// For whom the session acts from now on.
#[derive(InputObject)]
pub struct SwitchMembershipInput {
    /// One of the person's memberships in force; left out: for nobody, with the public's eyes [appartenenza].
    membership_id: Option<ID>,
    /// One of the delegations to that organisation in force, to work for its office [delega].
    delegation_id: Option<ID>,
}

payload! {
    /// What came of the choice [esito del cambio].
    pub struct SwitchMembershipPayload {
        /// The membership chosen; null for nobody [appartenenza].
        membership: Membership,
        /// The delegation chosen, if one was [delega].
        delegation: Delegation,
    }
}

/// Which session ends.
#[derive(InputObject)]
pub struct EndSessionInput {
    /// The session [sessione].
    session_id: ID,
}

payload! {
    /// What came of ending a session [esito della chiusura].
    pub struct EndSessionPayload {
        /// The account, with the sessions that are left [account].
        account: Account,
    }
}

payload! {
    /// What came of signing out everywhere [esito dell'uscita].
    pub struct SignOutEverywherePayload {
        /// How many sessions ended, this one among them.
        sessions_ended: u64,
    }
}

/// Mutations of sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Chooses for whom the person acts in this session, from the next request on; the fields beside it are still
    /// answered as before [cambio di appartenenza].
    async fn switch_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For whom the session acts from now on.")] input: SwitchMembershipInput,
    ) -> Result<Option<SwitchMembershipPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            graph.allow(Action::SwitchMembership, None, None).await??;
            let (person, own) = own_account(graph).await?;
            let chosen = choice(person, &input)?;
            let (membership, delegation) = (chosen.membership.as_slice(), chosen.delegation.as_slice());
            let mut change = graph.change().await?;
            let acting =
                store::session::act_for(change.statement(), person.session, chosen.membership, chosen.delegation);
            saved(acting.await?)?;
            let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string());
            let before = person.membership.as_ref().map(|membership| membership.id);
            let under = person.delegation.as_ref().map(|delegation| delegation.id);
            let changes = Changes::new().field("membership", id(before), id(chosen.membership)).field(
                "delegation",
                id(under),
                id(chosen.delegation),
            );
            change.commit(&Entry::done(Action::SwitchMembership, own.subject(), changes)).await?;
            changed(graph, "browser_session");
            Ok(SwitchMembershipPayload {
                membership: own_memberships(graph, membership).await?.pop().map(Membership),
                delegation: own_delegations(graph, delegation).await?.pop().map(Delegation),
                ..Default::default()
            })
        })
        .await
    }

    /// Ends one of the person's own sessions [chiusura di una sessione].
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session ends.")] input: EndSessionInput,
    ) -> Result<Option<EndSessionPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(SESSION, &input.session_id, "sessionId")?;
            graph.allow(Action::EndSession, None, None).await??;
            let (person, _) = own_account(graph).await?;
            let sessions = graph.load(SessionsOf(person.account)).await?.unwrap_or_default();
            let session = sessions.iter().find(|session| session.id == id);
            let session = session.ok_or_else(|| UserError::not_found("sessionId"))?;
            let mut change = graph.change().await?;
            saved(store::session::end(change.statement(), id).await?)?;
            let changes = Changes::new().field("isOpen", true, false);
            change.commit(&Entry::done(Action::EndSession, session.subject(), changes)).await?;
            changed(graph, "browser_session");
            Ok(EndSessionPayload { account: account(graph).await?, ..Default::default() })
        })
        .await
    }

    /// Ends every session of the person, this one too [uscita da tutti i dispositivi].
    async fn sign_out_everywhere(&self, ctx: &Context<'_>) -> Result<Option<SignOutEverywherePayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            graph.allow(Action::SignOutEverywhere, None, None).await??;
            let (person, own) = own_account(graph).await?;
            let mut change = graph.change().await?;
            let ended = store::session::end_all(change.statement(), person.account).await?;
            let changes = Changes::new().field("sessions", ended, 0);
            change.commit(&Entry::done(Action::SignOutEverywhere, own.subject(), changes)).await?;
            changed(graph, "browser_session");
            Ok(SignOutEverywherePayload { sessions_ended: Some(ended), ..Default::default() })
        })
        .await
    }
}

/// The person who asks, with their account. Only after the rules let a person alone through.
pub(super) async fn own_account(graph: &Graph) -> Outcome<(&Person, std::sync::Arc<AccountRow>)> {
    let person = graph.viewer.person().ok_or_else(|| UserError::not_found(""))?;
    let account = graph.load(AccountById(person.account)).await?.ok_or_else(|| UserError::not_found(""))?;
    Ok((person, account))
}

/// For whom a person chose to act.
struct Choice {
    membership: Option<uuid::Uuid>,
    delegation: Option<uuid::Uuid>,
}

/// The choice, if both are the person's, and the delegation is to that membership's organisation.
fn choice(person: &Person, input: &SwitchMembershipInput) -> Outcome<Choice> {
    let membership = match &input.membership_id {
        Some(id) => {
            let id = record(MEMBERSHIP, id, "membershipId")?;
            let held = person.memberships.iter().find(|membership| membership.id == id);
            Some(held.ok_or_else(|| UserError::not_found("membershipId"))?)
        }
        None => None,
    };
    let Some(id) = &input.delegation_id else {
        return Ok(Choice { membership: membership.map(|it| it.id), delegation: None });
    };
    let id = record(DELEGATION, id, "delegationId")?;
    let held = person.delegations.iter().find(|delegation| delegation.id == id);
    let delegation = held.ok_or_else(|| UserError::not_found("delegationId"))?;
    match membership {
        Some(membership) if membership.organisation == delegation.delegate => {
            Ok(Choice { membership: Some(membership.id), delegation: Some(id) })
        }
        _ => {
            let message = Message::new(
                "La delega vale per l'ente delegato: scegliere l'appartenenza a quell'ente.",
                "The delegation is to another organisation: choose the membership in that one.",
            );
            Err(UserError::invalid("delegationId", "DELEGATE_MEMBERSHIP_REQUIRED", message).into())
        }
    }
}
