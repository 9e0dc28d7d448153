//! A browser's session and the viewer behind it.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::sync::watch;
use uuid::Uuid;

use super::{People, store};
use crate::access::secret::Secret;
use crate::access::{Person, Viewer};

/// That a session is in use is written down this often at the most.
const SEEN: TimeDelta = TimeDelta::minutes(1);
/// Sessions kept in memory at the most.
const MOST_KNOWN: usize = 20_000;

/// Why a session's cookie does not let anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionRefusal {
    /// Never begun, signed out, or too long unused: the browser does not learn which.
    #[error("the session is over")]
    Over,
    #[error("rights cannot be checked right now")]
    Unavailable,
}

/// A session that was not ended, as it stands in the database.
#[derive(Clone, Debug)]
pub struct Session {
    /// The person, who acts for whom the session names, as far as that is still in force.
    pub person: Person,
    pub account_number: i32,
    pub provider: String,
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl Session {
    fn is_open(&self, now: DateTime<Utc>, idle: TimeDelta) -> bool {
        now < self.expires_at && now < self.seen_at + idle
    }
}

impl Person {
    /// The same person, who acts for what a session names: for the membership, or, when that has ended, for the only
    /// one that is left; under the delegation while it is in force and granted to that membership's body.
    pub(super) fn acting(self, membership: Option<Uuid>, delegation: Option<Uuid>) -> Self {
        let chosen = membership
            .and_then(|id| self.memberships.iter().find(|membership| membership.id == id).or(only(&self.memberships)));
        let membership = chosen.cloned();
        let is_it = |grant: &&crate::access::Delegation| {
            Some(grant.id) == delegation && Some(grant.delegate) == membership.as_ref().map(|of| of.organisation)
        };
        let delegation = self.delegations.iter().find(is_it).cloned();
        Self { membership, delegation, ..self }
    }
}

/// The one element of a list that has no other.
pub(super) fn only<T>(list: &[T]) -> Option<&T> {
    if let [one] = list { Some(one) } else { None }
}

/// Sessions by the hash of their secret, kept until data change that they follow from, or the day ends.
pub(super) struct Sessions {
    known: Mutex<Known>,
    /// Tells whenever all is forgotten.
    forgotten: watch::Sender<()>,
}

/// What is known on one day.
#[derive(Default)]
struct Known {
    day: NaiveDate,
    sessions: HashMap<[u8; 32], Session>,
    /// Grows whenever all is forgotten: what was asked for before that is not kept after it.
    generation: u64,
}

impl Known {
    fn forget(&mut self) {
        self.sessions.clear();
        self.generation += 1;
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self { known: Mutex::default(), forgotten: watch::Sender::new(()) }
    }
}

impl Sessions {
    fn find(&self, hash: &[u8; 32], day: NaiveDate) -> (Option<Session>, u64) {
        let mut known = self.known.lock().expect("no panic while held");
        if known.day != day {
            known.forget();
            known.day = day;
        }
        (known.sessions.get(hash).cloned(), known.generation)
    }

    fn keep(&self, hash: [u8; 32], session: Session, generation: u64) {
        let mut known = self.known.lock().expect("no panic while held");
        if known.generation != generation {
            return;
        }
        if known.sessions.len() >= MOST_KNOWN {
            known.sessions.clear();
        }
        known.sessions.insert(hash, session);
    }

    pub(super) fn forget(&self) {
        self.known.lock().expect("no panic while held").forget();
        self.forgotten.send_replace(());
    }
}

impl People {
    /// Tables from which sessions and what they may see follow.
    const TABLES: [&'static str; 6] = ["*", "browser_session", "account", "membership", "delegation", "organisation"];

    /// Forgets what is known of sessions if this table decides them.
    pub fn note_change(&self, table: &str) {
        if Self::TABLES.contains(&table) {
            self.sessions.forget();
        }
    }

    /// Tells whenever sessions have to be looked at again, e.g. after a sign-out elsewhere.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.sessions.forgotten.subscribe()
    }

    /// The viewer behind a session's cookie.
    pub async fn viewer(&self, secret: &Secret) -> Result<Viewer, SessionRefusal> {
        told(self.find_viewer(secret.hash()).await)
    }

    /// The viewer behind a session that the hub itself names, while it is open.
    pub(in crate::access) async fn viewer_of_session(&self, session: Uuid) -> Result<Viewer, SessionRefusal> {
        let found = async {
            match store::hash_of_session(&mut *self.database.upkeep().await?, session).await? {
                Some(hash) => self.find_viewer(hash).await,
                None => Ok(None),
            }
        };
        told(found.await)
    }

    async fn find_viewer(&self, hash: [u8; 32]) -> anyhow::Result<Option<Viewer>> {
        let today = chrono::Local::now().date_naive();
        let Some(session) = self.session_by_hash(hash, today).await? else { return Ok(None) };
        let Session { person, account_number, .. } = session;
        let acting_for = async |body: Uuid| self.viewers.acting_for(body, today, &self.database).await;
        let viewer = match &person.membership {
            Some(membership) => acting_for(membership.organisation).await?,
            None => None,
        };
        let Some(viewer) = viewer else {
            let person = Person { membership: None, delegation: None, ..person };
            return Ok(Some(Viewer::public().as_person(person, account_number)));
        };
        let delegation = person.delegation.clone();
        let viewer = viewer.as_person(Person { delegation: None, ..person }, account_number);
        let Some(delegation) = delegation else { return Ok(Some(viewer)) };
        Ok(Some(match acting_for(delegation.office).await? {
            Some(office) => viewer.under(delegation, &office),
            None => viewer,
        }))
    }

    /// The session behind a secret while it is open; `None` when it is over.
    pub(super) async fn session(&self, secret: &Secret, day: NaiveDate) -> sqlx::Result<Option<Session>> {
        self.session_by_hash(secret.hash(), day).await
    }

    async fn session_by_hash(&self, hash: [u8; 32], day: NaiveDate) -> sqlx::Result<Option<Session>> {
        let now = Utc::now();
        let (known, generation) = self.sessions.find(&hash, day);
        // One that seems to be over may have been seen by another hub meanwhile.
        let known = known.filter(|session| session.is_open(now, self.idle));
        let (mut session, is_new) = match known {
            Some(session) => (session, false),
            None => {
                let found = store::session(&mut *self.database.upkeep().await?, &hash, day).await?;
                match found.filter(|session| session.is_open(now, self.idle)) {
                    Some(session) => (session, true),
                    None => return Ok(None),
                }
            }
        };
        let is_due = now - session.seen_at >= SEEN;
        if is_due {
            let mut writing = self.database.write_for_hub().await?;
            store::note_seen(writing.connection(), session.person.session, now).await?;
            writing.commit().await?;
            session.seen_at = now;
        }
        if is_new || is_due {
            self.sessions.keep(hash, session.clone(), generation);
        }
        Ok(Some(session))
    }
}

/// A failure is logged; who asks learns that it was one.
fn told(found: anyhow::Result<Option<Viewer>>) -> Result<Viewer, SessionRefusal> {
    match found {
        Ok(viewer) => viewer.ok_or(SessionRefusal::Over),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a session could not be looked up");
            Err(SessionRefusal::Unavailable)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Delegation, DelegationMode, Membership, Role, Room};

    #[test]
    fn whoever_loses_a_membership_or_a_grant_falls_back_to_less_never_to_more() {
        let [own, other, office] = [1, 2, 3].map(Uuid::from_u128);
        let membership = |id, organisation| Membership { id: Uuid::from_u128(id), organisation, role: Role::Officer };
        let grant = Delegation {
            id: Uuid::from_u128(30),
            office,
            delegate: own,
            rooms: vec![Room::Plans],
            mode: DelegationMode::Read,
            until: NaiveDate::MAX,
        };
        let person = |memberships: Vec<Membership>, delegations: Vec<Delegation>| Person {
            account: Uuid::nil(),
            session: Uuid::nil(),
            memberships: memberships.into(),
            delegations: delegations.into(),
            membership: None,
            delegation: None,
        };
        let acting = |person: Person, membership: Option<u128>, delegation: Option<u128>| {
            let person = person.acting(membership.map(Uuid::from_u128), delegation.map(Uuid::from_u128));
            (person.membership.map(|membership| membership.organisation), person.delegation.map(|grant| grant.office))
        };
        let both = || vec![membership(10, own), membership(20, other)];
        let one = || vec![membership(10, own)];
        let granted = || vec![grant.clone()];
        for (memberships, delegations, named, expected) in [
            (both(), granted(), (Some(10), Some(30)), (Some(own), Some(office))),
            (both(), vec![], (Some(10), Some(30)), (Some(own), None)),
            // The grant is to another body than the one acted for.
            (both(), granted(), (Some(20), Some(30)), (Some(other), None)),
            (both(), granted(), (Some(99), Some(30)), (None, None)),
            (one(), granted(), (Some(99), None), (Some(own), None)),
            (vec![], vec![], (Some(10), Some(30)), (None, None)),
            // Who chose nobody stays nobody.
            (one(), granted(), (None, None), (None, None)),
        ] {
            assert_eq!(acting(person(memberships, delegations), named.0, named.1), expected, "{named:?}");
        }
    }
}
