use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;
use url::Url;
use uuid::Uuid;

use super::schema::PartnerSchema;
use crate::federation::store;
use crate::hub::Reference;

/// A partner whose subgraph stands in the graph that is served.
#[derive(Debug)]
pub struct Partner {
    pub subgraph: Uuid,
    pub name: String,
    pub(super) url: Url,
    pub(super) schema: PartnerSchema,
    /// Last day of its terms.
    until: NaiveDate,
}

impl Partner {
    #[cfg(test)]
    pub(super) fn new(subgraph: Uuid, name: &str, url: Url, schema: PartnerSchema) -> Self {
        Self { subgraph, name: name.to_owned(), url, schema, until: NaiveDate::MAX }
    }

    /// What it answers, and what it may be sent.
    pub fn schema(&self) -> &PartnerSchema {
        &self.schema
    }
}

/// The partners of the graph that is served, by name.
#[derive(Debug, Default)]
pub struct Partners(HashMap<String, Arc<Partner>>);

impl Partners {
    /// Who has this name, if its terms are not over on this day.
    pub fn find(&self, name: &str, today: NaiveDate) -> Option<Arc<Partner>> {
        self.0.get(name).filter(|partner| today <= partner.until).cloned()
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Partner>> {
        self.0.values()
    }
}

impl Reference for Partners {
    // A subgraph that is withdrawn makes a supergraph, too.
    const TABLES: &'static [&'static str] = &["supergraph"];

    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let Some(last) = store::supergraph(connection, None).await? else { return Ok(Self::default()) };
        let members = store::whole_members(connection, last.number).await?.into_iter().filter_map(|member| {
            let (name, subgraph) = (member.row.name, member.row.subgraph_id);
            let (Ok(schema), Ok(url)) = (PartnerSchema::read(&member.sdl), Url::parse(&member.url)) else {
                tracing::error!(name, "an approved subgraph cannot be read");
                return None;
            };
            let partner = Partner { subgraph, name: name.clone(), url, schema, until: member.until };
            Some((name, Arc::new(partner)))
        });
        Ok(Self(members.collect()))
    }
}
