//! Writes the rows that were taken, and only where they differ from what the records hold.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::batch::Batches;
use super::columns::{Column, Form, List, Member};
use super::row::{Change, Entry, Row};
use super::store;

/// Members of the lists of the records held: by index of the column and id of the record.
type HeldMembers = HashMap<(usize, String), BTreeSet<String>>;
/// By index of the row: what it changes in its record. A row that changes nothing is left out.
type Changes = HashMap<usize, Vec<Change>>;

/// Writes the rows without problems; answers with what they change in the records that exist.
pub async fn write(batches: &mut Batches<'_>, rows: &[Row]) -> anyhow::Result<Changes> {
    let taken: Vec<(usize, &Row)> = rows.iter().enumerate().filter(|(_, row)| row.problems.is_empty()).collect();
    if taken.is_empty() {
        return Ok(Changes::new());
    }
    let held = held_members(batches, &taken).await?;
    let changes = changes(batches, &taken, &held).await?;
    let added: Vec<&Row> = taken.iter().filter(|(_, row)| row.held.is_none()).map(|(_, row)| *row).collect();
    let changed: Vec<&Row> =
        taken.iter().filter(|(index, _)| changes.contains_key(index)).map(|(_, row)| *row).collect();
    add_bodies(batches, added.iter().chain(&changed).copied()).await?;
    let ids = write_records(batches, &added, &changed).await?;
    write_lists(batches, added.iter().chain(&changed).copied().zip(&ids), &held).await?;
    Ok(changes)
}

async fn held_members(batches: &mut Batches<'_>, taken: &[(usize, &Row)]) -> anyhow::Result<HeldMembers> {
    let ids: Vec<String> = taken.iter().filter_map(|(_, row)| Some(row.held.as_ref()?.id.clone())).collect();
    let mut found = HeldMembers::new();
    if ids.is_empty() {
        return Ok(found);
    }
    for (index, column, _) in batches.layout.present() {
        let Form::List(list) = &column.form else { continue };
        for (record, member) in store::held_members(batches.connection, list, &ids).await? {
            found.entry((index, record)).or_default().insert(member);
        }
    }
    Ok(found)
}

/// Compares the rows with the records that they mean.
async fn changes(
    batches: &mut Batches<'_>,
    taken: &[(usize, &Row)],
    held_members: &HeldMembers,
) -> anyhow::Result<Changes> {
    let mut changes = Changes::new();
    // Organisations whose ids are to be shown as names.
    let mut ids = HashSet::new();
    for (index, row) in taken {
        let Some(held) = &row.held else { continue };
        let mut found = Vec::new();
        for (field, to) in &row.fields {
            let from = held.fields.get(field).cloned().flatten();
            // Who owns a record follows from a column that is compared itself.
            if from == *to || *field == "owner_number" {
                continue;
            }
            let shown = row.labels.get(field).cloned().or_else(|| to.clone());
            ids.extend(from.clone().filter(|_| field.ends_with("_id")));
            let column = batches.layout.header_of(field).unwrap_or(field).to_owned();
            found.push(Change { column, from, to: shown });
        }
        for (column, entries) in &row.lists {
            let before = held_members.get(&(*column, held.id.clone()));
            let after: BTreeSet<&String> = entries.iter().map(|entry| &entry.key).collect();
            if !before.into_iter().flatten().eq(after.iter().copied()) {
                let Column { name, form, .. } = &batches.layout.spec.columns[*column];
                if let Form::List(List { member: Member::Body | Member::BodyOrNew { .. }, .. }) = form {
                    ids.extend(before.into_iter().flatten().cloned());
                }
                let from = before.map(|before| before.iter().cloned().collect::<Vec<_>>().join(" | "));
                let to = entries.iter().map(|entry| entry.label.as_str()).collect::<Vec<_>>().join(" | ");
                let column = batches.layout.header(name).unwrap_or(name).to_owned();
                found.push(Change { column, from, to: Some(to).filter(|to| !to.is_empty()) });
            }
        }
        if !found.is_empty() {
            changes.insert(*index, found);
        }
    }
    if !ids.is_empty() {
        let ids: Vec<String> = ids.into_iter().collect();
        let names: HashMap<_, _> = store::names(batches.connection, &ids).await?.into_iter().collect();
        let shown = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
        for from in changes.values_mut().flatten().filter_map(|change| change.from.as_mut()) {
            *from = from.split(" | ").map(shown).collect::<Vec<_>>().join(" | ");
        }
    }
    Ok(changes)
}

/// Adds the organisations that taken rows name and nobody knew.
async fn add_bodies<'r>(batches: &mut Batches<'_>, rows: impl Iterator<Item = &'r Row>) -> anyhow::Result<()> {
    let bodies: BTreeMap<Uuid, _> = rows.flat_map(Row::new_bodies).map(|body| (body.id, body)).collect();
    let objects = bodies.into_values().map(|body| {
        json!({
            "id": body.id,
            "number": body.number,
            "kind": "other_organisation",
            "name": body.name,
            "fiscal_code": body.new_fiscal_code,
            "visibility": "public",
            "is_synthetic": false,
            "source": batches.run.source,
        })
    });
    let objects = objects.collect();
    let columns = ["id", "number", "kind", "name", "fiscal_code", "visibility", "is_synthetic", "source"];
    store::insert(batches.connection, batches.run, "organisation", &columns, objects).await?;
    Ok(())
}

/// Writes the records; answers with their ids, those of the added ones first.
async fn write_records(batches: &mut Batches<'_>, added: &[&Row], changed: &[&Row]) -> anyhow::Result<Vec<String>> {
    let spec = batches.layout.spec;
    let source = batches.run.source;
    let mut ids = Vec::with_capacity(added.len() + changed.len());
    let mut columns = spec.fields();
    if spec.id == "id" {
        columns.push("id");
    }
    if spec.has_provenance {
        columns.extend(["source", "is_synthetic"]);
    }
    let objects = added.iter().map(|row| {
        let mut object = object(spec.fields(), |field| row.given(field));
        let id = row.given(spec.id).map_or_else(|| Uuid::now_v7().to_string(), String::from);
        object.insert(spec.id.into(), json!(id));
        object.insert("source".into(), json!(source));
        object.insert("is_synthetic".into(), json!(false));
        ids.push(id);
        Value::Object(object)
    });
    let objects = objects.collect();
    store::insert(batches.connection, batches.run, spec.table, &columns, objects).await?;

    let fields = batches.layout.fields();
    let objects = changed.iter().filter_map(|row| {
        let held = row.held.as_ref()?;
        ids.push(held.id.clone());
        let differs = |(field, value): (&&str, &Option<String>)| held.fields.get(*field) != Some(value);
        row.fields.iter().any(differs).then(|| {
            let mut object = object(fields.clone(), |field| row.will_be(field));
            object.insert(spec.id.into(), json!(held.id));
            object.insert("source".into(), json!(source));
            Value::Object(object)
        })
    });
    let objects = objects.collect();
    store::update(batches.connection, batches.run, spec, &fields, objects).await?;
    Ok(ids)
}

fn object<'r>(fields: Vec<&'static str>, value: impl Fn(&str) -> Option<&'r str>) -> Map<String, Value> {
    fields.into_iter().map(|field| (field.to_owned(), json!(value(field)))).collect()
}

/// Brings the records' lists to what the rows say.
async fn write_lists<'r>(
    batches: &mut Batches<'_>,
    rows: impl Iterator<Item = (&'r Row, &'r String)>,
    held: &HeldMembers,
) -> anyhow::Result<()> {
    let (mut gone, mut come) = (BTreeMap::<usize, Vec<Value>>::new(), BTreeMap::<usize, Vec<Value>>::new());
    let none = BTreeSet::new();
    for (row, id) in rows {
        for (column, entries) in &row.lists {
            let Form::List(list) = &batches.layout.spec.columns[*column].form else { continue };
            let before = held.get(&(*column, id.clone())).unwrap_or(&none);
            let wanted: HashSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
            let leavers = before.iter().filter(|key| !wanted.contains(key.as_str()));
            gone.entry(*column).or_default().extend(leavers.map(|key| member(list, id, key)));
            let joiners = entries.iter().filter(|Entry { key, .. }| !before.contains(key)).map(|entry| {
                let mut object = member(list, id, &entry.key);
                object["id"] = json!(Uuid::now_v7());
                object["source"] = json!(batches.run.source);
                object["is_synthetic"] = json!(false);
                object
            });
            come.entry(*column).or_default().extend(joiners);
        }
    }
    let spec = batches.layout.spec;
    for (lists, arriving) in [(gone, false), (come, true)] {
        for (column, objects) in lists {
            let Form::List(list) = &spec.columns[column].form else { continue };
            if arriving {
                store::insert_members(batches.connection, batches.run, spec.table, list, objects).await?;
            } else {
                store::delete_members(batches.connection, batches.run, list, objects).await?;
            }
        }
    }
    Ok(())
}

/// A member as its table's columns.
fn member(list: &List, record: &str, key: &str) -> Value {
    let mut object: Map<String, Value> =
        list.key().iter().zip(key.split('/')).map(|(column, part)| ((*column).to_owned(), json!(part))).collect();
    object.insert(list.parent.into(), json!(record));
    object.extend(list.role.map(|role| ("role".to_owned(), json!(role))));
    Value::Object(object)
}
