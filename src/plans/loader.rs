//! Plans and their parts by key, batched.

use std::sync::Arc;

use super::model::{CoverageRow, Intervention, NeedRow, PlanRow, PriorityRow};
use super::store;
use crate::batched_by_uuid;

batched_by_uuid! {
    /// A plan.
    PlanById => Arc<PlanRow>, store::by_ids
}
batched_by_uuid! {
    /// A need.
    NeedById => Arc<NeedRow>, store::needs_by_ids
}
batched_by_uuid! {
    /// A plan's needs, in the plan's order.
    NeedsOf => Arc<[Arc<NeedRow>]>, store::needs_of_plans
}
batched_by_uuid! {
    /// A priority.
    PriorityById => Arc<PriorityRow>, store::priorities_by_ids
}
batched_by_uuid! {
    /// A plan's priorities, in the plan's order.
    PrioritiesOfPlan => Arc<[Arc<PriorityRow>]>, store::priorities_of_plans
}
batched_by_uuid! {
    /// The priorities that answer a need, in the plan's order.
    PrioritiesOfNeed => Arc<[Arc<PriorityRow>]>, store::priorities_of_needs
}
batched_by_uuid! {
    /// An intervention with the body responsible.
    InterventionById => Arc<Intervention>, store::interventions_by_ids
}
batched_by_uuid! {
    /// A plan's interventions, in the plan's order.
    InterventionsOfPlan => Arc<[Arc<Intervention>]>, store::interventions_of_plans
}
batched_by_uuid! {
    /// The interventions that carry out a priority, in the plan's order.
    InterventionsOfPriority => Arc<[Arc<Intervention>]>, store::interventions_of_priorities
}
batched_by_uuid! {
    /// How far a plan is carried through.
    CoverageOf => Arc<CoverageRow>, store::coverage
}
