use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::Directory;
use super::desk::{Desk, Topic};
use super::municipality::Municipality;
use crate::lists::{List, cost, page};

pub struct Query;

// What a partner adds to Query may be null: where it fails, the fields of others stand.
#[Object]
impl Query {
    /// Desks where people are helped, by id [sportelli].
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn servizi_desks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that help with this.")] topic: Option<Topic>,
        #[graphql(desc = "Only those where this language is spoken, an ISO 639-1 code.")] language: Option<String>,
        #[graphql(desc = "Items wanted, 1 to 200; 50 when left out.")] first: Option<i32>,
    ) -> List<Desk> {
        let desks = context.data_unchecked::<Directory>().desks.iter().filter(|desk| {
            topic.is_none_or(|topic| desk.topics.contains(&topic))
                && language.as_ref().is_none_or(|language| desk.languages.contains(language))
        });
        page(desks, first)
    }

    #[graphql(entity)]
    async fn desk(&self, context: &Context<'_>, id: ID) -> Option<Arc<Desk>> {
        context.data_unchecked::<Directory>().by_id.get(&id).first().cloned()
    }

    /// Whether there is such a municipality is for the hub to say: here it may just have no desks.
    #[graphql(entity)]
    async fn municipality(&self, #[graphql(key)] code: String, population: Option<i32>) -> Municipality {
        Municipality { code, population }
    }
}
