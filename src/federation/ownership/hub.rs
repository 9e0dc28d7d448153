use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::{ConstDirective, TypeKind, TypeSystemDefinition};
use async_graphql::parser::{Error, parse_schema};
use async_graphql::{Positioned, Value};

/// What the hub's own subgraph says, as far as it matters to others.
#[derive(Clone, Debug, Default)]
pub struct HubSchema {
    pub(super) types: BTreeMap<String, HubType>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct HubType {
    /// Of an entity: the fields of each of its keys. Partners may add to what has one.
    pub keys: BTreeSet<String>,
    /// Its fields with their types.
    pub fields: BTreeMap<String, String>,
    pub is_scalar: bool,
}

impl HubSchema {
    /// Reads the hub's subgraph.
    ///
    /// # Errors
    /// It is no SDL.
    pub fn read(sdl: &str) -> Result<Self, Error> {
        let mut types = BTreeMap::<String, HubType>::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let definition = definition.node;
            let found = types.entry(definition.name.node.to_string()).or_default();
            let (fields, is_scalar) = match definition.kind {
                TypeKind::Object(object) => (object.fields, false),
                TypeKind::Interface(interface) => (interface.fields, false),
                kind => (Vec::new(), matches!(kind, TypeKind::Scalar)),
            };
            found.is_scalar |= is_scalar;
            found.keys.extend(definition.directives.iter().filter_map(key));
            let typed = fields.iter().map(|field| (field.node.name.node.to_string(), field.node.ty.node.to_string()));
            found.fields.extend(typed);
        }
        Ok(Self { types })
    }

    pub(super) fn get(&self, name: &str) -> Option<&HubType> {
        self.types.get(name)
    }

    /// The fields of a key of this type that are all among these; `None`: it is no entity, or they are no key of it.
    pub fn key_among(&self, name: &str, has: impl Fn(&str) -> bool) -> Option<Vec<&str>> {
        let keys = self.get(name)?.keys.iter().map(|key| key.split(' ').collect::<Vec<_>>());
        keys.into_iter().find(|key| key.iter().all(|field| has(field)))
    }

    /// Whether a type is one of the hub's.
    pub fn is_type(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// Whether a type has such a field, e.g. `Municipality.code`.
    pub fn has(&self, coordinate: &str) -> bool {
        let field = coordinate.split_once('.');
        field.is_some_and(|(name, field)| self.get(name).is_some_and(|found| found.fields.contains_key(field)))
    }
}

/// The fields of a `@key`.
fn key(directive: &Positioned<ConstDirective>) -> Option<String> {
    if bare(&directive.node.name.node) != "key" {
        return None;
    }
    text(directive, "fields").map(normal)
}

/// A directive's name without the namespace of the specification.
pub(in crate::federation) fn bare(name: &str) -> &str {
    name.strip_prefix("federation__").unwrap_or(name)
}

/// A text among a directive's arguments.
pub(in crate::federation) fn text<'a>(directive: &'a Positioned<ConstDirective>, argument: &str) -> Option<&'a str> {
    match &directive.node.get_argument(argument)?.node {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A selection of fields with single spaces.
pub(in crate::federation) fn normal(fields: &str) -> String {
    fields.replace(['{', '}', ','], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}
