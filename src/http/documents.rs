//! Documents that were read before: parsed once, and measured and validated once for all variables that are alike.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use async_graphql::parser::types::{BaseType, DocumentOperations, ExecutableDocument, OperationType, Type};
use async_graphql::{Name, Value, Variables};

use super::halves::Halves;
use super::lasting;
use crate::federation::usage::Used;
use crate::graphql::limits::{self, Measure};

/// Bytes of a document's text at the most that is kept: what people and programs write has a tenth.
const LONGEST: usize = 16 * 1024;
/// Bytes of all texts that are kept; parsed they take some ten times as much.
const MOST: usize = 1024 * 1024;
/// Kinds of variables of one document that are told apart.
const MOST_SHAPES: usize = 32;

/// Scalars whose values are texts that validation does not look into; what reads them as an argument does.
const TEXTS: [&str; 3] = ["ID", "String", "Date"];

/// A parsed document.
pub struct Document {
    pub parsed: ExecutableDocument,
    /// It asks for the schema itself.
    pub asks_for_schema: bool,
    /// Its answers may be kept if nothing else forbids it.
    pub is_lasting: bool,
    /// Variables that are texts by every definition.
    texts: Vec<Name>,
    /// What is known of it with variables of each shape, and of each of its operations.
    known: Mutex<HashMap<Asked, Arc<Known>>>,
}

/// The operation's name, and the shape of the variables.
type Asked = (Option<String>, String);

/// What is known of a document with variables of one shape.
pub struct Known {
    pub measure: Measure,
    pub kind: OperationType,
    /// It was executed, so it is valid.
    is_valid: AtomicBool,
    /// What it uses: found once for all shapes of variables.
    used: Arc<OnceLock<Arc<Used>>>,
}

impl Known {
    pub fn is_valid(&self) -> bool {
        self.is_valid.load(Ordering::Relaxed)
    }

    pub fn note_valid(&self) {
        self.is_valid.store(true, Ordering::Relaxed);
    }

    /// What it uses, or `find` finds.
    pub fn used(&self, find: impl FnOnce() -> Used) -> &Arc<Used> {
        self.used.get_or_init(|| Arc::new(find()))
    }
}

impl Document {
    pub fn new(parsed: ExecutableDocument) -> Self {
        let (asks_for_schema, is_lasting) = (limits::asks_for_schema(&parsed), lasting::is_lasting(&parsed));
        let definitions = || parsed.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions);
        let is_text = |name: &Name| {
            let mut types =
                definitions().filter(|it| it.node.name.node == *name).map(|it| base(&it.node.var_type.node));
            types.all(|ty| TEXTS.contains(&ty))
        };
        let texts = definitions().map(|it| it.node.name.node.clone()).filter(is_text).collect();
        Self { parsed, asks_for_schema, is_lasting, texts, known: Mutex::default() }
    }

    /// What is known of it with variables like these, or `find` finds.
    pub fn known<E>(
        &self,
        name: Option<&str>,
        variables: &Variables,
        find: impl FnOnce() -> Result<Measure, E>,
    ) -> Result<Arc<Known>, E> {
        let key = (name.map(str::to_owned), self.shape(variables));
        if let Some(known) = self.known.lock().expect("no panic while held").get(&key) {
            return Ok(known.clone());
        }
        let kind = kind(&self.parsed, name);
        let measure = find()?;
        let mut all = self.known.lock().expect("no panic while held");
        let same = all.iter().find(|((known, _), _)| *known == key.0);
        let used = same.map(|(_, known)| known.used.clone()).unwrap_or_default();
        let known = Arc::new(Known { measure, kind, is_valid: AtomicBool::new(false), used });
        if all.len() >= MOST_SHAPES {
            all.clear();
        }
        all.insert(key, known.clone());
        Ok(known)
    }

    /// All of the variables that validation and measure look at: everything but what stands in texts.
    fn shape(&self, variables: &Variables) -> String {
        let mut shape = String::new();
        for (name, value) in variables.iter() {
            shape.push_str(name);
            shape.push(':');
            if self.texts.contains(name) {
                blank(value, &mut shape);
            } else {
                shape.push_str(&value.to_string());
            }
            shape.push(',');
        }
        shape
    }
}

/// Writes a value without what stands in its texts.
fn blank(value: &Value, shape: &mut String) {
    match value {
        Value::String(_) => shape.push('"'),
        Value::List(items) => {
            shape.push('[');
            for item in items {
                blank(item, shape);
                shape.push(',');
            }
            shape.push(']');
        }
        other => shape.push_str(&other.to_string()),
    }
}

fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base(item),
    }
}

/// What kind of operation would be executed; where none can be chosen the framework will refuse the request.
fn kind(document: &ExecutableDocument, name: Option<&str>) -> OperationType {
    match &document.operations {
        DocumentOperations::Single(operation) => operation.node.ty,
        DocumentOperations::Multiple(operations) => {
            let named = name.and_then(|name| operations.get(name));
            named.or_else(|| operations.values().next()).map_or(OperationType::Query, |operation| operation.node.ty)
        }
    }
}

/// The documents that are kept, by their text.
pub struct Documents(Mutex<Halves<String, Arc<Document>>>);

impl Default for Documents {
    fn default() -> Self {
        Self(Mutex::new(Halves::new(MOST)))
    }
}

impl Documents {
    pub fn find(&self, text: &str) -> Option<Arc<Document>> {
        self.0.lock().expect("no panic while held").find(text).cloned()
    }

    pub fn keep(&self, text: &str, document: &Arc<Document>) {
        if text.len() <= LONGEST {
            let weight = text.len() + 64;
            self.0.lock().expect("no panic while held").put(text.to_owned(), document.clone(), weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn shape(query: &str, variables: serde_json::Value) -> String {
        Document::new(parse_query(query).unwrap()).shape(&Variables::from_json(variables))
    }

    #[test]
    fn variables_are_alike_that_differ_in_texts_alone() {
        let query = "query($id: ID!, $ids: [ID!], $n: Int, $kind: Kind) { a }";
        let of = |variables| shape(query, variables);
        assert_eq!(of(json!({ "id": "a", "ids": ["b", "c"] })), of(json!({ "id": "x", "ids": ["y", "z"] })));
        for (one, other) in [
            (json!({ "id": "a" }), json!({ "id": 1 })),
            (json!({ "id": 1 }), json!({ "id": 2 })),
            (json!({ "id": "a" }), json!({ "id": null })),
            (json!({ "id": "a" }), json!({ "id": ["a"] })),
            (json!({ "id": "a" }), json!({})),
            (json!({ "id": "a" }), json!({ "id": { "a": "a" } })),
            (json!({ "id": { "a": "a" } }), json!({ "id": { "a": "b" } })),
            (json!({ "ids": ["a"] }), json!({ "ids": ["a", "b"] })),
            (json!({ "ids": ["a", "b"] }), json!({ "ids": [["a"], "b"] })),
            (json!({ "ids": [1, 2] }), json!({ "ids": [12] })),
            (json!({ "n": 1 }), json!({ "n": 2 })),
            (json!({ "n": 12 }), json!({ "n1": 2 })),
            (json!({ "n": "a" }), json!({ "n": "b" })),
            (json!({ "kind": "A" }), json!({ "kind": "B" })),
            (json!({ "unknown": "A" }), json!({ "unknown": "B" })),
        ] {
            assert_ne!(of(one.clone()), of(other.clone()), "{one} {other}");
        }
        let two = "query A($x: ID) { a } query B($x: Kind) { b }";
        assert_ne!(shape(two, json!({ "x": "a" })), shape(two, json!({ "x": "b" })));
    }

    #[test]
    fn an_operation_is_known_by_its_name() {
        let document = Document::new(parse_query("query A { a } mutation B { b }").unwrap());
        let known = |name| document.known(name, &Variables::default(), || Ok::<_, ()>(Measure::default())).unwrap();
        known(Some("A")).note_valid();
        assert!(known(Some("A")).is_valid() && !known(Some("B")).is_valid() && !known(None).is_valid());
        assert_eq!((known(Some("A")).kind, known(Some("B")).kind), (OperationType::Query, OperationType::Mutation));
        let refused = document.known(Some("C"), &Variables::default(), || Err("too much"));
        assert_eq!(refused.err(), Some("too much"));
    }

    #[test]
    fn long_documents_and_those_of_long_ago_are_let_go() {
        let documents = Documents::default();
        let document = Arc::new(Document::new(parse_query("{ a }").unwrap()));
        documents.keep(&"x".repeat(LONGEST + 1), &document);
        assert!(documents.find(&"x".repeat(LONGEST + 1)).is_none());
        for n in 0..2 * MOST / LONGEST {
            documents.keep(&format!("{n}{}", "x".repeat(LONGEST - 10)), &document);
        }
        assert!(documents.find(&format!("0{}", "x".repeat(LONGEST - 10))).is_none());
    }
}
