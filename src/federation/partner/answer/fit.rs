//! A partner's data, field by field: what was asked, of the types of its schema, and no record that the caller does not see.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Directive, Selection, SelectionSet, Type};
use async_graphql::{Name, Positioned};
use serde_json::{Map, Value as Json};

use super::MOST_ERRORS;
use crate::federation::ownership::HubSchema;
use crate::federation::partner::keys::ADDED;
use crate::federation::partner::question::{Question, TYPENAME};
use crate::federation::partner::schema::{ENTITIES, PartnerSchema};
use crate::graphql::completion::named;

/// Values of an answer at the most, nulls among them: few bytes may stand for many.
const MOST_VALUES: usize = 500_000;

/// What of a partner's data is passed on.
pub(super) struct Fitted {
    pub data: Json,
    /// Where a value is not what it should be: [`MOST_ERRORS`] at the most.
    pub wrong: Vec<Vec<Json>>,
    /// The records of the hub's to which it points, each once, by their keys; empty once it is known which are hidden.
    pub references: IndexMap<String, Json>,
}

impl Fitted {
    /// `hidden` are the records that are absent, once they are known; `is_told` says that it is told already why something is
    /// null.
    pub fn of(
        question: &Question,
        (schema, hub): (&PartnerSchema, &HubSchema),
        data: Map<String, Json>,
        (hidden, is_told): (Option<&HashSet<String>>, bool),
    ) -> Self {
        let (path, wrong, references) = Default::default();
        let mut fit = Fit { question, schema, hub, path, wrong, left: MOST_VALUES, is_told, references, hidden };
        let fitted = fit.object("Query", &[&question.operation().selection_set.node], data);
        Self { data: fitted.map_or(Json::Null, Json::Object), wrong: fit.wrong, references: fit.references }
    }
}

/// A value that may not be null is: what is around it is, then.
struct Nulled;

struct Fit<'a> {
    question: &'a Question,
    schema: &'a PartnerSchema,
    hub: &'a HubSchema,
    path: Vec<Json>,
    wrong: Vec<Vec<Json>>,
    left: usize,
    /// Whether it is told already why something is null.
    is_told: bool,
    references: IndexMap<String, Json>,
    /// Records that are absent; `None` as long as nobody knows, and what the answer points to is being found.
    hidden: Option<&'a HashSet<String>>,
}

/// Fields that are asked of an object, by response key: the field's name, and what is asked below.
type Asked<'a> = IndexMap<&'a str, (&'a str, Vec<&'a SelectionSet>)>;

impl<'a> Fit<'a> {
    fn object(
        &mut self,
        on: &str,
        sets: &[&'a SelectionSet],
        mut given: Map<String, Json>,
    ) -> Option<Map<String, Json>> {
        let asked = self.asked(on, sets);
        let mut fitted = Map::new();
        for (key, (name, below)) in asked {
            let given = given.remove(key);
            self.left = self.left.checked_sub(1)?;
            if name == TYPENAME {
                fitted.insert(key.to_owned(), Json::from(on));
                continue;
            }
            let ty = self.schema.field(on, name).expect("the question was held against the schema");
            self.path.push(Json::from(key));
            let value = match (on, name) {
                ("Query", ENTITIES) => self.entities(key, &below, given),
                _ => self.value(ty, &below, given),
            };
            self.path.pop();
            fitted.insert(key.to_owned(), value.ok()?);
        }
        if self.hidden.is_none() {
            fitted.extend(given.into_iter().filter_map(|(key, value)| {
                let ty = self.schema.field(on, key.strip_prefix(ADDED)?)?;
                Some((key, leaf(self.schema, named(ty), value)?))
            }));
        }
        Some(fitted)
    }

    /// The records that were asked for by key: as many, in their order, each of the kind that it was asked as.
    fn entities(&mut self, key: &str, sets: &[&'a SelectionSet], given: Option<Json>) -> Result<Json, Nulled> {
        let question = self.question;
        let variable = question.entities.iter().find(|(found, _)| found == key).map(|(_, variable)| variable);
        let records = variable.map_or(&[][..], |variable| &question.records[variable]);
        let kinds: Vec<&str> = records.iter().filter(|it| it.is_seen).map(|it| it.kind.as_str()).collect();
        let given = match given {
            Some(Json::Array(given)) if given.len() == kinds.len() => given,
            // The list may not be null: each record is.
            _ => {
                self.note();
                vec![Json::Null; kinds.len()]
            }
        };
        let mut fitted = Vec::with_capacity(given.len());
        for (at, (kind, value)) in kinds.into_iter().zip(given).enumerate() {
            self.path.push(Json::from(at));
            fitted.push(match value {
                Json::Null => Json::Null,
                Json::Object(fields) if says(&fields, kind) => {
                    self.object(kind, sets, fields).map_or(Json::Null, Json::Object)
                }
                _ => {
                    self.note();
                    Json::Null
                }
            });
            self.path.pop();
        }
        Ok(Json::Array(fitted))
    }

    fn value(&mut self, ty: &Type, sets: &[&'a SelectionSet], given: Option<Json>) -> Result<Json, Nulled> {
        let fitted = match (given, &ty.base) {
            (None, _) => {
                self.note();
                None
            }
            (Some(Json::Null), _) => {
                if !ty.nullable && !self.is_told {
                    self.note();
                }
                None
            }
            (Some(Json::Array(items)), BaseType::List(item)) => self.list(item, sets, items),
            (Some(value), BaseType::Named(name)) => self.one(name, sets, value),
            (Some(_), BaseType::List(_)) => {
                self.note();
                None
            }
        };
        match fitted {
            Some(value) => Ok(value),
            None if ty.nullable => Ok(Json::Null),
            None => Err(Nulled),
        }
    }

    fn list(&mut self, item: &Type, sets: &[&'a SelectionSet], given: Vec<Json>) -> Option<Json> {
        let mut fitted = Vec::with_capacity(given.len());
        for (at, value) in given.into_iter().enumerate() {
            if !item.nullable && matches!(&item.base, BaseType::Named(of) if self.is_hidden(of, sets, &value)) {
                continue;
            }
            self.path.push(Json::from(at));
            let value = self.value(item, sets, Some(value));
            self.path.pop();
            fitted.push(value.ok()?);
        }
        Some(Json::Array(fitted))
    }

    /// One value; `None` where it is of another type.
    fn one(&mut self, of: &str, sets: &[&'a SelectionSet], given: Json) -> Option<Json> {
        if self.schema.objects(of).is_empty() {
            let value = leaf(self.schema, of, given);
            if value.is_none() {
                self.note();
            }
            return value;
        }
        if self.is_hidden(of, sets, &given) {
            return None;
        }
        let Json::Object(fields) = given else {
            self.note();
            return None;
        };
        let Some(kind) = self.kind(of, sets, &fields) else {
            self.note();
            return None;
        };
        let fitted = self.object(&kind, sets, fields)?;
        if self.hidden.is_none() && self.hub.is_type(&kind) && self.schema.key(&kind).is_some() {
            let Some((key, reference)) = self.reference(&kind, sets, &fitted) else {
                // Of which record it speaks is not known, nor then who may see it.
                self.note();
                return None;
            };
            self.references.insert(key, reference);
        }
        Some(Json::Object(fitted))
    }

    /// The record of the hub's for which an object stands, by one of its keys.
    fn reference(&self, kind: &str, sets: &[&'a SelectionSet], fitted: &Map<String, Json>) -> Option<(String, Json)> {
        let asked = self.asked(kind, sets);
        let value = |field: &str| {
            let key = asked.iter().find(|(_, (name, _))| *name == field).and_then(|(key, _)| fitted.get(*key));
            key.or_else(|| fitted.get(&format!("{ADDED}{field}"))).filter(|value| !value.is_null())
        };
        let key = self.hub.key_among(kind, |field| value(field).is_some())?;
        let fields = key.into_iter().filter_map(|field| Some((field.to_owned(), value(field)?.clone())));
        let record = Json::Object(fields.chain([(TYPENAME.to_owned(), Json::from(kind))]).collect());
        Some((record.to_string(), record))
    }

    fn is_hidden(&self, of: &str, sets: &[&'a SelectionSet], given: &Json) -> bool {
        let Json::Object(fields) = given else { return false };
        let reference = || self.reference(&self.kind(of, sets, fields)?, sets, fields);
        let hidden = self.hidden.filter(|hidden| !hidden.is_empty());
        hidden.is_some_and(|hidden| reference().is_some_and(|(key, _)| hidden.contains(&key)))
    }

    /// Which object it is that stands for a type: the one that it says, else the one whose fields it has.
    fn kind(&self, of: &str, sets: &[&'a SelectionSet], given: &Map<String, Json>) -> Option<String> {
        let possible = self.schema.objects(of);
        match (possible, given.get(TYPENAME)) {
            (_, Some(said)) => possible.iter().find(|name| said.as_str() == Some(name)).cloned(),
            ([only], None) => Some(only.clone()),
            (_, None) => {
                let answered = given.keys().filter(|key| !key.starts_with(ADDED)).count();
                let has_all = |name: &&String| {
                    let asked = self.asked(name, sets);
                    asked.len() == answered && asked.keys().all(|key| given.contains_key(*key))
                };
                possible.iter().find(has_all).cloned()
            }
        }
    }

    fn asked(&self, on: &str, sets: &[&'a SelectionSet]) -> Asked<'a> {
        let mut asked = Asked::new();
        for set in sets {
            self.gather(on, set, &mut asked);
        }
        asked
    }

    fn gather(&self, on: &str, set: &'a SelectionSet, asked: &mut Asked<'a>) {
        for selection in &set.items {
            if !self.is_included(selection.node.directives()) {
                continue;
            }
            let (condition, below) = match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let key = field.node.alias.as_ref().map_or(name, |alias| alias.node.as_str());
                    asked.entry(key).or_insert((name, Vec::new())).1.push(&field.node.selection_set.node);
                    continue;
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    (condition, &inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.question.document.fragments[&spread.node.fragment_name.node].node;
                    (Some(fragment.type_condition.node.on.node.as_str()), &fragment.selection_set.node)
                }
            };
            if condition.is_none_or(|condition| self.schema.objects(condition).iter().any(|name| name == on)) {
                self.gather(on, below, asked);
            }
        }
    }

    fn is_included(&self, directives: &[Positioned<Directive>]) -> bool {
        let condition = |name: &str| {
            let found = directives.iter().find(|it| it.node.name.node == name)?;
            Some(self.question.is_true(&found.node.get_argument("if")?.node))
        };
        condition("include") != Some(false) && condition("skip") != Some(true)
    }

    fn note(&mut self) {
        if self.wrong.len() < MOST_ERRORS {
            self.wrong.push(self.path.clone());
        }
    }
}

/// Whether a record says no other kind than this.
fn says(fields: &Map<String, Json>, kind: &str) -> bool {
    fields.get(TYPENAME).is_none_or(|said| said.as_str() == Some(kind))
}

/// A value without fields, if it is one of this type.
fn leaf(schema: &PartnerSchema, of: &str, given: Json) -> Option<Json> {
    let fits = match (of, &given) {
        ("Int", Json::Number(number)) => number.as_i64().is_some_and(|whole| i32::try_from(whole).is_ok()),
        ("Float", Json::Number(_)) | ("String", Json::String(_)) | ("Boolean", Json::Bool(_)) => true,
        ("ID", Json::Number(number)) if number.is_i64() || number.is_u64() => {
            return Some(Json::from(number.to_string()));
        }
        ("ID", Json::String(_)) => true,
        ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
        (_, given) => match schema.values(of) {
            Some(values) => given.as_str().is_some_and(|value| values.contains(&Name::new(value))),
            // A scalar of its own may be anything.
            None => true,
        },
    };
    fits.then_some(given)
}
