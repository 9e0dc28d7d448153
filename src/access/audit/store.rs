//! All SQL of the audit.

use sqlx::PgConnection;

use super::Entry;
use crate::access::{Caller, Viewer};

/// Adds an entry: the last statement before the commit, since no other entry is added until then. Returns its number.
pub async fn add(connection: &mut PgConnection, viewer: &Viewer, request_id: &str, entry: &Entry) -> sqlx::Result<i64> {
    let (account, delegation) = match &viewer.caller {
        Caller::Person(person) => (Some(person.account), person.delegation.as_ref().map(|delegation| delegation.id)),
        _ => (None, None),
    };
    let (client, purpose) = viewer.client().map(|client| (client.id, client.purpose.as_deref())).unzip();
    let persona = if let Caller::Persona(name) = viewer.caller { Some(name) } else { None };
    let (subject, changes) = (entry.subject.as_ref(), entry.changes.json());
    // The hash covers it, and it is kept with what changed alone.
    let audience = subject.filter(|_| changes.is_some()).map(|subject| subject.audience);
    sqlx::query_scalar("select add_to_audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)")
        .bind(request_id)
        .bind(entry.action.as_str())
        .bind(entry.outcome.as_str())
        .bind(entry.reason.as_deref())
        .bind(account)
        .bind(client)
        .bind(persona)
        .bind(viewer.organisation)
        .bind(delegation)
        .bind(purpose.flatten())
        .bind(subject.map(|subject| subject.kind))
        .bind(subject.map(|subject| subject.id))
        .bind(subject.and_then(|subject| subject.owner_number))
        .bind(changes)
        .bind(audience)
        .fetch_one(connection)
        .await
}
