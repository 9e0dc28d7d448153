use async_graphql::{Context, Object};

use super::Courses;
use super::course::Course;
use crate::lists::{List, cost, page};

/// A project of the hub's, known by its CUP. Not every project has one, which is why it may be null there, and so here.
pub struct Project {
    pub cup: Option<String>,
}

// The hub describes what is its own: only what is added here has a description.
#[Object(name = "Project")]
impl Project {
    async fn cup(&self) -> Option<&str> {
        self.cup.as_deref()
    }

    /// Courses that it pays [corsi finanziati].
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn osservatorio_courses(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 200; 50 when left out.")] first: Option<i32>,
    ) -> List<Course> {
        let courses = &context.data_unchecked::<Courses>().by_cup;
        page(self.cup.iter().flat_map(|cup| courses.get(cup)), first)
    }
}
