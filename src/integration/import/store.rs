//! The import's statements. Names of tables and columns in them are the program's own, never a file's.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Row as _};
use uuid::Uuid;

use super::columns::{List, MatchBy, Spec};
use super::ground::{Council, Municipality, Province};
use super::row::Held;

/// Two imports do not interleave. Any number does that nothing else in the product locks.
const LOCK: i64 = 0x7261_6363_6f72_646f;
/// What the database sets itself: no part of what a row was.
pub const FOLLOWS: [&str; 4] = ["version", "updated_at", "audience", "sort_key"];

pub async fn provinces(connection: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Province>> {
    sqlx::query_as(
        "select code, name, abbreviation,
                coalesce(valid_from, $1) <= $1 and coalesce(valid_until, $1) >= $1 as in_force
         from province",
    )
    .bind(today)
    .fetch_all(connection)
    .await
}

pub async fn municipalities(connection: &mut PgConnection) -> sqlx::Result<Vec<Municipality>> {
    sqlx::query_as("select code, name, other_language_name, cadastral_code, province_code from municipality")
        .fetch_all(connection)
        .await
}

pub async fn councils(connection: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Council>> {
    sqlx::query_as(
        "select c.organisation_id as id, b.number, c.province_code, o.office_code,
                array(select k.province_code from office_competence k where k.office_id = o.id
                      and coalesce(k.valid_from, $1) <= $1 and coalesce(k.valid_until, $1) >= $1) as provinces
         from council c join organisation b on b.id = c.organisation_id join organisation o on o.id = c.office_id",
    )
    .bind(today)
    .fetch_all(connection)
    .await
}

/// Waits for an import that is under way, in a transaction.
pub async fn lock(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(LOCK).execute(connection).await?;
    Ok(())
}

/// Notes the run; makes the table of the keys that its file has used.
pub async fn start_run(
    connection: &mut PgConnection,
    kind: &str,
    file: &str,
    checksum: &str,
    source: &str,
) -> sqlx::Result<i64> {
    connection
        .execute(
            // Days are compared as texts: in ISO's form, whatever this server prefers.
            "set local datestyle = 'ISO, YMD';
             create temporary table import_seen (key text primary key, line int8) on commit drop",
        )
        .await?;
    // Below the lock no other run takes the same number, and one that is rolled back leaves it.
    sqlx::query_scalar(
        "insert into import_run (number, kind, file_name, checksum, source)
         select coalesce(max(number), 0) + 1, $1, $2, $3, $4 from import_run returning number",
    )
    .bind(kind)
    .bind(file)
    .bind(checksum)
    .bind(source)
    .fetch_one(connection)
    .await
}

pub async fn finish_run(connection: &mut PgConnection, run: i64, counts: [u64; 4]) -> sqlx::Result<()> {
    let [added, changed, left, refused] = counts.map(|count| count as i64);
    sqlx::query("update import_run set added = $2, changed = $3, unchanged = $4, refused = $5 where number = $1")
        .bind(run)
        .bind(added)
        .bind(changed)
        .bind(left)
        .bind(refused)
        .execute(connection)
        .await?;
    Ok(())
}

/// An organisation with its natural keys.
#[derive(sqlx::FromRow)]
pub struct Keyed {
    pub id: Uuid,
    pub number: i32,
    pub name: String,
    pub keys: Vec<String>,
}

/// Organisations that any of these natural keys means; keys of offices are compared in small letters.
pub async fn bodies(connection: &mut PgConnection, keys: &[String]) -> sqlx::Result<Vec<Keyed>> {
    sqlx::query_as(
        "select id, number, name, array_remove(array[fiscal_code, ipa_code, runts_number, lower(office_code)], null) as keys
         from organisation
         where fiscal_code = any($1) or ipa_code = any($1) or runts_number = any($1)
            or office_code = any(select upper(key) from unnest($1) key)",
    )
    .bind(keys)
    .fetch_all(connection)
    .await
}

/// Numbers for organisations that will be added.
pub async fn new_numbers(connection: &mut PgConnection, count: usize) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar(
        "select nextval(pg_get_serial_sequence('organisation', 'number'))::int from generate_series(1, $1)",
    )
    .bind(count as i32)
    .fetch_all(connection)
    .await
}

pub async fn programmes(connection: &mut PgConnection, codes: &[String]) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select code from programme_node where code = any($1)").bind(codes).fetch_all(connection).await
}

/// References and ids.
pub async fn calls(connection: &mut PgConnection, references: &[String]) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("select reference, id::text from funding_call where reference = any($1)")
        .bind(references)
        .fetch_all(connection)
        .await
}

/// Ids and names.
pub async fn names(connection: &mut PgConnection, ids: &[String]) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("select id::text, name from organisation where id = any($1::uuid[])")
        .bind(ids)
        .fetch_all(connection)
        .await
}

/// The records that rows mean, locked. `keys` holds for each row the fields that the kind is matched by.
pub async fn held(connection: &mut PgConnection, spec: &Spec, keys: &[Value]) -> sqlx::Result<Vec<Held>> {
    let Spec { table, id, .. } = spec;
    let fields = spec.fields();
    let list = fields.iter().map(|field| format!("h.{field}::text")).collect::<Vec<_>>().join(", ");
    let statement = match spec.match_by {
        MatchBy::AllOf(keys) => {
            let same = keys.iter().map(|field| format!("h.{field} = k.{field}")).collect::<Vec<_>>().join(" and ");
            format!(
                "select h.{id}::text, array[{list}] from jsonb_populate_recordset(null::{table}, $1) k
                 join {table} h on {same} for update of h"
            )
        }
        // One index look-up for each key: a join over all of them at once would read the table.
        MatchBy::AnyOf(keys) => {
            let given = |key| format!("array(select k ->> '{key}' from jsonb_array_elements($1) k where k ? '{key}')");
            let any = keys.iter().map(|key| format!("h.{key} = any ({})", given(key))).collect::<Vec<_>>();
            format!("select h.{id}::text, array[{list}] from {table} h where {} for update of h", any.join(" or "))
        }
    };
    let rows = sqlx::query(AssertSqlSafe(statement)).bind(Value::Array(keys.to_vec())).fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let values: Vec<Option<String>> = row.try_get(1)?;
            Ok(Held { id: row.try_get(0)?, fields: fields.iter().copied().zip(values).collect::<BTreeMap<_, _>>() })
        })
        .collect()
}

/// Members that records have in a list: the record's id and the member's key.
pub async fn held_members(
    connection: &mut PgConnection,
    list: &List,
    records: &[String],
) -> sqlx::Result<Vec<(String, String)>> {
    let List { table, parent, .. } = list;
    let key = list.key().iter().map(|column| format!("{column}::text")).collect::<Vec<_>>().join(" || '/' || ");
    let role = if list.role.is_some() { "role = $2" } else { "$2::text is null" };
    let statement = format!("select {parent}::text, {key} from {table} where {parent} = any($1::uuid[]) and {role}");
    sqlx::query_as(AssertSqlSafe(statement)).bind(records).bind(list.role).fetch_all(connection).await
}

/// Notes in which line a key first stands; answers with that line for each key.
pub async fn first_lines(
    connection: &mut PgConnection,
    keys: &[String],
    lines: &[i64],
) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query("insert into import_seen select * from unnest($1::text[], $2::int8[]) on conflict (key) do nothing")
        .bind(keys)
        .bind(lines)
        .execute(&mut *connection)
        .await?;
    sqlx::query_as("select key, line from import_seen where key = any($1)").bind(keys).fetch_all(connection).await
}

/// Where written rows are noted.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub number: i64,
    pub source: &'a str,
}

/// Adds records; `columns` are those that the rows, JSON objects, have.
pub async fn insert(
    connection: &mut PgConnection,
    run: Run<'_>,
    table: &str,
    columns: &[&str],
    rows: Vec<Value>,
) -> sqlx::Result<()> {
    let columns = columns.join(", ");
    let statement = format!(
        "with made as (insert into {table} ({columns})
             select {columns} from jsonb_populate_recordset(null::{table}, $1) returning *)
         {}",
        note(table, None, Some("made"), "made")
    );
    write(connection, run, statement, rows).await
}

/// Changes records: sets `columns` to what the rows, JSON objects with the record's id, say.
pub async fn update(
    connection: &mut PgConnection,
    run: Run<'_>,
    spec: &Spec,
    columns: &[&str],
    rows: Vec<Value>,
) -> sqlx::Result<()> {
    let Spec { table, id, .. } = spec;
    let mut sets = columns.iter().map(|column| format!("{column} = g.{column}")).collect::<Vec<_>>().join(", ");
    if spec.has_provenance {
        sets.push_str(", source = g.source, version = t.version + 1, updated_at = now()");
    }
    let statement = format!(
        "with given as materialized (select * from jsonb_populate_recordset(null::{table}, $1)),
         was as materialized (select h.* from {table} h where h.{id} = any (array(select {id} from given))),
         made as (update {table} t set {sets} from given g where t.{id} = g.{id} returning t.*)
         {}",
        note(table, Some("was"), Some("made"), &format!("made join was on was.{id} = made.{id}"))
    );
    write(connection, run, statement, rows).await
}

/// Adds members to lists; they are seen by whoever sees their record.
pub async fn insert_members(
    connection: &mut PgConnection,
    run: Run<'_>,
    record_table: &str,
    list: &List,
    rows: Vec<Value>,
) -> sqlx::Result<()> {
    let List { table, parent, .. } = list;
    let mut columns: Vec<&str> = list.key().to_vec();
    columns.push(parent);
    columns.extend(list.role.map(|_| "role"));
    if list.has_provenance() {
        columns.extend(["id", "source", "is_synthetic"]);
    }
    let given = columns.iter().map(|column| format!("g.{column}")).collect::<Vec<_>>().join(", ");
    let columns = columns.join(", ");
    let statement = format!(
        "with made as (insert into {table} ({columns}, audience)
             select {given}, r.audience from jsonb_populate_recordset(null::{table}, $1) g
             join {record_table} r on r.id = g.{parent} returning *)
         {}",
        note(table, None, Some("made"), "made")
    );
    write(connection, run, statement, rows).await
}

/// Takes members off lists.
pub async fn delete_members(
    connection: &mut PgConnection,
    run: Run<'_>,
    list: &List,
    rows: Vec<Value>,
) -> sqlx::Result<()> {
    let List { table, parent, .. } = list;
    let mut columns: Vec<&str> = list.key().to_vec();
    columns.push(parent);
    columns.extend(list.role.map(|_| "role"));
    let same = columns.iter().map(|column| format!("t.{column} = g.{column}")).collect::<Vec<_>>().join(" and ");
    let statement = format!(
        "with gone as (delete from {table} t using jsonb_populate_recordset(null::{table}, $1) g
             where {same} returning t.*)
         {}",
        note(table, Some("gone"), None, "gone")
    );
    write(connection, run, statement, rows).await
}

/// The end of a statement that writes rows of a table: notes what they were before and are after it.
fn note(table: &str, before: Option<&str>, after: Option<&str>, from: &str) -> String {
    let image = |row: Option<&str>| row.map_or("null".into(), |row| format!("to_jsonb({row}) - $3::text[]"));
    format!(
        "insert into import_change (run, table_name, before, after)
         select $2, '{table}', {}, {} from {from}",
        image(before),
        image(after)
    )
}

async fn write(connection: &mut PgConnection, run: Run<'_>, statement: String, rows: Vec<Value>) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(AssertSqlSafe(statement))
        .bind(Value::Array(rows))
        .bind(run.number)
        .bind(&FOLLOWS[..])
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that a run is taken back; answers with how many rows it touched, `None` where there is no such run.
pub async fn close_run(connection: &mut PgConnection, run: i64) -> sqlx::Result<Option<u64>> {
    let touched: Option<i64> = sqlx::query_scalar(
        "update import_run set undone_at = now() where number = $1 and undone_at is null
         returning (select count(*) from import_change where run = $1)",
    )
    .bind(run)
    .fetch_optional(connection)
    .await?;
    Ok(touched.map(|touched| touched as u64))
}

/// Other tables' columns that name rows of a table: table, column, and the column that they name.
pub async fn references_to(connection: &mut PgConnection, table: &str) -> sqlx::Result<Vec<(String, String, String)>> {
    sqlx::query_as(
        "select k.conrelid::regclass::text, a.attname::text, b.attname::text
         from pg_constraint k
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
         join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
         where k.contype = 'f' and k.confrelid = $1::text::regclass and k.conrelid <> k.confrelid",
    )
    .bind(table)
    .fetch_all(connection)
    .await
}

/// Columns of a table that are not derived by the database.
pub async fn written_columns(connection: &mut PgConnection, table: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select attname::text from pg_attribute
         where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
    )
    .bind(table)
    .fetch_all(connection)
    .await
}
