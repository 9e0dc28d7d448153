//! What changes projects. Each goes the way of every deed; what is particular to it is in the project's model.

mod decisions;
mod proposal;
mod register;
mod work;

use std::sync::Arc;

use async_graphql::{Context, ID};
use chrono::{NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

pub use decisions::ProjectDecisions;
pub use proposal::ProjectProposals;
pub use register::ProjectRegistration;
pub use work::ProjectWork;

use super::check::check;
use super::document::{Facts, PROJECT, ProjectDocument};
use super::life::{self, ProjectStep};
use super::model::{PlaceRow, ProjectRow, ProjectStatus};
use crate::access::{Action, Level};
use crate::deeds::{self, Deed, Manner, Told};
use crate::graphql::mutation::record;
use crate::graphql::{Graph, Outcome, UserError};
use crate::locale::Message;
use crate::organisations::Directory;
use crate::organisations::model::{OrganisationRow, Visibility};
use crate::territory::Territory;

/// Which project, as the caller has read it, and how.
struct On<'a>(&'a ID, i32, &'a Manner);

impl<'a> On<'a> {
    fn deed(&self, action: Action, is_step: bool) -> Outcome<Deed<'a>> {
        let record = (record(PROJECT, self.0, "projectId")?, "projectId");
        Ok(Deed { action, manner: self.2, record, expected: self.1, is_step })
    }
}

/// Changes a project that is in one of these states.
async fn change(
    ctx: &Context<'_>,
    (action, what): (Action, Message),
    states: &[ProjectStatus],
    on: On<'_>,
    change: impl FnOnce(&mut ProjectDocument) -> Outcome<()> + Send,
) -> Outcome<Told<ProjectDocument>> {
    deeds::alter(ctx, on.deed(action, false)?, |project: &mut ProjectDocument| {
        life::allows(project.project.status, states, &what)?;
        change(project)?;
        check(project)
    })
    .await
}

/// Takes a step; `set` writes down what belongs to it, and is asked first for what the step asks for.
async fn step(
    ctx: &Context<'_>,
    (action, step): (Action, ProjectStep),
    on: On<'_>,
    set: impl FnOnce(&mut ProjectDocument, NaiveDate) -> Outcome<()> + Send,
) -> Outcome<Told<ProjectDocument>> {
    let today = Graph::of(ctx).today;
    deeds::alter(ctx, on.deed(action, true)?, |project: &mut ProjectDocument| {
        life::allows(project.project.status, step.between().0, &step.name())?;
        set(project, today)?;
        life::take(project, step, today)?;
        check(project)
    })
    .await
}

/// The rows of the places that an input names by abbreviation, ISTAT code of the province or ISTAT code of the municipality.
fn places(graph: &Graph, project_id: Uuid, named: &[String]) -> Outcome<Vec<PlaceRow>> {
    let territory = graph.reference::<Territory>();
    let mut rows: Vec<PlaceRow> = Vec::new();
    for (place, name) in named.iter().enumerate() {
        let municipality = territory.municipality(name);
        let row = match &municipality {
            Some(found) => Some(PlaceRow {
                project_id,
                province_code: found.province_code.clone(),
                municipality_code: found.code.clone(),
            }),
            None => territory.province_named(name, graph.today).map(|found| PlaceRow {
                project_id,
                province_code: found.code.clone(),
                municipality_code: String::new(),
            }),
        };
        let row = row.ok_or_else(|| UserError::not_found(&format!("places.{place}")))?;
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Refuses places beyond the caller's competence: bodies of a funded project see what is of its territory, so an office gives
/// that for its own provinces alone, the central department for all.
fn competent(graph: &Graph, project: &ProjectDocument) -> Outcome<()> {
    if graph.viewer.level == Level::National {
        return Ok(());
    }
    let own = graph.viewer.organisation.unwrap_or_default();
    let provinces = graph.reference::<Directory>().provinces_of(own, graph.today);
    if project.project_place.iter().all(|place| provinces.contains(&place.province_code)) {
        return Ok(());
    }
    let message = Message::new(
        "Un luogo è fuori dalle province di competenza: decide il Dipartimento.",
        "A place lies outside the provinces that you are competent for: the central department decides.",
    );
    Err(UserError::invalid("places", "PLACE_NOT_COMPETENT", message).into())
}

/// A project without parts, as an idea of its lead alone.
fn new_project(lead: &OrganisationRow, title: &str) -> ProjectDocument {
    let project = ProjectRow {
        id: Uuid::now_v7(),
        title: title.trim().to_owned(),
        summary: None,
        status: ProjectStatus::Idea,
        cup: None,
        initiative_number: None,
        local_code: None,
        starts_on: None,
        ends_on: None,
        lead_id: lead.id,
        owner_number: lead.number,
        programme_code: None,
        call_id: None,
        province_code: lead.province_code.clone(),
        requested_funding: None,
        public_funding: None,
        total_cost: None,
        submitted_on: None,
        decided_on: None,
        decision_reasons: None,
        funded_on: None,
        started_on: None,
        suspended_on: None,
        suspension_reason: None,
        closed_on: None,
        closing_report: None,
        revoked_on: None,
        revocation_reason: None,
        visibility: Visibility::Owner,
        group_number: None,
        audience: 0,
        is_synthetic: false,
        source: SOURCE.into(),
        version: 1,
        updated_at: Utc::now(),
    };
    ProjectDocument {
        project: Arc::new(project),
        project_participation: Vec::new(),
        project_invitation: Vec::new(),
        project_place: Vec::new(),
        project_intervention: Vec::new(),
        project_contract: Vec::new(),
        project_budget: Vec::new(),
        project_spending: Vec::new(),
        project_deadline: Vec::new(),
        project_indicator: Vec::new(),
        project_value: Vec::new(),
        project_amendment: Vec::new(),
        facts: Facts::default(),
    }
}

/// Where the record of a caller's own doing says that it comes from.
const SOURCE: &str = "Raccordo";

/// An amount that is more than nothing.
fn positive(amount: Decimal, field: &str) -> Outcome<Decimal> {
    if amount > Decimal::ZERO {
        return Ok(amount.normalize());
    }
    let message = Message::new("L'importo deve essere maggiore di zero.", "The amount must be more than zero.");
    Err(UserError::invalid(field, "AMOUNT_NOT_POSITIVE", message).into())
}
