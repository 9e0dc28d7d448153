//! Requests that may be sent again.

use crate::access::{Caller, Viewer};
use crate::db::Database;
use crate::graphql::UserError;
use crate::locale::Message;

use super::store;

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

/// The key stands for something else.
pub fn other_content() -> UserError {
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
