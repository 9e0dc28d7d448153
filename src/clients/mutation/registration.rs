//! How a program is registered.

use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{clients_changed, flaws, new_secret, read, scopes};
use crate::access::Action;
use crate::access::audit::{Changes, Entry};
use crate::access::clients::Authentication;
use crate::clients::model::{self, COST, ClientRow, REQUESTS, Terms, YEARS, years_after};
use crate::clients::query::Client;
use crate::clients::store::{self, External};
use crate::graphql::mutation::{Flaws, answer};
use crate::graphql::{Graph, Result, UserError};
use crate::payload;

/// Which program comes in, how and on which terms.
#[derive(InputObject)]
pub struct RegisterClientInput {
    /// What the organisation calls it, up to 200 characters [nome].
    name: String,
    /// What it may ask for, as OAuth scopes, e.g. `["project:read"]` [ambiti].
    scopes: Vec<String>,
    /// How it shows who it is [modalità di autenticazione].
    authentication: Authentication,
    /// For `PRIVATE_KEY_JWT` alone: its public keys, 1 to 10 (RFC 7517); RSA of 2048 bits or more, P-256, Ed25519.
    jwks: Option<Value>,
    /// For `EXTERNAL` alone: how the other issuer's tokens name it.
    external: Option<ExternalClientInput>,
    /// Requests that it may send a minute, 1 to 100000; 600 when left out.
    requests_per_minute: Option<i32>,
    /// Estimated cost of all requests that it may send a minute, 1 to 100000000; 500000 when left out.
    cost_per_minute: Option<i32>,
    /// Until when it is let in, in three years at the most; in a year when left out [scadenza].
    expires_at: Option<DateTime<Utc>>,
}

/// How another issuer's tokens name a program.
#[derive(InputObject)]
pub struct ExternalClientInput {
    /// Name of the issuer in the hub's settings [emittente].
    issuer: String,
    /// The program there: client id, or consumer of a PDND voucher [soggetto].
    subject: String,
    /// Of a PDND voucher: the only purpose for which it is let in; any when left out [finalità].
    purpose: Option<String>,
}

payload! {
    /// What came of registering a program [esito della registrazione].
    pub struct RegisterClientPayload {
        /// The program [client].
        client: Client,
        /// Its secret, told this once and never again; null where it shows who it is in another way.
        secret: String,
    }
}

/// The mutation that registers.
#[derive(Default)]
pub struct RegistrationMutation;

#[Object]
impl RegistrationMutation {
    /// Registers a program of the organisation that the caller acts for [registrazione di un client]. By its
    /// administrators. It sees what the organisation sees, in the rooms that its scopes name.
    async fn register_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which program comes in, how and on which terms.")] input: RegisterClientInput,
    ) -> Result<Option<RegisterClientPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            graph.allow(Action::RegisterClient, graph.viewer.organisation, None).await??;
            let organisation = graph.viewer.organisation.ok_or_else(|| UserError::not_found(""))?;
            let (now, authentication) = (Utc::now(), input.authentication);
            let keys = input.jwks.as_ref().map(model::public_keys).transpose();
            let terms = Terms {
                name: input.name.trim().to_owned(),
                scopes: scopes(input.scopes),
                jwks: keys.as_ref().ok().cloned().flatten(),
                requests_per_minute: input.requests_per_minute.unwrap_or(REQUESTS.1),
                cost_per_minute: input.cost_per_minute.unwrap_or(COST.1),
                expires_at: input.expires_at.unwrap_or_else(|| years_after(now, YEARS.0)),
            };
            let external = input.external.as_ref();
            let flaws = of_authentication(flaws(&terms, now), authentication, input.jwks.is_some(), external.is_some());
            let (rule, it, en) = keys.as_ref().err().copied().unwrap_or_default();
            let flaws = flaws.unless(keys.is_ok(), "jwks", rule, it, en);
            of_external(flaws, graph, external).none()?;

            let secret = match authentication {
                Authentication::Secret => Some(new_secret().await?),
                _ => None,
            };
            let external = external.map(|external| External {
                issuer: &external.issuer,
                subject: &external.subject,
                purpose: external.purpose.as_deref(),
            });
            let mut change = graph.change().await?;
            let made =
                store::insert(change.statement(), organisation, authentication, &terms, external.as_ref()).await?;
            let made = made.ok_or_else(|| UserError::not_found(""))?;
            if let Some((_, hash)) = &secret {
                store::insert_secret(change.statement(), &made, hash).await?;
            }
            change.commit(&registered(&made)).await?;
            clients_changed(graph);
            Ok(RegisterClientPayload {
                client: read(graph, made.id).await?,
                secret: secret.map(|(secret, _)| secret.reveal().to_owned()),
                ..Default::default()
            })
        })
        .await
    }
}

/// Each way of showing who one is has what it needs, and nothing of another way.
fn of_authentication(flaws: Flaws, authentication: Authentication, has_keys: bool, is_external: bool) -> Flaws {
    flaws
        .unless(
            has_keys == (authentication == Authentication::PrivateKeyJwt),
            "jwks",
            "KEYS_FOR_ASSERTIONS",
            "Le chiavi pubbliche si indicano per PRIVATE_KEY_JWT, e solo allora.",
            "Public keys are given for PRIVATE_KEY_JWT, and only then.",
        )
        .unless(
            is_external == (authentication == Authentication::External),
            "external",
            "NAME_FOR_EXTERNAL",
            "Emittente e soggetto si indicano per EXTERNAL, e solo allora.",
            "Issuer and subject are given for EXTERNAL, and only then.",
        )
}

fn of_external(flaws: Flaws, graph: &Graph, external: Option<&ExternalClientInput>) -> Flaws {
    let Some(external) = external else { return flaws };
    let is_name = |name: &str| (1..=255).contains(&name.len()) && !name.contains(char::is_control);
    flaws
        .unless(
            graph.hub.access.issuers.iter().any(|issuer| issuer.name == external.issuer),
            "external.issuer",
            "ISSUER_UNKNOWN",
            "Le impostazioni dell'hub non nominano questo emittente.",
            "The hub's settings name no such issuer.",
        )
        .unless(
            is_name(&external.subject) && external.purpose.as_deref().is_none_or(is_name),
            "external.subject",
            "SUBJECT_INVALID",
            "Soggetto e finalità hanno da 1 a 255 caratteri stampabili.",
            "Subject and purpose have 1 to 255 printable characters.",
        )
}

/// What the audit says of a new program.
fn registered(made: &ClientRow) -> Entry {
    let changes = Changes::new()
        .field("name", None::<&str>, made.name.as_str())
        .field("scopes", None::<String>, made.scopes.join(" "))
        .field("authentication", None::<&str>, made.authentication.as_str())
        .field("externalIssuer", None::<&str>, made.external_issuer.as_deref())
        .field("externalSubject", None::<&str>, made.external_subject.as_deref())
        .field("externalPurpose", None::<&str>, made.external_purpose.as_deref())
        .field("requestsPerMinute", None::<i32>, made.requests_per_minute)
        .field("costPerMinute", None::<i32>, made.cost_per_minute)
        .field("expiresAt", None::<String>, made.expires_at.to_rfc3339());
    Entry::done(Action::RegisterClient, made.subject(), changes)
}
