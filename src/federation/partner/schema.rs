//! What a partner's schema says of the types of its answers, and of what it needs to be sent.

use std::collections::{BTreeMap, HashMap, HashSet};

use async_graphql::parser::types::{
    ConstDirective, FieldDefinition, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::parser::{Error, parse_schema};
use async_graphql::{Name, Positioned};

use crate::federation::ownership::{bare, normal, selection, text};

/// The field by which routers ask for records by their keys.
pub const ENTITIES: &str = "_entities";
const ENTITY: &str = "_Entity";

/// Fields that may be sent of a record, each with those of the record below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sendable(BTreeMap<String, Sendable>);

impl Sendable {
    /// What may be sent of a field; `None`: it may not be sent.
    pub fn get(&self, field: &str) -> Option<&Self> {
        self.0.get(field)
    }

    /// Whether the field is a value, with no fields below it.
    pub fn is_value(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, selected: &SelectionSet) {
        for selection in &selected.items {
            if let Selection::Field(field) = &selection.node {
                let below = self.0.entry(field.node.name.node.to_string()).or_default();
                below.add(&field.node.selection_set.node);
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct PartnerSchema {
    fields: HashMap<String, HashMap<String, Type>>,
    /// Objects of each object, interface and union.
    objects: HashMap<String, Vec<String>>,
    enums: HashMap<String, HashSet<Name>>,
    sendable: HashMap<String, Sendable>,
    /// The first key of each entity that is made of plain fields.
    keys: HashMap<String, Vec<String>>,
}

impl PartnerSchema {
    /// Reads a schema that was approved.
    ///
    /// # Errors
    /// It is no SDL.
    pub fn read(sdl: &str) -> Result<Self, Error> {
        let mut schema = Self::default();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(found) = definition else { continue };
            let (name, found) = (found.node.name.node.to_string(), found.node);
            match found.kind {
                TypeKind::Object(object) => {
                    for interface in object.implements {
                        schema.objects.entry(interface.node.to_string()).or_default().push(name.clone());
                    }
                    schema.object(&name, &found.directives, &object.fields);
                }
                TypeKind::Interface(interface) => schema.typed(&name, &interface.fields),
                TypeKind::Union(union) => {
                    let members = union.members.iter().map(|member| member.node.to_string());
                    schema.objects.entry(name).or_default().extend(members);
                }
                TypeKind::Enum(values) => {
                    let values = values.values.iter().map(|value| value.node.value.node.clone());
                    schema.enums.entry(name).or_default().extend(values);
                }
                TypeKind::Scalar | TypeKind::InputObject(_) => {}
            }
        }
        let mut entities: Vec<_> = schema.sendable.keys().cloned().collect();
        entities.sort_unstable();
        schema.objects.insert(ENTITY.into(), entities);
        let many = Type::new("[_Entity]!").expect("a type");
        schema.fields.entry("Query".into()).or_default().insert(ENTITIES.into(), many);
        Ok(schema)
    }

    fn typed(&mut self, name: &str, fields: &[Positioned<FieldDefinition>]) {
        let typed = fields.iter().map(|field| (field.node.name.node.to_string(), field.node.ty.node.clone()));
        self.fields.entry(name.to_owned()).or_default().extend(typed);
    }

    fn object(
        &mut self,
        name: &str,
        directives: &[Positioned<ConstDirective>],
        fields: &[Positioned<FieldDefinition>],
    ) {
        self.typed(name, fields);
        self.objects.entry(name.to_owned()).or_insert_with(|| vec![name.to_owned()]);
        let keys = directives.iter().filter(|it| bare(&it.node.name.node) == "key");
        let plain = keys.clone().filter_map(|it| text(it, "fields")).find(|fields| !fields.contains('{'));
        if let Some(fields) = plain {
            let key = normal(fields).split(' ').map(str::to_owned).collect();
            self.keys.entry(name.to_owned()).or_insert(key);
        }
        let needed = fields.iter().flat_map(|field| &field.node.directives);
        let needed = needed.filter(|it| bare(&it.node.name.node) == "requires");
        let mut selections = keys.chain(needed).filter_map(|it| selection(text(it, "fields")?)).peekable();
        if selections.peek().is_some() {
            let sendable = self.sendable.entry(name.to_owned()).or_default();
            selections.for_each(|selected| sendable.add(&selected));
        }
    }

    /// What may be sent of a type's records; `None`: it has no records that are asked for by key.
    pub fn sendable(&self, name: &str) -> Option<&Sendable> {
        self.sendable.get(name)
    }

    /// The fields of a key of this type; `None`: it is no entity, or each of its keys goes into other records.
    pub fn key(&self, name: &str) -> Option<&[String]> {
        self.keys.get(name).map(Vec::as_slice)
    }

    /// The type of a field.
    pub fn field(&self, on: &str, field: &str) -> Option<&Type> {
        self.fields.get(on)?.get(field)
    }

    /// The objects that a type stands for: one, where it is one; none, where it is a leaf.
    pub fn objects(&self, name: &str) -> &[String] {
        self.objects.get(name).map_or(&[], Vec::as_slice)
    }

    /// The values of an enum; `None`: it is none.
    pub fn values(&self, name: &str) -> Option<&HashSet<Name>> {
        self.enums.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_says_what_it_needs_to_be_sent() {
        let schema = PartnerSchema::read(
            "type Municipality @key(fields: \"id\") @key(fields: \"code\") {
               id: ID! code: String! province: Province @external
               xRate: Float @requires(fields: \"province { population }\") }
             type Province { population: Int @external }
             extend type Query { xDesks: [XDesk!] }
             interface XThing { id: ID! } type XDesk implements XThing @federation__key(fields: \"id\") { id: ID! }",
        )
        .unwrap();
        let sendable = schema.sendable("Municipality").unwrap();
        assert!(sendable.get("id").unwrap().is_value() && sendable.get("code").is_some());
        assert!(sendable.get("province").unwrap().get("population").unwrap().is_value());
        assert!(sendable.get("name").is_none() && sendable.get("xRate").is_none());
        assert!(schema.sendable("Province").is_none());
        assert_eq!(schema.key("Municipality").unwrap(), ["id"]);
        assert!(schema.key("Province").is_none());
        assert_eq!(schema.objects("XThing"), ["XDesk"]);
        assert_eq!(schema.objects(ENTITY), ["Municipality", "XDesk"]);
        assert_eq!(schema.field("Query", "xDesks").map(ToString::to_string).as_deref(), Some("[XDesk!]"));
    }
}
