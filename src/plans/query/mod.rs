//! Territorial plans in the graph.

mod measure;
mod parts;
mod plan;
mod readiness;
mod root;

use std::sync::Arc;

pub use parts::{
    INTERVENTION, NEED, PRIORITY, PlanIntervention, PlanNeed, PlanPriority, intervention, interventions, need, priority,
};
pub use plan::{PLAN, TerritorialPlan, plan, plans_of};
pub use root::PlanQuery;

/// Rows that may be missing, as a list of their type.
fn each<R: Clone, T>(rows: Option<Arc<[R]>>, item: impl Fn(R) -> T) -> Vec<T> {
    rows.iter().flat_map(|rows| rows.iter().cloned()).map(item).collect()
}
