//! SQL of what is used.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::{Value, json};
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use crate::db::columns::grouped;
use crate::federation::usage::Counted;
use crate::federation::usage::model::{CallerRow, OperationRow, Totals, UseOf};
use crate::graphql::Result;

/// Notes the first day of which all use is known, unless one is noted.
pub async fn begin(connection: &mut PgConnection, day: NaiveDate) -> sqlx::Result<()> {
    let sql = "insert into usage_recording (since) values ($1) on conflict do nothing";
    sqlx::query(sql).bind(day).execute(connection).await.map(drop)
}

/// The first day of which all use is known.
pub async fn recorded_since(connection: &mut PgConnection) -> sqlx::Result<Option<NaiveDate>> {
    sqlx::query_scalar("select since from usage_recording").fetch_optional(connection).await
}

/// Adds calls to those of a day, in one statement and always in the same order, so that hubs wait for each other and never in a
/// circle.
pub async fn write_down(connection: &mut PgConnection, day: NaiveDate, counted: &[Counted]) -> sqlx::Result<()> {
    let operation = |it: &Counted| {
        let used = &it.used;
        let coordinates: Vec<&str> = used.coordinates.iter().map(|coordinate| &**coordinate).collect();
        (used.id, json!({ "id": used.id, "kind": used.kind, "name": used.name, "coordinates": coordinates }))
    };
    let operations: BTreeMap<Uuid, Value> = counted.iter().map(operation).collect();
    let calls = counted.iter().map(|it| json!({ "operation": it.used.id, "caller": it.caller, "calls": it.calls }));
    let sql = "with operations as (
         insert into usage_operation (id, kind, name, coordinates)
         select x.id, x.kind, x.name, x.coordinates
         from jsonb_to_recordset($1) x (id uuid, kind text, name text, coordinates text[]) order by x.id
         on conflict (id) do nothing
       ), counted as (
         select x.operation, x.caller, sum(x.calls)::bigint as calls
         from jsonb_to_recordset($2) x (operation uuid, caller uuid, calls bigint) group by x.operation, x.caller
       ), clients as (
         select c.id, c.organisation_id, c.name from client c where c.id in (select caller from counted)
       ), callers as (
         insert into usage_caller (id, kind, organisation_id, name)
         select id, 'client', organisation_id, name from clients order by id
         on conflict (id) do update set organisation_id = excluded.organisation_id, name = excluded.name
           where (usage_caller.organisation_id, usage_caller.name) is distinct from (excluded.organisation_id, excluded.name)
       )
       insert into usage_day (operation_id, caller_id, day, calls)
       select x.operation, x.caller, $3, x.calls from counted x
       where x.caller in (select id from clients) or x.caller in (select id from usage_caller)
       order by x.operation, x.caller
       on conflict (operation_id, caller_id, day) do update set calls = usage_day.calls + excluded.calls";
    sqlx::query(sql)
        .bind(Json(operations.into_values().collect::<Vec<_>>()))
        .bind(Json(calls.collect::<Vec<_>>()))
        .bind(day)
        .execute(connection)
        .await
        .map(drop)
}

/// Lets go of the use of days before this one, and of operations and programs that are left without any.
pub async fn let_go(connection: &mut PgConnection, before: NaiveDate) -> sqlx::Result<()> {
    sqlx::query("delete from usage_day where day < $1").bind(before).execute(&mut *connection).await?;
    for left in [
        "delete from usage_operation o where not exists (select from usage_day d where d.operation_id = o.id)",
        "delete from usage_caller c where c.kind = 'client'
           and not exists (select from usage_day d where d.caller_id = c.id)",
    ] {
        sqlx::query(left).execute(&mut *connection).await?;
    }
    Ok(())
}

/// How much each of these was used, in their order: as far as whoever asks may know, though not by whom.
pub async fn told(connection: &mut PgConnection, asked: &[UseOf]) -> sqlx::Result<Vec<Totals>> {
    let sql = "select u.calls, u.callers, u.operations, u.last_used_on
       from jsonb_array_elements($1) with ordinality k (asked, place)
         cross join lateral jsonb_to_record(k.asked) x (coordinates text[], since date, until date)
         cross join lateral usage_told(x.coordinates, x.since, x.until) u
       order by k.place";
    read_totals(connection, sql, asked).await
}

/// How much each of these was used, in their order, as the hub sees it.
pub async fn totals(connection: &mut PgConnection, asked: &[UseOf]) -> sqlx::Result<Vec<Totals>> {
    let sql = "select coalesce(sum(u.calls), 0)::bigint, count(distinct u.caller_id),
         count(distinct u.id) filter (where u.kind <> 'other'), max(u.day)
       from jsonb_array_elements($1) with ordinality k (asked, place)
         cross join lateral jsonb_to_record(k.asked) x (coordinates text[], since date, until date)
         left join lateral (
           select o.id, o.kind, d.caller_id, d.day, d.calls from usage_operation o join usage_day d on d.operation_id = o.id
           where o.coordinates && x.coordinates and d.day >= x.since and (x.until is null or d.day <= x.until)
         ) u on true
       group by k.place order by k.place";
    read_totals(connection, sql, asked).await
}

async fn read_totals(connection: &mut PgConnection, sql: &'static str, asked: &[UseOf]) -> sqlx::Result<Vec<Totals>> {
    let asked: Vec<Value> = asked.iter().map(window).collect();
    let rows = sqlx::query(sql).bind(Json(asked)).fetch_all(connection).await?;
    let read = |row: PgRow| {
        let (calls, callers, operations) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Totals { calls, callers, operations, last_used_on: row.try_get(3)? })
    };
    rows.into_iter().map(read).collect()
}

/// Who used each of these, in their order: of each a page, the most frequent first, after one with so many calls and this id.
pub async fn callers(
    connection: &mut PgConnection,
    asked: &[&UseOf],
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<HashMap<usize, Arc<[CallerRow]>>> {
    let sql = "select k.place, u.* from jsonb_array_elements($1) with ordinality k (asked, place)
         cross join lateral jsonb_to_record(k.asked) x (coordinates text[], since date, until date)
         cross join lateral (
           select c.id, c.kind, c.name, c.organisation_id, sum(d.calls)::bigint, max(d.day)
           from usage_operation o join usage_day d on d.operation_id = o.id join usage_caller c on c.id = d.caller_id
           where o.coordinates && x.coordinates and d.day >= x.since and (x.until is null or d.day <= x.until)
           group by c.id
           having $2::bigint is null or sum(d.calls) < $2 or (sum(d.calls) = $2 and c.id > $3)
           order by sum(d.calls) desc, c.id limit $4
         ) u (id, kind, name, organisation_id, calls, last)
       order by k.place, u.calls desc, u.id";
    let asked: Vec<Value> = asked.iter().map(|usage| window(usage)).collect();
    let (calls, id) = after.unzip();
    let rows = sqlx::query(sql).bind(Json(asked)).bind(calls).bind(id).bind(limit).fetch_all(connection).await?;
    let read = |row: PgRow| {
        let (id, kind, name, organisation_id) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        let (calls, last_used_on) = (row.try_get(5)?, row.try_get(6)?);
        Ok((place(&row)?, CallerRow { id, kind, name, organisation_id, calls, last_used_on }))
    };
    Ok(grouped(rows.into_iter().map(read).collect::<sqlx::Result<Vec<_>>>()?))
}

/// By which operations a caller used each of these, in their order: of each 100 at the most, the most frequent first.
pub async fn operations(
    connection: &mut PgConnection,
    asked: &[(&UseOf, Uuid)],
) -> Result<HashMap<usize, Arc<[OperationRow]>>> {
    let sql = "select k.place, u.* from jsonb_array_elements($1) with ordinality k (asked, place)
         cross join lateral jsonb_to_record(k.asked) x (coordinates text[], since date, until date, caller uuid)
         cross join lateral (
           select o.id, o.kind, o.name, sum(d.calls)::bigint, max(d.day)
           from usage_operation o join usage_day d on d.operation_id = o.id
           where o.coordinates && x.coordinates and d.caller_id = x.caller and d.day >= x.since
             and (x.until is null or d.day <= x.until)
           group by o.id order by sum(d.calls) desc, o.id limit 100
         ) u (id, kind, name, calls, last)
       order by k.place, u.calls desc, u.id";
    let asked = asked.iter().map(|(usage, caller)| {
        let mut asked = window(usage);
        asked["caller"] = json!(caller);
        asked
    });
    let rows = sqlx::query(sql).bind(Json(asked.collect::<Vec<_>>())).fetch_all(connection).await?;
    let read = |row: PgRow| {
        let (id, kind, name) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        Ok((place(&row)?, OperationRow { id, kind, name, calls: row.try_get(4)?, last_used_on: row.try_get(5)? }))
    };
    Ok(grouped(rows.into_iter().map(read).collect::<sqlx::Result<Vec<_>>>()?))
}

fn window(usage: &UseOf) -> Value {
    json!({ "coordinates": usage.coordinates, "since": usage.since, "until": usage.until })
}

/// The place in what was asked, from 0.
fn place(row: &PgRow) -> sqlx::Result<usize> {
    Ok(row.try_get::<i64, _>(0)? as usize - 1)
}
