//! What is written into a plan part by part, and what becomes of it.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::super::create::{PlanIndicatorInput, PlanMeasureInput, PlanPartnerInput};
use crate::deed_payload;
use crate::deeds::Manner;
use crate::graphql::scalars::{Date, Euro};
use crate::plans::query::TerritorialPlan;

/// Texts, title and period of a plan; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct DraftTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Title [titolo].
    pub(super) title: Option<String>,
    /// First day of its period.
    pub(super) period_from: Option<Date>,
    /// Last day of its period.
    pub(super) period_until: Option<Date>,
    /// Analysis of the context [analisi di contesto].
    pub(super) context_analysis: MaybeUndefined<String>,
    /// Objectives [obiettivi].
    pub(super) objectives: MaybeUndefined<String>,
    /// Resources that can be activated [risorse attivabili].
    pub(super) resources: MaybeUndefined<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// An indicator of the context: a new one, or a known one said anew.
#[derive(InputObject)]
pub struct WritePlanIndicatorInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the indicator that is said anew; a new one when left out.
    pub(super) indicator_id: Option<ID>,
    /// Its place among the indicators, from 1; the last, or where it stands, when left out.
    pub(super) ordinal: Option<i32>,
    /// The indicator.
    pub(super) indicator: PlanIndicatorInput,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A need: a new one, or changes of a known one; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct WritePlanNeedInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the need that changes; a new one when left out.
    pub(super) need_id: Option<ID>,
    /// Its place among the needs, from 1; the last, or where it stands, when left out.
    pub(super) ordinal: Option<i32>,
    /// Topic, e.g. school, health, housing, work [ambito].
    pub(super) topic: Option<String>,
    /// The need in one line.
    pub(super) title: Option<String>,
    /// The need in full.
    pub(super) description: MaybeUndefined<String>,
    /// What is measured to show it [indicatore].
    pub(super) indicator: MaybeUndefined<String>,
    /// The indicator's value, in the unit that it names.
    pub(super) indicator_value: MaybeUndefined<f64>,
    /// Day that the value is of.
    pub(super) indicator_on: MaybeUndefined<Date>,
    /// Where the value comes from [fonte].
    pub(super) indicator_source: MaybeUndefined<String>,
    /// Global id of the sitting of the plan's council at which it emerged [emerso nella seduta].
    pub(super) found_at_id: MaybeUndefined<ID>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A priority: a new one, or changes of a known one; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct WritePlanPriorityInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the priority that changes; a new one when left out.
    pub(super) priority_id: Option<ID>,
    /// Global id of the need that it answers; of a new priority it is required.
    pub(super) need_id: Option<ID>,
    /// Its place among the priorities, from 1; the last, or where it stands, when left out.
    pub(super) ordinal: Option<i32>,
    /// The priority in one line.
    pub(super) title: Option<String>,
    /// The priority in full.
    pub(super) description: MaybeUndefined<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// An intervention: a new one, or changes of a known one; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct WritePlanInterventionInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the intervention that changes; a new one when left out.
    pub(super) intervention_id: Option<ID>,
    /// Global id of the priority that it carries out; of a new intervention it is required.
    pub(super) priority_id: Option<ID>,
    /// Its place among the interventions, from 1; the last, or where it stands, when left out.
    pub(super) ordinal: Option<i32>,
    /// The intervention in one line.
    pub(super) title: Option<String>,
    /// The intervention in full.
    pub(super) description: MaybeUndefined<String>,
    /// Global id of the body responsible [soggetto responsabile].
    pub(super) responsible_id: MaybeUndefined<ID>,
    /// All bodies that carry it out with the one responsible [partner].
    pub(super) partners: Option<Vec<PlanPartnerInput>>,
    /// First day of the work planned.
    pub(super) starts_on: MaybeUndefined<Date>,
    /// Last day of the work planned.
    pub(super) ends_on: MaybeUndefined<Date>,
    /// Money planned, euros [risorse previste].
    pub(super) budget: MaybeUndefined<Euro>,
    /// What should come of it [risultati attesi].
    pub(super) expected_results: MaybeUndefined<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// What is to show the progress of an intervention: a new measure, or a known one said anew.
#[derive(InputObject)]
pub struct WritePlanMeasureInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the measure that is said anew; a new one when left out.
    pub(super) measure_id: Option<ID>,
    /// Global id of the intervention; of a new measure it is required.
    pub(super) intervention_id: Option<ID>,
    /// The measure.
    pub(super) measure: PlanMeasureInput,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A part of a plan that is taken out.
#[derive(InputObject)]
pub struct RemovePlanPartInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the indicator, need, priority, intervention or measure.
    pub(super) part_id: ID,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

deed_payload! {
    /// What became of a plan's texts.
    pub struct DraftTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of an indicator.
    pub struct WritePlanIndicatorPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a need.
    pub struct WritePlanNeedPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a priority.
    pub struct WritePlanPriorityPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of an intervention.
    pub struct WritePlanInterventionPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a measure.
    pub struct WritePlanMeasurePayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a part that was to be taken out.
    pub struct RemovePlanPartPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }
}
