//! What happens in a sitting: who answers and comes, what is resolved, how the minutes are approved.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::document::SittingDocument;
use super::invitations::{awaited, not_invited};
use super::life::{SittingStep, refuse, take};
use super::model::{InvitationAnswer, ResolutionKind, ResolutionOutcome, ResolutionRow, SittingStatus};
use crate::deeds::given::{day_of, line, required};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::Visibility;

/// Resolutions of a sitting at the most.
const MOST_RESOLUTIONS: usize = 100;

/// What a body answers to its invitation.
pub struct Answer {
    pub comes: bool,
    /// Office that its representative holds.
    pub represented_by: Option<String>,
}

/// Writes down what a body answers.
///
/// # Errors
/// `NOT_CONVENED`; `SITTING_OVER`; `LINE_REQUIRED`; `NOT_INVITED`.
pub fn answer(sitting: &mut SittingDocument, body: Option<Uuid>, given: Answer, today: NaiveDate) -> Outcome<()> {
    awaited(sitting, today)?;
    let invited = sitting.sitting_invitation.iter_mut().find(|row| Some(row.organisation_id) == body);
    let invited = invited.ok_or_else(|| not_invited("sittingId"))?;
    let represented_by = office(given.represented_by, "representedBy")?;
    let row = Arc::make_mut(invited);
    row.answer = if given.comes { InvitationAnswer::Yes } else { InvitationAnswer::No };
    row.answered_on = Some(today);
    row.represented_by = represented_by;
    Ok(())
}

/// Whether a body came.
pub struct Attendance {
    pub body: Uuid,
    pub attended: bool,
    /// Office that its representative holds; what was told before stays where it is left out.
    pub represented_by: Option<String>,
}

/// Writes down who came, from the day of the sitting on, until the minutes are approved; `others` of whoever is not named.
///
/// # Errors
/// `ATTENDANCE_CLOSED`; `SITTING_AHEAD`; `NOT_FOUND` for a body that was not called; `LINE_REQUIRED`; `QUORUM_NEEDED`: the
/// resolutions rest on it.
pub fn record_attendance(
    sitting: &mut SittingDocument,
    given: Vec<Attendance>,
    others: Option<bool>,
    today: NaiveDate,
) -> Outcome<()> {
    let status = sitting.council_sitting.status;
    if status != SittingStatus::Convened && !status.is_being_recorded() {
        let (it, en) = (
            "le presenze si registrano dalla convocazione all'approvazione del verbale.",
            "attendance is recorded between the convening and the approval of the minutes.",
        );
        return Err(refuse(status, "ATTENDANCE_CLOSED", it, en));
    }
    if sitting.council_sitting.day() > today {
        return Err(refuse(status, "SITTING_AHEAD", "la data non è ancora arrivata.", "the date has not come yet."));
    }
    if let Some(attended) = others {
        let is_named = |body: Uuid| given.iter().any(|given| given.body == body);
        for row in sitting.sitting_invitation.iter_mut().filter(|row| !is_named(row.organisation_id)) {
            Arc::make_mut(row).attended = Some(attended);
        }
    }
    for (place, given) in given.into_iter().enumerate() {
        let at = |field: &str| format!("attendance.{place}.{field}");
        let called = sitting.sitting_invitation.iter_mut().find(|row| row.organisation_id == given.body);
        let row = Arc::make_mut(called.ok_or_else(|| UserError::not_found(&at("organisationId")))?);
        row.attended = Some(given.attended);
        if let Some(represented_by) = office(given.represented_by, &at("representedBy"))? {
            row.represented_by = Some(represented_by);
        }
    }
    if !sitting.council_resolution.is_empty() && !sitting.quorum().is_reached() {
        let (it, en) = (
            "ha deliberato: con queste presenze mancherebbe il numero legale.",
            "it has resolved: with this attendance the quorum would be missing.",
        );
        return Err(refuse(status, "QUORUM_NEEDED", it, en));
    }
    Ok(())
}

/// An office that a representative holds.
fn office(given: Option<String>, field: &str) -> Outcome<Option<String>> {
    let given = given.map(|office| office.trim().to_owned());
    Flaws::default().and(given.as_deref().and_then(|office| line(office, field))).none()?;
    Ok(given)
}

/// A resolution, as it is to be.
pub struct Resolving {
    /// One that was recorded already.
    pub id: Option<Uuid>,
    pub kind: ResolutionKind,
    pub title: String,
    pub text: String,
    pub outcome: ResolutionOutcome,
    /// For, against, abstained.
    pub votes: [Option<i32>; 3],
    pub plan_id: Option<Uuid>,
}

/// Writes down what the council resolved, in a sitting that was held and had its quorum.
///
/// # Errors
/// `SITTING_NOT_HELD`; `QUORUM_MISSING`; `TOO_MANY_RESOLUTIONS`; `PLAN_REQUIRED`; `OUTCOME_UNFIT`; `VOTES_NEGATIVE`;
/// `VOTES_EXCEED_PRESENT`; `LINE_REQUIRED`; `TEXT_TOO_LONG`; `NOT_FOUND` for a resolution of another sitting.
pub fn resolve(sitting: &mut SittingDocument, given: Resolving) -> Outcome<()> {
    let (status, quorum) = (sitting.council_sitting.status, sitting.quorum());
    if !status.is_being_recorded() {
        let (it, en) = (
            "si delibera in una seduta svolta, finché il verbale non è approvato.",
            "resolutions are of a sitting that was held, until its minutes are approved.",
        );
        return Err(refuse(status, "SITTING_NOT_HELD", it, en));
    }
    if !quorum.is_reached() {
        let (present, needed, seats) = (quorum.present, quorum.needed(), quorum.seats);
        return Err(refuse(
            status,
            "QUORUM_MISSING",
            &format!("manca il numero legale: {present} presenti, ne occorrono {needed} su {seats} componenti."),
            &format!("the quorum is missing: {present} present, {needed} of {seats} members are needed."),
        ));
    }
    let is_opinion = given.kind == ResolutionKind::OpinionOnPlan;
    let fits = match given.outcome {
        ResolutionOutcome::Unfavourable => true,
        ResolutionOutcome::Favourable | ResolutionOutcome::WithRemarks => is_opinion,
        ResolutionOutcome::Adopted => !is_opinion,
    };
    let votes: i64 = given.votes.iter().flatten().map(|votes| i64::from(*votes)).sum();
    Flaws::default()
        .and(line(&given.title, "title"))
        .unless(
            !is_opinion || given.plan_id.is_some(),
            "planId",
            "PLAN_REQUIRED",
            "Un parere indica il piano a cui si riferisce.",
            "An opinion names the plan that it is about.",
        )
        .unless(
            fits,
            "outcome",
            "OUTCOME_UNFIT",
            "Un parere è favorevole, con osservazioni o contrario; altro è approvato o no.",
            "An opinion is favourable, with remarks or unfavourable; anything else is adopted or not.",
        )
        .unless(
            given.votes.iter().flatten().all(|votes| *votes >= 0),
            "votesFor",
            "VOTES_NEGATIVE",
            "I voti non sono negativi.",
            "Votes are not negative.",
        )
        .unless(
            votes <= i64::from(quorum.present),
            "votesFor",
            "VOTES_EXCEED_PRESENT",
            "I voti sono più dei componenti presenti.",
            "There are more votes than members present.",
        )
        .none()?;
    let text = required(&given.text, "text")?;
    let rows = &mut sitting.council_resolution;
    let place = match given.id {
        Some(id) => rows.iter().position(|row| row.id == id).ok_or_else(|| UserError::not_found("resolutionId"))?,
        None if rows.len() >= MOST_RESOLUTIONS => {
            let (it, en) = ("Sono già 100 deliberazioni.", "There are 100 resolutions already.");
            return Err(UserError::limit("", "TOO_MANY_RESOLUTIONS", Message::new(it, en)).into());
        }
        None => rows.len(),
    };
    let [votes_for, votes_against, votes_abstained] = given.votes;
    let row = Arc::new(ResolutionRow {
        id: given.id.unwrap_or_else(Uuid::now_v7),
        sitting_id: sitting.council_sitting.id,
        ordinal: place as i32 + 1,
        kind: given.kind,
        title: given.title.trim().to_owned(),
        text,
        outcome: given.outcome,
        votes_for,
        votes_against,
        votes_abstained,
        plan_id: given.plan_id,
    });
    match rows.get_mut(place) {
        Some(known) => *known = row,
        None => rows.push(row),
    }
    Ok(())
}

/// Approves the minutes: from now on nothing of the sitting changes.
///
/// # Errors
/// Those of the step; `DAY_IN_FUTURE`, `DAY_TOO_EARLY`.
pub fn approve(sitting: &mut SittingDocument, on: Option<NaiveDate>, publish: bool, today: NaiveDate) -> Outcome<()> {
    take(sitting, SittingStep::ApproveMinutes, today)?;
    let row = sitting.sitting();
    row.minutes_approved_on = Some(day_of(on, "on", Some(row.day()), today)?);
    if publish {
        row.visibility = Visibility::Public;
    }
    Ok(())
}
