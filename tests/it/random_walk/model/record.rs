//! Records as the model knows them: rows of plain values under the names that they have in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Kinds of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Plan,
    Contribution,
    Call,
    Project,
    Agreement,
    Sitting,
}

/// Parts of a kind: their table, the column that names the record, the columns that tell one from the others.
pub type Part = (&'static str, &'static str, &'static [&'static str]);

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Plan, Self::Contribution, Self::Call, Self::Project, Self::Agreement, Self::Sitting];

    /// Its name in the graph, its table, the field of payloads and the field of inputs that name it.
    pub const fn names(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Plan => ("TerritorialPlan", "territorial_plan", "territorialPlan", "planId"),
            Self::Contribution => ("PlanContribution", "plan_contribution", "contribution", "contributionId"),
            Self::Call => ("FundingCall", "funding_call", "fundingCall", "callId"),
            Self::Project => ("Project", "project", "project", "projectId"),
            Self::Agreement => ("Agreement", "agreement", "agreement", "agreementId"),
            Self::Sitting => ("CouncilSitting", "council_sitting", "councilSitting", "sittingId"),
        }
    }

    pub const fn parts(self) -> &'static [Part] {
        match self {
            Self::Plan => &[
                ("plan_indicator", "plan_id", &["id"]),
                ("plan_need", "plan_id", &["id"]),
                ("plan_priority", "plan_id", &["id"]),
                ("plan_intervention", "plan_id", &["id"]),
                ("plan_partner", "plan_id", &["intervention_id", "organisation_id"]),
                ("plan_measure", "plan_id", &["id"]),
                ("plan_measurement", "plan_id", &["measure_id", "measured_on"]),
            ],
            Self::Project => &[
                ("project_invitation", "project_id", &["id"]),
                ("project_participation", "project_id", &["id"]),
                ("project_place", "project_id", &["province_code"]),
                ("project_intervention", "project_id", &["intervention_id"]),
                ("project_contract", "project_id", &["id"]),
                ("project_budget", "project_id", &["organisation_id", "year"]),
                ("project_spending", "project_id", &["id"]),
                ("project_deadline", "project_id", &["id"]),
                ("project_indicator", "project_id", &["id"]),
                ("project_value", "project_id", &["indicator_id", "measured_on"]),
                ("project_amendment", "project_id", &["id"]),
            ],
            Self::Agreement => &[("agreement_party", "agreement_id", &["id"])],
            Self::Sitting => &[
                ("sitting_item", "sitting_id", &["id"]),
                ("sitting_invitation", "sitting_id", &["organisation_id"]),
                ("council_resolution", "sitting_id", &["id"]),
            ],
            Self::Contribution | Self::Call => &[],
        }
    }
}

pub type Row = Map<String, Value>;

/// A row written down as JSON.
pub fn row(value: Value) -> Row {
    let Value::Object(row) = value else { panic!("a row is an object: {value}") };
    row
}

/// What a record says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Doc {
    pub root: Row,
    pub parts: BTreeMap<&'static str, Vec<Row>>,
}

impl Doc {
    pub fn rows(&self, table: &str) -> &[Row] {
        self.parts.get(table).map_or(&[], Vec::as_slice)
    }

    pub fn rows_mut(&mut self, table: &'static str) -> &mut Vec<Row> {
        self.parts.entry(table).or_default()
    }

    /// A text of the record itself; empty where it has none.
    pub fn text(&self, column: &str) -> &str {
        self.root.get(column).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn number(&self, column: &str) -> Option<f64> {
        self.root.get(column).and_then(Value::as_f64)
    }

    pub fn status(&self) -> &str {
        self.text("status")
    }

    pub fn is(&self, states: &[&str]) -> bool {
        states.contains(&self.status())
    }

    pub fn set(&mut self, column: &str, value: impl Into<Value>) {
        self.root.insert(column.into(), value.into());
    }
}

/// A text of a row; empty where it has none.
pub fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// Who holds the right to see a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Public,
    Network,
    Institutional,
    Territory(&'static str),
    /// The territory, and those who share it, as they are now.
    Shared(&'static str),
    /// Those who share it, as they are now.
    Group,
    Body(usize),
}

/// A state that a record had.
#[derive(Clone, Debug)]
pub struct Past {
    pub doc: Doc,
    pub key: Key,
}

#[derive(Clone, Debug)]
pub struct Record {
    pub kind: Kind,
    pub id: Uuid,
    /// The body that it belongs to.
    pub owner: usize,
    pub province: Option<&'static str>,
    /// Bodies that share it with its owner, once there are any.
    pub group: Option<BTreeSet<usize>>,
    pub doc: Doc,
    /// Its states, by version from 1.
    pub past: Vec<Rc<Past>>,
}

impl Record {
    pub fn new(kind: Kind, owner: usize, province: Option<&'static str>, root: Value) -> Self {
        let doc = Doc { root: row(root), parts: BTreeMap::new() };
        Self { kind, id: Uuid::nil(), owner, province, group: None, doc, past: Vec::new() }
    }

    pub fn version(&self) -> i64 {
        self.past.len() as i64
    }

    pub fn key(&self) -> Key {
        match self.doc.text("visibility") {
            "public" => Key::Public,
            "network" => Key::Network,
            "institutional" => Key::Institutional,
            "territory" if self.group.is_some() => Key::Shared(self.province.unwrap_or("nowhere")),
            "territory" => Key::Territory(self.province.unwrap_or("nowhere")),
            _ if self.group.is_some() => Key::Group,
            _ => Key::Body(self.owner),
        }
    }

    /// As inputs name it.
    pub fn named(&self) -> Value {
        json!(format!("{}:{}", self.kind.names().0, self.id))
    }

    /// Takes the present for its next version.
    pub fn settle(&mut self) {
        let past = Past { doc: self.doc.clone(), key: self.key() };
        self.past.push(Rc::new(past));
    }
}

/// One thing that differs: the table, the row, and the field unless the whole row came or went.
pub type Change = (&'static str, String, Option<String>);

/// What differs between two states.
pub fn difference(kind: Kind, before: &Doc, after: &Doc) -> BTreeSet<Change> {
    let mut found = BTreeSet::new();
    let mut fields = |table: &'static str, key: &str, before: &Row, after: &Row| {
        for (field, value) in after {
            if before.get(field) != Some(value) {
                found.insert((table, key.to_owned(), Some(field.clone())));
            }
        }
    };
    fields(kind.names().1, "", &before.root, &after.root);
    let mut whole = Vec::new();
    for (table, _, key) in kind.parts() {
        let key = |row: &Row| key.iter().map(|column| row[*column].to_string()).collect::<Vec<_>>().join("/");
        let by_key = |rows: &[Row]| rows.iter().map(|row| (key(row), row.clone())).collect::<BTreeMap<_, _>>();
        let (old, new) = (by_key(before.rows(table)), by_key(after.rows(table)));
        for (key, row) in &new {
            match old.get(key) {
                Some(known) => fields(table, key, known, row),
                None => whole.push((*table, key.clone(), None)),
            }
        }
        whole.extend(old.keys().filter(|key| !new.contains_key(*key)).map(|key| (*table, key.clone(), None)));
    }
    found.extend(whole);
    found
}

/// Whether two changes are of the same thing.
pub fn meets(one: &Change, other: &Change) -> bool {
    one.0 == other.0 && one.1 == other.1 && (one.2.is_none() || other.2.is_none() || one.2 == other.2)
}
