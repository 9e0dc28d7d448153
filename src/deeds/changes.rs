//! What differs between two states of a record.

use std::collections::BTreeMap;

use async_graphql::{ID, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Aggregate;
use super::aggregate::document;
use crate::graphql::NodeId;

/// Columns of a row with their values.
pub type Row = Map<String, Value>;

/// How one row differs. Where it was there and is there still, only the columns that differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// Its table.
    pub part: String,
    /// Name of its kind in the graph.
    pub kind: String,
    /// Its key; of the record itself its id.
    pub key: String,
    /// `None`: it was not there.
    pub before: Option<Row>,
    /// `None`: it is there no more.
    pub after: Option<Row>,
}

impl RowChange {
    /// Whether both change the same: the same field, or one of them the whole row.
    pub fn meets(&self, other: &Self) -> bool {
        self.part == other.part
            && self.key == other.key
            && match (self.fields(), other.fields()) {
                (Some(mine), Some(others)) => mine.keys().any(|field| others.contains_key(field)),
                _ => true,
            }
    }

    /// The fields that differ, where the row was there and is there still.
    fn fields(&self) -> Option<&Row> {
        self.before.as_ref().and(self.after.as_ref())
    }
}

/// The rows of a document by table and key; the record itself has its own table.
fn rows<A: Aggregate>(mut document: Map<String, Value>) -> BTreeMap<(usize, String), Row> {
    let mut found = BTreeMap::new();
    if let Some(Value::Object(root)) = document.remove(A::ROOT) {
        found.insert((0, root["id"].as_str().unwrap_or_default().to_owned()), root);
    }
    for (place, part) in A::PARTS.iter().enumerate() {
        let Some(Value::Array(parts)) = document.remove(part.table) else { continue };
        for row in parts {
            let Value::Object(row) = row else { continue };
            found.insert((place + 1, part.key_of(&row)), row);
        }
    }
    found
}

fn table<A: Aggregate>(place: usize) -> (&'static str, &'static str) {
    if place == 0 { (A::ROOT, A::KIND) } else { (A::PARTS[place - 1].table, A::PARTS[place - 1].kind) }
}

/// What leads from one state to the other, in the order of the tables.
pub fn between<A: Aggregate>(before: Option<&A>, after: &A) -> Vec<RowChange> {
    let mut old = before.map(|record| rows::<A>(document(record))).unwrap_or_default();
    let mut changes = BTreeMap::new();
    for (place, row) in rows::<A>(document(after)) {
        match old.remove(&place) {
            None => drop(changes.insert(place, (None, Some(row)))),
            Some(known) if known == row => {}
            Some(known) => {
                let differs = |field: &&String| known.get(*field) != row.get(*field);
                let fields: Vec<&String> = row.keys().filter(differs).collect();
                let of = |from: &Row| fields.iter().map(|field| ((*field).clone(), from[*field].clone())).collect();
                changes.insert(place, (Some(of(&known)), Some(of(&row))));
            }
        }
    }
    changes.extend(old.into_iter().map(|(place, row)| (place, (Some(row), None))));
    let change = |((place, key), (before, after)): ((usize, String), (Option<Row>, Option<Row>))| {
        let (part, kind) = table::<A>(place);
        RowChange { part: part.into(), kind: kind.into(), key, before, after }
    };
    changes.into_iter().map(change).collect()
}

/// Takes a change back: what it set is again as it was before.
pub fn undo<A: Aggregate>(document: &mut Map<String, Value>, change: &RowChange) {
    if change.part == A::ROOT {
        if let (Some(Value::Object(root)), Some(before)) = (document.get_mut(A::ROOT), &change.before) {
            root.extend(before.clone());
        }
        return;
    }
    let Some(part) = A::PARTS.iter().find(|part| part.table == change.part) else { return };
    let Some(Value::Array(rows)) = document.get_mut(part.table) else { return };
    let is_it = |row: &Value| row.as_object().is_some_and(|row| part.key_of(row) == change.key);
    match (&change.before, &change.after) {
        (Some(before), None) => rows.push(Value::Object(before.clone())),
        (None, _) => rows.retain(|row| !is_it(row)),
        (Some(before), Some(_)) => {
            if let Some(Value::Object(row)) = rows.iter_mut().find(|row| is_it(row)) {
                row.extend(before.clone());
            }
        }
    }
}

/// One field that changed [campo modificato].
#[derive(SimpleObject, Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Kind of the record or of its part, as in the graph: `PlanNeed` [tipo].
    pub kind: String,
    /// Global id of the record or of its part; it may be there no more.
    pub id: ID,
    /// Name of the field, as in the graph where it has one [campo].
    pub field: String,
    /// Its value before, of a record that it names the global id; null where it had none [valore precedente].
    pub before: Option<Value>,
    /// Its value since; null where it has none [nuovo valore].
    pub after: Option<Value>,
}

/// Columns that say nothing to callers: what else they tell is told by `visibility` and by the record's owner.
const INNER: [&str; 3] = ["id", "owner_number", "group_number"];

/// Columns that name another record, with its kind in the graph.
const REFERENCES: [(&str, &str); 26] = [
    ("agreement_id", "Agreement"),
    ("call_id", "FundingCall"),
    ("council_id", ORGANISATION),
    ("designated_by_id", ORGANISATION),
    ("found_at_id", "CouncilSitting"),
    ("indicator_id", "ProjectIndicator"),
    ("intervention_id", "PlanIntervention"),
    ("issuer_id", ORGANISATION),
    ("lead_id", ORGANISATION),
    ("measure_id", "PlanMeasure"),
    ("need_id", "PlanNeed"),
    ("office_id", ORGANISATION),
    ("organisation_id", ORGANISATION),
    ("owner_id", ORGANISATION),
    ("plan_id", PLAN),
    ("previous_edition_id", PLAN),
    ("priority_id", "PlanPriority"),
    ("project_id", "Project"),
    ("promoter_id", ORGANISATION),
    ("renews_id", "Agreement"),
    ("responsible_id", ORGANISATION),
    ("sitting_id", "CouncilSitting"),
    ("subgraph_id", "Subgraph"),
    ("through_id", ORGANISATION),
    ("uploaded_by", ORGANISATION),
    ("working_table_id", "WorkingTable"),
];
const ORGANISATION: &str = "Organisation";
const PLAN: &str = "TerritorialPlan";

/// The kind in the graph of the record that a column of a row of this kind names; `None` where it names none.
pub fn referred<'a>(column: &str, kind: &'a str, row: &'a Row) -> Option<&'a str> {
    match column {
        "revises_id" => Some(kind),
        "record_id" => row.get("record_kind")?.as_str(),
        _ => REFERENCES.iter().find(|(name, _)| *name == column).map(|(_, kind)| *kind),
    }
}

/// The same field by field, as callers read it.
pub fn told<'a>(changes: impl IntoIterator<Item = &'a RowChange>) -> Vec<FieldChange> {
    let empty = Row::new();
    let mut found = Vec::new();
    for change in changes {
        let id = NodeId::new(&change.kind, &change.key).id();
        let (before, after) = (change.before.as_ref().unwrap_or(&empty), change.after.as_ref().unwrap_or(&empty));
        let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
        for name in names.filter(|name| !INNER.contains(&name.as_str())) {
            let given = |row: &Row| {
                let value = row.get(name).filter(|value| !value.is_null())?;
                let named = referred(name, &change.kind, row).zip(value.as_str());
                Some(named.map_or_else(|| value.clone(), |(kind, key)| NodeId::new(kind, key).id().0.into()))
            };
            let (before, after) = (given(before), given(after));
            if before != after {
                let (kind, id) = (change.kind.clone(), id.clone());
                let field = camel(name.strip_suffix("_id").unwrap_or(name));
                found.push(FieldChange { kind, id, field, before, after });
            }
        }
    }
    found
}

/// `period_from` as `periodFrom`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        text + &capital.into_iter().chain(letters).collect::<String>()
    })
}
