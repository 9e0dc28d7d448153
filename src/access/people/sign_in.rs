//! The two halves of a sign-in, and the sign-out.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::claims::{self, Held, Step};
use super::provider::Told;
use super::session::only;
use super::store::{Account, Attempt, NewSession};
use super::{People, SignInRefusal, invitation, store};
use crate::access::audit::{self, Changes, Entry, Outcome, Subject};
use crate::access::secret::{self, Secret};
use crate::access::{Action, MappingRule, Membership, Person, Role, Viewer, audience};

/// A sign-in has so long from its beginning to its end.
const ATTEMPT: TimeDelta = TimeDelta::minutes(10);

/// A sign-in that began: where to send the browser, and the secret that it keeps.
#[derive(Debug)]
pub struct Begun {
    pub address: String,
    pub browser: Secret,
}

/// What the provider sends back by way of the browser (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Clone, Debug, Default)]
pub struct Callback {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
    pub issuer: Option<String>,
}

/// A sign-in that ended well.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's.
    pub secret: Secret,
    /// Path on the hub.
    pub return_to: String,
}

impl People {
    /// Begins a sign-in at a provider. `return_to` is a path on the hub; `browser` the secret of a sign-in that the
    /// browser has under way already.
    pub async fn begin(
        &self,
        provider: &str,
        return_to: &str,
        invitation: Option<&Secret>,
        browser: Option<Secret>,
    ) -> Result<Begun, SignInRefusal> {
        let found = self.provider(provider).ok_or(SignInRefusal::NoProvider)?;
        let state = Secret::random();
        let beginning = found.begin(state.reveal()).await?;
        let browser = browser.unwrap_or_else(Secret::random);
        let attempt = Attempt {
            browser_hash: browser.hash().to_vec(),
            provider: provider.to_owned(),
            nonce: beginning.nonce,
            verifier: beginning.verifier,
            return_to: return_to.to_owned(),
            invitation_hash: invitation.map(|secret| secret.hash().to_vec()),
            expires_at: Utc::now() + ATTEMPT,
        };
        let mut writing = self.database.write_for_hub().await?;
        store::begin_attempt(writing.connection(), &state.hash(), &attempt).await?;
        writing.commit().await?;
        Ok(Begun { address: beginning.address, browser })
    }

    /// Ends a sign-in: from the provider's answer to a session. The session that the browser had before, if any, ends
    /// with it: it is never taken over.
    pub async fn finish(
        &self,
        callback: Callback,
        browser: Option<&Secret>,
        before: Option<&Secret>,
        request_id: &str,
    ) -> Result<SignedIn, SignInRefusal> {
        let attempt = self.take_attempt(&callback, browser).await?;
        let provider = self.provider(&attempt.provider).ok_or(SignInRefusal::NoProvider)?;
        provider.check_issuer(callback.issuer.as_deref()).await?;
        match callback.error.as_deref() {
            None => {}
            Some("access_denied" | "login_required" | "consent_required" | "interaction_required") => {
                return Err(SignInRefusal::Denied);
            }
            Some("server_error" | "temporarily_unavailable") => return Err(SignInRefusal::ProviderUnavailable),
            Some(_) => return Err(SignInRefusal::RefusedByProvider),
        }
        let code = callback.code.ok_or(SignInRefusal::CodeMissing)?;
        let told = provider.redeem(code, attempt.verifier.clone(), attempt.nonce.clone()).await?;
        self.admit(&attempt, &told, &provider.settings.memberships, before, request_id).await
    }

    async fn take_attempt(&self, callback: &Callback, browser: Option<&Secret>) -> Result<Attempt, SignInRefusal> {
        let state = callback.state.clone().ok_or(SignInRefusal::StateMissing)?;
        let mut writing = self.database.write_for_hub().await?;
        let attempt = store::take_attempt(writing.connection(), &Secret::from(state).hash()).await?;
        writing.commit().await?;
        let attempt = attempt.ok_or(SignInRefusal::StateUnknown)?;
        if attempt.expires_at <= Utc::now() {
            return Err(SignInRefusal::Expired);
        }
        let browser = browser.ok_or(SignInRefusal::CookieMissing)?;
        if !secret::same(&browser.hash(), &attempt.browser_hash) {
            return Err(SignInRefusal::OtherBrowser);
        }
        Ok(attempt)
    }

    /// Account, memberships, session and the audit of it, in one transaction.
    async fn admit(
        &self,
        attempt: &Attempt,
        told: &Told,
        rules: &[MappingRule],
        before: Option<&Secret>,
        request_id: &str,
    ) -> Result<SignedIn, SignInRefusal> {
        let now = Utc::now();
        let mut writing = self.database.write_for_hub().await?;
        let connection = writing.connection();
        let account = store::account(connection, &told.issuer, &told.subject).await?;
        let session = Uuid::now_v7();
        if account.is_erased {
            let refused = Entry::refused(Action::SignIn, SignInRefusal::AccountErased.code(), Some(subject(&account)));
            audit::add(connection, &viewer(&account, session, None), request_id, &refused).await?;
            writing.commit().await?;
            return Err(SignInRefusal::AccountErased);
        }
        store::note_sign_in(connection, account.id, &told.claims.name(), &told.claims.email(), now).await?;
        let mut entries = follow_rules(connection, &account, told, rules, now).await?;
        let mut return_to = attempt.return_to.clone();
        let mut invited = None;
        if let Some(hash) = &attempt.invitation_hash {
            let taken = invitation::accept(connection, account.id, hash, now).await?;
            return_to = format!("/account?invitation={}", taken.as_ref().map_or_else(|why| why.code(), |_| "TAKEN"));
            if let Ok(accepted) = taken {
                entries.push(accepted.entry());
                invited = Some(accepted.membership);
            }
        }
        let held = store::memberships(connection, account.id, chrono::Local::now().date_naive()).await?;
        let last = store::last_used(connection, account.id).await?;
        let is = |id: Option<Uuid>| held.iter().find(|held| Some(held.membership.id) == id);
        let acting = is(invited).or(only(&held)).or_else(|| is(last)).map(|held| held.membership.clone());
        if acting.is_none() && !held.is_empty() {
            return_to = by_way_of_choice(return_to);
        }
        if let Some(before) = before {
            store::end_session(connection, &before.hash(), now).await?;
        }
        let secret = Secret::random();
        let new = NewSession {
            id: session,
            secret_hash: &secret.hash(),
            account: &account,
            membership: acting.as_ref().map(|membership| membership.id),
            provider: &attempt.provider,
            now,
            expires_at: now + self.lifetime,
        };
        store::begin_session(connection, new).await?;
        let viewer = viewer(&account, session, acting);
        let changes = Changes::new().field("provider", None::<&str>, attempt.provider.as_str());
        entries.push(Entry::done(Action::SignIn, subject(&account), changes));
        for entry in &entries {
            audit::add(connection, &viewer, request_id, entry).await?;
        }
        writing.commit().await?;
        if before.is_some() {
            self.sessions.forget();
        }
        Ok(SignedIn { secret, return_to })
    }

    /// Ends a browser's session. Returns where its provider ends its own; `None` where there is no such place, or no
    /// such session.
    pub async fn sign_out(&self, secret: &Secret, request_id: &str) -> sqlx::Result<Option<String>> {
        let now = Utc::now();
        let Some(session) = self.session(secret, chrono::Local::now().date_naive()).await? else { return Ok(None) };
        let account = Account { id: session.person.account, number: session.account_number, is_erased: false };
        let viewer = viewer(&account, session.person.session, session.person.membership);
        let mut writing = self.database.write_for_hub().await?;
        store::end_session(writing.connection(), &secret.hash(), now).await?;
        let done = Entry::done(Action::SignOut, subject(&account), Changes::new());
        audit::add(writing.connection(), &viewer, request_id, &done).await?;
        writing.commit().await?;
        self.sessions.forget();
        Ok(match self.provider(&session.provider) {
            Some(provider) => provider.farewell().await,
            None => None,
        })
    }
}

/// To the page where people choose for whom they act, and from there to where they wanted to go: a path on the hub.
pub fn by_way_of_choice(return_to: String) -> String {
    let is_there = return_to.split(['?', '#']).next() == Some("/account");
    if is_there {
        return return_to;
    }
    let parameter = form_urlencoded::Serializer::new(String::new()).append_pair("return", &return_to).finish();
    format!("/account?{parameter}")
}

/// Makes the memberships those that the rules give; what the audit says of it.
async fn follow_rules(
    connection: &mut PgConnection,
    account: &Account,
    told: &Told,
    rules: &[MappingRule],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Entry>> {
    let holding: Vec<&MappingRule> = told.claims.holding(rules).collect();
    let codes: Vec<&str> = holding.iter().map(|rule| rule.organisation.as_str()).collect();
    let known = store::organisations_by_code(connection, &codes).await?;
    let given: Vec<(Uuid, Role)> =
        holding.iter().filter_map(|rule| Some((*known.get(&rule.organisation)?, rule.role))).collect();
    let held = store::memberships(connection, account.id, chrono::Local::now().date_naive()).await?;
    let entry = |membership: Uuid, owner_number: i32, before: Option<Role>, after: Option<Role>| {
        let subject = Subject {
            kind: "Membership",
            id: membership,
            owner_number: Some(owner_number),
            audience: audience::organisation(owner_number),
        };
        let changes = Changes::new().field("role", before.map(Role::as_str), after.map(Role::as_str));
        Entry { action: Action::SignIn, outcome: Outcome::Done, reason: None, subject: Some(subject), changes }
    };
    let of = |held: &Held| (held.membership.id, held.owner_number, Some(held.membership.role));
    let mut entries = Vec::new();
    for step in claims::steps(&held, &given) {
        match step {
            Step::Begin { organisation, role } => {
                let begun = store::begin_membership(connection, account.id, organisation, role, "mapping", now).await?;
                entries.extend(begun.map(|(id, number)| entry(id, number, None, Some(role))));
            }
            Step::Change { held, role } => {
                let (id, number, before) = of(&held);
                store::change_membership(connection, id, role).await?;
                entries.push(entry(id, number, before, Some(role)));
            }
            Step::End { held } => {
                let (id, number, before) = of(&held);
                store::end_membership(connection, id, now).await?;
                entries.push(entry(id, number, before, None));
            }
        }
    }
    Ok(entries)
}

/// The account as what an entry of the audit is about.
pub(super) fn subject(account: &Account) -> Subject {
    Subject { kind: "Account", id: account.id, owner_number: None, audience: audience::account(account.number) }
}

/// Who signs in or out, for the audit.
pub(super) fn viewer(account: &Account, session: Uuid, acting: Option<Membership>) -> Viewer {
    let organisation = acting.as_ref().map(|membership| membership.organisation);
    let person = Person {
        account: account.id,
        session,
        memberships: Arc::new([]),
        delegations: Arc::new([]),
        membership: acting,
        delegation: None,
    };
    Viewer { organisation, ..Viewer::public() }.as_person(person, account.number)
}
