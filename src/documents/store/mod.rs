//! All SQL of documents, and where their content is kept.

mod content;
mod directory;
mod s3;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

pub use content::{Bytestream, Content, Store};
pub use directory::Directory;
pub use s3::{S3, S3Settings};

use super::model::DocumentRow;
use crate::access::Room;
use crate::db::columns::Columns;
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;
use crate::organisations::model::Visibility;

/// What decides who sees a record, and whose it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RecordRow {
    pub room: Room,
    /// `None`: the caller does not see the owner.
    pub owner_id: Option<Uuid>,
    pub owner_number: i32,
    pub visibility: Visibility,
    pub province_code: Option<String>,
    pub group_number: Option<i32>,
    pub audience: i32,
}

/// A record that documents may be attached to, where the caller sees it.
pub async fn record(connection: &mut PgConnection, kind: &str, id: Uuid) -> Result<Option<RecordRow>> {
    let found = sqlx::query_as(
        "select r.*, o.id as owner_id from document_record($1, $2) r left join organisation o on o.number = r.owner_number
         where r.audience is not null",
    );
    Ok(found.bind(kind).bind(id).fetch_optional(connection).await?)
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<DocumentRow>>> {
    let sql = format!("select {} from document d where d.id = any($1) and d.is_current", DocumentRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| DocumentRow::read(row, 0).map(|row| (row.id, Arc::new(row))));
    Ok(rows.collect::<sqlx::Result<_>>()?)
}

/// Which of these have a document that was not removed.
pub async fn current(connection: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<HashSet<Uuid>> {
    let sql = "select id from document where id = any($1) and is_current";
    Ok(sqlx::query_scalar(sql).bind(ids).fetch_all(connection).await?.into_iter().collect())
}

/// The documents of a record, the last stored first.
impl Listed for Arc<DocumentRow> {
    type Parent = ();
    /// Kind of the record.
    type Filter = String;
    type Order = ();

    const TABLE: &'static str = "document d";
    const JOINS: &'static str = "";

    fn columns() -> String {
        DocumentRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        DocumentRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "d.record_id = k.id::uuid"
    }

    fn push_filter(kind: &String, query: &mut QueryBuilder<Postgres>) {
        query.push(" and d.is_current and d.record_kind = ").push_bind(kind.clone());
    }

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("-stored", "d.stored_at", "d.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.stored_at.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

/// When something was put where content is kept.
type PutAt = DateTime<Utc>;
