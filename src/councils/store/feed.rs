//! All SQL of calendar feeds.

use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::councils::feed::model::FeedRow;
use crate::db::columns::Columns;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

/// Writes a feed of an organisation; `None` where there is no such organisation in sight.
pub async fn insert(
    connection: &mut PgConnection,
    council: Uuid,
    organisation: Uuid,
    secret_hash: &[u8],
) -> sqlx::Result<Option<FeedRow>> {
    let sql = format!(
        "insert into calendar_feed as f (id, council_id, organisation_id, owner_number, secret_hash)
         select $1, $2, o.id, o.number, $4 from organisation o where o.id = $3 returning {}",
        FeedRow::LIST
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(Uuid::now_v7()).bind(council).bind(organisation).bind(secret_hash);
    query.fetch_optional(connection).await?.map(|row| FeedRow::read(&row, 0)).transpose()
}

/// How many feeds of a council an organisation has in force.
pub async fn count(connection: &mut PgConnection, council: Uuid, organisation: Uuid) -> sqlx::Result<i64> {
    let sql =
        "select count(*) from calendar_feed where council_id = $1 and organisation_id = $2 and revoked_at is null";
    sqlx::query_scalar(sql).bind(council).bind(organisation).fetch_one(connection).await
}

/// A feed that the caller sees.
pub async fn find(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<FeedRow>> {
    let sql = format!("select {} from calendar_feed f where f.id = $1", FeedRow::LIST);
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.map(|row| FeedRow::read(&row, 0)).transpose()
}

/// Ends a feed that is in force.
pub async fn revoke(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<FeedRow>> {
    let sql = format!(
        "update calendar_feed f set revoked_at = now(), version = version + 1 where id = $1 and revoked_at is null
         returning {}",
        FeedRow::LIST
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.map(|row| FeedRow::read(&row, 0)).transpose()
}

/// The council and the organisation of the feed in force that has this secret; asked by the hub for itself.
pub async fn by_secret(connection: &mut PgConnection, secret_hash: &[u8]) -> sqlx::Result<Option<(Uuid, Uuid)>> {
    let sql = "select council_id, organisation_id from calendar_feed where secret_hash = $1 and revoked_at is null";
    sqlx::query_as(sql).bind(secret_hash).fetch_optional(connection).await
}

/// Feeds of a council, the newest first; everybody sees their own organisation's.
impl Listed for Arc<FeedRow> {
    type Parent = ();
    type Filter = ();
    type Order = ();

    const TABLE: &'static str = "calendar_feed f";
    const JOINS: &'static str = "";

    fn columns() -> String {
        FeedRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        FeedRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "f.council_id = k.id::uuid"
    }

    fn push_filter((): &(), _query: &mut QueryBuilder<Postgres>) {}

    fn keyset((): ()) -> Keyset {
        Keyset::by_instant("-created", "f.created_at", "f.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.created_at.to_rfc3339())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
