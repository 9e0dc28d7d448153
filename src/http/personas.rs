//! The demonstration's callers, as the pages offer them.

use std::sync::Arc;

use async_graphql::Request;
use serde::Serialize;

use crate::access::persona::PERSONAS;
use crate::access::token::DemoKey;
use crate::graphql::Graph;
use crate::hub::Hub;
use crate::schema;

/// A demonstration caller.
#[derive(Clone, Debug, Serialize)]
pub struct DemoPersona {
    pub name: String,
    /// As in the schema, e.g. `PREFECTURE`.
    pub level: String,
    /// Name of the body that it acts for.
    pub organisation: String,
    pub token: String,
}

/// The demonstration's callers with their tokens, as the graph itself knows them.
pub async fn personas(hub: &Arc<Hub>, key: &DemoKey) -> anyhow::Result<Vec<DemoPersona>> {
    let schema = schema::builder().data(hub.clone()).finish();
    let mut personas = Vec::new();
    for persona in PERSONAS {
        let token = key.token(persona)?;
        let viewer = hub.authenticator.viewer_of(&token).await?;
        let query = Request::new("{ viewer { level organisation { name } } }");
        let answer = schema.execute(query.data(Graph::open(hub.clone(), viewer, "personas"))).await.into_result();
        let answer = answer.map_err(|errors| anyhow::anyhow!("{}: {errors:?}", persona.name))?.data.into_json()?;
        let text =
            |pointer: &str| answer.pointer(pointer).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
        let (level, organisation) = (text("/viewer/level"), text("/viewer/organisation/name"));
        personas.push(DemoPersona { name: persona.name.to_owned(), level, organisation, token });
    }
    Ok(personas)
}
