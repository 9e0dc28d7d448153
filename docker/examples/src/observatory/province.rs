use std::sync::Arc;

use async_graphql::{Context, Object};

use super::Courses;
use super::course::Course;
use crate::lists::{List, cost, page};

/// A province of the hub's, known by its code.
pub struct Province {
    pub code: String,
}

impl Province {
    fn courses<'c>(&self, context: &Context<'c>, year: Option<i32>) -> impl Iterator<Item = &'c Arc<Course>> {
        let courses = context.data_unchecked::<Courses>().by_province.get(&self.code).iter();
        courses.filter(move |course| year.is_none_or(|year| course.year == year))
    }
}

// The hub describes what is its own: only what is added here has a description.
#[Object(name = "Province")]
impl Province {
    async fn code(&self) -> &str {
        &self.code
    }

    /// Courses held there [corsi].
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn osservatorio_courses(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that begin in this year.")] year: Option<i32>,
        #[graphql(desc = "Items wanted, 1 to 200; 50 when left out.")] first: Option<i32>,
    ) -> List<Course> {
        page(self.courses(context, year), first)
    }

    /// How many of those who began a course completed it, from 0 to 1: of the courses that are over; null where there are none
    /// [tasso di completamento].
    async fn osservatorio_completion_rate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only of courses that begin in this year.")] year: Option<i32>,
    ) -> Option<f64> {
        let over = self.courses(context, year).filter_map(|course| Some((course.enrolled, course.completed?)));
        let (enrolled, completed) = over.fold((0, 0), |sums, course| (sums.0 + course.0, sums.1 + course.1));
        (enrolled > 0).then(|| f64::from(completed) / f64::from(enrolled))
    }
}
