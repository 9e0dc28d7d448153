//! What an operation asks for, as schema coordinates, and by what it is known again: found from its document once, without
//! variables and without the values that stand in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use uuid::Uuid;

use super::model::FieldOperationKind;
use crate::access::audit::Hash;

/// Letters of an operation's name that are kept.
const LONGEST_NAME: usize = 100;

/// An operation as it is counted. Two that differ in values, aliases or the order of what they ask for are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Follows from its kind, its name and what it asks for.
    pub id: Uuid,
    pub kind: FieldOperationKind,
    pub name: Option<String>,
    /// `Type.field`, `Type.field(argument:)`, and `Type` of a fragment's condition; sorted, each once. None where it asks for the
    /// schema alone.
    pub coordinates: Vec<Arc<str>>,
}

impl Used {
    /// What one operation of a document uses. `type_of` gives the named type of a field that the schema has, by the names of its
    /// type and its own.
    pub fn of<'s>(
        document: &ExecutableDocument,
        name: Option<&str>,
        type_of: impl Fn(&str, &str) -> Option<&'s str>,
    ) -> Self {
        let Some((name, operation)) = operation(document, name) else { return Self::nothing() };
        let (kind, root) = match operation.ty {
            OperationType::Query => (FieldOperationKind::Query, "Query"),
            OperationType::Mutation => (FieldOperationKind::Mutation, "Mutation"),
            OperationType::Subscription => (FieldOperationKind::Subscription, "Subscription"),
        };
        let mut walk = Walk { document, type_of, coordinates: BTreeSet::new(), fragments: BTreeMap::new() };
        let asked = walk.set(root, &operation.selection_set.node);
        let fragments = walk.fragments.iter().map(|(name, asked)| format!(" {name}{asked}")).collect::<String>();
        let text = format!("{} {}{asked}{fragments}", kind.as_str(), name.unwrap_or_default());
        let coordinates = walk.coordinates.into_iter().map(Arc::from).collect();
        let name = name.map(|name| name.chars().take(LONGEST_NAME).collect());
        Self { id: id(&text), kind, name, coordinates }
    }

    /// One coordinate, in operations that are not told apart.
    pub fn other(coordinate: Arc<str>) -> Self {
        let id = id(&format!("other {coordinate}"));
        Self { id, kind: FieldOperationKind::Other, name: None, coordinates: vec![coordinate] }
    }

    /// Nothing, which is not counted.
    pub fn nothing() -> Self {
        Self { id: Uuid::nil(), kind: FieldOperationKind::Other, name: None, coordinates: Vec::new() }
    }
}

fn id(text: &str) -> Uuid {
    let Hash(hash) = Hash::of(&[text.as_bytes()]);
    let (half, _) = hash.split_first_chunk().expect("a hash has 32 bytes");
    uuid::Builder::from_custom_bytes(*half).into_uuid()
}

fn operation<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Option<(Option<&'d str>, &'d OperationDefinition)> {
    match (&document.operations, name) {
        // One without a name.
        (DocumentOperations::Single(only), _) => Some((None, &only.node)),
        (DocumentOperations::Multiple(several), Some(name)) => {
            several.get_key_value(name).map(|(name, found)| (Some(name.as_str()), &found.node))
        }
        (DocumentOperations::Multiple(several), None) if several.len() == 1 => {
            several.iter().next().map(|(name, only)| (Some(name.as_str()), &only.node))
        }
        (DocumentOperations::Multiple(_), None) => None,
    }
}

struct Walk<'d, F> {
    document: &'d ExecutableDocument,
    type_of: F,
    coordinates: BTreeSet<String>,
    /// What the fragments ask for, by their names: each is gone into once.
    fragments: BTreeMap<&'d str, String>,
}

impl<'d, 's, F: Fn(&str, &str) -> Option<&'s str>> Walk<'d, F> {
    /// What is selected of a type, as text without values.
    fn set(&mut self, on: &str, set: &'d SelectionSet) -> String {
        let mut asked = BTreeSet::new();
        for selection in &set.items {
            asked.insert(match &selection.node {
                Selection::Field(field) => self.field(on, &field.node),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    self.coordinates.extend(condition.map(str::to_owned));
                    let below = self.set(condition.unwrap_or(on), &inline.node.selection_set.node);
                    format!("...{}{}{below}", condition.unwrap_or_default(), directives(&inline.node.directives))
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node);
                    format!("...{}{}", spread.node.fragment_name.node, directives(&spread.node.directives))
                }
            });
        }
        if asked.is_empty() { String::new() } else { format!("{{{}}}", Vec::from_iter(asked).join(" ")) }
    }

    fn fragment(&mut self, name: &str) {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return };
        if self.fragments.contains_key(name.as_str()) {
            return;
        }
        // It is known before it is gone into: a fragment within itself is refused elsewhere, and must end here.
        self.fragments.insert(name, String::new());
        let on = fragment.node.type_condition.node.on.node.as_str();
        self.coordinates.insert(on.to_owned());
        let asked = self.set(on, &fragment.node.selection_set.node);
        self.fragments.insert(name, format!(" on {on}{asked}"));
    }

    fn field(&mut self, on: &str, field: &'d Field) -> String {
        let name = field.name.node.as_str();
        let arguments: BTreeSet<&str> = field.arguments.iter().map(|(name, _)| name.node.as_str()).collect();
        let ty = (self.type_of)(on, name);
        // What begins with a low line is the specifications' own: the schema, the name of a type, records by their keys.
        if ty.is_some() && !name.starts_with('_') {
            self.coordinates.insert(format!("{on}.{name}"));
            self.coordinates.extend(arguments.iter().map(|argument| format!("{on}.{name}({argument}:)")));
        }
        let below = ty.map_or_else(String::new, |ty| self.set(ty, &field.selection_set.node));
        let arguments = Vec::from_iter(arguments).join(" ");
        format!("{name}({arguments}){}{below}", directives(&field.directives))
    }
}

fn directives(directives: &[Positioned<Directive>]) -> String {
    directives.iter().map(|directive| format!("@{}", directive.node.name.node)).collect()
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::graphql::completion::named;
    use crate::graphql::limits::Limits;

    const SCHEMA: &str = "
        type Query { body(id: ID!): Body bodies(first: Int, kind: Kind): [Body!]! anything: Thing }
        type Mutation { rename(input: Renamed!): Body }
        input Renamed { id: ID! name: String! } enum Kind { ONE OTHER }
        interface Thing { id: ID! }
        type Body implements Thing { id: ID! name: String up: Body peers(first: Int): [Body!]! }";

    fn used(query: &str, name: Option<&str>) -> Used {
        let limits = Limits::of(SCHEMA);
        Used::of(&parse_query(query).unwrap(), name, |on, field| limits.type_of(on, field).map(named))
    }

    fn coordinates(query: &str) -> Vec<String> {
        used(query, None).coordinates.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn fields_and_arguments_are_found_wherever_they_stand() {
        for (query, expected) in [
            ("{ body(id: 1) { name } }", &["Body.name", "Query.body", "Query.body(id:)"][..]),
            (
                "{ a: body(id: 1) { x: up { ...b } } } fragment b on Body { peers(first: 2) { id } }",
                &["Body", "Body.id", "Body.peers", "Body.peers(first:)", "Body.up", "Query.body", "Query.body(id:)"],
            ),
            (
                "{ anything { id ... on Body { name } ... @include(if: true) { id } } }",
                &["Body", "Body.name", "Query.anything", "Thing.id"],
            ),
            (
                "mutation { rename(input: { id: 1, name: \"x\" }) { id } }",
                &["Body.id", "Mutation.rename", "Mutation.rename(input:)"],
            ),
            (
                "query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Body { up { id } } } }",
                &["Body", "Body.id", "Body.up"],
            ),
            ("{ __typename __schema { types { name } } _service { sdl } }", &[]),
            ("{ body { nothing { name } } }", &["Query.body"]),
            ("{ body { ...a } } fragment a on Body { up { ...a } }", &["Body", "Body.up", "Query.body"]),
        ] {
            assert_eq!(coordinates(query), expected, "{query}");
        }
    }

    #[test]
    fn an_operation_is_the_same_whatever_the_values_in_it() {
        let one = used("query A($n: Int) { bodies(first: $n, kind: ONE) { id name } }", Some("A"));
        for same in [
            "query A { bodies(kind: OTHER, first: 7) { name id } }",
            "query A { x: bodies(first: 1, kind: ONE) { id y: name } bodies(kind: ONE, first: 2) { name id } }",
            "query A { bodies(first: 1, kind: ONE) { id name } } query B { anything { id } }",
        ] {
            assert_eq!(used(same, Some("A")), one, "{same}");
        }
        for other in [
            "query B { bodies(first: 1, kind: ONE) { id name } }",
            "query A { bodies(first: 1) { id name } }",
            "query A { bodies(first: 1, kind: ONE) { id } }",
            "query A { bodies(first: 1, kind: ONE) { id name @include(if: true) } }",
        ] {
            let name = other.split(' ').nth(1);
            assert_ne!(used(other, name).id, one.id, "{other}");
        }
        let secret = used("query A { body(id: \"RSSMRA80A01H501U\") { name } }", Some("A"));
        assert!(!format!("{secret:?}").contains("RSSMRA80A01H501U"));
    }

    #[test]
    fn of_several_operations_the_named_one_counts() {
        let query = "query A { anything { id } } query B { body(id: 1) { name } }";
        assert_eq!(used(query, Some("A")).coordinates.len(), 2);
        assert_eq!(used(query, Some("B")).name.as_deref(), Some("B"));
        assert_eq!(used(query, None), Used::nothing());
        let long = format!("query {} {{ anything {{ id }} }}", "a".repeat(500));
        assert_eq!(used(&long, None).name.map(|name| name.len()), Some(LONGEST_NAME));
    }
}
