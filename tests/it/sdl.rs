//! The schema that the repository shows is the one that the hub serves, and it is a valid one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use raccordo::schema::definition;

/// Files with the arguments that print them.
const FILES: [(&str, &str, bool); 2] =
    [("schema/raccordo.graphql", "", false), ("schema/raccordo.subgraph.graphql", " --federation", true)];

#[test]
fn the_committed_schema_is_the_one_served() {
    for (file, argument, federation) in FILES {
        let served = definition(federation);
        let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default();
        let line = committed.lines().zip(served.lines()).take_while(|(one, other)| one == other).count();
        assert!(
            committed == served,
            "{file} is not the schema that is served, from line {} on:\n  committed: {}\n  served:    {}\n\
             review the change, then accept it: cargo run -- schema print{argument} > {file}",
            line + 1,
            committed.lines().nth(line).unwrap_or("(end of the file)"),
            served.lines().nth(line).unwrap_or("(end of the schema)"),
        );
    }
}

#[test]
fn the_definition_is_the_same_every_time_and_in_the_order_of_its_types_names() {
    for federation in [false, true] {
        let once = definition(federation);
        assert_eq!(once, definition(federation), "federation: {federation}");
        let types: Vec<String> = types(&once).into_iter().map(|(name, _)| name).collect();
        assert!(types.len() > 50 && types.is_sorted(), "{types:?}");
    }
}

/// A schema that reaches itself can lose fields on the way; then clients that validate refuse all of it.
#[test]
fn every_type_has_fields_and_those_of_its_interfaces() {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut implements = Vec::new();
    for (name, kind) in types(&definition(false)) {
        let (interfaces, of_type) = match kind {
            TypeKind::Object(object) => (object.implements, object.fields),
            TypeKind::Interface(interface) => (interface.implements, interface.fields),
            _ => continue,
        };
        implements.extend(interfaces.into_iter().map(|interface| (name.clone(), interface.node.to_string())));
        fields.insert(name, of_type.into_iter().map(|field| field.node.name.node.to_string()).collect());
    }
    for (name, fields) in &fields {
        assert!(!fields.is_empty(), "{name} has no fields");
    }
    for (name, interface) in implements {
        let missing: Vec<_> = fields[&interface].difference(&fields[&name]).collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?} of {interface}");
    }
}

fn types(definition: &str) -> Vec<(String, TypeKind)> {
    let document = parse_schema(definition).expect("the definition is valid");
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node.kind)),
        _ => None,
    });
    types.collect()
}
