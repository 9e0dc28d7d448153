//! The tokens with which partners' services are called: one of the hub's for each caller and service, kept while it holds.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::Utc;

use super::standing::Partners;
use crate::access::Viewer;
use crate::access::token::{BOUND_LIFETIME, Refusal, Told};
use crate::federation::Setup;
use crate::graphql::NodeId;
use crate::hub::Hub;
use crate::organisations::model::KIND;

/// Where the hub's door to partners is, below its address.
pub const DOOR: &str = "/partners/";

/// A token is not used any more when it holds for less than this: the service must be able to use it in its turn.
const LEFT: i64 = 60;
/// Tokens that are kept at the most.
const MOST: usize = 10_000;

/// Tokens that hold, with the second at which each ends.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<Told, (String, i64)>>);

impl Tokens {
    /// A token for this caller at a service; `None` for the public.
    ///
    /// # Errors
    /// The hub's keys cannot be read.
    pub async fn of(&self, hub: &Hub, viewer: &Viewer, name: &str) -> anyhow::Result<Option<(String, i64)>> {
        let organisation = viewer.organisation.map(|id| NodeId::new(KIND, id).id().to_string());
        let Some(told) = hub.authenticator.told(viewer, &audience(hub, name), organisation) else { return Ok(None) };
        let now = Utc::now().timestamp();
        let kept = self.0.lock().expect("no panic while held").get(&told).cloned();
        if let Some(kept) = kept.filter(|(_, until)| now + LEFT < *until) {
            return Ok(Some(kept));
        }
        let made = (hub.authenticator.bind(&told).await?, now + BOUND_LIFETIME);
        let mut kept = self.0.lock().expect("no panic while held");
        if kept.len() >= MOST {
            kept.retain(|_, (_, until)| now + LEFT < *until);
        }
        if kept.len() < MOST {
            kept.insert(told, made.clone());
        }
        Ok(Some(made))
    }
}

/// As whom a service is meant by tokens: its address at the hub.
pub fn audience(hub: &Hub, name: &str) -> String {
    format!("{}{DOOR}{name}", hub.access.public_url)
}

/// Why a token is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotExchanged {
    /// The caller's own token lets nobody in.
    Subject(Refusal),
    /// There is no such service in the graph.
    Target,
    /// The hub's keys cannot be read.
    Unavailable,
}

/// Exchanges a caller's token for one that is bound to a service, with the seconds for which it holds (RFC 8693).
///
/// # Errors
/// [`NotExchanged`].
pub async fn exchanged(hub: &Hub, subject: &str, target: &str) -> Result<(String, i64), NotExchanged> {
    let viewer = hub.authenticator.viewer_of(subject).await.map_err(NotExchanged::Subject)?;
    let setup = hub.provided::<Setup>().ok_or(NotExchanged::Unavailable)?;
    let name = target.strip_prefix(&audience(hub, "")).unwrap_or(target);
    let partner = hub.reference::<Partners>().find(name, chrono::Local::now().date_naive());
    let partner = partner.ok_or(NotExchanged::Target)?;
    let made = setup.partners.tokens.of(hub, &viewer, &partner.name).await.map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "no token can be made for a partner");
        NotExchanged::Unavailable
    })?;
    let (token, until) = made.ok_or(NotExchanged::Unavailable)?;
    Ok((token, until - Utc::now().timestamp()))
}
