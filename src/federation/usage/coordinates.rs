use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

use crate::federation::ownership::Partner;

/// Letters of a coordinate at the most.
const LONGEST: usize = 300;

/// Whether something may be a coordinate: `Type`, `Type.field`, `Type.field(argument:)`.
pub fn is_coordinate(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.starts_with(|first: char| first.is_ascii_digit())
            && !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let (path, argument) = match text.strip_suffix(":)").map(|text| text.split_once('(')) {
        Some(Some((path, argument))) => (path, Some(argument)),
        Some(None) => return false,
        None => (text, None),
    };
    let parts: Vec<&str> = path.split('.').collect();
    text.len() <= LONGEST
        && parts.iter().all(|part| is_name(part))
        && argument.is_none_or(is_name)
        && if argument.is_some() { parts.len() == 2 } else { parts.len() <= 2 }
}

/// The fields, with their arguments, that the subgraph of this name adds to the graph, sorted: those of its own types, and its own
/// on others. None of what is no SDL.
pub fn coordinates_of(name: &str, sdl: &str) -> Vec<String> {
    let partner = Partner { name, terms: &BTreeSet::new() };
    let (on_own, own) = (partner.type_prefix(), partner.field_prefix());
    let mut found = BTreeSet::new();
    for definition in parse_schema(sdl).map(|document| document.definitions).unwrap_or_default() {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let on = ty.node.name.node.as_str();
        let fields = match &ty.node.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for field in fields.iter().map(|field| &field.node) {
            let field_name = field.name.node.as_str();
            if !on.starts_with(&on_own) && !field_name.starts_with(&own) {
                continue;
            }
            found.insert(format!("{on}.{field_name}"));
            let arguments = field.arguments.iter().map(|argument| &argument.node.name.node);
            found.extend(arguments.map(|argument| format!("{on}.{field_name}({argument}:)")));
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subgraph_adds_what_bears_its_prefix() {
        let sdl = "type Query { serviziLazioDesks(first: Int): [ServiziLazioDesk!] }
            type ServiziLazioDesk @key(fields: \"id\") { id: ID! municipality: Municipality }
            extend type Municipality @key(fields: \"id\") { id: ID! population: Int @external serviziLazioDesks: Int }
            interface ServiziLazioThing { id: ID! } enum ServiziLazioKind { ONE }";
        let expected = [
            "Municipality.serviziLazioDesks",
            "Query.serviziLazioDesks",
            "Query.serviziLazioDesks(first:)",
            "ServiziLazioDesk.id",
            "ServiziLazioDesk.municipality",
            "ServiziLazioThing.id",
        ];
        assert_eq!(coordinates_of("servizi-lazio", sdl), expected);
        assert!(coordinates_of("servizi-lazio", "type {").is_empty());
    }

    #[test]
    fn coordinates_are_names_and_nothing_else() {
        for fine in ["Query", "Query.a", "Query.a(b:)", "_A1.b_2"] {
            assert!(is_coordinate(fine), "{fine}");
        }
        let long = "a".repeat(LONGEST + 1);
        for wrong in
            ["", "Query.", "Query.a.b", "Query(b:)", "Query.a(b)", "Query.a(:)", "1.a", "Query.a\0", "a b", &long]
        {
            assert!(!is_coordinate(wrong), "{wrong}");
        }
    }
}
