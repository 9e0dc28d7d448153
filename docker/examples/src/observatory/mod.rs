//! An observatory of training [osservatorio della formazione], as the subgraph `osservatorio`.

mod course;
mod project;
mod province;
mod query;

use std::sync::Arc;

use crate::data::{Index, read};
use crate::serving::{Schema, bounded};
use course::Course;

pub use query::Query;

/// The subgraph's name.
pub const NAME: &str = "osservatorio";

/// The courses.
struct Courses {
    all: Vec<Arc<Course>>,
    by_id: Index<Course>,
    by_province: Index<Course>,
    by_cup: Index<Course>,
}

/// # Errors
/// The data are not what the types say.
pub fn schema() -> anyhow::Result<Schema<Query>> {
    let all = read::<Course>(include_str!("../../data/courses.csv"))?;
    let by_id = Index::new(&all, |course| Some(&course.id));
    let by_province = Index::new(&all, |course| Some(&course.province));
    let by_cup = Index::new(&all, |course| course.cup.as_deref());
    Ok(bounded(Query).data(Courses { all, by_id, by_province, by_cup }).finish())
}
