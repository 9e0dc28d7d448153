use async_graphql::SimpleObject;
use chrono::NaiveDate;

use crate::graphql::scalars::Date;
use crate::projects::document::ProjectDocument;
use crate::projects::life::{self, ProjectStep};
use crate::projects::model::{AmendmentRow, ProjectRow, ProjectStatus};

/// The days and reasons of a project's steps, each null until it is taken [iter].
#[derive(SimpleObject)]
pub struct ProjectCourse {
    /// Day on which it was handed in [presentazione].
    submitted_on: Option<Date>,
    /// Day on which it was admitted or rejected [decisione].
    decided_on: Option<Date>,
    /// Reasons of that decision [motivazioni].
    decision_reasons: Option<String>,
    /// Day of the agreement on the money [finanziamento].
    funded_on: Option<Date>,
    /// Day on which the work began [avvio].
    started_on: Option<Date>,
    /// Since when it is interrupted [sospensione].
    suspended_on: Option<Date>,
    /// Why it is interrupted.
    suspension_reason: Option<String>,
    /// Day on which it was closed [chiusura].
    closed_on: Option<Date>,
    /// What came of it [relazione finale].
    closing_report: Option<String>,
    /// Day on which the money was taken back [revoca].
    revoked_on: Option<Date>,
    /// Why the money was taken back.
    revocation_reason: Option<String>,
}

impl ProjectCourse {
    pub fn of(row: &ProjectRow) -> Self {
        Self {
            submitted_on: row.submitted_on.map(Date),
            decided_on: row.decided_on.map(Date),
            decision_reasons: row.decision_reasons.clone(),
            funded_on: row.funded_on.map(Date),
            started_on: row.started_on.map(Date),
            suspended_on: row.suspended_on.map(Date),
            suspension_reason: row.suspension_reason.clone(),
            closed_on: row.closed_on.map(Date),
            closing_report: row.closing_report.clone(),
            revoked_on: row.revoked_on.map(Date),
            revocation_reason: row.revocation_reason.clone(),
        }
    }
}

/// A change of a project after the money was agreed; what exactly changed is in its history [variazione].
#[derive(SimpleObject)]
pub struct ProjectAmendment {
    /// Its number, from 1.
    ordinal: i32,
    /// Day of the amendment.
    amended_on: Date,
    /// Why [motivo].
    reason: String,
}

impl ProjectAmendment {
    pub fn of(row: &AmendmentRow) -> Self {
        Self { ordinal: row.ordinal, amended_on: Date(row.amended_on), reason: row.reason.clone() }
    }
}

/// Whether a step in the life of a project can be taken, and what still prevents it [prontezza].
#[derive(SimpleObject)]
pub struct ProjectReadiness {
    /// The step [passaggio].
    step: ProjectStep,
    /// Where it leads [stato di arrivo].
    leads_to: ProjectStatus,
    /// Whether nothing that it asks for is missing.
    is_ready: bool,
    /// What is missing [elementi mancanti].
    missing: Vec<ProjectMissing>,
}

/// Something that a step asks for and that is not there [elemento mancante].
#[derive(SimpleObject)]
pub struct ProjectMissing {
    /// Stable code of the rule, e.g. `CALL_CLOSED` [regola].
    rule: String,
    /// For people, in the caller's language [messaggio].
    message: String,
}

impl ProjectReadiness {
    pub fn of(project: &ProjectDocument, step: ProjectStep, today: NaiveDate) -> Self {
        let missing = life::missing(project, step, today).into_iter();
        let told =
            |missing: life::Missing| ProjectMissing { rule: missing.rule.into(), message: missing.message.to_string() };
        let missing: Vec<_> = missing.map(told).collect();
        Self { step, leads_to: step.between().1, is_ready: missing.is_empty(), missing }
    }
}
