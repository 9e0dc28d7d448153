//! Plans and their parts.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::organisations::model::{OrganisationRow, Visibility};
use crate::{columns, text_enum};

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
    pub struct PlanRow as "t" {
        id: Uuid,
        office_id: Uuid,
        council_id: Option<Uuid>,
        province_code: String,
        title: String,
        edition: i32,
        previous_edition_id: Option<Uuid>,
        status: PlanStatus,
        period_from: NaiveDate,
        period_until: NaiveDate,
        endorsed_on: Option<NaiveDate>,
        adopted_on: Option<NaiveDate>,
        context_analysis: Option<String>,
        objectives: Option<String>,
        resources: Option<String>,
        visibility: Visibility,
        is_synthetic: bool,
        source: String,
    }
}

columns! {
    /// A need that a plan found.
    pub struct NeedRow as "n" {
        id: Uuid,
        plan_id: Uuid,
        ordinal: i32,
        topic: String,
        title: String,
        description: Option<String>,
        indicator: Option<String>,
        indicator_value: Option<Decimal>,
        indicator_on: Option<NaiveDate>,
        indicator_source: Option<String>,
        is_synthetic: bool,
    }
}

columns! {
    /// A priority that answers a need.
    pub struct PriorityRow as "y" {
        id: Uuid,
        plan_id: Uuid,
        need_id: Uuid,
        ordinal: i32,
        title: String,
        description: Option<String>,
        is_synthetic: bool,
    }
}

columns! {
    /// An intervention that carries out a priority, without the body responsible.
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
        budget: Option<Decimal>,
        expected_results: Option<String>,
        is_synthetic: bool,
    }
}

/// An intervention with the body responsible, where the viewer may see it.
#[derive(Debug)]
pub struct Intervention {
    pub row: InterventionRow,
    pub responsible: Option<Arc<OrganisationRow>>,
}

/// How far a plan's chain is carried through, over what the viewer may see.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CoverageRow {
    pub plan_id: Uuid,
    pub needs: i64,
    pub interventions: i64,
    /// Needs without a priority that has an intervention.
    pub needs_without_intervention: Vec<Uuid>,
    /// Interventions that no project admitted or under way carries out.
    pub interventions_without_project: Vec<Uuid>,
    /// Interventions without a body responsible.
    pub interventions_without_actor: Vec<Uuid>,
}

/// What a list of plans is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PlanFilter {
    pub statuses: Vec<PlanStatus>,
    /// Codes; `None` is any.
    pub provinces: Option<Vec<String>>,
    /// Period includes this day.
    pub in_force_on: Option<NaiveDate>,
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
