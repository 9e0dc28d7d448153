//! What a router asks a partner: held against the partner's schema and against what it may be sent, before anything is sent.

use std::collections::BTreeMap;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::{ConstValue, Value};
use serde_json::{Map, Value as Json};

use super::keys::{ADDED, Added};
use super::schema::{ENTITIES, PartnerSchema, Sendable};
use crate::federation::ownership::HubSchema;
use crate::federation::usage::Used;
use crate::graphql::completion::named;
use crate::graphql::nesting;
use crate::locale::Message;

/// Bytes of a question's text at the most.
const LONGEST: usize = 128 * 1024;
/// Fields of a question at the most, with those of each fragment where it is used.
const MOST_FIELDS: usize = 10_000;
pub const TYPENAME: &str = "__typename";

/// A question that may be asked.
pub struct Question {
    /// As it is sent: with the keys that it does not ask for.
    pub(super) text: String,
    /// Whether keys were added.
    pub(super) has_added: bool,
    pub(super) name: Option<String>,
    /// As it was asked.
    pub(super) document: ExecutableDocument,
    pub(super) variables: Map<String, Json>,
    /// The records that are asked for by key, by the variable that names them.
    pub(super) records: BTreeMap<String, Vec<Record>>,
    /// Response keys of the fields that ask for them, with the variable.
    pub(super) entities: Vec<(String, String)>,
    /// Whether nothing else is asked.
    pub(super) is_entities_alone: bool,
    fields: usize,
}

/// A record that is asked for by key.
pub(super) struct Record {
    pub kind: String,
    pub sent: Map<String, Json>,
    /// Whether the caller may see it: the partner's own may always be asked for.
    pub is_seen: bool,
}

/// Why a question is not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    pub rule: &'static str,
    pub message: Message,
}

impl Unfit {
    fn new(rule: &'static str, it: impl Into<String>, en: impl Into<String>) -> Self {
        Self { rule, message: Message::new(it, en) }
    }

    fn unknown(coordinate: &str) -> Self {
        Self::new(
            "UNKNOWN_FIELD",
            format!("Il sottografo non ha {coordinate}."),
            format!("The subgraph has no {coordinate}."),
        )
    }

    fn reserved() -> Self {
        Self::new(
            "NAME_RESERVED",
            format!("I nomi che iniziano con {ADDED} sono riservati."),
            format!("Names that begin with {ADDED} are reserved."),
        )
    }

    fn unreadable() -> Self {
        Self::new(
            "RECORD_UNREADABLE",
            "I record si indicano in una variabile: una lista di oggetti con __typename e una chiave.",
            "Records are named in a variable: a list of objects with __typename and a key.",
        )
    }
}

impl Question {
    /// Reads a question.
    ///
    /// # Errors
    /// `NOT_A_QUERY`, `TOO_LARGE`, `UNKNOWN_FIELD`, `NAME_RESERVED`, `RECORD_UNREADABLE`, `OUTSIDE_TERMS`.
    pub fn read(
        (schema, hub): (&PartnerSchema, &HubSchema),
        text: &str,
        name: Option<String>,
        variables: Map<String, Json>,
    ) -> Result<Self, Unfit> {
        let too_large = || Unfit::new("TOO_LARGE", "La domanda è troppo grande.", "The question is too large.");
        let no_query = || {
            let (it, en) = ("Al partner si inviano soltanto query valide.", "Partners are sent valid queries alone.");
            Unfit::new("NOT_A_QUERY", it, en)
        };
        if text.len() > LONGEST || nesting::check(text).is_err() {
            return Err(too_large());
        }
        // Line breaks are the same to GraphQL, all three, and places are counted by one of them.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let document = parse_query(&text).map_err(|_| no_query())?;
        let operation = operation(&document, name.as_deref()).filter(|it| it.ty == OperationType::Query);
        let operation = operation.ok_or_else(no_query)?;
        let (within, fields, added) = Default::default();
        let mut checked = Check { of: (schema, hub), document: &document, within, fields, added };
        if !checked.set("Query", &operation.selection_set.node)? {
            return Err(too_large());
        }
        let (fields, added) = (checked.fields, checked.added);
        let mut found = Vec::new();
        let mut others = false;
        roots(&document, &operation.selection_set.node, &mut |field| match field.name.node.as_str() {
            ENTITIES => found.push(field),
            _ => others = true,
        });
        let mut question = Self {
            name,
            variables,
            records: BTreeMap::new(),
            entities: Vec::new(),
            is_entities_alone: !others,
            fields,
            has_added: !added.is_empty(),
            text: added.put_into(&text),
            document: ExecutableDocument {
                operations: DocumentOperations::Multiple(Default::default()),
                fragments: Default::default(),
            },
        };
        for field in found {
            let key = field.alias.as_ref().unwrap_or(&field.name).node.to_string();
            let variable = match field.get_argument("representations").map(|value| &value.node) {
                Some(Value::Variable(name)) => name.to_string(),
                _ => return Err(Unfit::unreadable()),
            };
            if !question.records.contains_key(&variable) {
                let given = question.variables.get(&variable).and_then(Json::as_array).ok_or_else(Unfit::unreadable)?;
                let records = given.iter().map(|given| record(schema, given)).collect::<Result<_, _>>()?;
                question.records.insert(variable.clone(), records);
            }
            question.entities.push((key, variable));
        }
        question.document = document;
        Ok(question)
    }

    /// What it costs to ask: its fields, for each record that it asks for.
    pub fn cost(&self) -> u64 {
        let records: usize = self.records.values().map(Vec::len).sum();
        (self.fields * records.max(1)) as u64
    }

    /// What of the partner's schema it uses.
    pub fn used(&self, schema: &PartnerSchema) -> Used {
        Used::of(&self.document, self.name.as_deref(), |on, field| schema.field(on, field).map(named))
    }

    /// The hub's records among those that are asked for, each by one of its keys; `null` for what has none.
    pub fn records_of(&self, hub: &HubSchema) -> Vec<Json> {
        self.records.values().flatten().filter(|record| hub.is_type(&record.kind)).map(|it| keyed(hub, it)).collect()
    }

    /// Asks only for those of the hub's records that the caller sees: one answer for each of [`Self::records_of`].
    pub fn keep_seen(&mut self, hub: &HubSchema, mut seen: impl Iterator<Item = bool>) {
        for record in self.records.values_mut().flatten().filter(|record| hub.is_type(&record.kind)) {
            record.is_seen = seen.next().unwrap_or_default();
        }
    }

    /// The variables as they are sent.
    pub(super) fn sent(&self) -> Map<String, Json> {
        let mut variables = self.variables.clone();
        for (name, records) in &self.records {
            let seen = records.iter().filter(|record| record.is_seen).map(|record| Json::Object(record.sent.clone()));
            variables.insert(name.clone(), seen.collect());
        }
        variables
    }

    /// Whether the partner has nothing to answer: no record is left, and nothing else is asked.
    pub(super) fn is_empty(&self) -> bool {
        self.is_entities_alone && self.records.values().flatten().all(|record| !record.is_seen)
    }

    pub(super) fn operation(&self) -> &OperationDefinition {
        operation(&self.document, self.name.as_deref()).expect("it was there when it was read")
    }

    /// The value of a condition (`@include`, `@skip`), with the operation's defaults.
    pub(super) fn is_true(&self, condition: &Value) -> bool {
        match condition {
            Value::Boolean(plain) => *plain,
            Value::Variable(name) => match self.variables.get(name.as_str()) {
                Some(given) => given == &Json::Bool(true),
                None => self.default(name) == Some(&ConstValue::Boolean(true)),
            },
            _ => false,
        }
    }

    fn default(&self, name: &Name) -> Option<&ConstValue> {
        let definitions = &self.operation().variable_definitions;
        let found = definitions.iter().find(|definition| definition.node.name.node == *name)?;
        found.node.default_value.as_ref().map(|value| &value.node)
    }
}

fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(only), _) => Some(&only.node),
        (DocumentOperations::Multiple(several), Some(name)) => several.get(name).map(|found| &found.node),
        (DocumentOperations::Multiple(several), None) if several.len() == 1 => {
            several.values().next().map(|only| &only.node)
        }
        (DocumentOperations::Multiple(_), None) => None,
    }
}

/// The fields of the root, with those of fragments.
fn roots<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, found: &mut impl FnMut(&'a Field)) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => found(&field.node),
            Selection::InlineFragment(inline) => roots(document, &inline.node.selection_set.node, found),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    roots(document, &fragment.node.selection_set.node, found);
                }
            }
        }
    }
}

/// Reads a record that is asked for: only what may be sent of it stands in it.
fn record(schema: &PartnerSchema, given: &Json) -> Result<Record, Unfit> {
    let sent = given.as_object().ok_or_else(Unfit::unreadable)?;
    let kind = sent.get(TYPENAME).and_then(Json::as_str).ok_or_else(Unfit::unreadable)?;
    let sendable = schema.sendable(kind).ok_or_else(|| Unfit::unknown(kind))?;
    within(kind, sent, sendable)?;
    Ok(Record { kind: kind.to_owned(), sent: sent.clone(), is_seen: true })
}

fn within(path: &str, sent: &Map<String, Json>, sendable: &Sendable) -> Result<(), Unfit> {
    for (name, value) in sent.iter().filter(|(name, _)| *name != TYPENAME) {
        let path = format!("{path}.{name}");
        let outside = || {
            Unfit::new(
                "OUTSIDE_TERMS",
                format!("{path} non si invia a questo partner."),
                format!("{path} is not sent to this partner."),
            )
        };
        let below = sendable.get(name).ok_or_else(outside)?;
        let mut values = vec![value];
        while let Some(value) = values.pop() {
            match value {
                Json::Array(items) => values.extend(items),
                Json::Object(inner) if !below.is_value() => within(&path, inner, below)?,
                Json::Object(_) => return Err(outside()),
                _ => {}
            }
        }
    }
    Ok(())
}

fn keyed(hub: &HubSchema, record: &Record) -> Json {
    let has = |field: &str| record.sent.get(field).is_some_and(|value| !value.is_null());
    let Some(key) = hub.key_among(&record.kind, has) else { return Json::Null };
    let mut keyed = Map::from_iter([(TYPENAME.to_owned(), Json::String(record.kind.clone()))]);
    keyed.extend(key.into_iter().map(|field| (field.to_owned(), record.sent[field].clone())));
    Json::Object(keyed)
}

struct Check<'a> {
    of: (&'a PartnerSchema, &'a HubSchema),
    document: &'a ExecutableDocument,
    /// Fragments that are gone into.
    within: Vec<&'a Name>,
    fields: usize,
    added: Added,
}

impl<'a> Check<'a> {
    /// Whether it is not too large.
    ///
    /// # Errors
    /// What the schema does not have.
    fn set(&mut self, on: &str, set: &'a SelectionSet) -> Result<bool, Unfit> {
        for selection in &set.items {
            let goes_on = match &selection.node {
                Selection::Field(field) => self.field(on, field)?,
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    self.fragment(condition.unwrap_or(on), &inline.node.selection_set.node)?
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.document.fragments.get(name).ok_or_else(|| Unfit::unknown(name))?;
                    if self.within.contains(&name) {
                        return Ok(false);
                    }
                    self.within.push(name);
                    let on = fragment.node.type_condition.node.on.node.as_str();
                    let goes_on = self.fragment(on, &fragment.node.selection_set.node)?;
                    self.within.pop();
                    goes_on
                }
            };
            if !goes_on {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn fragment(&mut self, on: &str, set: &'a SelectionSet) -> Result<bool, Unfit> {
        if self.of.0.objects(on).is_empty() {
            return Err(Unfit::unknown(on));
        }
        self.set(on, set)
    }

    fn field(&mut self, on: &str, field: &'a Positioned<Field>) -> Result<bool, Unfit> {
        self.fields += 1;
        let (schema, name) = (self.of.0, field.node.name.node.as_str());
        if field.node.alias.as_ref().is_some_and(|alias| alias.node.starts_with(ADDED)) {
            return Err(Unfit::reserved());
        }
        if self.fields > MOST_FIELDS || name == TYPENAME {
            return Ok(self.fields <= MOST_FIELDS);
        }
        let ty = schema.field(on, name).ok_or_else(|| Unfit::unknown(&format!("{on}.{name}")))?;
        let (of, below) = (named(ty), &field.node.selection_set);
        // An object without fields, or fields of a value, would not be answered either.
        if schema.objects(of).is_empty() != below.node.items.is_empty() {
            return Err(Unfit::unknown(&format!("{on}.{name}")));
        }
        // Records that are asked for by key are known.
        if name != ENTITIES {
            self.added.note(self.of, of, (below.pos, &below.node));
        }
        self.set(of, &below.node)
    }
}
