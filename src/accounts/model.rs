//! Accounts, memberships, invitations, delegations and sessions.

use std::sync::Arc;

use chrono::{DateTime, Months, NaiveDate, Utc};
use uuid::Uuid;

use crate::access::audit::Subject;
use crate::access::{DelegationMode, Role, Room};
use crate::organisations::model::OrganisationRow;
use crate::{columns, text_enum};

/// Kinds of the global ids of this room's records; the audit names them so, too.
pub const ACCOUNT: &str = "Account";
pub const SESSION: &str = "Session";
pub const MEMBERSHIP: &str = "Membership";
pub const INVITATION: &str = "Invitation";
pub const DELEGATION: &str = "Delegation";

columns! {
    /// A person, as one identity provider or several know them.
    pub struct AccountRow as "a" {
        id: Uuid,
        name: String,
        email: String,
        created_at: DateTime<Utc>,
        last_sign_in_at: Option<DateTime<Utc>>,
        audience: i32,
    }
}

columns! {
    /// A browser in which a person signed in.
    pub struct SessionRow as "s" {
        id: Uuid,
        account_id: Uuid,
        created_at: DateTime<Utc>,
        seen_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        is_terminal: bool,
        audience: i32,
    }
}

text_enum! {
    /// How a person became a member [origine].
    pub enum MembershipOrigin {
        /// A rule of the identity provider's settings sets and ends it at each sign-in [fornitore di identità].
        Mapping = "mapping",
        /// By invitation; lasts until it is ended [invito].
        Invitation = "invitation",
    }
}

columns! {
    /// A person's place in an organisation.
    pub struct MembershipRow as "m" {
        id: Uuid,
        account_id: Uuid,
        organisation_id: Uuid,
        owner_number: i32,
        role: Role,
        origin: MembershipOrigin,
        since: DateTime<Utc>,
        ended_at: Option<DateTime<Utc>>,
        person_name: String,
        person_email: String,
        version: i32,
        audience: i32,
    }
}

/// A membership with its organisation, where that was read along.
#[derive(Clone, Debug)]
pub struct Membership {
    pub row: Arc<MembershipRow>,
    pub organisation: Option<Arc<OrganisationRow>>,
}

columns! {
    /// An invitation into an organisation; its secret is never read.
    pub struct InvitationRow as "i" {
        id: Uuid,
        organisation_id: Uuid,
        owner_number: i32,
        role: Role,
        email: String,
        created_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        accepted_at: Option<DateTime<Utc>>,
        withdrawn_at: Option<DateTime<Utc>>,
        audience: i32,
    }
}

text_enum! {
    /// What has become of an invitation [stato dell'invito].
    pub enum InvitationStatus {
        /// It can be accepted [in attesa].
        Pending = "pending",
        /// It was accepted [accettato].
        Accepted = "accepted",
        /// It was taken back [ritirato].
        Withdrawn = "withdrawn",
        /// Nobody accepted it in time [scaduto].
        Expired = "expired",
    }
}

impl InvitationRow {
    pub fn status(&self, now: DateTime<Utc>) -> InvitationStatus {
        match (self.accepted_at, self.withdrawn_at) {
            (Some(_), _) => InvitationStatus::Accepted,
            (_, Some(_)) => InvitationStatus::Withdrawn,
            _ if self.expires_at <= now => InvitationStatus::Expired,
            _ => InvitationStatus::Pending,
        }
    }
}

columns! {
    /// An office's grant to a body that works for it.
    pub struct DelegationRow as "d" {
        id: Uuid,
        office_id: Uuid,
        delegate_id: Uuid,
        owner_number: i32,
        rooms: Vec<String>,
        mode: DelegationMode,
        reason: String,
        valid_from: NaiveDate,
        valid_until: NaiveDate,
        ended_at: Option<DateTime<Utc>>,
        version: i32,
        audience: i32,
    }
}

impl DelegationRow {
    /// Whether it lets work on that day.
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.ended_at.is_none() && self.valid_from <= day && day <= self.valid_until
    }

    /// The rooms that it names.
    pub fn rooms(&self) -> Vec<Room> {
        self.rooms.iter().filter_map(|room| room.parse().ok()).collect()
    }
}

/// The rooms that an office may open to who works for it: its people and its audit stay with it.
pub const DELEGABLE: [Room; 6] =
    [Room::Organisations, Room::Councils, Room::Funding, Room::Plans, Room::Projects, Room::Agreements];

/// Years that a delegation lasts at the most.
pub const DELEGATION_YEARS: u32 = 3;

/// The last day that a delegation from that day on may have.
pub fn last_day_of_delegation(from: NaiveDate) -> NaiveDate {
    from.checked_add_months(Months::new(12 * DELEGATION_YEARS)).unwrap_or(from).pred_opt().unwrap_or(from)
}

/// Days that an invitation may wait: at the least, when nothing is said, at the most.
pub const INVITATION_DAYS: (i32, i32, i32) = (1, 14, 60);

/// An e-mail address as it is kept: without blanks around it. `None` where it cannot be one (RFC 5321, section 4.1.2,
/// without quoted local parts).
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"@,;:<>()[]\\\"".contains(c);
    let labels = || domain.split('.');
    let fits = (1..=64).contains(&local.len())
        && text.len() <= 254
        && local.chars().all(is_plain)
        && labels().count() > 1
        && labels().all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    fits.then(|| text.to_owned())
}

/// A record's place in the audit.
macro_rules! subject {
    ($row:ident, $kind:ident, $owner:expr) => {
        impl $row {
            pub fn subject(&self) -> Subject {
                let owner: fn(&Self) -> Option<i32> = $owner;
                Subject { kind: $kind, id: self.id, owner_number: owner(self), audience: self.audience }
            }
        }
    };
}
subject!(AccountRow, ACCOUNT, |_| None);
subject!(SessionRow, SESSION, |_| None);
subject!(MembershipRow, MEMBERSHIP, |row| Some(row.owner_number));
subject!(InvitationRow, INVITATION, |row| Some(row.owner_number));
subject!(DelegationRow, DELEGATION, |row| Some(row.owner_number));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_an_address_is_none() {
        for fits in ["a@b.it", " anna.verdi+x@interno.example.it ", "ufficio@prefettura-bo.example"] {
            assert_eq!(email(fits).as_deref(), Some(fits.trim()), "{fits}");
        }
        for broken in ["", "@", "a@b", "a b@c.it", "a@@b.it", "a@b..it", "a@-b.it", "<a@b.it>", "a@b.it\nbcc:c@d.it"] {
            assert_eq!(email(broken), None, "{broken}");
        }
        assert_eq!(email(&format!("{}@b.it", "a".repeat(65))), None);
    }

    #[test]
    fn a_delegation_lasts_three_years_at_the_most() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(last_day_of_delegation(day("2026-11-24")), day("2029-11-23"));
        assert_eq!(last_day_of_delegation(day("2028-02-29")), day("2031-02-27"));
    }
}
