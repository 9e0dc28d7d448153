//! What steps of a plan are asked with, and what becomes of them.

use async_graphql::{ID, InputObject};

use crate::deed_payload;
use crate::deeds::Manner;
use crate::graphql::scalars::Date;
use crate::organisations::model::Visibility;
use crate::plans::query::TerritorialPlan;

/// Declares the input of a step that asks for nothing but its day.
macro_rules! step_inputs {
    ($($(#[$doc:meta])* $name:ident),+) => { $(
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// Global id of the plan.
            pub(super) plan_id: ID,
            /// Version of the plan that the caller has read: the step is taken on what it says.
            pub(super) expected_version: i32,
            /// Day of the step; today when left out.
            pub(super) on: Option<Date>,
            /// How it is to be done.
            #[graphql(flatten)]
            pub(super) manner: Manner,
        }
    )+ };
}
step_inputs! {
    /// A plan that begins to be drafted.
    StartPlanDraftingInput,
    /// A plan that the council endorses.
    EndorseTerritorialPlanInput,
    /// A plan that begins to be carried out.
    StartPlanImplementationInput
}

/// A plan that is put before the council.
#[derive(InputObject)]
pub struct SubmitTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read: the step is taken on what it says.
    pub(super) expected_version: i32,
    /// Day of the step; today when left out.
    pub(super) on: Option<Date>,
    /// Who may see it from now on, at least the bodies of the territory, to which the council belongs.
    #[graphql(default_with = "Visibility::Territory")]
    pub(super) visibility: Visibility,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A plan that the council returns.
#[derive(InputObject)]
pub struct ReturnTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read: the step is taken on what it says.
    pub(super) expected_version: i32,
    /// What the council remarks [osservazioni].
    pub(super) remarks: String,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A plan that is adopted.
#[derive(InputObject)]
pub struct AdoptTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read: the step is taken on what it says.
    pub(super) expected_version: i32,
    /// Day of the adoption; today when left out.
    pub(super) on: Option<Date>,
    /// Who may see it from now on.
    #[graphql(default_with = "Visibility::Public")]
    pub(super) visibility: Visibility,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A plan that is closed.
#[derive(InputObject)]
pub struct CloseTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read: the step is taken on what it says.
    pub(super) expected_version: i32,
    /// Day of the step; today when left out.
    pub(super) on: Option<Date>,
    /// What came of it [relazione finale].
    pub(super) report: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A plan that is given up.
#[derive(InputObject)]
pub struct WithdrawTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read: the step is taken on what it says.
    pub(super) expected_version: i32,
    /// Why [motivo].
    pub(super) reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// Who may see a plan.
#[derive(InputObject)]
pub struct ShareTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Who may see it from now on.
    pub(super) visibility: Visibility,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A measured value.
#[derive(InputObject)]
pub struct RecordPlanMeasurementInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// Version of the plan that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the measure.
    pub(super) measure_id: ID,
    /// Day that the value is of; a value of the same day is replaced.
    pub(super) measured_on: Date,
    /// The value, in the measure's unit; null takes the value of that day away.
    pub(super) value: Option<f64>,
    /// Where it comes from [fonte].
    pub(super) source: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

deed_payload! {
    /// What became of the start of drafting.
    pub struct StartPlanDraftingPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a submission.
    pub struct SubmitTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a return.
    pub struct ReturnTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of an endorsement.
    pub struct EndorseTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of an adoption.
    pub struct AdoptTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of the start of implementation.
    pub struct StartPlanImplementationPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a closing.
    pub struct CloseTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a withdrawal.
    pub struct WithdrawTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of who may see a plan.
    pub struct ShareTerritorialPlanPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a measured value.
    pub struct RecordPlanMeasurementPayload {
        /// The plan.
        territorial_plan: TerritorialPlan
    }
}
