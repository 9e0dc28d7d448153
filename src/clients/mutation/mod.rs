//! What changes programs. The pattern of each is that of `graphql/mutation.rs`.

mod registered;
mod registration;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::loader::ClientById;
use super::model::{COST, REQUESTS, Terms, YEARS, years_after};
use super::query::Client;
use crate::access::scope::Scope;
use crate::access::secret::Secret;
use crate::graphql::mutation::Flaws;
use crate::graphql::{Error, Graph, Result};

pub use registered::ClientMutation;
pub use registration::RegistrationMutation;

async fn read(graph: &Graph, id: Uuid) -> Result<Option<Client>> {
    Ok(graph.load(ClientById(id)).await?.map(Client))
}

/// This hub need not wait for the database's word that a program has changed: the next request is held against it.
fn clients_changed(graph: &Graph) {
    graph.hub.authenticator.note_change("client");
}

/// A new secret and its hash.
async fn new_secret() -> Result<(Secret, String)> {
    let secret = Secret::random();
    let given = secret.clone();
    let hash = tokio::task::spawn_blocking(move || given.argon2()).await;
    hash.map(|hash| (secret, hash)).map_err(|error| Error::Internal(Arc::new(error)))
}

/// Words of scopes in their usual order, each once; words that are none stay at the end, for [`flaws`].
fn scopes(mut words: Vec<String>) -> Vec<String> {
    let place = |word: &String| Scope::ALL.iter().position(|scope| scope.as_str() == word).unwrap_or(usize::MAX);
    words.sort_by_key(place);
    words.dedup();
    words
}

/// What is wrong with the terms of a program.
fn flaws(terms: &Terms, now: DateTime<Utc>) -> Flaws {
    Flaws::default()
        .unless(
            (1..=200).contains(&terms.name.chars().count()) && !terms.name.contains(char::is_control),
            "name",
            "NAME_INVALID",
            "Il nome ha da 1 a 200 caratteri.",
            "The name has 1 to 200 characters.",
        )
        .unless(
            !terms.scopes.is_empty(),
            "scopes",
            "SCOPES_REQUIRED",
            "Indicare almeno uno scope.",
            "Name at least one scope.",
        )
        .unless(
            terms.scopes.iter().all(|word| word.parse::<Scope>().is_ok()),
            "scopes",
            "SCOPE_UNKNOWN",
            "Uno degli scope non esiste: project:read, plan:read e simili.",
            "One of the scopes does not exist: project:read, plan:read and the like.",
        )
        .unless(
            (1..=REQUESTS.0).contains(&terms.requests_per_minute),
            "requestsPerMinute",
            "REQUESTS_OUT_OF_RANGE",
            "Le richieste al minuto sono da 1 a 100000.",
            "Requests a minute are 1 to 100000.",
        )
        .unless(
            (1..=COST.0).contains(&terms.cost_per_minute),
            "costPerMinute",
            "COST_OUT_OF_RANGE",
            "Il costo al minuto è da 1 a 100000000.",
            "The cost a minute is 1 to 100000000.",
        )
        .unless(
            now < terms.expires_at && terms.expires_at <= years_after(now, YEARS.1),
            "expiresAt",
            "EXPIRY_OUT_OF_RANGE",
            "La scadenza è nel futuro, al massimo fra tre anni.",
            "It expires in the future, in three years at the most.",
        )
}
