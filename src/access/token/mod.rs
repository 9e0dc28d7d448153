//! Bearer tokens: a token becomes a [`Viewer`], or a stable refusal; never the public by mistake.
//!
//! A token's own word chooses only which trusted issuer checks it ([`trusted`]): by its keys if it is signed ([`jws`],
//! [`jwks`]), by asking it if it is opaque ([`introspection`]). What was found is kept for as long as it holds ([`known`]);
//! whether the client that it names is let in, and what that client sees, is looked at for every request. A person at the command
//! line comes with the secret of their session there ([`is_of_terminal`]).
//! `docs/adr/0015-machine-tokens.md` says why.

mod bound;
mod claims;
mod credentials;
mod demo;
mod introspection;
mod issuing;
mod json;
mod jwks;
mod jws;
mod key;
mod known;
mod trusted;

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;

use super::audience::Viewers;
use super::clients::{Clients, Named, Registered};
use super::keys::{HubKey, Keys};
use super::people::session::SessionRefusal;
use super::people::{People, is_of_terminal};
use super::persona::Persona;
use super::remote::Remote;
use super::scope::Scopes;
use super::secret::Secret;
use super::{Caller, Client, Settings, Viewer};
use crate::db::Database;
use claims::{LEEWAY, now};
use jws::Jws;
use known::{Finding, Known, fingerprint};
use trusted::{Bearer, Trusted, Verified};

pub use bound::{BOUND_LIFETIME, Told};
pub use credentials::Presented;
pub use demo::DemoKey;
pub(super) use json::object as json_object;

pub use issuing::{Denied, Issued};
pub use key::{KeySet, PublicKey};

/// Bytes of a token at the most.
const LONGEST: usize = 8192;

/// With an issuer that is asked about a token or for its keys: a request waits for it.
const PATIENCE: Duration = Duration::from_secs(3);

/// A token that is not active is not asked about again for so many seconds.
const REFUSED_FOR: i64 = 10;

/// Why a bearer token is refused. The caller learns no more than this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the Authorization header is not of the form \"Bearer <token>\"")]
    Malformed,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid here")]
    Invalid,
    #[error("rights cannot be checked right now")]
    Unavailable,
}

/// Logs why the database did not answer, and tells the caller to come again.
fn unavailable(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a caller's rights could not be read");
    Refusal::Unavailable
}

/// Turns the `Authorization` header into a viewer, and issues the hub's own tokens.
pub struct Authenticator {
    database: Database,
    viewers: Viewers,
    people: Arc<People>,
    clients: Clients,
    keys: Arc<Keys>,
    /// Issuer and audience of the hub's own tokens.
    public_url: String,
    trusted: Vec<Trusted>,
    known: Known,
    argon2: credentials::Argon2Places,
}

impl Authenticator {
    /// # Errors
    /// The hub's key is none, or issuers are named and cannot be reached from this machine at all.
    pub fn new(database: Database, settings: &Settings, viewers: Viewers, people: Arc<People>) -> anyhow::Result<Self> {
        let hub_key = settings.hub_key.as_ref().map(HubKey::read).transpose()?;
        let keys = Arc::new(Keys::new(database.clone(), hub_key));
        let mut trusted = vec![Trusted::Hub(settings.public_url.clone(), keys.clone())];
        trusted.extend(settings.demo_key.as_ref().map(|key| Trusted::Demo(key.public.clone())));
        if !settings.issuers.is_empty() {
            let remote = Remote::new(PATIENCE)?;
            trusted.extend(settings.issuers.iter().map(|issuer| Trusted::issuer(issuer, &remote)));
        }
        Ok(Self {
            database,
            viewers,
            people,
            clients: Clients::default(),
            keys,
            public_url: settings.public_url.clone(),
            trusted,
            known: Known::default(),
            argon2: credentials::Argon2Places::default(),
        })
    }

    /// Forgets what is known of viewers' rights, clients or keys if this table decides them.
    pub fn note_change(&self, table: &str) {
        if Viewers::TABLES.contains(&table) {
            self.viewers.forget();
        }
        if Clients::TABLES.contains(&table) {
            self.clients.forget();
        }
        if Keys::TABLES.contains(&table) {
            self.keys.forget();
        }
    }

    /// Viewers by organisation, shared with who else lets callers in.
    pub fn viewers(&self) -> Viewers {
        self.viewers.clone()
    }

    /// The hub's signing keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What is done now and then: rotates the signing keys in time, writes down which clients were used, lets go of
    /// assertions that are over. Each failure is logged; the next time comes.
    pub async fn tend(&self) {
        if let Err(error) = self.keys.tend().await {
            tracing::error!(error = format!("{error:#}"), "the hub's signing keys could not be looked after");
        }
        if let Err(error) = self.clients.write_down_use(&self.database).await {
            tracing::warn!(%error, "the use of clients could not be written down");
        }
        if let Err(error) = credentials::let_go_of_assertions(&self.database).await {
            tracing::warn!(%error, "assertions that are over could not be let go of");
        }
    }

    /// The viewer of a request: without a header the public; with one, exactly whom it names or a refusal.
    pub async fn authenticate(&self, authorization: Option<&[u8]>) -> Result<Viewer, Refusal> {
        let Some(header) = authorization else {
            return Ok(Viewer::public());
        };
        let header = std::str::from_utf8(header).map_err(|_| Refusal::Malformed)?;
        let (scheme, token) = header.split_once(' ').ok_or(Refusal::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::Malformed);
        }
        self.viewer_of(token).await
    }

    /// The viewer whom a bare token names.
    pub async fn viewer_of(&self, token: &str) -> Result<Viewer, Refusal> {
        if !is_token(token) {
            return Err(Refusal::Malformed);
        }
        if is_of_terminal(token) {
            return self.people.viewer(&Secret::from(token.to_owned())).await.map_err(|refusal| match refusal {
                SessionRefusal::Over => Refusal::Expired,
                SessionRefusal::Unavailable => Refusal::Unavailable,
            });
        }
        let name = fingerprint(token);
        let finding = match self.known.find(&name) {
            Some(finding) if finding.era == self.trusted[finding.issuer].era() => {
                self.trusted[finding.issuer].keep_fresh();
                finding
            }
            _ => {
                let finding = self.look_at(token).await?;
                self.known.keep(name, finding.clone());
                finding
            }
        };
        self.admit(finding.result?).await
    }

    /// Checks a token that is not known. What is worth keeping is a finding; all else an error.
    async fn look_at(&self, token: &str) -> Result<Finding, Refusal> {
        if !Jws::is_meant(token) {
            return self.ask_about(token).await;
        }
        let jws = Jws::read(token)?;
        // Not believed yet: it only chooses who checks.
        let named = jws.claims.text("iss")?.ok_or(Refusal::Invalid)?;
        let issuer = self.trusted.iter().position(|trusted| trusted.identifier() == named).ok_or(Refusal::Invalid)?;
        let trusted = &self.trusted[issuer];
        // Before the check: a key that is withdrawn meanwhile makes the finding one of an earlier era.
        let era = trusted.era();
        match trusted.check(&jws, token).await {
            Ok(verified) => {
                let leeway = if matches!(trusted, Trusted::Opaque(..)) { 0 } else { LEEWAY };
                Ok(Finding { until: verified.until + leeway, result: Ok(verified), issuer, era })
            }
            Err(refusal @ (Refusal::Invalid | Refusal::Expired)) if matches!(trusted, Trusted::Opaque(..)) => {
                Ok(Finding { result: Err(refusal), until: now() + REFUSED_FOR, issuer, era })
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Asks every issuer of opaque tokens until one of them knows this one.
    async fn ask_about(&self, token: &str) -> Result<Finding, Refusal> {
        let opaque = |(_, trusted): &(usize, &Trusted)| matches!(trusted, Trusted::Opaque(..));
        let mut refusal = Refusal::Invalid;
        let mut last = None;
        for (issuer, trusted) in self.trusted.iter().enumerate().filter(opaque) {
            last = Some(issuer);
            match trusted.ask(token).await {
                Ok(Some(verified)) => {
                    return Ok(Finding { until: verified.until, result: Ok(verified), issuer, era: 0 });
                }
                Ok(None) => {}
                Err(_) if refusal == Refusal::Unavailable => {}
                Err(other) => refusal = other,
            }
        }
        match (last, refusal) {
            (_, Refusal::Unavailable) | (None, _) => Err(refusal),
            (Some(issuer), _) => Ok(Finding { result: Err(refusal), until: now() + REFUSED_FOR, issuer, era: 0 }),
        }
    }

    /// Lets in whom a verified token names, as today's records have it.
    async fn admit(&self, verified: Verified) -> Result<Viewer, Refusal> {
        let named = match verified.bearer {
            Bearer::Client(named) => named,
            Bearer::Persona(persona, organisation) => {
                let viewer = self.acting_for(organisation).await?.ok_or(Refusal::Invalid)?;
                return Ok(Viewer { caller: Caller::Persona(persona.name), ..viewer });
            }
        };
        let client = self.clients.find(&named, &self.database).await.map_err(unavailable)?.ok_or(Refusal::Invalid)?;
        if !client.is_in_force(Utc::now()) {
            return Err(Refusal::Invalid);
        }
        let scopes = verified.scopes.map_or(client.scopes, |scopes| scopes.and(client.scopes));
        let viewer = self.viewer_as(&client, scopes, verified.purpose).await?.ok_or(Refusal::Invalid)?;
        self.clients.note_use(client.id);
        Ok(viewer)
    }

    /// The demonstration's caller of this name, where its tokens are accepted.
    pub(super) async fn viewer_of_persona(&self, name: &str, organisation: uuid::Uuid) -> Result<Viewer, Refusal> {
        let is_demonstration = self.trusted.iter().any(|trusted| matches!(trusted, Trusted::Demo(_)));
        let persona = Persona::find(name).filter(|_| is_demonstration).ok_or(Refusal::Invalid)?;
        let bearer = Bearer::Persona(persona, organisation);
        self.admit(Verified { bearer, scopes: None, purpose: None, until: i64::MAX }).await
    }

    /// The client of this id, as far as it still has these scopes.
    pub(super) async fn viewer_of_client(&self, client: Client) -> Result<Viewer, Refusal> {
        let bearer = Bearer::Client(Named::Own(client.id));
        let (scopes, purpose) = (Some(client.scopes), client.purpose);
        self.admit(Verified { bearer, scopes, purpose, until: i64::MAX }).await
    }

    /// A client with these scopes; `None` where its organisation is no more.
    async fn viewer_as(
        &self,
        client: &Registered,
        scopes: Scopes,
        purpose: Option<String>,
    ) -> Result<Option<Viewer>, Refusal> {
        let viewer = self.acting_for(client.organisation).await?;
        let client = Client {
            id: client.id,
            scopes,
            purpose,
            requests_per_minute: client.requests_per_minute,
            cost_per_minute: client.cost_per_minute,
        };
        Ok(viewer.map(|viewer| viewer.as_client(client)))
    }

    async fn acting_for(&self, organisation: uuid::Uuid) -> Result<Option<Viewer>, Refusal> {
        let today = chrono::Local::now().date_naive();
        self.viewers.acting_for(organisation, today, &self.database).await.map_err(unavailable)
    }
}

/// Whether the text has the form of a bearer token (RFC 6750, section 2.1), and a bearable length.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && text.len() <= LONGEST && body.bytes().all(is_fit)
}
