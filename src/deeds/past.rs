//! Records as they stood.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::aggregate::{self, Aggregate};
use super::changes::undo;
use super::store::{self, Step};
use crate::access::audience;
use crate::graphql::{Error, Graph, Result};

/// A record as it stood at an instant; `None` where it was not there yet, where the caller may not see it now or might not
/// have seen it then, or where something that happened since is hidden from the caller.
pub async fn as_of<A: Aggregate>(graph: &Graph, id: Uuid, at: DateTime<Utc>) -> Result<Option<A>> {
    let Some(now) = store::find::<A>(&mut *graph.statement().await?, id).await? else { return Ok(None) };
    let steps = store::since_instant(&mut *graph.statement().await?, A::KIND, id, at).await?;
    let version = steps.iter().find(|step| step.at <= at).map(|step| step.version);
    back(graph, now, &steps, version)
}

/// A record as a version of it was; `None` as for [`as_of`].
pub async fn at_version<A: Aggregate>(graph: &Graph, id: Uuid, version: i32) -> Result<Option<A>> {
    let Some(now) = store::find::<A>(&mut *graph.statement().await?, id).await? else { return Ok(None) };
    let steps = store::since(&mut *graph.statement().await?, A::KIND, id, version).await?;
    back(graph, now, &steps, Some(version))
}

/// Takes back the steps after a version; `None` for the version: all of them.
fn back<A: Aggregate>(graph: &Graph, now: Value, steps: &[Step], version: Option<i32>) -> Result<Option<A>> {
    let Value::Object(mut document) = now else { return Ok(None) };
    let mut reached = document[A::ROOT]["version"].as_i64().unwrap_or_default();
    for step in steps.iter().filter(|step| version.is_none_or(|version| step.version > version)) {
        // Each deed raises the version by one: what is missing in between is hidden, or was no deed.
        if i64::from(step.version) != reached {
            return Ok(None);
        }
        let Some(changes) = &step.changes else { return Ok(None) };
        if changes.iter().any(|change| change.part == A::ROOT && change.before.is_none()) {
            return Ok(None);
        }
        changes.iter().for_each(|change| undo::<A>(&mut document, change));
        reached -= 1;
    }
    if version.is_some_and(|version| i64::from(version) != reached) {
        return Ok(None);
    }
    let written = steps.iter().find(|step| i64::from(step.version) == reached).map(|step| step.at);
    let root = &mut document[A::ROOT];
    root["version"] = json!(reached);
    root["updated_at"] = written.map_or_else(|| root["updated_at"].clone(), |at| json!(at));
    let number = |value: &Value| value.as_i64().and_then(|number| i32::try_from(number).ok());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let key = audience::key(
        &text(&root["visibility"]),
        root["province_code"].as_str(),
        number(&root["owner_number"]).unwrap_or_default(),
        number(&root["group_number"]),
    );
    root["audience"] = json!(key);
    for part in A::PARTS {
        if let Some(rows) = document.get_mut(part.table).and_then(Value::as_array_mut) {
            sort(rows, part.order);
        }
    }
    let record = aggregate::read::<A>(Value::Object(document));
    let record = record.map_err(|error| Error::Internal(std::sync::Arc::new(error)))?;
    Ok(key.is_some_and(|key| graph.held(record.room()).contains(&key)).then_some(record))
}

/// By these columns, as the database sorts them.
fn sort(rows: &mut [Value], order: &str) {
    let columns: Vec<&str> = order.split(',').map(str::trim).collect();
    let weight = |row: &Value, column: &str| match &row[column] {
        Value::Number(number) => (number.as_f64().unwrap_or_default(), String::new()),
        value => (0.0, value.as_str().unwrap_or_default().to_owned()),
    };
    rows.sort_by(|one, other| {
        let each = columns.iter().map(|column| {
            let (one, other) = (weight(one, column), weight(other, column));
            one.0.total_cmp(&other.0).then_with(|| one.1.cmp(&other.1))
        });
        each.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
}
