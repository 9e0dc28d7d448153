//! The two subgraphs, as a router asks them.

mod bounds;
mod data;
mod entities;
mod hub;
mod sdl;
mod tokens;
mod unseen;

use async_graphql::{ObjectType, Request, Variables};
use raccordo_examples::serving::Schema;
use serde_json::{Value, json};

/// What the schema answers to a request.
async fn ask<Q: ObjectType + 'static>(schema: &Schema<Q>, request: Request) -> Value {
    serde_json::to_value(schema.execute(request).await).unwrap()
}

/// What it answers, as a router asks for fields of entities.
async fn entities<Q: ObjectType + 'static>(schema: &Schema<Q>, fields: &str, representations: Value) -> Value {
    let query = format!("query ($of: [_Any!]!) {{ _entities(representations: $of) {{ {fields} }} }}");
    let request = Request::new(query).variables(Variables::from_json(json!({ "of": representations })));
    let mut answer = ask(schema, request).await;
    assert_eq!(answer.get("errors"), None);
    answer["data"]["_entities"].take()
}
