//! Plans and their parts by key, batched.

use std::sync::Arc;

use super::contribution::ContributionRow;
use super::coverage::ChainRow;
use super::model::{IndicatorRow, Intervention, MeasureRow, MeasurementRow, NeedRow, PartnerRow, PlanRow, PriorityRow};
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
    /// The needs that emerged at a sitting, plan by plan.
    NeedsFoundAt => Arc<[Arc<NeedRow>]>, store::needs_of_sittings
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
    /// The plan in which an intervention stands.
    PlanOfIntervention => Arc<PlanRow>, store::plans_of_interventions
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
    /// The ways from a plan's needs to its interventions, in the plan's order.
    ChainOf => Arc<[ChainRow]>, store::chains
}
batched_by_uuid! {
    /// A plan's indicators of the context, in the plan's order.
    IndicatorsOf => Arc<[Arc<IndicatorRow>]>, store::indicators_of_plans
}
batched_by_uuid! {
    /// The bodies that carry an intervention out with the one responsible.
    PartnersOf => Arc<[Arc<PartnerRow>]>, store::partners_of_interventions
}
batched_by_uuid! {
    /// What shows an intervention's progress, in the plan's order.
    MeasuresOf => Arc<[Arc<MeasureRow>]>, store::measures_of_interventions
}
batched_by_uuid! {
    /// The values of a measure, the earliest first.
    MeasurementsOf => Arc<[Arc<MeasurementRow>]>, store::measurements_of_measures
}
batched_by_uuid! {
    /// A contribution to a plan.
    ContributionById => Arc<ContributionRow>, store::contributions_by_ids
}
