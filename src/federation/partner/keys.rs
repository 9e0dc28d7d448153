//! Keys that a question does not ask for and the hub does: without one, nobody could tell whether the caller sees the record to
//! which an answer points.

use std::collections::BTreeMap;

use async_graphql::Pos;
use async_graphql::parser::types::{Selection, SelectionSet};

use super::schema::PartnerSchema;
use crate::federation::ownership::HubSchema;

/// How the names begin under which keys are asked for; those of a question may not.
pub const ADDED: &str = "raccordoKey_";

/// What a question asks in addition, by the place of the brackets in which it does.
#[derive(Default)]
pub(super) struct Added(BTreeMap<Pos, String>);

impl Added {
    /// Notes the keys of the hub's records that a field of this type leads to, but for those that the question asks for itself.
    pub fn note(&mut self, (schema, hub): (&PartnerSchema, &HubSchema), of: &str, (at, set): (Pos, &SelectionSet)) {
        let mut added = String::new();
        for kind in schema.objects(of).iter().filter(|kind| hub.is_type(kind)) {
            let Some(key) = schema.key(kind) else { continue };
            if kind == of && key.iter().all(|field| asks(set, field)) {
                continue;
            }
            let fields: String = key.iter().map(|field| format!(" {ADDED}{field}: {field}")).collect();
            added += &if kind == of { fields + " " } else { format!(" ... on {kind} {{{fields} }} ") };
        }
        if !added.is_empty() {
            self.0.insert(at, added);
        }
    }

    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with what is added. It has line breaks of one kind, as those by which its places are counted.
    pub fn put_into(self, text: &str) -> String {
        let mut put = String::with_capacity(text.len() + self.0.values().map(String::len).sum::<usize>());
        let mut at = Pos { line: 1, column: 1 };
        for char in text.chars() {
            put.push(char);
            if let Some(added) = self.0.get(&at) {
                put.push_str(added);
            }
            at = match char {
                '\n' => Pos { line: at.line + 1, column: 1 },
                _ => Pos { column: at.column + 1, ..at },
            };
        }
        put
    }
}

/// Whether a field is asked for, whatever the variables say.
fn asks(set: &SelectionSet, field: &str) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(asked) => asked.node.name.node == field && asked.node.directives.is_empty(),
        _ => false,
    })
}
