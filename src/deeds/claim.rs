//! Requests that may be sent again.

use uuid::Uuid;

use super::run::fault;
use super::store;
use crate::access::audit::Hash;
use crate::access::{Action, Caller, Viewer};
use crate::db::Database;
use crate::graphql::{Change, Graph, Outcome, UserError};
use crate::locale::Message;

/// Who a key belongs to: two callers' keys are never the same.
pub fn caller(viewer: &Viewer) -> String {
    let organisation = viewer.organisation.unwrap_or_default();
    match &viewer.caller {
        Caller::Public => "public".into(),
        Caller::Persona(name) => format!("persona:{name}"),
        Caller::Person(person) => format!("account:{}:{organisation}", person.account),
        Caller::Client(client) => format!("client:{}", client.id),
    }
}

/// What was done with a key before.
pub struct Done {
    pub record: Uuid,
    /// The record's version then.
    pub version: i32,
    /// The record's audience key then; `None` where no deed of the kit did it.
    pub audience: Option<i32>,
}

/// What the caller's key stands for already; else the key is the caller's from now on, and waits in
/// this transaction for what it is to stand for.
///
/// # Errors
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn claimed(
    graph: &Graph,
    writing: &mut Change<'_>,
    action: Action,
    said: Option<&(String, Hash)>,
) -> Outcome<Option<Done>> {
    let Some((key, content)) = said else { return Ok(None) };
    let caller = caller(&graph.viewer);
    let claim = store::claim(writing.statement(), &caller, key, action, content).await?;
    if claim.is_new {
        return Ok(None);
    }
    if claim.action != action.as_str() || claim.content != content.0 {
        return Err(other_content().into());
    }
    let done = claim.record_id.zip(claim.version);
    let done = done.map(|(record, version)| Done { record, version, audience: claim.audience });
    Ok(Some(done.ok_or_else(|| fault("a key was claimed and stands for nothing"))?))
}

/// What a key claimed in this transaction stands for from its commit on, where no deed of the kit says so.
pub async fn settle(
    graph: &Graph,
    writing: &mut Change<'_>,
    said: Option<&(String, Hash)>,
    done: (Uuid, i32),
) -> Outcome<()> {
    let Some((key, _)) = said else { return Ok(()) };
    store::settle(writing.statement(), &caller(&graph.viewer), key, done).await?;
    Ok(())
}

/// The key stands for something else.
fn other_content() -> UserError {
    let message = Message::new(
        "La chiave di idempotenza è già stata usata per una richiesta diversa: usarne una nuova.",
        "The idempotency key was used for another request already: use a new one.",
    );
    UserError::conflict("idempotencyKey", "IDEMPOTENCY_KEY_REUSED", message)
}

/// Forgets keys that are too old to come again.
pub async fn keep(database: &Database) -> sqlx::Result<()> {
    let mut writing = database.write_for_hub().await?;
    store::forget_claims(writing.connection()).await?;
    writing.commit().await
}
