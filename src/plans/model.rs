//! Plans and their parts.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::contribution::ContributionStatus;
use crate::organisations::model::{OrganisationRow, Visibility};
use crate::{columns, text_enum};

/// Kind of the global ids of plans.
pub const PLAN: &str = "TerritorialPlan";

text_enum! {
    /// Where a territorial plan stands [stato del piano].
    pub enum PlanStatus {
        /// Stakeholders are being heard [ascolto].
        Listening = "listening",
        /// Being drafted by the office [bozza].
        Draft = "draft",
        /// Before the territorial council [all'esame del Consiglio].
        BeforeCouncil = "before_council",
        /// Returned with remarks [rinviato].
        Returned = "returned",
        /// Endorsed by the council [parere favorevole].
        Endorsed = "endorsed",
        /// Adopted by the prefect [adottato].
        Adopted = "adopted",
        /// Being carried out [in attuazione].
        InImplementation = "in_implementation",
        /// Finished [concluso].
        Closed = "closed",
        /// Withdrawn [ritirato].
        Withdrawn = "withdrawn",
    }
}

columns! {
    /// An edition of a territorial plan.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct PlanRow as "t" {
        id: Uuid,
        office_id: Uuid,
        owner_number: i32,
        council_id: Option<Uuid>,
        province_code: String,
        title: String,
        edition: i32,
        previous_edition_id: Option<Uuid>,
        status: PlanStatus,
        period_from: NaiveDate,
        period_until: NaiveDate,
        submitted_on: Option<NaiveDate>,
        council_remarks: Option<String>,
        endorsed_on: Option<NaiveDate>,
        adopted_on: Option<NaiveDate>,
        started_on: Option<NaiveDate>,
        closed_on: Option<NaiveDate>,
        closing_report: Option<String>,
        withdrawn_on: Option<NaiveDate>,
        withdrawal_reason: Option<String>,
        context_analysis: Option<String>,
        objectives: Option<String>,
        resources: Option<String>,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        source: String,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

columns! {
    /// A need that a plan found.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct NeedRow as "n" {
        id: Uuid,
        plan_id: Uuid,
        ordinal: i32,
        topic: String,
        title: String,
        description: Option<String>,
        indicator: Option<String>,
        #[serde(with = "crate::db::decimal::optional")]
        indicator_value: Option<Decimal>,
        indicator_on: Option<NaiveDate>,
        indicator_source: Option<String>,
        found_at_id: Option<Uuid>,
        revises_id: Option<Uuid>,
        is_synthetic: bool,
    }
}

columns! {
    /// A priority that answers a need.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct PriorityRow as "y" {
        id: Uuid,
        plan_id: Uuid,
        need_id: Uuid,
        ordinal: i32,
        title: String,
        description: Option<String>,
        revises_id: Option<Uuid>,
        is_synthetic: bool,
    }
}

columns! {
    /// An intervention that carries out a priority, without the body responsible.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct InterventionRow as "i" {
        id: Uuid,
        plan_id: Uuid,
        priority_id: Uuid,
        ordinal: i32,
        title: String,
        description: Option<String>,
        responsible_id: Option<Uuid>,
        starts_on: Option<NaiveDate>,
        ends_on: Option<NaiveDate>,
        #[serde(with = "crate::db::decimal::optional")]
        budget: Option<Decimal>,
        expected_results: Option<String>,
        revises_id: Option<Uuid>,
        is_synthetic: bool,
    }
}

columns! {
    /// An indicator of the context that a plan starts from.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct IndicatorRow as "c" {
        id: Uuid,
        plan_id: Uuid,
        ordinal: i32,
        name: String,
        #[serde(with = "crate::db::decimal")]
        value: Decimal,
        unit: String,
        measured_on: NaiveDate,
        indicator_source: String,
        revises_id: Option<Uuid>,
        is_synthetic: bool,
    }
}

columns! {
    /// A body that carries an intervention out with the one responsible.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct PartnerRow as "b" {
        plan_id: Uuid,
        intervention_id: Uuid,
        organisation_id: Uuid,
        task: Option<String>,
    }
}

columns! {
    /// What shows an intervention's progress.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct MeasureRow as "m" {
        id: Uuid,
        plan_id: Uuid,
        intervention_id: Uuid,
        ordinal: i32,
        name: String,
        unit: String,
        #[serde(with = "crate::db::decimal::optional")]
        baseline: Option<Decimal>,
        #[serde(with = "crate::db::decimal")]
        target: Decimal,
        revises_id: Option<Uuid>,
        is_synthetic: bool,
    }
}

/// How much of the way from a baseline to a target, above it or below, a value has gone: 0 nothing, 1 all. Without a
/// baseline the way begins at nothing; `None` where there is no way.
pub fn progress(baseline: Option<Decimal>, target: Decimal, value: Decimal) -> Option<Decimal> {
    let baseline = baseline.unwrap_or_default();
    (value - baseline).checked_div(target - baseline)
}

impl MeasureRow {
    /// How much of the way from the baseline to the target a value has gone; `None` where there is no way.
    pub fn progress(&self, value: Decimal) -> Option<Decimal> {
        progress(self.baseline, self.target, value)
    }

    /// Whether a value is the target or lies beyond it, seen from the baseline.
    pub fn is_reached(&self, value: Decimal) -> bool {
        self.progress(value).map_or(value == self.target, |share| share >= Decimal::ONE)
    }
}

columns! {
    /// A value of a measure on a day.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct MeasurementRow as "v" {
        plan_id: Uuid,
        measure_id: Uuid,
        measured_on: NaiveDate,
        #[serde(with = "crate::db::decimal")]
        value: Decimal,
        value_source: Option<String>,
    }
}

/// An intervention with the body responsible, where the viewer may see it.
#[derive(Debug)]
pub struct Intervention {
    pub row: InterventionRow,
    pub responsible: Option<Arc<OrganisationRow>>,
}

/// What a list of contributions is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ContributionFilter {
    pub statuses: Vec<ContributionStatus>,
    /// Asked of this body.
    pub organisation: Option<Uuid>,
}

/// What a list of plans is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PlanFilter {
    pub statuses: Vec<PlanStatus>,
    /// Codes; `None` is any.
    pub provinces: Option<Vec<String>>,
    /// Period includes this day.
    pub in_force_on: Option<NaiveDate>,
    /// With, or without, needs for which no project that the viewer may see does anything.
    pub has_uncovered_needs: Option<bool>,
    pub is_synthetic: Option<bool>,
}

/// What a list of plans stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlansOf {
    /// The office that owns it, by id.
    Office,
    /// The council that it is put before, by id.
    Council,
    /// A province, by ISTAT code.
    Province,
}

/// Order of a list of plans.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum PlanOrder {
    /// The latest period first.
    #[default]
    NewestFirst,
    /// The earliest period first.
    OldestFirst,
}
