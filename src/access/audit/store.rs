//! All SQL of the audit.

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::{Anchor, Entry, Hash, Record, Subject};
use crate::access::{Caller, Viewer, audience};

/// Adds an entry: the last statement before the commit, since no other entry is added until then.
pub async fn add(connection: &mut PgConnection, viewer: &Viewer, request_id: &str, entry: &Entry) -> sqlx::Result<()> {
    let told = told(viewer, request_id, entry);
    sqlx::query("select add_to_audit($1)").bind(Json(told)).execute(connection).await.map(drop)
}

/// An entry as `add_to_audit(jsonb)` reads it.
pub fn told(viewer: &Viewer, request_id: &str, entry: &Entry) -> Value {
    let (account, delegation) = match &viewer.caller {
        Caller::Person(person) => (Some(person.account), person.delegation.as_ref().map(|delegation| delegation.id)),
        _ => (None, None),
    };
    let (client, purpose) = viewer.client().map(|client| (client.id, client.purpose.as_deref())).unzip();
    let persona = if let Caller::Persona(name) = viewer.caller { Some(name) } else { None };
    let (subject, changes) = (entry.subject.as_ref(), entry.changes.json());
    // The hash covers it, and it is kept with what changed alone.
    let audience = subject.filter(|_| changes.is_some()).map(|subject| subject.audience);
    json!({
        "request_id": request_id,
        "action": entry.action.as_str(),
        "outcome": entry.outcome.as_str(),
        "reason": entry.reason,
        "account_id": account,
        "client_id": client,
        "persona": persona,
        "organisation_id": viewer.organisation,
        "delegation_id": delegation,
        "purpose": purpose.flatten(),
        "subject_kind": subject.map(|subject| subject.kind),
        "subject_id": subject.map(|subject| subject.id),
        "owner_number": subject.and_then(|subject| subject.owner_number),
        "changes": changes,
        "change_audience": audience,
    })
}

/// Where the chain begins and ends.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Chain {
    pub first_seq: i64,
    /// What the first entry holds as the hash before it.
    pub first_previous_hash: Vec<u8>,
    pub last_seq: i64,
    pub last_hash: Vec<u8>,
}

pub async fn chain(connection: &mut PgConnection) -> sqlx::Result<Chain> {
    sqlx::query_as("select first_seq, first_previous_hash, last_seq, last_hash from audit_chain")
        .fetch_one(connection)
        .await
}

/// The same, and from here to the commit no entry is added.
pub async fn lock_chain(connection: &mut PgConnection) -> sqlx::Result<Chain> {
    sqlx::query_as("select first_seq, first_previous_hash, last_seq, last_hash from audit_chain for update")
        .fetch_one(connection)
        .await
}

/// The newest entry's number and hash. Needs a connection with the rights of maintenance.
pub async fn head(connection: &mut PgConnection) -> sqlx::Result<Anchor> {
    let chain = chain(connection).await?;
    let hash =
        Hash::try_from(chain.last_hash).map_err(|_| sqlx::Error::Decode("the chain's hash is no hash".into()))?;
    Ok(Anchor { seq: chain.last_seq, hash })
}

/// Every entry, in the order of the chain, as they arrive.
pub fn all(connection: &mut PgConnection) -> BoxStream<'_, sqlx::Result<Record>> {
    sqlx::query_as(AssertSqlSafe(format!("{} order by e.seq", Record::SELECT))).fetch(connection)
}

/// Lets go of the entries before an instant; returns how many they were.
pub async fn let_go(connection: &mut PgConnection, before: DateTime<Utc>) -> sqlx::Result<i64> {
    sqlx::query_scalar("select let_go_of_audit($1)").bind(before).fetch_one(connection).await
}

/// An organisation as the subject of an entry; `None` where there is no such one.
pub async fn subject_of_organisation(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Subject>> {
    let number: Option<i32> =
        sqlx::query_scalar("select number from organisation where id = $1").bind(id).fetch_optional(connection).await?;
    Ok(number.map(|number| Subject {
        kind: "Organisation",
        id,
        owner_number: Some(number),
        audience: audience::organisation(number),
    }))
}
