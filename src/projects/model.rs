//! Projects, who takes part in them, where, and under which contracts.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::organisations::model::{OrganisationRow, Visibility};
use crate::{columns, text_enum};

text_enum! {
    /// Where a project stands [stato del progetto].
    pub enum ProjectStatus {
        /// Being thought out by its lead [idea].
        Idea = "idea",
        /// Handed in to a call [presentato].
        Proposed = "proposed",
        /// Admitted to funding [ammesso].
        Admitted = "admitted",
        /// Not admitted [non ammesso].
        Rejected = "rejected",
        /// Agreement on the money signed [finanziato].
        Funded = "funded",
        /// Under way [in corso].
        Running = "running",
        /// Interrupted [sospeso].
        Suspended = "suspended",
        /// Finished [concluso].
        Closed = "closed",
        /// Money taken back [revocato].
        Revoked = "revoked",
    }
}

text_enum! {
    /// Role of a body in a project, beside the lead [ruolo].
    pub enum ProjectRole {
        /// Sets the programme that pays [programmatore].
        Programmer = "programmer",
        /// Implements it on the programmer's behalf [attuatore].
        Implementer = "implementer",
        /// Receives the money [beneficiario].
        Beneficiary = "beneficiary",
        /// Carries the work out [realizzatore].
        Performer = "performer",
        /// Partner [partner].
        Partner = "partner",
        /// Contractor of a service [affidatario].
        Contractor = "contractor",
    }
}

columns! {
    /// A project, without its lead.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct ProjectRow as "j" {
        id: Uuid,
        title: String,
        summary: Option<String>,
        status: ProjectStatus,
        cup: Option<String>,
        initiative_number: Option<String>,
        local_code: Option<String>,
        starts_on: Option<NaiveDate>,
        ends_on: Option<NaiveDate>,
        lead_id: Uuid,
        owner_number: i32,
        programme_code: Option<String>,
        call_id: Option<Uuid>,
        province_code: Option<String>,
        #[serde(with = "crate::db::decimal::optional")]
        requested_funding: Option<Decimal>,
        #[serde(with = "crate::db::decimal::optional")]
        public_funding: Option<Decimal>,
        #[serde(with = "crate::db::decimal::optional")]
        total_cost: Option<Decimal>,
        submitted_on: Option<NaiveDate>,
        decided_on: Option<NaiveDate>,
        decision_reasons: Option<String>,
        funded_on: Option<NaiveDate>,
        started_on: Option<NaiveDate>,
        suspended_on: Option<NaiveDate>,
        suspension_reason: Option<String>,
        closed_on: Option<NaiveDate>,
        closing_report: Option<String>,
        revoked_on: Option<NaiveDate>,
        revocation_reason: Option<String>,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        source: String,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

/// A project with its lead, where the viewer may see it.
#[derive(Debug)]
pub struct Project {
    pub row: ProjectRow,
    pub lead: Option<Arc<OrganisationRow>>,
}

columns! {
    /// A body's part in a project.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct ParticipationRow as "w" {
        id: Uuid,
        project_id: Uuid,
        organisation_id: Uuid,
        role: ProjectRole,
        valid_from: Option<NaiveDate>,
        valid_until: Option<NaiveDate>,
        #[serde(with = "crate::db::decimal::optional")]
        budget_share: Option<Decimal>,
        through_id: Option<Uuid>,
        is_synthetic: bool,
        source: String,
    }
}

/// A part in a project with its organisation, where the viewer may see it.
#[derive(Clone, Debug)]
pub struct Participation {
    pub row: ParticipationRow,
    pub organisation: Option<Arc<OrganisationRow>>,
}

/// A contract of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct ContractRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub cig: String,
    pub subject: Option<String>,
    #[serde(with = "crate::db::decimal::optional")]
    pub amount: Option<Decimal>,
    pub signed_on: Option<NaiveDate>,
    pub is_synthetic: bool,
    pub source: String,
}

/// Where a project works: a province, or one municipality of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct PlaceRow {
    pub project_id: Uuid,
    pub province_code: String,
    /// Empty for the whole province.
    pub municipality_code: String,
}

text_enum! {
    /// What became of an invitation to take part [esito dell'invito].
    pub enum ProjectInvitationStatus {
        /// Not answered yet [in attesa].
        Invited = "invited",
        /// The body takes part [accettato].
        Accepted = "accepted",
        /// It does not [rifiutato].
        Declined = "declined",
    }
}

columns! {
    /// A body that was asked to take part in a project.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct InvitationRow as "v" {
        id: Uuid,
        project_id: Uuid,
        organisation_id: Uuid,
        role: ProjectRole,
        #[serde(with = "crate::db::decimal::optional")]
        budget_share: Option<Decimal>,
        through_id: Option<Uuid>,
        status: ProjectInvitationStatus,
        invited_on: NaiveDate,
        answered_on: Option<NaiveDate>,
        reason: Option<String>,
    }
}

columns! {
    /// Money of a project for a body in a year.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct BudgetRow as "b" {
        project_id: Uuid,
        organisation_id: Uuid,
        year: i32,
        #[serde(with = "crate::db::decimal")]
        amount: Decimal,
    }
}

columns! {
    /// Money that a body declares to have spent for a project.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct SpendingRow as "s" {
        id: Uuid,
        project_id: Uuid,
        organisation_id: Uuid,
        spent_on: NaiveDate,
        #[serde(with = "crate::db::decimal")]
        amount: Decimal,
        description: String,
        declared_on: NaiveDate,
    }
}

columns! {
    /// A day by which something of a project is due.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct DeadlineRow as "d" {
        id: Uuid,
        project_id: Uuid,
        title: String,
        due_on: NaiveDate,
        done_on: Option<NaiveDate>,
    }
}

columns! {
    /// What shows what a project achieves.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct IndicatorRow as "i" {
        id: Uuid,
        project_id: Uuid,
        ordinal: i32,
        name: String,
        unit: String,
        #[serde(with = "crate::db::decimal::optional")]
        baseline: Option<Decimal>,
        #[serde(with = "crate::db::decimal")]
        target: Decimal,
    }
}

columns! {
    /// A value of an indicator on a day.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct ValueRow as "u" {
        project_id: Uuid,
        indicator_id: Uuid,
        measured_on: NaiveDate,
        #[serde(with = "crate::db::decimal")]
        value: Decimal,
        value_source: Option<String>,
    }
}

columns! {
    /// A change of a project after the money was agreed.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct AmendmentRow as "a" {
        id: Uuid,
        project_id: Uuid,
        ordinal: i32,
        amended_on: NaiveDate,
        reason: String,
    }
}

/// What a project does for a plan, and its money.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct WorkRow {
    pub plan_id: Uuid,
    pub project_id: Uuid,
    pub status: ProjectStatus,
    pub requested_funding: Option<Decimal>,
    pub public_funding: Option<Decimal>,
    /// All that was declared to be spent.
    pub spent: Decimal,
    /// The plan's interventions that it carries out.
    pub interventions: Vec<Uuid>,
    /// Interventions that it carries out in all, of this plan and of others that the viewer may see.
    pub interventions_in_all: i64,
}

/// Projects under the interventions of a plan that they carry out.
pub type Work = HashMap<Uuid, Vec<Arc<WorkRow>>>;

/// A link to an intervention that a project carries out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkRow {
    pub project_id: Uuid,
    pub intervention_id: Uuid,
}

/// A natural key that finds one project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProjectKey {
    /// Unique project code.
    Cup(String),
    /// Code in the source system [codice locale progetto].
    LocalCode(String),
}

/// What a list of projects is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProjectFilter {
    pub statuses: Vec<ProjectStatus>,
    /// Codes; `None` is any.
    pub programmes: Option<Vec<String>>,
    /// Codes; `None` is anywhere.
    pub provinces: Option<Vec<String>>,
    pub active_on: Option<NaiveDate>,
    pub is_synthetic: Option<bool>,
    /// A body whose answer is waited for, by its id.
    pub invited: Option<Uuid>,
}

/// What a list of projects stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProjectsOf {
    /// An organisation that leads it or takes part, by id.
    Organisation,
    /// A call, by id.
    Call,
    /// A province where it works, by ISTAT code.
    Province,
}

/// Order of a list of projects.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ProjectOrder {
    /// The last started first; those without a start last.
    #[default]
    NewestFirst,
    /// The first started first; those without a start last.
    OldestFirst,
}
