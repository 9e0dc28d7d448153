//! All SQL of the audit.

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::{Anchor, Entry, Hash, Record, Subject};
use crate::access::{Caller, Viewer, audience};

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
