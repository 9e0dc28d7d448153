//! All SQL of the registry.

pub mod usage;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::model::{Member, MemberRow, SubgraphFilter, SubgraphRow, SupergraphCause, SupergraphRow, VersionRow};
use crate::access::audit::Hash;
use crate::db::columns::{Columns, grouped};
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;

/// The hash by which a schema's text is known.
pub fn hash(sdl: &str) -> String {
    Hash::of(&[sdl.as_bytes()]).to_string()
}

/// Keeps the text of a schema.
pub async fn keep_text(connection: &mut PgConnection, sdl: &str) -> sqlx::Result<()> {
    let sql = "insert into schema_text (hash, sdl) values ($1, $2) on conflict (hash) do nothing";
    sqlx::query(sql).bind(hash(sdl)).bind(sdl).execute(connection).await?;
    Ok(())
}

/// Texts by their hashes.
pub async fn texts(connection: &mut PgConnection, hashes: &[String]) -> sqlx::Result<HashMap<String, Arc<str>>> {
    let rows = sqlx::query_as::<_, (String, String)>("select hash, sdl from schema_text where hash = any($1)");
    let rows = rows.bind(hashes).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(hash, sdl)| (hash, sdl.into())).collect())
}

async fn subgraphs(connection: &mut PgConnection, condition: &str, keys: Vec<String>) -> Result<Vec<Arc<SubgraphRow>>> {
    let sql = format!("select {} from subgraph s where {condition}", SubgraphRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(keys).fetch_all(connection).await?;
    Ok(rows.iter().map(|row| SubgraphRow::read(row, 0).map(Arc::new)).collect::<sqlx::Result<_>>()?)
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<SubgraphRow>>> {
    let ids = ids.iter().map(Uuid::to_string).collect();
    let found = subgraphs(connection, "s.id = any($1::uuid[])", ids).await?;
    Ok(found.into_iter().map(|subgraph| (subgraph.id, subgraph)).collect())
}

pub async fn by_names(connection: &mut PgConnection, names: Vec<String>) -> Result<HashMap<String, Arc<SubgraphRow>>> {
    let found = subgraphs(connection, "s.name = any($1)", names).await?;
    Ok(found.into_iter().map(|subgraph| (subgraph.name.clone(), subgraph)).collect())
}

/// The versions of subgraphs, the last first.
pub async fn versions(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<[VersionRow]>>> {
    let sql = format!(
        "select {} from subgraph_version v where v.subgraph_id = any($1) order by v.subgraph_id, v.number desc",
        VersionRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let read = |row: &PgRow| VersionRow::read(row, 0).map(|version| (version.subgraph_id, version));
    Ok(grouped(rows.iter().map(read).collect::<sqlx::Result<Vec<_>>>()?))
}

/// The version of each of these subgraphs that stands in the graph that is served.
pub async fn served(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let sql = "select subgraph_id, version_id from supergraph_member
       where number = (select max(number) from supergraph) and subgraph_id = any($1)";
    Ok(sqlx::query_as(sql).bind(ids).fetch_all(connection).await?.into_iter().collect())
}

/// Whether a name is taken, or another begins like it: nobody could tell whose fields are whose.
pub async fn is_name_taken(connection: &mut PgConnection, name: &str) -> sqlx::Result<bool> {
    let sql = "select exists (select from subgraph
         where name = $1 or starts_with(name, $1 || '-') or starts_with($1, name || '-'))";
    sqlx::query_scalar(sql).bind(name).fetch_one(connection).await
}

/// A supergraph by its number; the last one without.
pub async fn supergraph(connection: &mut PgConnection, number: Option<i32>) -> sqlx::Result<Option<SupergraphRow>> {
    let sql = format!(
        "select {} from supergraph g where $1::int is null or g.number = $1 order by g.number desc limit 1",
        SupergraphRow::LIST
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(number).fetch_optional(connection).await?;
    row.as_ref().map(|row| SupergraphRow::read(row, 0)).transpose()
}

/// The last supergraphs before a number, the last first.
pub async fn supergraphs_before(
    connection: &mut PgConnection,
    number: i32,
    most: i64,
) -> sqlx::Result<Vec<SupergraphRow>> {
    let sql =
        format!("select {} from supergraph g where g.number < $1 order by g.number desc limit $2", SupergraphRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(number).bind(most).fetch_all(connection).await?;
    rows.iter().map(|row| SupergraphRow::read(row, 0)).collect()
}

/// Who takes part in supergraphs, by name.
pub async fn members(connection: &mut PgConnection, numbers: &[i32]) -> Result<HashMap<i32, Arc<[MemberRow]>>> {
    let sql = format!(
        "select {} from supergraph_member m where m.number = any($1) order by m.number, m.name",
        MemberRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(numbers).fetch_all(connection).await?;
    let read = |row: &PgRow| MemberRow::read(row, 0).map(|member| (member.number, member));
    Ok(grouped(rows.iter().map(read).collect::<sqlx::Result<Vec<_>>>()?))
}

/// Who takes part in a supergraph and has not been withdrawn since, in the order in which they joined; with what they are
/// composed of. As the hub sees them.
pub async fn whole_members(connection: &mut PgConnection, number: i32) -> sqlx::Result<Vec<Member>> {
    let sql = format!(
        "select {}, v.routing_url, t.sdl, v.term_until
         from supergraph_member m join subgraph_version v on v.id = m.version_id join subgraph s on s.id = m.subgraph_id
           join schema_text t on t.hash = v.sdl_hash
         where m.number = $1 and s.status <> 'withdrawn' order by v.decided_on, m.name",
        MemberRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(number).fetch_all(connection).await?;
    let read = |row: &PgRow| {
        let at = MemberRow::WIDTH;
        let (url, sdl, until) = (row.try_get(at)?, row.try_get(at + 1)?, row.try_get(at + 2)?);
        Ok(Member { row: MemberRow::read(row, 0)?, url, sdl, until })
    };
    rows.iter().map(read).collect()
}

/// Whether a subgraph of the hub's own with this hash was ever served: a hub that is older than the graph leaves it alone.
pub async fn knows_hub(connection: &mut PgConnection, hash: &str) -> sqlx::Result<bool> {
    let sql = "select exists (select from supergraph where hub_hash = $1)";
    sqlx::query_scalar(sql).bind(hash).fetch_one(connection).await
}

/// The last supergraph, with the first day on which terms of a member end.
pub async fn served_until(connection: &mut PgConnection) -> sqlx::Result<Option<(SupergraphRow, Option<NaiveDate>)>> {
    let sql = format!(
        "select {}, (select min(v.term_until) from supergraph_member m join subgraph_version v on v.id = m.version_id
           where m.number = g.number)
         from supergraph g order by g.number desc limit 1",
        SupergraphRow::LIST
    );
    let row = sqlx::query(AssertSqlSafe(sql)).fetch_optional(connection).await?;
    row.map(|row| Ok((SupergraphRow::read(&row, 0)?, row.try_get(SupergraphRow::WIDTH)?))).transpose()
}

/// A supergraph to be written down.
#[derive(Debug)]
pub struct NewSupergraph<'a> {
    pub number: i32,
    pub cause: SupergraphCause,
    pub like_number: Option<i32>,
    /// The hub's subgraph; for routers the whole, the public and the institutions' graph; what callers see.
    pub texts: [&'a str; 5],
    /// A member's schema that is not kept yet.
    pub new_member: Option<&'a str>,
    pub members: &'a [MemberRow],
}

/// Writes a supergraph down, in one statement.
pub async fn insert_supergraph(connection: &mut PgConnection, new: &NewSupergraph<'_>) -> sqlx::Result<()> {
    let texts: Vec<&str> = new.texts.into_iter().chain(new.new_member).collect();
    let hashes: Vec<String> = texts.iter().map(|text| hash(text)).collect();
    let sql = "with texts as (
         insert into schema_text (hash, sdl) select distinct on (hash) hash, sdl from unnest($5::text[], $6::text[]) t (hash, sdl)
         on conflict (hash) do nothing
       ), graph as (
         insert into supergraph (number, cause, like_number, hub_hash, whole_hash, public_hash, institutional_hash, schema_hash)
         values ($1, $2, $3, ($5::text[])[1], ($5::text[])[2], ($5::text[])[3], ($5::text[])[4], ($5::text[])[5])
       )
       insert into supergraph_member
       select $1, x.subgraph_id, x.version_id, x.name, x.version_number, x.organisation_id
       from jsonb_populate_recordset(null::supergraph_member, $4) x";
    sqlx::query(sql)
        .bind(new.number)
        .bind(new.cause.as_str())
        .bind(new.like_number)
        .bind(Json(new.members))
        .bind(hashes)
        .bind(texts)
        .execute(connection)
        .await?;
    Ok(())
}

impl Listed for Arc<SubgraphRow> {
    type Parent = ();
    type Filter = SubgraphFilter;
    type Order = ();

    const TABLE: &'static str = "subgraph s";
    const JOINS: &'static str = "";

    fn columns() -> String {
        SubgraphRow::LIST.to_owned()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        SubgraphRow::read(row, offset).map(Arc::new)
    }

    /// An organisation that runs them, by id.
    fn within((): ()) -> &'static str {
        "s.organisation_id = k.id::uuid"
    }

    fn push_filter(filter: &SubgraphFilter, query: &mut QueryBuilder<Postgres>) {
        if !filter.statuses.is_empty() {
            let statuses: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
            query.push(" and s.status = any(").push_bind(statuses).push(")");
        }
        if let Some(pending) = filter.is_pending {
            query.push(
                " and exists (select from subgraph_version v where v.subgraph_id = s.id and v.status = 'proposed') = ",
            );
            query.push_bind(pending);
        }
    }

    fn keyset((): ()) -> Keyset {
        Keyset { name: "name", column: "s.name", id: "s.id", sql_type: "text", descending: false, nullable: false }
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.name.clone())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
