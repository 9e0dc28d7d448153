use async_graphql::{Context, Object};

use super::Directory;
use super::desk::{Desk, Topic};
use crate::lists::{List, cost, page};

/// A municipality of the hub's, known by its code.
pub struct Municipality {
    pub code: String,
    /// Sent along where a field requires it.
    pub population: Option<i32>,
}

// The hub describes what is its own: only what is added here has a description.
#[Object(name = "Municipality")]
impl Municipality {
    async fn code(&self) -> &str {
        &self.code
    }

    #[graphql(external)]
    async fn population(&self) -> Option<i32> {
        self.population
    }

    /// Desks there [sportelli].
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn servizi_desks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that help with this.")] topic: Option<Topic>,
        #[graphql(desc = "Items wanted, 1 to 200; 50 when left out.")] first: Option<i32>,
    ) -> List<Desk> {
        let desks = context.data_unchecked::<Directory>().by_municipality.get(&self.code).iter();
        page(desks.filter(|desk| topic.is_none_or(|topic| desk.topics.contains(&topic))), first)
    }

    /// Desks for every ten thousand people who live there; null where the hub does not know how many do.
    #[graphql(requires = "population")]
    async fn servizi_desks_per_ten_thousand(&self, context: &Context<'_>) -> Option<f64> {
        let desks = context.data_unchecked::<Directory>().by_municipality.get(&self.code).len();
        let people = self.population.filter(|people| *people > 0);
        people.map(|people| desks as f64 * 10_000.0 / f64::from(people))
    }
}
