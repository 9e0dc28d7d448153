//! What must hold of a project whatever is changed.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::document::ProjectDocument;
use super::model::{ProjectInvitationStatus, ProjectRow};
use crate::deeds::given::{line, money, period, text};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::Visibility;

/// Parts of one kind at the most.
const MOST_PARTS: usize = 500;

/// Everything that is wrong with a project.
pub fn check(project: &ProjectDocument) -> Outcome<()> {
    let row = &project.project;
    let mut flaws: Vec<UserError> = Vec::new();
    flaws.extend(line(&row.title, "title"));
    flaws.extend(text(row.summary.as_deref(), "summary"));
    flaws.extend(period(row.starts_on, row.ends_on, "endsOn"));
    flaws.extend(money(row.requested_funding, "requestedFunding"));
    flaws.extend(money(row.public_funding, "publicFunding"));
    flaws.extend(money(row.total_cost, "totalCost"));
    if row.visibility == Visibility::Public && !row.status.is_judged() {
        let message =
            Message::new("Una proposta non ammessa non è pubblica.", "A proposal not admitted is not public.");
        flaws.push(UserError::invalid("visibility", "NOT_ADMITTED_NOT_PUBLIC", message));
    }
    flaws.extend(partners(project));
    flaws.extend(budgets(project));
    flaws.extend(project.project_invitation.iter().filter_map(|row| money(row.budget_share, "budgetShare")));
    flaws.extend(project.project_participation.iter().filter_map(|row| money(row.budget_share, "budgetShare")));
    flaws.extend(project.project_contract.iter().filter_map(|row| money(row.amount, "amount")));
    flaws.extend(project.project_deadline.iter().filter_map(|row| line(&row.title, "title")));
    for indicator in &project.project_indicator {
        flaws.extend(line(&indicator.name, "name"));
        flaws.extend(line(&indicator.unit, "unit"));
    }
    let counts = [
        project.project_participation.len() + project.project_invitation.len(),
        project.project_place.len(),
        project.project_intervention.len(),
        project.project_contract.len(),
        project.project_budget.len(),
        project.project_deadline.len(),
        project.project_indicator.len(),
    ];
    if counts.into_iter().any(|count| count > MOST_PARTS) {
        let message = Message::new(
            format!("Un progetto ha al massimo {MOST_PARTS} elementi di ciascun tipo."),
            format!("A project has at most {MOST_PARTS} parts of each kind."),
        );
        flaws.push(UserError::limit("", "TOO_MANY_PARTS", message));
    }
    Flaws::default().and(flaws).none()
}

/// Nobody is a partner of itself, and every chain of "takes part through" ends at the lead.
fn partners(project: &ProjectDocument) -> Vec<UserError> {
    let asked = project.project_invitation.iter().filter(|row| row.status != ProjectInvitationStatus::Declined);
    let asked = asked.map(|row| (row.organisation_id, row.through_id));
    let parts = project.project_participation.iter().map(|row| (row.organisation_id, row.through_id));
    let through: HashMap<Uuid, Uuid> = parts.chain(asked).filter_map(|(body, via)| Some((body, via?))).collect();
    let mut flaws = Vec::new();
    if through.values().any(|via| !project.concerns(*via)) {
        let message = Message::new(
            "L'ente attraverso cui si partecipa non prende parte al progetto.",
            "The body through which it takes part does not take part in the project.",
        );
        flaws.push(UserError::invalid("throughId", "THROUGH_NOT_PARTNER", message));
    }
    let is_circular = |start: &Uuid| {
        let mut steps = std::iter::successors(Some(*start), |body| through.get(body).copied());
        steps.nth(through.len() + 1).is_some()
    };
    if through.keys().any(is_circular) {
        let message = Message::new(
            "La catena dei partner è circolare: un ente parteciperebbe attraverso se stesso.",
            "The chain of partners is circular: a body would take part through itself.",
        );
        flaws.push(UserError::invalid("throughId", "PARTNER_CHAIN_CIRCULAR", message));
    }
    flaws
}

/// Budgets belong to bodies of the project, and do not exceed its cost.
fn budgets(project: &ProjectDocument) -> Vec<UserError> {
    let mut flaws = Vec::new();
    if project.project_budget.iter().any(|row| !project.concerns(row.organisation_id)) {
        let message = Message::new(
            "Una voce di bilancio è di un ente che non prende parte al progetto.",
            "A budget line is of a body that does not take part in the project.",
        );
        flaws.push(UserError::invalid("budget", "BUDGET_OF_STRANGER", message));
    }
    flaws.extend(project.project_budget.iter().filter_map(|row| money(Some(row.amount), "budget")));
    let planned: rust_decimal::Decimal = project.project_budget.iter().map(|row| row.amount).sum();
    if project.project.total_cost.is_some_and(|cost| planned > cost) {
        let message =
            Message::new("Le voci di bilancio superano il costo totale.", "The budget lines exceed the whole cost.");
        flaws.push(UserError::invalid("budget", "BUDGET_ABOVE_COST", message));
    }
    flaws
}

/// A day within the project's own days, and not in the future.
pub fn within(project: &ProjectRow, day: NaiveDate, field: &str, today: NaiveDate) -> Outcome<()> {
    let is_before = project.starts_on.is_some_and(|first| day < first);
    if is_before || day > today {
        let message = Message::new(
            "Il giorno viene prima dell'inizio del progetto, o è nel futuro.",
            "The day comes before the project's first, or is in the future.",
        );
        return Err(UserError::invalid(field, "DAY_OUTSIDE_PROJECT", message).into());
    }
    Ok(())
}
