//! Programs in the graph.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::loader::{ClientById, SecretsOf};
use super::model::{CLIENT, ClientRow};
use crate::access::Action;
use crate::access::clients::Authentication;
use crate::graphql::list::{self, List};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// A program of an organisation, with rights of its own [client].
#[derive(Description)]
pub struct Client(pub Arc<ClientRow>);

/// How another issuer's tokens name a program [client esterno].
#[derive(SimpleObject)]
pub struct ExternalClient {
    /// Name of the issuer in the hub's settings [emittente].
    issuer: String,
    /// The program there: client id, or consumer of a PDND voucher [soggetto].
    subject: String,
    /// Of a PDND voucher: the only purpose for which it is let in; null for any [finalità].
    purpose: Option<String>,
}

/// A secret in force; the secret itself is told once, when it is made [segreto].
#[derive(SimpleObject)]
pub struct ClientSecret {
    /// When it was made.
    created_at: DateTime<Utc>,
    /// Until when it works [scadenza].
    expires_at: DateTime<Utc>,
}

/// A program by its key; `None` where the caller may not see it.
pub async fn client(graph: &Graph, id: Uuid) -> Result<Option<Client>> {
    Ok(graph.load(ClientById(id)).await?.map(Client))
}

/// The programs of an organisation: of the caller's own if the rules let; of any other the policies show none.
pub async fn clients_of(
    graph: &Arc<Graph>,
    organisation: Uuid,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Option<Page<Client>>> {
    if graph.viewer.organisation == Some(organisation) {
        graph.allow(Action::ReadClients, Some(organisation), None).await??;
    }
    let list = List { within: Some(((), organisation.to_string())), filter: (), order: () };
    Ok(Some(list::page(graph, list, first, after, Client).await?))
}

#[Object(use_type_description)]
impl Client {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(CLIENT, self.0.id).id()
    }

    /// As it names itself at the hub's token endpoint: `client_id`.
    async fn client_id(&self) -> Uuid {
        self.0.id
    }

    /// The organisation that it acts for [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// What its organisation calls it [nome].
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it may ask for, as OAuth scopes, e.g. `project:read` [ambiti].
    async fn scopes(&self) -> &[String] {
        &self.0.scopes
    }

    /// How it shows who it is [modalità di autenticazione].
    async fn authentication(&self) -> Authentication {
        self.0.authentication
    }

    /// Its public keys, for assertions (RFC 7517); null where it shows who it is in another way [chiavi pubbliche].
    async fn jwks(&self) -> Option<&Value> {
        self.0.jwks.as_ref()
    }

    /// How another issuer's tokens name it; null where it gets its tokens from the hub [client esterno].
    async fn external(&self) -> Option<ExternalClient> {
        let (issuer, subject) = (self.0.external_issuer.clone()?, self.0.external_subject.clone()?);
        Some(ExternalClient { issuer, subject, purpose: self.0.external_purpose.clone() })
    }

    /// Secrets in force, the newest first: two at the most [segreti].
    async fn secrets(&self, ctx: &Context<'_>) -> Result<Vec<ClientSecret>> {
        let secrets = Graph::of(ctx).load(SecretsOf(self.0.id)).await?;
        let shown = |created_at, expires_at| ClientSecret { created_at, expires_at };
        Ok(secrets.iter().flat_map(|all| all.iter()).map(|it| shown(it.created_at, it.expires_at)).collect())
    }

    /// Requests that it may send a minute [richieste al minuto].
    async fn requests_per_minute(&self) -> i32 {
        self.0.requests_per_minute
    }

    /// Estimated cost of all requests that it may send a minute; each answer tells its own under `extensions.cost`
    /// [costo al minuto].
    async fn cost_per_minute(&self) -> i32 {
        self.0.cost_per_minute
    }

    /// When it was registered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Until when it is let in [scadenza].
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was revoked [revoca].
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }

    /// When it was last let in, to the minute; null for never [ultimo uso].
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// Whether it is let in now [in vigore].
    async fn is_in_force(&self) -> bool {
        self.0.is_in_force(Utc::now())
    }

    /// Grows with every change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
