//! A row on its way through the import, and what comes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use csv::StringRecord;
use uuid::Uuid;

use super::columns::Layout;
use super::ground::Place;
use crate::identifiers::Broken;
use crate::locale::Message;

/// What is wrong with a row: where, what stands there, and which rule that breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's own name of the column; none where the row as a whole is meant.
    pub column: Option<String>,
    pub value: String,
    /// Stable name of the rule.
    pub rule: &'static str,
    pub message: Message,
}

/// A field that a row changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file's own name of the column.
    pub column: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// What comes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Added,
    Changed(Vec<Change>),
    /// The record is already as the row says.
    Left,
    Refused(Vec<Problem>),
}

/// A row of the file, told to whoever watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// Line of the file in which the row starts; the header's is 1.
    pub line: u64,
    /// What the record is recognised by.
    pub record: String,
    pub outcome: Outcome,
    /// Organisations that the row names and that were added with it: fiscal code and name.
    pub bodies_added: Vec<(String, String)>,
}

/// An organisation that cells name.
#[derive(Debug)]
pub struct Body {
    pub id: Uuid,
    /// Its owner number.
    pub number: i32,
    pub name: String,
    /// Set for one that the import adds.
    pub new_fiscal_code: Option<String>,
}

/// A member of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The columns of [`super::columns::List::key`], with a slash between them.
    pub key: String,
    pub label: String,
    pub body: Option<Arc<Body>>,
}

impl Entry {
    pub fn place(place: &Place) -> Self {
        let label = if place.municipality.is_empty() { &place.province } else { &place.municipality };
        Self { key: format!("{}/{}", place.province, place.municipality), label: label.clone(), body: None }
    }
}

/// A row being read. Values are texts in PostgreSQL's own form, so that equal values are equal texts.
pub struct Row {
    pub line: u64,
    pub cells: StringRecord,
    /// By column of the table.
    pub fields: BTreeMap<&'static str, Option<String>>,
    /// What to show for a field whose value tells people nothing.
    pub labels: BTreeMap<&'static str, String>,
    /// By index of the kind's column.
    pub lists: BTreeMap<usize, Vec<Entry>>,
    pub problems: Vec<Problem>,
    pub held: Option<Arc<Held>>,
}

/// The record that a row is about, as the database holds it.
#[derive(Clone, Debug)]
pub struct Held {
    pub id: String,
    pub fields: BTreeMap<&'static str, Option<String>>,
}

impl Row {
    pub fn new(line: u64, cells: StringRecord) -> Self {
        Self {
            line,
            cells,
            fields: BTreeMap::new(),
            labels: BTreeMap::new(),
            lists: BTreeMap::new(),
            problems: Vec::new(),
            held: None,
        }
    }

    /// The value that the row gives a field.
    pub fn given(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_deref()
    }

    /// Gives a new record a value where the row has none.
    pub fn or_default(&mut self, field: &'static str, value: &str) {
        let slot = self.fields.entry(field).or_default();
        slot.get_or_insert_with(|| value.to_owned());
    }

    /// The value that the record will have.
    pub fn will_be(&self, field: &str) -> Option<&str> {
        match self.fields.get(field) {
            Some(value) => value.as_deref(),
            None => self.held.as_ref()?.fields.get(field)?.as_deref(),
        }
    }

    /// Organisations that the row names and that are not on record yet.
    pub fn new_bodies(&self) -> Vec<Arc<Body>> {
        let bodies = self.lists.values().flatten().filter_map(|entry| entry.body.clone());
        bodies.filter(|body| body.new_fiscal_code.is_some()).collect()
    }

    pub fn refuse(&mut self, column: Option<&str>, value: &str, broken: Broken) {
        let Broken { rule, message } = broken;
        self.problems.push(Problem { column: column.map(String::from), value: value.into(), rule, message });
    }
}

/// Holds one row against the rules between its columns.
pub struct Judge<'a> {
    pub row: &'a mut Row,
    pub layout: &'a Layout,
}

impl Judge<'_> {
    /// Refuses the row for the value of a field.
    pub fn refuse(&mut self, field: &str, broken: Broken) {
        let column = self.layout.header_of(field).unwrap_or(field).to_owned();
        let value = self.row.will_be(field).unwrap_or_default().to_owned();
        self.row.refuse(Some(&column), &value, broken);
    }

    /// Whether the record is new.
    pub fn is_new(&self) -> bool {
        self.row.held.is_none()
    }

    pub fn will_be(&self, field: &str) -> Option<&str> {
        self.row.will_be(field)
    }

    /// A period must not end before it starts.
    pub fn check_period(&mut self, from: &str, until: &str) {
        if let (Some(start), Some(end)) = (self.will_be(from), self.will_be(until))
            && end < start
        {
            let (it, en) = (format!("è prima dell'inizio ({start})"), format!("is before the start ({start})"));
            self.refuse(until, Broken::new("period.order", it, en));
        }
    }
}
