//! All SQL of deeds. Names of tables and columns come from the aggregates' constants and row types.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::aggregate::{self, Aggregate, Group};
use super::changes::RowChange;
use super::event::Event;
use crate::access::audit::Hash;
use crate::access::{Action, Room, audience};

/// Locks a record until the end of the transaction; returns its version, `None` where the caller sees no such one.
/// What is read after it is what stands: a statement that locks and reads at once may read parts as they were before.
pub async fn lock<A: Aggregate>(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<i32>> {
    let sql = format!("select version from {} where id = $1 for update", A::ROOT);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await
}

/// The key of a group that has the record since, where one who holds these keys is in it; the transaction holds that from now
/// on, too.
pub async fn regain<A: Aggregate>(connection: &mut PgConnection, id: Uuid, held: &[i32]) -> sqlx::Result<Option<i32>> {
    let sql = "select key, set_config('raccordo.audiences_' || $4, ($3::int[] || key)::text, true)
       from group_of_record($1::text::regclass, $2, $3) key where key is not null";
    let query = sqlx::query_scalar(sql).bind(A::ROOT).bind(id).bind(held).bind(A::ROOM.as_str());
    query.fetch_optional(connection).await
}

/// A record with its parts, as JSON. Its own statement, not that of several: only by one id does PostgreSQL find, after
/// some times, that the plan which it made before is as good as a new one, and to make it takes longer than to read.
pub async fn find<A: Aggregate>(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Value>> {
    let sql = format!("{} from {} r where r.id = $1", whole::<A>(), A::ROOT);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await
}

/// Records with their parts, those that the caller sees.
pub async fn find_all<A: Aggregate>(connection: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Value>> {
    let sql = format!("{} from {} r where r.id = any($1)", whole::<A>(), A::ROOT);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await
}

/// The select list of a record with its parts and facts, over the root row `r`.
fn whole<A: Aggregate>() -> String {
    let facts = A::FACTS.map(|facts| format!(", 'facts', {facts}")).unwrap_or_default();
    format!("{}{facts})", selected::<A>())
}

/// The select list of a record with its parts, over the root row `r`, up to the object's closing parenthesis.
fn selected<A: Aggregate>() -> String {
    let mut sql = format!("select jsonb_build_object('{root}', to_jsonb(r)", root = A::ROOT);
    for part in A::PARTS {
        write!(
            sql,
            ", '{table}', (select coalesce(jsonb_agg(to_jsonb(x) order by {order}), '[]') from {table} x where x.{of} = r.id)",
            table = part.table,
            order = part.order,
            of = part.of,
        )
        .expect("a string takes all");
    }
    sql
}

/// A record with its parts, without facts.
pub async fn find_bare<A: Aggregate>(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Value>> {
    let sql = format!("{}) from {} r where r.id = $1", selected::<A>(), A::ROOT);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await
}

/// Events after a number, in their order.
pub async fn newer(connection: &mut PgConnection, seq: i64, most: i64) -> sqlx::Result<Vec<Event>> {
    let sql = format!("select {} from {} where e.seq > $1 order by e.seq limit $2", Event::selected(), Event::TABLES);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(seq).bind(most).fetch_all(connection).await?;
    rows.iter().map(|row| Event::read_from(row, 0)).collect()
}

/// Number of the last event; 0 where there is none.
pub async fn last_event(connection: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("select coalesce(max(seq), 0) from record_event").fetch_one(connection).await
}

/// A group of bodies.
#[derive(sqlx::FromRow)]
pub struct GroupRow {
    pub number: i32,
    /// The keys of its members.
    pub members: Vec<i32>,
}

/// Makes a group, or changes the members of the one given; adds its key to those that the transaction holds in the room.
pub async fn set_group(
    connection: &mut PgConnection,
    room: Room,
    held: &[i32],
    owner_number: i32,
    group: &Group<'_>,
) -> sqlx::Result<GroupRow> {
    sqlx::query_as(
        "select number, members, set_config('raccordo.audiences_' || $2, ($5::int[] || number)::text, true)
         from set_audience_group($1, $2, $3, $4, $6)",
    )
    .bind(*group.number)
    .bind(room.as_str())
    .bind(owner_number)
    .bind(&group.bodies)
    .bind(held)
    .bind(group.province.as_deref())
    .fetch_one(connection)
    .await
}

/// The bodies in a group, without its owner.
pub async fn sharing(connection: &mut PgConnection, group: i32, owner_number: i32) -> sqlx::Result<BTreeSet<Uuid>> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "select o.id from audience_group_member m join organisation o on o.number = m.member - $3
         where m.group_number = $1 and o.number <> $2",
    )
    .bind(group)
    .bind(owner_number)
    .bind(audience::ORGANISATION_BASE)
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().collect())
}

/// Writes what changed, the record's own row and those of its parts, all in one statement. New parts take the audience
/// that the record has then.
pub async fn save<A: Aggregate>(connection: &mut PgConnection, record: &A, changes: &[RowChange]) -> sqlx::Result<()> {
    let document = aggregate::document(record);
    let mut query = QueryBuilder::new("with r as (");
    push_root::<A>(&mut query, record.id(), document.get(A::ROOT).cloned(), changes);
    query.push(")");
    let mut steps = 0;
    for part in A::PARTS {
        let of_part = || changes.iter().filter(|change| change.part == part.table);
        let gone: Vec<Value> = of_part().filter(|change| change.after.is_none()).filter_map(before).collect();
        let keys: BTreeSet<&str> =
            of_part().filter(|change| change.after.is_some()).map(|change| change.key.as_str()).collect();
        let all = document.get(part.table).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_written = |row: &&Value| row.as_object().is_some_and(|row| keys.contains(part.key_of(row).as_str()));
        let written: Vec<Value> = all.iter().filter(is_written).cloned().collect();
        let key = part.key.join(", ");
        if !gone.is_empty() {
            steps += 1;
            let same =
                part.key.iter().map(|column| format!("x.{column} = n.{column}")).collect::<Vec<_>>().join(" and ");
            query.push(format!(
                ", s{steps} as (delete from {table} x using jsonb_populate_recordset(null::{table}, ",
                table = part.table
            ));
            query.push_bind(Json(Value::Array(gone)));
            query.push(format!(") n where {same} and x.{of} = (select id from r))", of = part.of));
        }
        if let Some(Value::Object(first)) = written.first() {
            steps += 1;
            let columns = columns(Some(first));
            let others: Vec<_> = columns.split(", ").filter(|column| !part.key.contains(column)).collect();
            let sets = others.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>();
            let then = if sets.is_empty() { "nothing".into() } else { format!("update set {}", sets.join(", ")) };
            query.push(format!(
                ", s{steps} as (insert into {table} ({columns}, audience)
                   select {columns}, (select audience from r) from jsonb_populate_recordset(null::{table}, ",
                table = part.table
            ));
            query.push_bind(Json(Value::Array(written.clone())));
            query.push(format!(") n on conflict ({key}) do {then})"));
        }
    }
    query.push(" select 1");
    query.build().execute(connection).await?;
    Ok(())
}

/// The statement that writes the record's own row, which grows in its version in any case.
fn push_root<A: Aggregate>(query: &mut QueryBuilder<Postgres>, id: Uuid, row: Option<Value>, changes: &[RowChange]) {
    let root = A::ROOT;
    let own = changes.iter().find(|change| change.part == root);
    let columns = own.map(|change| columns(change.after.as_ref())).unwrap_or_default();
    let from = format!(" from jsonb_populate_record(null::{root}, ");
    let row = Json(row.unwrap_or_default());
    if own.is_some_and(|change| change.before.is_none()) {
        query.push(format!("insert into {root} as r ({columns}) select {columns}{from}")).push_bind(row).push(")");
    } else {
        query.push(format!("update {root} r set "));
        if !columns.is_empty() {
            let values = columns.split(", ").map(|column| format!("n.{column}")).collect::<Vec<_>>().join(", ");
            query.push(format!("({columns}) = row({values}), "));
        }
        query.push(format!("version = r.version + 1, updated_at = now(){from}")).push_bind(row);
        query.push(") n where r.id = ").push_bind(id);
    }
    query.push(" returning r.id, r.audience");
}

fn before(change: &RowChange) -> Option<Value> {
    change.before.clone().map(Value::Object)
}

fn columns(row: Option<&Map<String, Value>>) -> String {
    row.map(|row| row.keys().map(String::as_str).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

/// What a caller's key stands for.
#[derive(sqlx::FromRow)]
pub struct Claim {
    pub action: String,
    pub content: Vec<u8>,
    pub record_id: Option<Uuid>,
    pub version: Option<i32>,
    /// The record's key then.
    pub audience: Option<i32>,
    pub is_new: bool,
}

/// Claims a key for a deed; whoever claims it at the same time waits until this one is done or given up.
pub async fn claim(
    connection: &mut PgConnection,
    caller: &str,
    key: &str,
    action: Action,
    content: &Hash,
) -> sqlx::Result<Claim> {
    sqlx::query_as(
        "insert into idempotency_key as i (caller, key, action, content) values ($1, $2, $3, $4)
         on conflict (caller, key) do update set key = i.key
         returning action, content, record_id, version, audience, xmax = 0 as is_new",
    )
    .bind(caller)
    .bind(key)
    .bind(action.as_str())
    .bind(&content.0[..])
    .fetch_one(connection)
    .await
}

/// Whether one who holds these keys is in a group by now.
pub async fn is_in_group(connection: &mut PgConnection, held: &[i32], group: i32) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from audience_group_member where group_number = $1 and member = any($2))")
        .bind(group)
        .bind(held)
        .fetch_one(connection)
        .await
}

/// Says what a claimed key stands for.
pub async fn settle(
    connection: &mut PgConnection,
    caller: &str,
    key: &str,
    (record, version): (Uuid, i32),
) -> sqlx::Result<()> {
    let sql = "update idempotency_key set record_id = $3, version = $4 where caller = $1 and key = $2";
    sqlx::query(sql).bind(caller).bind(key).bind(record).bind(version).execute(connection).await?;
    Ok(())
}

/// Forgets keys older than a week; returns how many they were.
pub async fn forget_claims(connection: &mut PgConnection) -> sqlx::Result<u64> {
    let sql = "delete from idempotency_key where at < now() - interval '7 days'";
    Ok(sqlx::query(sql).execute(connection).await?.rows_affected())
}

/// What happened to a record.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    pub version: i32,
    pub at: DateTime<Utc>,
    /// `None` where they tell of what is hidden from the caller.
    pub changes: Option<Json<Vec<RowChange>>>,
}

/// What happened since a version, the last first, as far as the caller sees it.
pub async fn since(connection: &mut PgConnection, kind: &str, id: Uuid, version: i32) -> sqlx::Result<Vec<Step>> {
    sqlx::query_as(
        "select version, at, changes from record_event left join record_event_change using (seq)
         where record_id = $1 and record_kind = $2 and version >= $3 order by version desc",
    )
    .bind(id)
    .bind(kind)
    .bind(version)
    .fetch_all(connection)
    .await
}

/// What happened since an instant, the last first, and the last thing before it, as far as the caller sees it.
pub async fn since_instant(
    connection: &mut PgConnection,
    kind: &str,
    id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<Vec<Step>> {
    sqlx::query_as(
        "select version, at, changes from record_event left join record_event_change using (seq)
         where record_id = $1 and record_kind = $2 and version >=
           (select coalesce(max(version), 0) from record_event where record_id = $1 and record_kind = $2 and at <= $3)
         order by version desc",
    )
    .bind(id)
    .bind(kind)
    .bind(at)
    .fetch_all(connection)
    .await
}

/// What a deed leaves for the commit, but for what [`find_leaving`] adds: its entry in the audit, its event, and the caller's
/// key that stands for it from now on. `before` is the record's key before the change, by which what changed is seen; `None`:
/// the one that it has now.
pub fn left<A: Aggregate>(
    record: &A,
    entry: Value,
    (changes, before): (&[RowChange], Option<i32>),
    claimed: Option<(&str, &str)>,
) -> Value {
    let (caller, key) = claimed.unzip();
    let deed = json!({
        "id": Uuid::now_v7(),
        "room": record.room().as_str(),
        "record_kind": A::KIND,
        "record_id": record.id(),
        "changes": changes,
        "changes_audience": before,
        "caller": caller,
        "key": key,
    });
    json!({ "entry": entry, "deed": deed })
}

/// As [`find`], and leaves for `enter_deed()`, in a setting of the transaction, what a deed leaves; with the version and the
/// key that the record has now.
pub async fn find_leaving<A: Aggregate>(
    connection: &mut PgConnection,
    id: Uuid,
    left: Value,
) -> sqlx::Result<Option<Value>> {
    let sql = format!(
        "{}, set_config('raccordo.left', jsonb_build_object(
             'entry', ($2 -> 'entry') || jsonb_build_object('change_audience',
               case when $2 #>> '{{entry, changes}}' is not null then r.audience end),
             'deed', ($2 -> 'deed') || jsonb_build_object('version', r.version, 'audience', r.audience,
               'changes_audience', coalesce(($2 #>> '{{deed, changes_audience}}')::int, r.audience)))::text, true)
         from {} r where r.id = $1",
        whole::<A>(),
        A::ROOT
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).bind(Json(left)).fetch_optional(connection).await
}
