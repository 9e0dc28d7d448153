//! People: they sign in through an identity provider, act for one of the organisations that they belong to, and come
//! back with a session's cookie.
//!
//! - [`sign_in`](People::begin): authorization code with PKCE, state and nonce, bound to the browser that began it.
//! - [`claims`]: what the provider tells of a person, and which memberships the settings' rules make of it.
//! - [`session`]: the browser's session and the [`Viewer`](super::Viewer) behind it, kept in memory until anything
//!   changes that it follows from.
//! - [`terminal`](People::let_in): how a browser's session lets a program of the command line in.
//! - [`invitation`]: how an invitation is taken up, at a sign-in or later.
//!
//! The provider is asked at the sign-in and never again: a session goes on while the provider is down.
//! `docs/adr/0016-people-and-sessions.md` says why. Tables owned: `account`, `account_identity`, `browser_session`,
//! `sign_in_attempt`, `terminal_grant`; of `membership` and `invitation` it writes what a sign-in changes.

pub mod claims;
pub mod invitation;
pub mod session;

mod provider;
mod refusal;
mod sign_in;
mod store;
mod terminal;

use std::time::Duration;

use chrono::{TimeDelta, Utc};

use super::Settings;
use super::audience::Viewers;
use super::remote::Remote;
use crate::db::Database;
use provider::Provider;
use session::Sessions;

pub use refusal::SignInRefusal;
pub use sign_in::{Begun, Callback, SignedIn, by_way_of_choice};
pub use store::organisations_by_code;
pub use terminal::{AtTerminal, CLIENT, is_of_terminal};

/// With a provider, of which a person waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A session that is over is kept for so long: by it a person is known to act for the body that they acted for last.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);

/// Everything that signs people in and knows them again.
pub struct People {
    database: Database,
    viewers: Viewers,
    providers: Vec<Provider>,
    /// A session ends after so long without a request.
    idle: TimeDelta,
    /// A session ends after so long, whatever happens.
    lifetime: TimeDelta,
    sessions: Sessions,
}

impl People {
    /// # Errors
    /// Providers are named, and this machine has no way out to them at all; or one has an address that is none.
    pub fn new(database: Database, settings: &Settings, viewers: Viewers) -> anyhow::Result<Self> {
        let remote = Remote::new(PATIENCE)?;
        let provider = |named: &super::Provider| Provider::new(named.clone(), &settings.public_url, remote.clone());
        Ok(Self {
            database,
            viewers,
            providers: settings.providers.iter().map(provider).collect::<anyhow::Result<_>>()?,
            idle: TimeDelta::from_std(settings.session_idle)?,
            lifetime: TimeDelta::from_std(settings.session_lifetime)?,
            sessions: Sessions::default(),
        })
    }

    /// Name and label of each provider, in the order of the settings.
    pub fn providers(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.providers.iter().map(|provider| (provider.settings.name.as_str(), provider.settings.label.as_str()))
    }

    /// Logs the rules that name an organisation which does not exist: they make nobody a member of anything.
    pub async fn check_rules(&self) -> anyhow::Result<()> {
        for provider in &self.providers {
            let rules = &provider.settings.memberships;
            let codes: Vec<&str> = rules.iter().map(|rule| rule.organisation.as_str()).collect();
            let known = store::organisations_by_code(&mut *self.database.upkeep().await?, &codes).await?;
            for rule in rules.iter().filter(|rule| !known.contains_key(&rule.organisation)) {
                let (provider, organisation) = (&provider.settings.name, &rule.organisation);
                tracing::warn!(provider, organisation, claim = rule.claim, "a membership rule names no organisation");
            }
        }
        Ok(())
    }

    /// What is done now and then: lets go of the addresses of invitations that nobody accepted in time, and of sessions
    /// that are over for long. A failure is logged; the next time comes.
    pub async fn tend(&self) {
        let tended = async {
            let mut writing = self.database.write_for_hub().await?;
            let (connection, now) = (writing.connection(), Utc::now());
            store::forget_addresses(connection, now).await?;
            store::let_go_of_sessions(connection, now - SESSIONS_KEPT).await?;
            writing.commit().await
        };
        let tended: sqlx::Result<()> = tended.await;
        if let Err(error) = tended {
            tracing::warn!(%error, "what is over of people's data could not be let go of");
        }
    }

    fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.settings.name == name)
    }
}
