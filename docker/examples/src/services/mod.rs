//! A directory of the desks where people are helped, as the subgraph `servizi`.

mod desk;
mod municipality;
mod query;

use std::sync::Arc;

use crate::data::{Index, read};
use crate::serving::{Schema, bounded};
use desk::Desk;

pub use query::Query;

/// The subgraph's name.
pub const NAME: &str = "servizi";

/// The desks.
struct Directory {
    desks: Vec<Arc<Desk>>,
    by_id: Index<Desk>,
    by_municipality: Index<Desk>,
}

/// # Errors
/// The data are not what the types say.
pub fn schema() -> anyhow::Result<Schema<Query>> {
    let desks = read::<Desk>(include_str!("../../data/desks.csv"))?;
    let by_id = Index::new(&desks, |desk| Some(&desk.id));
    let by_municipality = Index::new(&desks, |desk| Some(&desk.municipality));
    Ok(bounded(Query).data(Directory { desks, by_id, by_municipality }).finish())
}
