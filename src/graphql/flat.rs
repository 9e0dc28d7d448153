//! Long lists of plain fields: written once as JSON text, instead of a resolver and a value for each field.
//!
//! A resolved field costs about half a microsecond and a place in a tree of values; a network of the whole country has
//! half a million of them. So a [`FlatList`] of which only plain fields are selected becomes one text, which the
//! framework passes through; with a nested object in the selection it is resolved like any other list.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, OperationType, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::resolver_utils::{EnumType, resolve_list};
use async_graphql::{ContextSelectionSet, Name, OutputType, Positioned, QueryPathSegment, ServerResult, Value};
use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;

use super::{Error, Graph};
use crate::locale::Message;

/// Items of a list at the most when it is resolved field by field.
pub const MOST_RESOLVED: usize = 1000;

/// Bytes of text that one request is written at the most: four times the plain network of the whole country.
pub const MOST_TEXT: usize = 32 * 1024 * 1024;

/// Bytes of text that a request was written so far.
#[derive(Default)]
struct Written(AtomicUsize);

/// Writes one field of an item as JSON.
pub type Writer<T> = fn(&T, &mut Vec<u8>);

/// An item with plain fields, which need neither arguments nor the database.
pub trait Flat: OutputType {
    /// The writer of a plain field, by its name in the schema; `None` for any other field.
    fn writer(field: &str) -> Option<Writer<Self>>
    where
        Self: Sized;
}

/// A list that may be long: `[T!]!`.
pub struct FlatList<T>(pub Vec<T>);

impl<T: Flat> OutputType for FlatList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let refused = |error: Error| ctx.set_error_path(async_graphql::Error::from(error).into_server_error(field.pos));
        if let Some(columns) = selected::<T>(ctx, &field.node).and_then(|fields| columns::<T>(&fields)) {
            let written = ctx.data_unchecked::<Arc<Graph>>().kept::<Written>();
            let text = text(&self.0, &columns, &written).map_err(refused)?;
            return Ok(raw(text));
        }
        if self.0.len() > MOST_RESOLVED {
            return Err(refused(too_long(&field.node.name.node, self.0.len())));
        }
        resolve_list(ctx, field, &self.0, Some(self.0.len())).await
    }
}

fn too_long(field: &str, length: usize) -> Error {
    Error::LimitExceeded {
        message: Message::new(
            format!(
                "Con oggetti annidati, o scelto da frammenti di tipi diversi, \"{field}\" ha al massimo {MOST_RESOLVED} \
                 elementi; qui sono {length}. Restringere la domanda o chiedere una volta sola soltanto campi semplici."
            ),
            format!(
                "With nested objects, or selected by fragments of different types, \"{field}\" has at most \
                 {MOST_RESOLVED} items; here there are {length}. Narrow the question or ask once for plain fields alone."
            ),
        ),
        limit: MOST_RESOLVED as u64,
        requested: length as u64,
    }
}

fn too_much(bytes: usize) -> Error {
    Error::LimitExceeded {
        message: Message::new(
            format!(
                "Gli elenchi lunghi di una richiesta hanno in tutto al massimo {MOST_TEXT} byte; qui sarebbero circa \
                 {bytes}. Restringere la domanda o chiedere meno campi."
            ),
            format!(
                "The long lists of a request have at most {MOST_TEXT} bytes in all; here they would be about {bytes}. \
                 Narrow the question or ask for fewer fields."
            ),
        ),
        limit: MOST_TEXT as u64,
        requested: bytes as u64,
    }
}

/// A selected field: the JSON before its value, and what writes the value.
type Column<T> = (Vec<u8>, Writer<T>);

/// The columns of a selection; `None` where a field of it is no plain one.
fn columns<T: Flat>(fields: &[&Field]) -> Option<Vec<Column<T>>> {
    let mut columns: Vec<Column<T>> = Vec::with_capacity(fields.len());
    for field in fields {
        let writer = match field.name.node.as_str() {
            "__typename" => |_: &T, out: &mut Vec<u8>| json(out, &T::type_name()),
            name => T::writer(name)?,
        };
        let key = format!("{}\"{}\":", if columns.is_empty() { "{" } else { "," }, field.response_key().node);
        if !columns.iter().any(|(known, _)| known[1..] == key.as_bytes()[1..]) {
            columns.push((key.into_bytes(), writer));
        }
    }
    (!columns.is_empty()).then_some(columns)
}

fn text<T>(items: &[T], columns: &[Column<T>], written: &Written) -> Result<String, Error> {
    let before = written.0.load(Ordering::Relaxed);
    let mut out = Vec::with_capacity((2 + items.len() * columns.len() * 40).min(MOST_TEXT.saturating_sub(before)));
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        for (key, write) in columns {
            out.extend_from_slice(key);
            write(item, &mut out);
        }
        out.push(b'}');
        if before + out.len() >= MOST_TEXT {
            return Err(too_much(before + out.len() / (index + 1) * items.len()));
        }
    }
    out.push(b']');
    written.0.fetch_add(out.len(), Ordering::Relaxed);
    Ok(String::from_utf8(out).expect("JSON is UTF-8"))
}

/// A field of the operation on the way to a list, with the types of objects that can hold it, step by step.
#[derive(Clone)]
struct Way<'a> {
    field: &'a Field,
    types: Vec<BTreeSet<&'a str>>,
}

impl Way<'_> {
    /// Whether one answer can hold both at the same place.
    fn meets(&self, other: &Self) -> bool {
        self.types.iter().zip(&other.types).all(|(one, other)| !one.is_disjoint(other))
    }
}

/// All fields selected of the items of a list; `None` where only their types at run time tell.
///
/// A place of the answer may be selected more than once, and the framework cannot merge texts: each of the selections
/// is written in full and becomes the same text. So they must be known to apply together, or never; where one may apply
/// without the other the list is no text. All of those that can meet, also by way of others, decide alike.
fn selected<'a, T: Flat>(ctx: &ContextSelectionSet<'a>, list: &Field) -> Option<Vec<&'a Field>> {
    let (mut here, mut others): (Vec<_>, Vec<_>) = ways(ctx).into_iter().partition(|way| std::ptr::eq(way.field, list));
    let mut at = 0;
    while let Some(way) = here.get(at).cloned() {
        let (met, rest) = others.into_iter().partition(|other| way.meets(other));
        (here, others) = ([here, met].concat(), rest);
        at += 1;
    }
    let first = here.first()?;
    let is_known = |way: &Way| way.types == first.types || std::ptr::eq(way.field, first.field);
    if !here.iter().all(is_known) {
        return None;
    }
    let item = T::type_name();
    let mut fields = Vec::new();
    for way in &here {
        let on = registered(ctx, &item)?.name();
        gather(ctx, &way.field.selection_set.node, on, &possible(ctx, on), &mut |field, _, _| fields.push(field));
    }
    Some(fields)
}

/// Every field of the operation that may be answered at this place.
fn ways<'a>(ctx: &ContextSelectionSet<'a>) -> Vec<Way<'a>> {
    let mut path = Vec::new();
    let here = ctx.path_node.iter();
    for node in here.clone().chain(here.flat_map(|node| node.parents())) {
        if let QueryPathSegment::Name(name) = node.segment {
            path.push(name);
        }
    }
    let registry = &ctx.schema_env.registry;
    let operation = &ctx.query_env.operation.node;
    let root = match operation.ty {
        OperationType::Query => Some(&registry.query_type),
        OperationType::Mutation => registry.mutation_type.as_ref(),
        OperationType::Subscription => registry.subscription_type.as_ref(),
    };
    let mut sets: Vec<(&SelectionSet, &str, Vec<BTreeSet<&str>>)> =
        root.map(|root| (&operation.selection_set.node, root.as_str(), Vec::new())).into_iter().collect();
    let mut ways = Vec::new();
    for name in path.into_iter().rev() {
        ways.clear();
        let mut below = Vec::new();
        for (set, on, passed) in &sets {
            gather(ctx, set, on, &possible(ctx, on), &mut |field, on, types| {
                if field.response_key().node == name {
                    let types = passed.iter().chain([types]).cloned().collect::<Vec<_>>();
                    let ty = registered(ctx, on).and_then(|ty| ty.field_by_name(&field.name.node));
                    let ty = ty.map(|field| MetaTypeName::concrete_typename(&field.ty));
                    below.extend(ty.map(|ty| (&field.selection_set.node, ty, types.clone())));
                    ways.push(Way { field, types });
                }
            });
        }
        sets = below;
    }
    ways
}

/// Tells the fields of a selection on a type, its fragments taken apart: each with the type that it is written for and
/// those that can hold it. What `@skip` and `@include` leave out is gone already.
fn gather<'a>(
    ctx: &ContextSelectionSet<'a>,
    set: &'a SelectionSet,
    on: &'a str,
    types: &BTreeSet<&'a str>,
    tell: &mut impl FnMut(&'a Field, &'a str, &BTreeSet<&'a str>),
) {
    for selection in &set.items {
        let (condition, inside) = match &selection.node {
            Selection::Field(field) => {
                tell(&field.node, on, types);
                continue;
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = ctx.query_env.fragments.get(&spread.node.fragment_name.node) else { continue };
                (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
            }
        };
        let Some(condition) = condition.map(|condition| condition.node.on.node.as_str()) else {
            gather(ctx, inside, on, types, tell);
            continue;
        };
        let narrowed: BTreeSet<_> = types.intersection(&possible(ctx, condition)).copied().collect();
        if !narrowed.is_empty() {
            gather(ctx, inside, condition, &narrowed, tell);
        }
    }
}

fn registered<'a>(ctx: &ContextSelectionSet<'a>, name: &str) -> Option<&'a MetaType> {
    ctx.schema_env.registry.types.get(name)
}

/// The types of objects that a type stands for.
fn possible<'a>(ctx: &ContextSelectionSet<'a>, name: &str) -> BTreeSet<&'a str> {
    let Some(ty) = registered(ctx, name) else { return BTreeSet::new() };
    match ty.possible_types() {
        Some(types) => types.iter().map(String::as_str).collect(),
        None => BTreeSet::from([ty.name()]),
    }
}

/// What the framework marks JSON text with that it passes through as it is.
static MARK: LazyLock<Name> = LazyLock::new(|| {
    let sample = serde_json::value::RawValue::from_string("0".into()).expect("it is JSON");
    match async_graphql::to_value(&sample) {
        Ok(Value::Object(marked)) => marked.into_keys().next().expect("it has one key"),
        other => unreachable!("raw values are switched on: {other:?}"),
    }
});

fn raw(text: String) -> Value {
    Value::Object(IndexMap::from([(MARK.clone(), Value::String(text))]))
}

/// Writes a value as JSON; text that was written before is neither copied nor read again, as the framework would.
pub fn write(value: &Value, to: &mut dyn io::Write) -> io::Result<()> {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get(&*MARK).filter(|_| fields.len() == 1) {
                return to.write_all(text.as_bytes());
            }
            for (index, (name, value)) in fields.iter().enumerate() {
                to.write_all(if index == 0 { b"{" } else { b"," })?;
                serde_json::to_writer(&mut *to, name)?;
                to.write_all(b":")?;
                write(value, to)?;
            }
            to.write_all(if fields.is_empty() { b"{}" } else { b"}" })
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                to.write_all(if index == 0 { b"[" } else { b"," })?;
                write(item, to)?;
            }
            to.write_all(if items.is_empty() { b"[]" } else { b"]" })
        }
        plain => Ok(serde_json::to_writer(to, plain)?),
    }
}

/// Writes any value.
pub fn json(out: &mut Vec<u8>, value: &impl Serialize) {
    serde_json::to_writer(out, value).expect("a plain value is JSON");
}

/// Writes an enum's value by its name in the schema.
pub fn json_enum<T: EnumType>(out: &mut Vec<u8>, value: Option<T>) {
    match value.and_then(|value| T::items().iter().find(|item| item.value == value)) {
        // A name needs no escapes.
        Some(item) => {
            out.push(b'"');
            out.extend_from_slice(item.name.as_bytes());
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
}

/// Writes a day. By hand: a long list has many, and the general way takes twenty times as long.
pub fn json_date(out: &mut Vec<u8>, day: Option<NaiveDate>) {
    let Some(day) = day else { return out.extend_from_slice(b"null") };
    let (Ok(year @ 0..10_000), month, day_of_month) = (u32::try_from(day.year()), day.month(), day.day()) else {
        return write!(out, "\"{day}\"").expect("memory takes it");
    };
    let digit = |number: u32| b'0' + (number % 10) as u8;
    let two = |number: u32| [digit(number / 10), digit(number)];
    let ([y1, y2], [y3, y4], [m1, m2], [d1, d2]) = (two(year / 100), two(year), two(month), two(day_of_month));
    out.extend_from_slice(&[b'"', y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'"']);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_everywhere() {
        let days =
            ["2026-11-24", "1900-01-01", "2200-12-31", "0000-02-29", "9999-10-09", "+12026-01-01", "-0001-12-31"];
        for day in days.map(|day| day.parse::<NaiveDate>().unwrap()) {
            let mut out = Vec::new();
            json_date(&mut out, Some(day));
            assert_eq!(String::from_utf8(out).unwrap(), format!("\"{day}\""));
        }
    }
}
