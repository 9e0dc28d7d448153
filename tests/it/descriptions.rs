//! Readers of the graph learn it from its descriptions: nothing in it goes without one.

use raccordo::schema;
use serde_json::Value;

const INTROSPECTION: &str = "{ __schema { types {
  kind name description
  fields(includeDeprecated: true) { name description args { name description } }
  inputFields { name description }
  enumValues(includeDeprecated: true) { name description }
} } }";

#[tokio::test]
async fn everything_in_the_schema_has_a_description() {
    let answer = schema::builder().finish().execute(INTROSPECTION).await;
    assert!(answer.is_ok(), "{:?}", answer.errors);
    let answer = answer.data.into_json().unwrap();
    let mut missing = Vec::new();
    for kind in named(&answer["__schema"]["types"], "").filter(|kind| !is_of_the_framework(kind.value, &kind.path)) {
        kind.note_if_undescribed(&mut missing);
        for part in ["inputFields", "enumValues"].into_iter().flat_map(|parts| named(&kind.value[parts], &kind.path)) {
            part.note_if_undescribed(&mut missing);
        }
        // What federation and introspection add to the root is described by their own specifications.
        for field in named(&kind.value["fields"], &kind.path).filter(|field| !field.path.starts_with("Query._")) {
            field.note_if_undescribed(&mut missing);
            for argument in named(&field.value["args"], &field.path) {
                argument.note_if_undescribed(&mut missing);
            }
        }
    }
    assert!(missing.is_empty(), "{} without a description:\n{}", missing.len(), missing.join("\n"));
}

/// Something that introspection tells of, under its full name: `Query.project.by`.
struct Named<'a> {
    path: String,
    value: &'a Value,
}

impl Named<'_> {
    fn note_if_undescribed(&self, missing: &mut Vec<String>) {
        if self.value["description"].as_str().is_none_or(|description| description.trim().is_empty()) {
            missing.push(self.path.clone());
        }
    }
}

fn named<'a>(list: &'a Value, within: &str) -> impl Iterator<Item = Named<'a>> {
    let within = if within.is_empty() { String::new() } else { format!("{within}.") };
    list.as_array().map_or(&[][..], Vec::as_slice).iter().map(move |value| {
        let name = value["name"].as_str().expect("all that introspection lists has a name");
        Named { path: format!("{within}{name}"), value }
    })
}

/// Introspection's and federation's own types, and the scalars that the language brings along.
fn is_of_the_framework(kind: &Value, name: &str) -> bool {
    name.starts_with('_') || (kind["kind"] == "SCALAR" && ["Boolean", "Float", "ID", "Int", "String"].contains(&name))
}
