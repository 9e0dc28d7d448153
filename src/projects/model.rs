//! Projects, who takes part in them, where, and under which contracts.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
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
        programme_code: Option<String>,
        call_id: Option<Uuid>,
        province_code: Option<String>,
        public_funding: Option<Decimal>,
        total_cost: Option<Decimal>,
        visibility: Visibility,
        is_synthetic: bool,
        source: String,
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
    pub struct ParticipationRow as "w" {
        id: Uuid,
        project_id: Uuid,
        organisation_id: Uuid,
        role: ProjectRole,
        valid_from: Option<NaiveDate>,
        valid_until: Option<NaiveDate>,
        budget_share: Option<Decimal>,
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
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ContractRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub cig: String,
    pub subject: Option<String>,
    pub amount: Option<Decimal>,
    pub signed_on: Option<NaiveDate>,
    pub is_synthetic: bool,
    pub source: String,
}

/// Where a project works: a province, or one municipality of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceRow {
    pub project_id: Uuid,
    pub province_code: String,
    /// Empty for the whole province.
    pub municipality_code: String,
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
