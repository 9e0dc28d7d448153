//! What an operation may ask for at the most, found from its text before anything is executed.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, Field, FieldDefinition, OperationDefinition, Selection,
    SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::{ConstValue, Value};

use super::flat::MOST_RESOLVED;
use super::page::{MOST, USUAL};
use super::{Error, Result};
use crate::locale::Message;

/// Levels of nesting.
pub const DEPTH: u64 = 20;
/// Fields that the answer may hold, as estimated by [`Limits`].
pub const COMPLEXITY: u64 = 50_000;
/// Fields that are given another name.
pub const ALIASES: u64 = 100;
/// Directives in the whole document.
pub const DIRECTIVES: u64 = 100;
/// Fields written in the whole document.
pub const FIELDS: u64 = 2_000;

/// Items that a list without pages is taken to have, where [`SIZES`] says nothing else.
const PLAIN_LIST: u64 = 10;

/// Lists without pages that are known to be longer, or shorter.
pub const SIZES: &[(&str, &str, u64)] = &[
    ("Query", "regions", 20),
    ("Query", "provinces", 110),
    ("Query", "prefectures", 106),
    ("CentralAuthority", "offices", 106),
    ("TerritorialCouncil", "seats", 20),
    ("NationalOverview", "offices", 106),
    ("CoordinationGaps", "offices", 106),
    ("CoordinationGap", "evidence", 20),
    // A plan's chain grows in its needs: hundreds of parts at the most, however they lie.
    ("PlanNeed", "priorities", 3),
    ("PlanPriority", "interventions", 3),
    ("PlanIntervention", "measures", 3),
    ("PlanIntervention", "projects", 5),
    // Longer lists are of plain fields alone, which are written at once and cost far less.
    ("Network", "nodes", MOST_RESOLVED as u64),
    ("Network", "edges", MOST_RESOLVED as u64),
];

/// Lists that have as many items as one of their arguments.
pub const SIZED_BY: &[(&str, &str, &str)] = &[("Query", "nodes", "ids")];

/// What costs more to find than to write: fields that give these types count as so many.
const WEIGHTS: &[(&str, u64)] = &[
    ("Network", 100),
    ("NetworkPath", 100),
    ("ProvinceNetwork", 100),
    ("NetworkDifference", 100),
    ("NetworkTimeline", 100),
    ("NetworkMeasure", 100),
    ("NetworkStructure", 100),
    ("NetworkTwoMode", 100),
    ("SharedTie", 100),
    ("NetworkBroker", 100),
    ("NationalOverview", 100),
    ("CoordinationGaps", 100),
    ("OfficePeer", 20),
    ("PlanCoverage", 20),
    ("SearchHitConnection", 20),
    // A graph is composed: seconds of a core.
    ("ProposeSubgraphPayload", 5_000),
    ("PublishSubgraphPayload", 5_000),
    ("ApproveSubgraphPayload", 5_000),
    ("WithdrawSubgraphPayload", 5_000),
    ("RollBackSupergraphPayload", 5_000),
];

/// How many items a field gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Fixed(u64),
    /// A page: its argument `first`.
    Page,
    /// As many as this argument has.
    Argument(&'static str),
}

struct Shape {
    /// Type of what it gives.
    of: String,
    ty: Type,
    size: Size,
    weight: u64,
}

/// Whether a document asks for the schema itself: introspection, or federation's own definition.
pub fn asks_for_schema(document: &ExecutableDocument) -> bool {
    fn any(set: &SelectionSet) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => {
                matches!(field.node.name.node.as_str(), "__schema" | "__type" | "_service")
                    || any(&field.node.selection_set.node)
            }
            Selection::InlineFragment(fragment) => any(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => false,
        })
    }
    document.operations.iter().any(|(_, operation)| any(&operation.node.selection_set.node))
        || document.fragments.values().any(|fragment| any(&fragment.node.selection_set.node))
}

/// What was found in a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    pub depth: u64,
    /// Every field counts one, times the items of the lists that it stands in.
    pub complexity: u64,
    pub aliases: u64,
    pub directives: u64,
    pub fields: u64,
}

impl Measure {
    /// # Errors
    /// [`Error::LimitExceeded`] with the first limit that is broken and both numbers.
    pub fn check(&self) -> Result<()> {
        for (requested, limit, it, en) in [
            (self.fields, FIELDS, "campi scritti nel documento", "fields written in the document"),
            (self.aliases, ALIASES, "alias", "aliases"),
            (self.directives, DIRECTIVES, "direttive", "directives"),
            (self.depth, DEPTH, "livelli di annidamento", "levels of nesting"),
            (self.complexity, COMPLEXITY, "campi stimati nella risposta", "fields estimated in the answer"),
        ] {
            if requested > limit {
                let message = Message::new(
                    format!("L'operazione supera il limite di {limit} {it}: ne chiede {requested}."),
                    format!("The operation exceeds the limit of {limit} {en}: it asks for {requested}."),
                );
                return Err(Error::LimitExceeded { message, limit, requested });
            }
        }
        Ok(())
    }
}

/// The shapes of all fields, from the schema's own definition.
pub struct Limits {
    fields: HashMap<String, HashMap<String, Shape>>,
    roots: [String; 3],
}

impl Limits {
    /// For the schema with this definition.
    pub fn of(definition: &str) -> Self {
        let document = parse_schema(definition).expect("the schema's own definition can be read");
        let mut fields: HashMap<String, HashMap<String, Shape>> = HashMap::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let own = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            let name = definition.node.name.node.as_str();
            // A connection's edges are counted by the field that gives the connection.
            let list = if own.iter().any(|field| field.node.name.node == "pageInfo") { 1 } else { PLAIN_LIST };
            let shapes = own.iter().map(|field| (field.node.name.node.to_string(), shape(name, &field.node, list)));
            fields.entry(name.to_owned()).or_default().extend(shapes);
        }
        // The definition does not show what the framework adds for federation.
        let ty = Type::new("[_Entity]!").expect("a type");
        let entities = Shape { of: "_Entity".into(), ty, size: Size::Argument("representations"), weight: 1 };
        fields.entry("Query".into()).or_default().insert("_entities".into(), entities);
        Self { fields, roots: ["Query", "Mutation", "Subscription"].map(String::from) }
    }

    /// The type of a field, where the schema's definition shows it.
    pub fn type_of(&self, on: &str, field: &str) -> Option<&Type> {
        Some(&self.fields.get(on)?.get(field)?.ty)
    }

    /// Measures a document; of several operations, the largest counts.
    pub fn measure(&self, document: &ExecutableDocument, variables: &Variables) -> Measure {
        let mut measure = Measure::default();
        let mut count = |set: &SelectionSet| count(set, &mut measure);
        let operations: Vec<_> = match &document.operations {
            DocumentOperations::Single(operation) => vec![&operation.node],
            DocumentOperations::Multiple(operations) => operations.values().map(|it| &it.node).collect(),
        };
        operations.iter().for_each(|operation| count(&operation.selection_set.node));
        document.fragments.values().for_each(|fragment| count(&fragment.node.selection_set.node));
        measure.directives += operations.iter().map(|it| it.directives.len() as u64).sum::<u64>();
        if measure.fields > FIELDS {
            return measure;
        }
        for operation in operations {
            let mut walk = Walk { limits: self, document, variables, operation, fragments: HashMap::new() };
            let extent = walk.set(&operation.selection_set.node, &self.roots[operation.ty as usize]);
            measure.depth = measure.depth.max(extent.depth);
            measure.complexity = measure.complexity.max(extent.complexity);
        }
        measure
    }
}

fn shape(on: &str, field: &FieldDefinition, list: u64) -> Shape {
    let name = field.name.node.as_str();
    let (of, is_list) = base(&field.ty.node);
    let size = if let Some((.., argument)) = SIZED_BY.iter().find(|entry| (entry.0, entry.1) == (on, name)) {
        Size::Argument(argument)
    } else if let Some((.., size)) = SIZES.iter().find(|entry| (entry.0, entry.1) == (on, name)) {
        Size::Fixed(*size)
    } else if field.arguments.iter().any(|argument| argument.node.name.node == "first") {
        Size::Page
    } else {
        Size::Fixed(if is_list { list } else { 1 })
    };
    let weight = WEIGHTS.iter().find(|entry| entry.0 == of).map_or(1, |entry| entry.1);
    Shape { of: of.to_owned(), ty: field.ty.node.clone(), size, weight }
}

fn base(ty: &Type) -> (&str, bool) {
    match &ty.base {
        BaseType::Named(name) => (name, false),
        BaseType::List(inner) => (base(inner).0, true),
    }
}

fn count(set: &SelectionSet, measure: &mut Measure) {
    for selection in &set.items {
        measure.directives += selection.node.directives().len() as u64;
        match &selection.node {
            Selection::Field(field) => {
                measure.fields += 1;
                measure.aliases += u64::from(field.node.alias.is_some());
                count(&field.node.selection_set.node, measure);
            }
            Selection::InlineFragment(inline) => count(&inline.node.selection_set.node, measure),
            Selection::FragmentSpread(_) => {}
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Extent {
    depth: u64,
    complexity: u64,
}

impl Extent {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.complexity = self.complexity.saturating_add(other.complexity);
    }
}

/// The way through one operation. Each fragment is measured once, so that fragments which spread each other
/// again and again cost no time.
struct Walk<'a> {
    limits: &'a Limits,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    operation: &'a OperationDefinition,
    fragments: HashMap<&'a Name, Extent>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, on: &str) -> Extent {
        let mut extent = Extent::default();
        for selection in &set.items {
            extent.add(match &selection.node {
                Selection::Field(field) => self.field(&field.node, on),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    self.set(&inline.node.selection_set.node, condition.unwrap_or(on))
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name),
            });
        }
        extent
    }

    fn fragment(&mut self, name: &'a Positioned<Name>) -> Extent {
        if let Some(known) = self.fragments.get(&name.node) {
            return *known;
        }
        let Some(fragment) = self.document.fragments.get(&name.node) else { return Extent::default() };
        // A fragment within itself is refused by validation: here it only must end.
        self.fragments.insert(&name.node, Extent::default());
        let on = fragment.node.type_condition.node.on.node.as_str();
        let extent = self.set(&fragment.node.selection_set.node, on);
        self.fragments.insert(&name.node, extent);
        extent
    }

    fn field(&mut self, field: &'a Field, on: &str) -> Extent {
        let limits = self.limits;
        let shape = limits.fields.get(on).and_then(|fields| fields.get(field.name.node.as_str()));
        let items = match shape.map(|shape| shape.size) {
            Some(Size::Fixed(size)) => size,
            Some(Size::Page) => self.argument(field, "first").unwrap_or(USUAL as u64).min(MOST as u64),
            Some(Size::Argument(name)) => self.argument(field, name).unwrap_or(1),
            None => 1,
        };
        let below = self.set(&field.selection_set.node, shape.map_or("", |shape| shape.of.as_str()));
        let weight = shape.map_or(1, |shape| shape.weight);
        // An empty list is validated like any other.
        let complexity = below.complexity.saturating_mul(items.max(1)).saturating_add(weight);
        Extent { depth: below.depth + 1, complexity }
    }

    /// An argument as a number: itself, or the length of the list that it is.
    fn argument(&self, field: &Field, name: &str) -> Option<u64> {
        match &field.get_argument(name)?.node {
            Value::List(items) => Some(items.len() as u64),
            Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
            Value::Variable(name) => {
                let definition = || self.operation.variable_definitions.iter().find(|it| it.node.name.node == *name);
                match self.variables.get(name).or_else(|| definition()?.node.default_value())? {
                    ConstValue::List(items) => Some(items.len() as u64),
                    ConstValue::Number(number) => Some(number.as_u64().unwrap_or(0)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use async_graphql::parser::parse_query;

    use super::{DEPTH, Limits, Measure, PLAIN_LIST, USUAL};

    const SCHEMA: &str = "
        type Query { bodies(first: Int): BodyConnection! tree: Body nodes(ids: [ID!]!): [Body]! }
        type BodyConnection { edges: [BodyEdge!]! pageInfo: PageInfo! }
        type BodyEdge { node: Body! }
        type PageInfo { hasNextPage: Boolean! }
        interface Named { name: String peers(first: Int): BodyConnection! }
        type Body implements Named { name: String up: Body children: [Body!]! peers(first: Int): BodyConnection! }";

    fn measure(query: &str, variables: serde_json::Value) -> Measure {
        Limits::of(SCHEMA).measure(&parse_query(query).unwrap(), &Variables::from_json(variables))
    }

    #[test]
    fn list_sizes_count() {
        let none = serde_json::Value::Null;
        for (query, expected) in [
            ("{ tree { name } }", 2),
            ("{ tree { children { name } } }", 1 + 1 + PLAIN_LIST),
            // edges, node and name for each item
            ("{ bodies(first: 50) { edges { node { name } } } }", 1 + 50 * 3),
            ("{ bodies { edges { node { name } } } }", 1 + USUAL as u64 * 3),
            ("{ nodes(ids: [1, 2, 3]) { name } }", 1 + 3),
            ("query($n: Int = 7) { bodies(first: $n) { edges { cursor } } }", 1 + 7 * 2),
            // what an interface offers costs the same as on its types
            ("{ tree { ... on Named { peers(first: 9) { edges { cursor } } } } }", 1 + 1 + 9 * 2),
            ("{ __schema { types { fields { name } } } }", 4),
        ] {
            assert_eq!(measure(query, none.clone()).complexity, expected, "{query}");
        }
        let query = "query($n: Int = 7) { bodies(first: $n) { edges { cursor } } }";
        assert_eq!(measure(query, serde_json::json!({ "n": 3 })).complexity, 1 + 3 * 2);
    }

    #[test]
    fn an_empty_list_hides_no_work() {
        let mut query = String::from("{ nodes(ids: []) { ...f0 } } fragment f40 on Body { name }");
        for n in 0..40 {
            query += &format!(" fragment f{n} on Body {{ ...f{0} ...f{0} }}", n + 1);
        }
        assert!(measure(&query, serde_json::Value::Null).check().is_err());
        assert!(
            measure(&query.replace("nodes(ids: [])", "bodies(first: 0)"), serde_json::Value::Null).check().is_err()
        );
    }

    #[test]
    fn fragments_that_spread_each_other_are_measured_at_once() {
        let mut query = String::from("{ tree { ...f0 } } fragment f60 on Body { name }");
        for n in 0..60 {
            query += &format!(" fragment f{n} on Body {{ up {{ ...f{0} }} ...f{0} }}", n + 1);
        }
        let measure = measure(&query, serde_json::Value::Null);
        assert!(measure.depth > DEPTH);
        assert!(measure.complexity > 1 << 59, "{measure:?}");
        assert!(measure.check().is_err());
        assert_eq!(self::measure("{ ...a } fragment a on Query { ...a }", serde_json::Value::Null).complexity, 0);
    }

    #[test]
    fn what_is_written_counts_wherever_it_stands() {
        let query = "query @a { x: tree @b { y: name ...f } } fragment f on Body { z: name @c @d ... @e { name } }";
        let measure = measure(query, serde_json::Value::Null);
        assert_eq!((measure.aliases, measure.directives, measure.fields), (3, 5, 4));
    }
}
