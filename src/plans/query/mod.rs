//! Territorial plans in the graph.

mod contribution;
mod coverage;
mod intervention;
mod measure;
mod parts;
mod plan;
mod readiness;
mod root;
mod subscription;

use std::sync::Arc;

pub use contribution::{PlanContribution, contribution};
pub use intervention::{INTERVENTION, PlanIntervention, intervention, interventions};
pub use parts::{NEED, PRIORITY, PlanNeed, PlanPriority, need, needs_found_at, priority};
pub use plan::{PLAN, TerritorialPlan, plan, plans_of};
pub use root::PlanQuery;
pub use subscription::PlanSubscription;

pub use crate::plans::contribution::CONTRIBUTION;

/// Rows that may be missing, as a list of their type.
fn each<R: Clone, T>(rows: Option<Arc<[R]>>, item: impl Fn(R) -> T) -> Vec<T> {
    rows.iter().flat_map(|rows| rows.iter().cloned()).map(item).collect()
}
