//! What happens to a program that is registered: other terms, another secret, its end.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{clients_changed, flaws, new_secret, read, scopes};
use crate::access::Action;
use crate::access::audit::{Changes, Entry};
use crate::access::clients::Authentication;
use crate::clients::loader::ClientById;
use crate::clients::model::{self, CLIENT, ClientRow, OVERLAP, Terms};
use crate::clients::query::Client;
use crate::clients::store;
use crate::graphql::mutation::{Flaws, answer, record, same_version, saved};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::payload;

/// Which program changes, and how: what is left out stays as it is.
#[derive(InputObject)]
pub struct ChangeClientInput {
    /// The program [client].
    client_id: ID,
    /// The version that the caller has seen: what somebody else changed meanwhile is not overwritten.
    expected_version: Option<i32>,
    /// What the organisation calls it, up to 200 characters [nome].
    name: Option<String>,
    /// What it may ask for, as OAuth scopes [ambiti].
    scopes: Option<Vec<String>>,
    /// For `PRIVATE_KEY_JWT` alone: its public keys, in place of those that it had (RFC 7517).
    jwks: Option<Value>,
    /// Requests that it may send a minute, 1 to 100000.
    requests_per_minute: Option<i32>,
    /// Estimated cost of all requests that it may send a minute, 1 to 100000000.
    cost_per_minute: Option<i32>,
    /// Until when it is let in, in three years at the most [scadenza].
    expires_at: Option<DateTime<Utc>>,
}

payload! {
    /// What came of changing a program [esito della modifica].
    pub struct ChangeClientPayload {
        /// The program as it is now [client].
        client: Client,
    }
}

/// Which program gets another secret.
#[derive(InputObject)]
pub struct RotateClientSecretInput {
    /// The program [client].
    client_id: ID,
    /// The version that the caller has seen: what somebody else changed meanwhile is not overwritten.
    expected_version: Option<i32>,
    /// For how many hours the secret before it still works, 0 to 168; 24 when left out.
    overlap_hours: Option<i32>,
}

payload! {
    /// What came of another secret [esito della rotazione].
    pub struct RotateClientSecretPayload {
        /// The program as it is now [client].
        client: Client,
        /// The new secret, told this once and never again.
        secret: String,
    }
}

/// Which program is let in no more.
#[derive(InputObject)]
pub struct RevokeClientInput {
    /// The program [client].
    client_id: ID,
    /// The version that the caller has seen: what somebody else changed meanwhile is not overwritten.
    expected_version: Option<i32>,
}

payload! {
    /// What came of revoking a program [esito della revoca].
    pub struct RevokeClientPayload {
        /// The program as it is now [client].
        client: Client,
    }
}

/// Mutations of programs that are registered.
#[derive(Default)]
pub struct ClientMutation;

#[Object]
impl ClientMutation {
    /// Changes the terms on which a program of the caller's organisation comes in; it counts from its next request on
    /// [modifica di un client]. By its administrators.
    async fn change_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which program changes, and how.")] input: ChangeClientInput,
    ) -> Result<Option<ChangeClientPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let held = held(graph, Action::ChangeClient, &input.client_id, input.expected_version).await?;
            let keys = input.jwks.as_ref().map(model::public_keys).transpose();
            let has_own_keys = input.jwks.is_none() || held.authentication == Authentication::PrivateKeyJwt;
            let terms = Terms {
                name: input.name.map_or_else(|| held.name.clone(), |name| name.trim().to_owned()),
                scopes: input.scopes.map_or_else(|| held.scopes.clone(), scopes),
                jwks: keys.as_ref().ok().cloned().flatten().or_else(|| held.jwks.clone()),
                requests_per_minute: input.requests_per_minute.unwrap_or(held.requests_per_minute),
                cost_per_minute: input.cost_per_minute.unwrap_or(held.cost_per_minute),
                expires_at: input.expires_at.unwrap_or(held.expires_at),
            };
            let (rule, it, en) = keys.as_ref().err().copied().unwrap_or_default();
            flaws(&terms, Utc::now())
                .unless(keys.is_ok(), "jwks", rule, it, en)
                .unless(
                    has_own_keys,
                    "jwks",
                    "KEYS_FOR_ASSERTIONS",
                    "Le chiavi pubbliche si indicano per PRIVATE_KEY_JWT, e solo allora.",
                    "Public keys are given for PRIVATE_KEY_JWT, and only then.",
                )
                .none()?;
            let mut change = graph.change().await?;
            saved(store::change(change.statement(), &held, &terms).await?)?;
            if terms.expires_at != held.expires_at {
                store::move_end_of_secrets(change.statement(), &held, &terms).await?;
            }
            change.commit(&Entry::done(Action::ChangeClient, held.subject(), changes(&held, &terms))).await?;
            clients_changed(graph);
            Ok(ChangeClientPayload { client: read(graph, held.id).await?, ..Default::default() })
        })
        .await
    }

    /// Gives a program of the caller's organisation another secret; the one before it still works for a while, so that
    /// the program can change over [rotazione del segreto]. Two at the
    /// most are in force: where there are two already, the older one ends at once. By its administrators.
    async fn rotate_client_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which program gets another secret.")] input: RotateClientSecretInput,
    ) -> Result<Option<RotateClientSecretPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let held = held(graph, Action::RotateClientSecret, &input.client_id, input.expected_version).await?;
            if held.authentication != Authentication::Secret {
                let message = Message::new("Il client non usa un segreto.", "The client uses no secret.");
                return Err(UserError::conflict("clientId", "NO_SECRET", message).into());
            }
            let hours = input.overlap_hours.unwrap_or(OVERLAP.0);
            Flaws::default()
                .unless(
                    (0..=OVERLAP.1).contains(&hours),
                    "overlapHours",
                    "OVERLAP_OUT_OF_RANGE",
                    "Il segreto precedente vale ancora da 0 a 168 ore.",
                    "The secret before still works for 0 to 168 hours.",
                )
                .none()?;
            let (secret, hash) = new_secret().await?;
            let mut change = graph.change().await?;
            saved(store::touch(change.statement(), &held).await?)?;
            store::give_way(change.statement(), held.id, hours).await?;
            store::insert_secret(change.statement(), &held, &hash).await?;
            let changes = Changes::new().personal("secret").field("overlapHours", None::<i32>, hours);
            change.commit(&Entry::done(Action::RotateClientSecret, held.subject(), changes)).await?;
            clients_changed(graph);
            Ok(RotateClientSecretPayload {
                client: read(graph, held.id).await?,
                secret: Some(secret.reveal().to_owned()),
                ..Default::default()
            })
        })
        .await
    }

    /// Lets a program of the caller's organisation in no more, at once and for good; its tokens are refused from the next
    /// request on [revoca di un client]. By its administrators.
    async fn revoke_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which program is let in no more.")] input: RevokeClientInput,
    ) -> Result<Option<RevokeClientPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let held = held(graph, Action::RevokeClient, &input.client_id, input.expected_version).await?;
            let mut change = graph.change().await?;
            saved(store::revoke(change.statement(), &held).await?)?;
            store::give_way(change.statement(), held.id, 0).await?;
            let changes = Changes::new().field("isRevoked", false, true);
            change.commit(&Entry::done(Action::RevokeClient, held.subject(), changes)).await?;
            clients_changed(graph);
            Ok(RevokeClientPayload { client: read(graph, held.id).await?, ..Default::default() })
        })
        .await
    }
}

/// The program that an input names: one that the caller sees, may change so, and that is not revoked.
async fn held(graph: &Arc<Graph>, action: Action, id: &ID, expected: Option<i32>) -> Outcome<Arc<ClientRow>> {
    let id = record(CLIENT, id, "clientId")?;
    let held = graph.load(ClientById(id)).await?.ok_or_else(|| UserError::not_found("clientId"))?;
    graph.allow(action, Some(held.organisation_id), Some(held.subject())).await??;
    same_version(expected, held.version)?;
    if held.revoked_at.is_some() {
        let message = Message::new("Il client è già revocato.", "The client is revoked already.");
        return Err(UserError::conflict("clientId", "REVOKED_ALREADY", message).into());
    }
    Ok(held)
}

/// What the audit says of other terms.
fn changes(held: &ClientRow, terms: &Terms) -> Changes {
    let changes = Changes::new()
        .field("name", held.name.as_str(), terms.name.as_str())
        .field("scopes", held.scopes.join(" "), terms.scopes.join(" "))
        .field("requestsPerMinute", held.requests_per_minute, terms.requests_per_minute)
        .field("costPerMinute", held.cost_per_minute, terms.cost_per_minute)
        .field("expiresAt", held.expires_at.to_rfc3339(), terms.expires_at.to_rfc3339());
    if held.jwks == terms.jwks { changes } else { changes.personal("jwks") }
}
