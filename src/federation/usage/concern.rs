//! Which coordinates a change of the schema concerns: whoever uses none of them is not touched by it.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_graphql::Positioned;
use async_graphql::parser::types::{FieldDefinition, TypeKind, TypeSystemDefinition};
use async_graphql::parser::{Error, parse_schema};

use crate::federation::composer::SchemaChange;
use crate::graphql::completion::named;

/// What callers saw of the graph before a change.
#[derive(Debug, Default)]
pub struct Before {
    types: HashMap<String, Known>,
}

#[derive(Debug, Default)]
struct Known {
    interfaces: Vec<String>,
    /// Of objects and interfaces.
    fields: HashMap<String, Field>,
    /// Of inputs: the named types of their fields.
    inputs: Vec<String>,
}

#[derive(Debug)]
struct Field {
    of: String,
    /// The named types of its arguments.
    arguments: HashMap<String, String>,
}

impl Before {
    /// # Errors
    /// It is no SDL.
    pub fn read(sdl: &str) -> Result<Self, Error> {
        let mut types = HashMap::<String, Known>::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(found) = definition else { continue };
            let known = types.entry(found.node.name.node.to_string()).or_default();
            let (fields, interfaces) = match found.node.kind {
                TypeKind::Object(object) => (object.fields, object.implements),
                TypeKind::Interface(interface) => (interface.fields, interface.implements),
                TypeKind::InputObject(input) => {
                    known.inputs.extend(input.fields.iter().map(|field| named(&field.node.ty.node).to_owned()));
                    continue;
                }
                TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::Union(_) => continue,
            };
            known.interfaces.extend(interfaces.iter().map(|interface| interface.node.to_string()));
            known.fields.extend(fields.iter().map(field));
        }
        Ok(Self { types })
    }

    /// The coordinates by which callers are concerned by a change; `None`: that cannot be told.
    pub fn concerned(&self, change: &SchemaChange) -> Option<Vec<String>> {
        let path: Vec<&str> = change.path.as_deref()?.split('.').collect();
        // Directives are not counted.
        if path.iter().any(|part| part.starts_with('@')) {
            return None;
        }
        let (&name, below) = path.split_first()?;
        let known = self.types.get(name)?;
        let mut found = BTreeSet::new();
        match below {
            // Only who gives it is concerned if an argument goes; who leaves it out may be by anything else about it.
            [field, argument] if change.kind == "FIELD_ARGUMENT_REMOVED" => {
                self.field(name, field, Some(argument), &mut found);
            }
            [field] | [field, _] if known.fields.contains_key(*field) => self.field(name, field, None, &mut found),
            [] => self.whole(name, known, &mut found),
            // A value of an enum, a field of an input.
            [_] if known.fields.is_empty() => self.whole(name, known, &mut found),
            _ => return None,
        }
        Some(found.into_iter().collect())
    }

    /// A type: as a fragment's condition, with all of its fields, and with what gives or takes it.
    fn whole(&self, name: &str, known: &Known, found: &mut BTreeSet<String>) {
        found.insert(name.to_owned());
        known.fields.keys().for_each(|field| self.field(name, field, None, found));
        self.holders(name, &mut HashSet::new(), found);
    }

    /// A field, or one of its arguments, on its type and on the interfaces by which it may be asked for.
    fn field(&self, on: &str, field: &str, argument: Option<&str>, found: &mut BTreeSet<String>) {
        let has_it = |on: &&String| self.types.get(*on).is_some_and(|known| known.fields.contains_key(field));
        let interfaces = self.types.get(on).map_or(&[][..], |known| &known.interfaces);
        for on in interfaces.iter().filter(has_it).map(String::as_str).chain([on]) {
            found.insert(match argument {
                Some(argument) => format!("{on}.{field}({argument}:)"),
                None => format!("{on}.{field}"),
            });
        }
    }

    /// What gives a type or takes it, also within inputs.
    fn holders<'s>(&'s self, of: &'s str, seen: &mut HashSet<&'s str>, found: &mut BTreeSet<String>) {
        if !seen.insert(of) {
            return;
        }
        for (on, known) in &self.types {
            for (name, field) in &known.fields {
                if field.of == of {
                    self.field(on, name, None, found);
                }
                for (argument, _) in field.arguments.iter().filter(|(_, ty)| *ty == of) {
                    self.field(on, name, Some(argument), found);
                }
            }
            if known.inputs.iter().any(|input| input == of) {
                self.holders(on, seen, found);
            }
        }
    }
}

fn field(field: &Positioned<FieldDefinition>) -> (String, Field) {
    let arguments = field.node.arguments.iter();
    let arguments = arguments.map(|it| (it.node.name.node.to_string(), named(&it.node.ty.node).to_owned()));
    let of = named(&field.node.ty.node).to_owned();
    (field.node.name.node.to_string(), Field { of, arguments: arguments.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::composer::{Weight, compare};

    const BEFORE: &str = "
        type Query { a(x: Int, kind: Kind): A list(filter: Filter): [A!] any: AnyOf thing: Thing }
        interface Thing { id: ID! name(long: Boolean): String }
        type A implements Thing { id: ID! name(long: Boolean): String kinds: [Kind!] b: B }
        type B { id: ID! } union AnyOf = A | B
        enum Kind { ONE OTHER } input Filter { kind: Kind inner: Inner } input Inner { kind: Kind! text: String }";

    /// What the breaking changes to another schema concern, each with its kind.
    fn concerned(from: &str, to: &str) -> Vec<(String, Option<Vec<String>>)> {
        let after = BEFORE.replace(from, to);
        assert_ne!(after, BEFORE, "{from}");
        let before = Before::read(BEFORE).unwrap();
        let changes = compare(BEFORE, &after).unwrap().into_iter().filter(|change| change.weight == Weight::Breaking);
        changes.map(|change| (change.kind.clone(), before.concerned(&change))).collect()
    }

    fn some(coordinates: &[&str]) -> Option<Vec<String>> {
        Some(coordinates.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_change_concerns_whoever_asks_for_what_changes() {
        for (from, to, kind, expected) in [
            (" b: B }", " }", "FIELD_REMOVED", some(&["A.b"])),
            ("any: AnyOf", "any: A", "FIELD_TYPE_CHANGED", some(&["Query.any"])),
            ("a(x: Int, ", "a(", "FIELD_ARGUMENT_REMOVED", some(&["Query.a(x:)"])),
            ("a(x: Int, ", "a(x: Int!, ", "FIELD_ARGUMENT_TYPE_CHANGED", some(&["Query.a"])),
            ("a(x: Int, ", "a(x: Int, y: Int!, ", "FIELD_ARGUMENT_ADDED", some(&["Query.a"])),
            (
                "ONE OTHER",
                "ONE",
                "ENUM_VALUE_REMOVED",
                some(&["A.kinds", "Kind", "Query.a(kind:)", "Query.list(filter:)"]),
            ),
            ("kind: Kind! text: String", "kind: Kind!", "INPUT_FIELD_REMOVED", some(&["Inner", "Query.list(filter:)"])),
            (
                "inner: Inner }",
                "inner: Inner more: Int! }",
                "INPUT_FIELD_ADDED",
                some(&["Filter", "Query.list(filter:)"]),
            ),
            ("= A | B", "= A", "UNION_MEMBER_REMOVED", some(&["AnyOf", "Query.any"])),
            (
                "A implements Thing {",
                "A {",
                "OBJECT_TYPE_INTERFACE_REMOVED",
                some(&["A", "A.b", "A.id", "A.kinds", "A.name", "Query.a", "Query.list", "Thing.id", "Thing.name"]),
            ),
        ] {
            let found = concerned(from, to);
            assert!(found.contains(&(kind.to_owned(), expected.clone())), "{from}: {expected:?}\n{found:#?}");
        }
    }

    #[test]
    fn what_is_asked_for_by_an_interface_counts_for_the_objects_and_a_type_for_its_fields() {
        let found = concerned("name(long: Boolean): String kinds", "name: String kinds");
        let both = some(&["A.name(long:)", "Thing.name(long:)"]);
        assert!(found.contains(&("FIELD_ARGUMENT_REMOVED".into(), both)), "{found:?}");
        let found = concerned("b: B }\n        type B { id: ID! } union AnyOf = A | B", "}\n        union AnyOf = A");
        let whole = some(&["A.b", "B", "B.id"]);
        assert!(found.iter().any(|(kind, found)| kind == "TYPE_REMOVED" && *found == whole), "{found:#?}");
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        let before = Before::read(BEFORE).unwrap();
        for path in
            [None, Some("@tag"), Some("Nowhere.a"), Some("A.@key"), Some("A.b.c.d"), Some("A.nothing"), Some(".@x")]
        {
            let (message, path) = (String::new(), path.map(str::to_owned));
            let change = SchemaChange { weight: Weight::Breaking, message, path, kind: "OTHER".into() };
            assert_eq!(before.concerned(&change), None, "{:?}", change.path);
        }
    }
}
