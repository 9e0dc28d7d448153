//! Taking up an invitation.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;
use crate::access::audit::{Changes, Entry, Subject};
use crate::access::{Action, Role, audience};
use crate::locale::Message;

/// An invitation that was taken up: the membership that began with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub invitation: Uuid,
    pub membership: Uuid,
    pub organisation: Uuid,
    /// Number of the organisation.
    pub owner_number: i32,
    pub role: Role,
}

impl Accepted {
    /// What the audit says of it.
    pub fn entry(&self) -> Entry {
        let subject = Subject {
            kind: "Membership",
            id: self.membership,
            owner_number: Some(self.owner_number),
            audience: audience::organisation(self.owner_number),
        };
        let changes = Changes::new().field("role", None::<&str>, self.role.as_str()).field(
            "invitation",
            None::<String>,
            self.invitation.to_string(),
        );
        Entry::done(Action::AcceptInvitation, subject, changes)
    }
}

/// Why an invitation cannot be taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationRefusal {
    Unknown,
    Accepted,
    Withdrawn,
    Expired,
    /// The person belongs to the organisation already; the invitation stays as it is.
    AlreadyMember,
}

impl InvitationRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "INVITATION_UNKNOWN",
            Self::Accepted => "INVITATION_ACCEPTED",
            Self::Withdrawn => "INVITATION_WITHDRAWN",
            Self::Expired => "INVITATION_EXPIRED",
            Self::AlreadyMember => "ALREADY_MEMBER",
        }
    }

    /// For people.
    pub fn message(self) -> Message {
        let (it, en) = match self {
            Self::Unknown => ("L'invito non esiste.", "There is no such invitation."),
            Self::Accepted => ("L'invito è già stato accettato.", "The invitation was accepted already."),
            Self::Withdrawn => ("L'invito è stato ritirato.", "The invitation was withdrawn."),
            Self::Expired => {
                ("L'invito è scaduto: chiederne uno nuovo.", "The invitation has expired: ask for a new one.")
            }
            Self::AlreadyMember => ("Si appartiene già a questo ente.", "You belong to this organisation already."),
        };
        Message::new(it, en)
    }
}

/// Takes up the invitation with this secret (its SHA-256) for an account, once. The connection must be that of a change
/// by the hub: whoever is invited sees neither the invitation nor the organisation's people yet.
pub async fn accept(
    connection: &mut PgConnection,
    account: Uuid,
    secret_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Result<Accepted, InvitationRefusal>> {
    let Some(invitation) = store::invitation(connection, secret_hash).await? else {
        return Ok(Err(InvitationRefusal::Unknown));
    };
    if invitation.withdrawn_at.is_some() {
        return Ok(Err(InvitationRefusal::Withdrawn));
    }
    if invitation.accepted_at.is_some() {
        return Ok(Err(InvitationRefusal::Accepted));
    }
    if invitation.expires_at <= now {
        return Ok(Err(InvitationRefusal::Expired));
    }
    let (organisation, role) = (invitation.organisation, invitation.role);
    let begun = store::begin_membership(connection, account, organisation, role, "invitation", now).await?;
    let Some((membership, owner_number)) = begun else { return Ok(Err(InvitationRefusal::AlreadyMember)) };
    store::accept_invitation(connection, invitation.id, account, now).await?;
    Ok(Ok(Accepted { invitation: invitation.id, membership, organisation, owner_number, role }))
}
