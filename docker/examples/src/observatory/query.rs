use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::Courses;
use super::course::{Course, Topic};
use super::project::Project;
use super::province::Province;
use crate::lists::{List, cost, page};

pub struct Query;

// What a partner adds to Query may be null: where it fails, the fields of others stand.
#[Object]
impl Query {
    /// Courses for people from other countries, by id [corsi].
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn osservatorio_courses(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that begin in this year.")] year: Option<i32>,
        #[graphql(desc = "Only those that teach this.")] topic: Option<Topic>,
        #[graphql(desc = "Items wanted, 1 to 200; 50 when left out.")] first: Option<i32>,
    ) -> List<Course> {
        let courses = context.data_unchecked::<Courses>().all.iter().filter(|course| {
            year.is_none_or(|year| course.year == year) && topic.is_none_or(|topic| course.topic == topic)
        });
        page(courses, first)
    }

    #[graphql(entity)]
    async fn course(&self, context: &Context<'_>, id: ID) -> Option<Arc<Course>> {
        context.data_unchecked::<Courses>().by_id.get(&id).first().cloned()
    }

    /// Whether there is such a province is for the hub to say: here it may just have no courses.
    #[graphql(entity)]
    async fn province(&self, code: String) -> Province {
        Province { code }
    }

    #[graphql(entity)]
    async fn project(&self, cup: Option<String>) -> Project {
        Project { cup }
    }
}
