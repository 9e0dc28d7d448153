//! What is held against the model: each record as the database has it, what each deed left, what everybody sees, and what
//! was.

use std::rc::Rc;

use raccordo::deeds;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::model::record::{Doc, Kind, Past, Record, Row, row};
use super::model::who::{BODIES, Way, Who};
use super::model::{Asked, World};
use crate::hub::TestHub;
use crate::people::id;

/// Records of a kind with their parts, as they stand in the database.
pub async fn stored(connection: &mut PgConnection, kind: Kind, ids: &[Uuid]) -> Vec<Value> {
    let mut sql = "select jsonb_build_object('root', to_jsonb(r)".to_owned();
    for (table, of, _) in kind.parts() {
        sql +=
            &format!(", '{table}', (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from {table} x where x.{of} = r.id)");
    }
    sql += &format!(") from {} r where r.id = any($1)", kind.names().1);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await.expect("the database answers")
}

/// Gives the parts that the model has without an id those that the database gave them.
pub fn adopt(record: &mut Record, stored: &Value) {
    for (table, ..) in record.kind.parts() {
        let news: Vec<Row> = record.doc.rows(table).iter().filter(|row| is_new(row.get("id"))).cloned().collect();
        let taken = |record: &Record, id: &Value| record.doc.rows(table).iter().any(|row| row.get("id") == Some(id));
        for new in news {
            let found = stored[table].as_array().into_iter().flatten().find(|row| {
                let same = |(column, value): (&String, &Value)| is_new(Some(value)) || equal(value, &row[column]);
                !taken(record, &row["id"]) && new.iter().all(same)
            });
            let Some(found) = found else { continue };
            rename(record, new["id"].as_str().expect("an id"), found["id"].as_str().expect("an id"));
        }
    }
}

fn is_new(id: Option<&Value>) -> bool {
    id.and_then(Value::as_str).is_some_and(|id| id.starts_with("new:"))
}

/// Everywhere in a record, also in what it was: two deeds at once may both have made parts.
fn rename(record: &mut Record, old: &str, new: &str) {
    let cells = |doc: &mut Doc| {
        let cells = doc.parts.values_mut().flatten().flat_map(|row| row.values_mut());
        cells.filter(|value| value.as_str() == Some(old)).for_each(|value| *value = json!(new));
    };
    cells(&mut record.doc);
    record.past.iter_mut().rev().take(2).for_each(|past| cells(&mut Rc::make_mut(past).doc));
}

/// Whether two values are the same, numbers as numbers and instants as instants.
fn equal(expected: &Value, found: &Value) -> bool {
    match (expected.as_f64(), found.as_f64()) {
        (Some(expected), Some(found)) => (expected - found).abs() < 1e-6,
        _ => match (expected.as_str(), found.as_str()) {
            (Some(expected), Some(found)) => expected.trim_end_matches('Z') == found.trim_end_matches("+00:00"),
            _ => expected == found,
        },
    }
}

fn fits(expected: &Row, found: &Value) -> bool {
    expected.iter().all(|(column, value)| equal(value, &found[column]))
}

/// What a record says otherwise in the database than in the model.
pub fn deviation(record: &Record, stored: &Value) -> Option<String> {
    let root = &stored["root"];
    let mut expected = record.doc.root.clone();
    expected.insert("version".into(), json!(record.version()));
    for (column, value) in &expected {
        if !equal(value, &root[column]) {
            return Some(format!("{column} is {}, not {value}", root[column]));
        }
    }
    for (table, ..) in record.kind.parts() {
        let (rows, found) = (record.doc.rows(table), stored[table].as_array().cloned().unwrap_or_default());
        let lost = rows.iter().find(|row| !found.iter().any(|found| fits(row, found)));
        if lost.is_some() || rows.len() != found.len() {
            return Some(format!("{table}: {lost:?} of {rows:?} is not in {}", json!(found)));
        }
    }
    illegal(record, root)
}

/// What must never be, whatever the model says.
fn illegal(record: &Record, root: &Value) -> Option<String> {
    let is = |states: &[&str]| states.iter().any(|state| root["status"] == *state);
    let wrong = match record.kind {
        Kind::Plan => {
            let is_adopted = is(&["adopted", "in_implementation", "closed"]);
            let adopted = record.past.iter().find(|past| past.doc.is(&["adopted"])).filter(|_| is_adopted);
            root["visibility"] == "public" && !is_adopted
                || adopted.is_some_and(|then| sections(&then.doc) != sections(&record.doc))
        }
        Kind::Project => {
            is(&["funded", "running", "suspended", "closed"]) && root["cup"].is_null()
                || is(&["idea", "proposed", "rejected"]) && root["visibility"] == "public"
        }
        Kind::Agreement => is(&["draft", "signing"]) && !root["signed_on"].is_null(),
        _ => false,
    };
    wrong.then(|| format!("an illegal state: {root}"))
}

/// What never changes of a plan once it is adopted.
fn sections(doc: &Doc) -> (Vec<&Value>, Vec<&[Row]>) {
    let texts = ["title", "period_from", "period_until", "context_analysis", "objectives", "resources"];
    let tables = Kind::Plan.parts().iter().map(|(table, ..)| *table).filter(|table| *table != "plan_measurement");
    (texts.iter().map(|column| &doc.root[*column]).collect(), tables.map(|table| doc.rows(table)).collect())
}

/// The entries of the audit after a number, each with the event of its deed, if it is of one.
pub async fn entries(connection: &mut PgConnection, after: i64) -> Vec<Value> {
    let sql = "select jsonb_build_object('action', a.action, 'outcome', a.outcome, 'account', a.account_id,
          'client', a.client_id, 'organisation', a.organisation_id, 'kind', a.subject_kind, 'subject', a.subject_id,
          'event', (select jsonb_build_object('record', e.record_id, 'kind', e.record_kind, 'version', e.version, 'action',
            e.action, 'account', e.account_id, 'client', e.client_id, 'organisation', e.organisation_id)
            from record_event e where e.seq = a.seq))
        from audit_entry a where a.seq > $1 order by a.seq";
    sqlx::query_scalar(sql).bind(after).fetch_all(connection).await.expect("the database answers")
}

/// The entry that a deed leaves, as [`entries`] tells it; `None` for the record where a rule refused it.
pub fn entry(world: &World, asked: &Asked, record: Option<&Record>) -> Value {
    let Who { way, body, id, .. } = &world.who[asked.who];
    let client = (*way == Way::Program).then_some(id);
    let account = (*way != Way::Program && *way != Way::Public).then_some(id);
    let organisation = body.map(|body| world.bodies[body].id);
    let action = asked.verb.action();
    let Some(record) = record else {
        return json!({ "action": action, "outcome": "refused", "account": account, "client": client,
            "organisation": organisation, "event": null });
    };
    let (kind, ..) = record.kind.names();
    json!({ "action": action, "outcome": "done", "account": account, "client": client, "organisation": organisation,
        "kind": kind, "subject": record.id,
        "event": { "record": record.id, "kind": kind, "version": record.version(), "action": action, "account": account,
            "client": client, "organisation": organisation } })
}

/// Whether an entry says all that it should.
pub fn says(expected: &Value, found: &Value) -> bool {
    match expected {
        Value::Object(fields) => fields.iter().all(|(name, value)| says(value, &found[name])),
        value => value == found,
    }
}

/// The first record that stands otherwise in the database than in the model.
pub async fn whole(connection: &mut PgConnection, world: &World) -> Option<String> {
    for kind in Kind::ALL {
        let records: Vec<&Record> = world.all(kind).map(|(_, record)| record).collect();
        let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
        let found = stored(connection, kind, &ids).await;
        for record in records {
            let stored = found.iter().find(|stored| stored["root"]["id"] == record.id.to_string());
            let Some(stored) = stored else { return Some(format!("{kind:?} {} is gone", record.id)) };
            if let Some(deviation) = deviation(record, stored) {
                return Some(format!("{kind:?} {}: {deviation}", record.id));
            }
        }
    }
    let deeds: usize = world.records.iter().map(|record| record.past.len()).sum();
    let counted: (i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where a.outcome = 'done' and a.action = e.action and a.subject_id = e.record_id)
         from record_event e left join audit_entry a using (seq)
         -- those of the demonstration have numbers below 0, and no entries
         where e.seq > 0",
    )
    .fetch_one(connection)
    .await
    .expect("the database answers");
    let expected = (deeds as i64, deeds as i64);
    (counted != expected).then(|| format!("events and their entries: {counted:?}, not {expected:?}"))
}

/// Columns of events that hold an id of which history does not know the record's kind.
pub async fn unnamed(connection: &mut PgConnection) -> Vec<String> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "select distinct change ->> 'kind', field.key
         from record_event_change c, jsonb_array_elements(c.changes) change,
           jsonb_each_text(coalesce(nullif(change -> 'after', 'null'), change -> 'before')) field
         where field.key <> 'id' and field.value ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'",
    )
    .fetch_all(connection)
    .await
    .expect("the database answers");
    // What a document is attached to says so itself.
    let row = deeds::Row::from_iter([("record_kind".to_owned(), "Project".into())]);
    let is_unnamed = |(kind, column): &(String, String)| deeds::referred(column, kind, &row).is_none();
    found.into_iter().filter(is_unnamed).map(|(kind, column)| format!("{kind}.{column}")).collect()
}

/// The first record that somebody sees and should not, or the other way round.
pub async fn sight(hub: &TestHub, world: &World, who: usize) -> Option<String> {
    let viewer = hub.walker(world, who).await;
    for chunk in world.records.chunks(100) {
        let ids: Vec<_> = chunk.iter().map(|record| id(record.kind.names().0, record.id)).collect();
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let answer = hub.execute(&viewer, query, json!({ "ids": ids })).await;
        let nodes = answer.data()["nodes"].as_array().expect("a list").clone();
        for (record, node) in chunk.iter().zip(nodes) {
            if world.sees(who, record) == node.is_null() {
                let name = &world.who[who].name;
                let (kind, status) = (record.kind, record.doc.status());
                return Some(format!(
                    "{name} sees {kind:?} {} ({status}, {:?}): {}",
                    record.id,
                    record.key(),
                    !node.is_null()
                ));
            }
        }
    }
    None
}

/// What somebody is told of a record as it stood at a version, against what the model kept; where it may not be known,
/// nothing is told.
pub async fn past(
    hub: &TestHub,
    connection: &mut PgConnection,
    world: &World,
    who: usize,
    place: usize,
    version: i64,
) -> Option<String> {
    let record = &world.records[place];
    let at: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select at from record_event where record_id = $1 and version = $2")
            .bind(record.id)
            .bind(version as i32)
            .fetch_one(connection)
            .await
            .expect("each version has its event");
    let (kind, _, _, _) = record.kind.names();
    let query = match record.kind {
        Kind::Plan => {
            "query($id: ID!, $at: DateTime!) { told: territorialPlan(id: $id, asOf: $at) { status title version
            visibility objectives needs { title priorities { title interventions { title budget } } } } }"
        }
        _ => {
            "query($id: ID!, $at: DateTime!) { told: project(by: { id: $id }, asOf: $at) { status title version
            visibility cup deadlines { title } } }"
        }
    };
    let viewer = hub.walker(world, who).await;
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let answer = hub.execute(&viewer, query, json!({ "id": id(kind, record.id), "at": at })).await;
    let told = answer.data()["told"].clone();
    let expected = world.was(who, record, version).map(|past| telling(record.kind, past, version)).unwrap_or_default();
    let same = told == expected;
    (!same)
        .then(|| format!("{} {} as of {version} to {}: {told}, not {expected}", kind, record.id, world.who[who].name))
}

fn telling(kind: Kind, past: &Past, version: i64) -> Value {
    let doc = &past.doc;
    let mut told = row(json!({ "status": doc.status().to_uppercase(), "title": doc.text("title"), "version": version,
        "visibility": doc.text("visibility").to_uppercase() }));
    let below = |table: &str, column: &str, of: &Value| -> Vec<Row> {
        doc.rows(table).iter().filter(|row| row[column] == *of).cloned().collect()
    };
    if kind == Kind::Plan {
        told.insert("objectives".into(), doc.root["objectives"].clone());
        let work = |priority: &Row| -> Vec<Value> {
            let money = |row: &Row| row["budget"].as_f64().map(|budget| format!("{budget:.2}"));
            let rows = below("plan_intervention", "priority_id", &priority["id"]);
            rows.iter().map(|row| json!({ "title": row["title"], "budget": money(row) })).collect()
        };
        let priorities = |need: &Row| -> Vec<Value> {
            let rows = below("plan_priority", "need_id", &need["id"]);
            rows.iter().map(|row| json!({ "title": row["title"], "interventions": work(row) })).collect()
        };
        let needs = doc.rows("plan_need").iter();
        let needs: Vec<_> = needs.map(|row| json!({ "title": row["title"], "priorities": priorities(row) })).collect();
        told.insert("needs".into(), json!(needs));
    } else {
        told.insert("cup".into(), doc.root["cup"].clone());
        let mut rows: Vec<_> = doc.rows("project_deadline").iter().collect();
        rows.sort_by_key(|row| (row["due_on"].to_string(), row["id"].to_string()));
        told.insert("deadlines".into(), rows.iter().map(|row| json!({ "title": row["title"] })).collect());
    }
    Value::Object(told)
}

/// The bodies of the walk, and what the council's seats on the day are, as the sample has them.
pub async fn laid_out(hub: &TestHub) -> World {
    use super::model::who::{Body, everybody};
    use raccordo::access::persona::stable_id;
    let mut bodies = Vec::new();
    for key in BODIES {
        let id = stable_id(key);
        let viewers = hub.hub.authenticator.viewers();
        let viewer = viewers.acting_for(id, crate::hub::TODAY, &hub.hub.database).await;
        let viewer = viewer.expect("the database answers").unwrap_or_else(|| panic!("there is no {key}"));
        let codes = [("036", 1036), ("037", 1037)];
        let provinces = codes.iter().filter(|(_, key)| viewer.sight.common().contains(key)).map(|(code, _)| *code);
        bodies.push(Body { id, named: id.to_string(), provinces: provinces.collect() });
    }
    let seats: Vec<(Uuid, i64)> = sqlx::query_as(
        "select organisation_id, count(*) filter (where role = 'member' and category <> 'invited') from council_seat
         where council_id = $1 and valid_from <= $2 and (valid_until is null or valid_until >= $2) group by 1",
    )
    .bind(stable_id("council:PREF-BO"))
    .bind(crate::hub::TODAY)
    .fetch_all(&mut hub.maintenance().await)
    .await
    .expect("the database answers");
    World {
        bodies: bodies.into(),
        who: everybody().into(),
        records: Vec::new(),
        places: Default::default(),
        claims: Default::default(),
        seats: Rc::new(seats.into_iter().map(|(body, seats)| (body.to_string(), seats)).collect()),
        made: Default::default(),
    }
}
