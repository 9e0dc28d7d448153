//! How people are let into an organisation.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{TimeDelta, Utc};
use uuid::Uuid;

use super::changed;
use super::session::own_account;
use crate::access::audit::{Changes, Entry};
use crate::access::people::invitation;
use crate::access::secret::Secret;
use crate::access::{Action, Role};
use crate::accounts::loader::{InvitationById, own_memberships};
use crate::accounts::model::{self, INVITATION, INVITATION_DAYS, InvitationRow, InvitationStatus};
use crate::accounts::query::{Invitation, Membership};
use crate::accounts::store;
use crate::accounts::store::invitation::New;
use crate::graphql::mutation::{Flaws, answer, record, saved};
use crate::graphql::{Graph, Result, UserError};
use crate::locale::Message;
use crate::payload;

/// Who is invited, as what.
#[derive(InputObject)]
pub struct InviteMemberInput {
    /// The person's e-mail address; kept until the invitation is accepted, withdrawn or over.
    email: String,
    /// The role that the person will have [ruolo].
    role: Role,
    /// For how many days it can be accepted, 1 to 60; 14 when left out [validità in giorni].
    days: Option<i32>,
}

payload! {
    /// What came of an invitation [esito dell'invito].
    pub struct InviteMemberPayload {
        /// The invitation [invito].
        invitation: Invitation,
        /// The link that accepts it, told this once and never again: whoever has it can accept. The hub sends no mail.
        link: String,
    }
}

/// Which invitation is taken back.
#[derive(InputObject)]
pub struct WithdrawInvitationInput {
    /// The invitation [invito].
    invitation_id: ID,
}

payload! {
    /// What came of taking an invitation back [esito del ritiro].
    pub struct WithdrawInvitationPayload {
        /// The invitation as it is now [invito].
        invitation: Invitation,
    }
}

/// Which invitation is taken up.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// What follows `invitation=` in its link.
    secret: String,
}

payload! {
    /// What came of taking an invitation up [esito dell'accettazione].
    pub struct AcceptInvitationPayload {
        /// The membership that begins with it [appartenenza].
        membership: Membership,
    }
}

/// Mutations of invitations.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites a person into the organisation that the caller acts for [invito]. By its administrators. Answers with a
    /// link, which the caller hands on: the hub itself sends no mail. Whoever has the link and signs in becomes a member.
    async fn invite_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is invited, as what.")] input: InviteMemberInput,
    ) -> Result<Option<InviteMemberPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            graph.allow(Action::InviteMember, graph.viewer.organisation, None).await??;
            let organisation = graph.viewer.organisation.ok_or_else(|| UserError::not_found(""))?;
            let email = model::email(&input.email);
            let days = input.days.unwrap_or(INVITATION_DAYS.1);
            flaws(email.is_some(), days).none()?;
            let (email, secret) = (email.unwrap_or_default(), Secret::random());

            let mut change = graph.change().await?;
            let (is_member, is_invited) = store::invitation::known(change.statement(), organisation, &email).await?;
            if is_member || is_invited {
                return Err(known_already(is_member).into());
            }
            let new = New {
                organisation,
                role: input.role,
                email: &email,
                secret_hash: secret.hash(),
                invited_by: graph.viewer.person().map(|person| person.account),
                expires_at: Utc::now() + TimeDelta::days(days.into()),
            };
            let made = store::invitation::insert(change.statement(), &new).await?;
            let made = made.ok_or_else(|| UserError::not_found(""))?;
            change.commit(&invited(&made)).await?;
            Ok(InviteMemberPayload {
                invitation: read(graph, made.id).await?.map(Invitation),
                link: Some(link(&graph.hub.access.public_url, &secret)),
                ..Default::default()
            })
        })
        .await
    }

    /// Takes an invitation of the caller's organisation back: its link no longer works [ritiro dell'invito]. By its
    /// administrators.
    async fn withdraw_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation is taken back.")] input: WithdrawInvitationInput,
    ) -> Result<Option<WithdrawInvitationPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(INVITATION, &input.invitation_id, "invitationId")?;
            let made = read(graph, id).await?.ok_or_else(|| UserError::not_found("invitationId"))?;
            graph.allow(Action::WithdrawInvitation, Some(made.organisation_id), Some(made.subject())).await??;
            let status = made.status(Utc::now());
            if status != InvitationStatus::Pending {
                return Err(no_longer_pending().into());
            }
            let mut change = graph.change().await?;
            saved(store::invitation::withdraw(change.statement(), id).await?)?;
            let changes =
                Changes::new().field("status", status.as_str(), InvitationStatus::Withdrawn.as_str()).personal("email");
            change.commit(&Entry::done(Action::WithdrawInvitation, made.subject(), changes)).await?;
            Ok(WithdrawInvitationPayload { invitation: read(graph, id).await?.map(Invitation), ..Default::default() })
        })
        .await
    }

    /// Takes an invitation up for the person who is signed in [accettazione dell'invito]. A session that acts for nobody
    /// acts for the new organisation from the next request on.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation is taken up.")] input: AcceptInvitationInput,
    ) -> Result<Option<AcceptInvitationPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            graph.allow(Action::AcceptInvitation, None, None).await??;
            let (person, _) = own_account(graph).await?;
            let hash = Secret::from(input.secret).hash();
            let mut change = graph.change_by_hub().await?;
            let accepted = invitation::accept(change.statement(), person.account, &hash, Utc::now()).await?;
            let accepted =
                accepted.map_err(|refusal| UserError::conflict("secret", refusal.code(), refusal.message()))?;
            if person.membership.is_none() {
                let membership = Some(accepted.membership);
                saved(store::session::act_for(change.statement(), person.session, membership, None).await?)?;
            }
            change.commit(&accepted.entry()).await?;
            changed(graph, "membership");
            changed(graph, "browser_session");
            let mut begun = own_memberships(graph, &[accepted.membership]).await?;
            Ok(AcceptInvitationPayload { membership: begun.pop().map(Membership), ..Default::default() })
        })
        .await
    }
}

async fn read(graph: &Graph, id: Uuid) -> Result<Option<Arc<InvitationRow>>> {
    graph.load(InvitationById(id)).await
}

/// What is wrong with a new invitation.
fn flaws(is_address: bool, days: i32) -> Flaws {
    Flaws::default()
        .unless(is_address, "email", "EMAIL_INVALID", "Non è un indirizzo e-mail.", "This is no e-mail address.")
        .unless(
            (INVITATION_DAYS.0..=INVITATION_DAYS.2).contains(&days),
            "days",
            "DAYS_OUT_OF_RANGE",
            "Un invito vale da 1 a 60 giorni.",
            "An invitation waits for 1 to 60 days.",
        )
}

fn known_already(is_member: bool) -> UserError {
    if is_member {
        let message = Message::new(
            "Una persona con questo indirizzo appartiene già all'ente.",
            "A person with this address belongs to the organisation already.",
        );
        return UserError::conflict("email", "ALREADY_MEMBER", message);
    }
    let message = Message::new(
        "Un invito a questo indirizzo è già in attesa: ritirarlo prima di farne un altro.",
        "An invitation to this address is waiting already: withdraw it before making another.",
    );
    UserError::conflict("email", "ALREADY_INVITED", message)
}

fn no_longer_pending() -> UserError {
    let message = Message::new(
        "L'invito è già stato accettato o ritirato, o è scaduto.",
        "The invitation was accepted or withdrawn already, or is over.",
    );
    UserError::conflict("invitationId", "NOT_PENDING", message)
}

/// What the audit says of a new invitation.
pub(in crate::accounts) fn invited(made: &InvitationRow) -> Entry {
    let changes = Changes::new()
        .field("role", None::<&str>, made.role.as_str())
        .field("expiresAt", None::<String>, made.expires_at.to_rfc3339())
        .personal("email");
    Entry::done(Action::InviteMember, made.subject(), changes)
}

/// The address that accepts an invitation.
pub(in crate::accounts) fn link(public_url: &str, secret: &Secret) -> String {
    format!("{public_url}/sign-in?invitation={}", secret.reveal())
}
