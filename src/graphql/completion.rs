//! Completes an executed answer as the GraphQL specification wants it, which the framework does not:
//!
//! - fields stand in the order in which they were asked for, not in that in which they were found;
//! - a field that failed is null; where it may not be, its object is, and so on up to the first place that may be null.

use std::collections::HashMap;
use std::rc::Rc;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, Field, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Response, Value};

use super::limits::Limits;

/// Completes the answer to the operation that was executed.
pub fn complete(response: &mut Response, document: &ExecutableDocument, name: Option<&str>, limits: &Limits) {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => operations.values().next(),
    };
    // Without one the framework has refused the request.
    let Some(operation) = operation else { return };
    let mut completion = Completion { document, limits, plans: HashMap::new() };
    let root = match operation.node.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let sets = vec![(&operation.node.selection_set.node, root)];
    for error in &response.errors {
        revive(&mut response.data, &error.path);
    }
    for error in &response.errors {
        completion.null_what_failed(&mut response.data, &error.path, &sets, None);
    }
    completion.order(&mut response.data, &sets);
}

/// Where every field of an object failed, the framework gives null in the object's place: it is an object again, in
/// which each failed field will be null. Before any null is put where it belongs, so that none of those is undone.
fn revive(value: &mut Value, path: &[PathSegment]) {
    let Some((segment, rest)) = path.split_first() else { return };
    match (&mut *value, segment) {
        (Value::Object(fields), PathSegment::Field(name)) => {
            if let Some(child) = fields.get_mut(name.as_str()) {
                revive(child, rest);
            }
        }
        (Value::List(items), PathSegment::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                revive(item, rest);
            }
        }
        (Value::Null, PathSegment::Field(_)) => *value = Value::Object(IndexMap::new()),
        _ => {}
    }
}

/// Selection sets that apply to one object, each with the type that it is written for.
type Sets<'a> = Vec<(&'a SelectionSet, &'a str)>;

/// What an object holds: its fields in their order, each with what is selected below it.
type Plan<'a> = Vec<(&'a Name, Planned<'a>)>;

#[derive(Default)]
struct Planned<'a> {
    below: Sets<'a>,
    ty: Option<&'a Type>,
}

struct Completion<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    /// Objects of a list have one plan, by the places of its selection sets.
    plans: HashMap<Vec<*const SelectionSet>, Rc<Plan<'a>>>,
}

impl<'a> Completion<'a> {
    fn plan(&mut self, sets: &Sets<'a>) -> Rc<Plan<'a>> {
        let place = sets.iter().map(|(set, _)| std::ptr::from_ref(*set)).collect();
        if let Some(plan) = self.plans.get(&place) {
            return plan.clone();
        }
        let mut fields: IndexMap<&'a Name, Planned<'a>> = IndexMap::new();
        for (set, on) in sets {
            self.gather(set, on, &mut fields);
        }
        let plan = Rc::new(fields.into_iter().collect::<Plan>());
        self.plans.insert(place, plan.clone());
        plan
    }

    /// Fragments count whatever their type: a field that they do not give to this object is not in it.
    fn gather(&self, set: &'a SelectionSet, on: &'a str, fields: &mut IndexMap<&'a Name, Planned<'a>>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.add(&field.node, on, fields),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    self.gather(&inline.node.selection_set.node, condition.unwrap_or(on), fields);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.gather(&fragment.node.selection_set.node, on, fields);
                    }
                }
            }
        }
    }

    fn add(&self, field: &'a Field, on: &'a str, fields: &mut IndexMap<&'a Name, Planned<'a>>) {
        let key = &field.alias.as_ref().unwrap_or(&field.name).node;
        let planned = fields.entry(key).or_default();
        let ty = self.limits.type_of(on, field.name.node.as_str());
        planned.ty = planned.ty.or(ty);
        if !field.selection_set.node.items.is_empty() {
            planned.below.push((&field.selection_set.node, ty.map_or("", named)));
        }
    }

    /// Follows an error's path; a field that is not there is the one that failed. `ty` is the value's own type,
    /// `None` for the root and for what is unknown. Returns whether the value became null in a place that may not be.
    fn null_what_failed(
        &mut self,
        value: &mut Value,
        path: &[PathSegment],
        sets: &Sets<'a>,
        ty: Option<&'a Type>,
    ) -> bool {
        let failed = match (&mut *value, path.split_first()) {
            (Value::Object(fields), Some((PathSegment::Field(name), rest))) => {
                let plan = self.plan(sets);
                let Some((key, planned)) = plan.iter().find(|(key, _)| key.as_str() == name) else { return false };
                match fields.get_mut(*key) {
                    Some(child) => self.null_what_failed(child, rest, &planned.below, planned.ty),
                    None if planned.ty.is_some_and(|ty| !ty.nullable) => true,
                    None => {
                        fields.insert((*key).clone(), Value::Null);
                        false
                    }
                }
            }
            (Value::List(items), Some((PathSegment::Index(index), rest))) => {
                let item = ty.and_then(|ty| match &ty.base {
                    BaseType::List(item) => Some(&**item),
                    BaseType::Named(_) => None,
                });
                items.get_mut(*index).is_some_and(|child| self.null_what_failed(child, rest, sets, item))
            }
            _ => false,
        };
        if failed {
            *value = Value::Null;
        }
        failed && ty.is_some_and(|ty| !ty.nullable)
    }

    fn order(&mut self, value: &mut Value, sets: &Sets<'a>) {
        match value {
            Value::Object(fields) if !sets.is_empty() => {
                let plan = self.plan(sets);
                put_in_order(fields, &plan);
                for (key, planned) in plan.iter().filter(|(_, planned)| !planned.below.is_empty()) {
                    if let Some(child) = fields.get_mut(*key) {
                        self.order(child, &planned.below);
                    }
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.order(item, sets)),
            _ => {}
        }
    }
}

fn put_in_order(fields: &mut IndexMap<Name, Value>, plan: &Plan<'_>) {
    let mut planned = plan.iter().map(|(key, _)| *key);
    let in_order = fields.keys().all(|key| planned.any(|planned| planned == key));
    // Text that is passed through has a key of the framework's own.
    if in_order || fields.len() == 1 {
        return;
    }
    let mut ordered = IndexMap::with_capacity(fields.len());
    for (key, _) in plan {
        if let Some((key, value)) = fields.swap_remove_entry(*key) {
            ordered.insert(key, value);
        }
    }
    *fields = ordered;
}

/// The type that is wrapped in lists.
pub fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::{PathSegment, Response, ServerError, Value};
    use serde_json::json;

    use super::complete;
    use crate::graphql::limits::Limits;

    const SCHEMA: &str = "
        type Query { body: Body sure: Body! all: [Body!]! some: [Body] }
        interface Named { name: String! }
        type Body implements Named { name: String! up: Body peers: [Body!]! note: String }";

    fn completed(query: &str, data: serde_json::Value, paths: &[&str]) -> String {
        let mut response = Response::new(Value::from_json(data).unwrap());
        for path in paths {
            let segment = |part: &str| match part.parse() {
                Ok(index) => PathSegment::Index(index),
                Err(_) => PathSegment::Field(part.into()),
            };
            let mut error = ServerError::new("failed", None);
            error.path = path.split('.').map(segment).collect();
            response.errors.push(error);
        }
        complete(&mut response, &parse_query(query).unwrap(), None, &Limits::of(SCHEMA));
        serde_json::to_string(&response.data).unwrap()
    }

    #[test]
    fn fields_stand_in_the_order_in_which_they_are_asked_for() {
        let query =
            "{ body { note ... on Named { n: name } ...more } } fragment more on Body { up { name note } note }";
        let data = json!({ "body": { "up": { "note": "x", "name": "y" }, "n": "z", "note": null } });
        assert_eq!(completed(query, data, &[]), r#"{"body":{"note":null,"n":"z","up":{"name":"y","note":"x"}}}"#);
        let list = json!({ "all": [{ "note": 1, "name": 2 }, { "name": 3, "note": 4 }] });
        assert_eq!(
            completed("{ all { name note } }", list, &[]),
            r#"{"all":[{"name":2,"note":1},{"name":3,"note":4}]}"#
        );
    }

    #[test]
    fn what_may_not_be_null_and_failed_makes_its_object_null() {
        for (query, data, path, expected) in [
            // The framework gives null for an object of which every field failed.
            ("{ body { note } }", json!({ "body": null }), "body.note", r#"{"body":{"note":null}}"#),
            ("{ body { name } }", json!({ "body": null }), "body.name", r#"{"body":null}"#),
            ("{ body { note } }", json!(null), "body", r#"{"body":null}"#),
            ("{ body { note name } }", json!({ "body": { "note": 1 } }), "body.name", r#"{"body":null}"#),
            ("{ sure { name } body { note } }", json!({ "sure": {}, "body": { "note": 1 } }), "sure.name", "null"),
            (
                "{ body { peers { up { name } } } }",
                json!({ "body": { "peers": [{ "up": {} }, { "up": { "name": 1 } }] } }),
                "body.peers.0.up.name",
                r#"{"body":{"peers":[{"up":null},{"up":{"name":1}}]}}"#,
            ),
            (
                "{ body { peers { name } } }",
                json!({ "body": { "peers": [{ "name": 1 }, {}] } }),
                "body.peers.1.name",
                r#"{"body":null}"#,
            ),
            (
                "{ some { name } }",
                json!({ "some": [{ "name": 1 }, {}] }),
                "some.1.name",
                r#"{"some":[{"name":1},null]}"#,
            ),
            ("{ all { name } }", json!({ "all": [{}] }), "all.0.name", "null"),
            ("{ body { note } }", json!({ "body": {} }), "body.note", r#"{"body":{"note":null}}"#),
            // what may be null may be null already
            ("{ body { note } }", json!({ "body": { "note": null } }), "body.note", r#"{"body":{"note":null}}"#),
        ] {
            assert_eq!(completed(query, data, &[path]), expected, "{query}");
        }
    }
}
