//! Who is called to a sitting: whoever holds a seat on its day, and guests, who may be of another territory.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::document::SittingDocument;
use super::life::{SittingStep, refuse, take};
use super::model::{InvitationAnswer, InvitationRow, SittingStatus};
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;

/// Guests of a sitting at the most.
const MOST_GUESTS: usize = 100;

/// Calls every body that holds a seat on the day of the sitting, and these besides.
///
/// # Errors
/// Those of the step; `TOO_MANY_GUESTS`.
pub fn convene(sitting: &mut SittingDocument, guests: &[Uuid], today: NaiveDate) -> Outcome<()> {
    take(sitting, SittingStep::Convene, today)?;
    let day = sitting.council_sitting.day();
    let mut called: BTreeMap<Uuid, i32> = BTreeMap::new();
    for seat in sitting.facts.seats.iter().flatten().filter(|seat| seat.is_in_force(day)) {
        *called.entry(seat.organisation_id).or_default() += i32::from(seat.is_members());
    }
    let id = sitting.council_sitting.id;
    sitting.sitting_invitation = called.into_iter().map(|(body, seats)| invitation(id, body, Some(seats))).collect();
    sitting.sitting().convened_on = Some(today);
    for guest in guests {
        if !is_called(sitting, *guest) {
            sitting.sitting_invitation.push(invitation(id, *guest, None));
        }
    }
    few_guests(sitting)
}

/// Calls guests to a sitting that is convened already.
///
/// # Errors
/// `NOT_CONVENED`; `SITTING_OVER`; `GUEST_CALLED_ALREADY`; `TOO_MANY_GUESTS`.
pub fn invite(sitting: &mut SittingDocument, guests: &[Uuid], today: NaiveDate) -> Outcome<()> {
    awaited(sitting, today)?;
    for (place, guest) in guests.iter().enumerate() {
        if is_called(sitting, *guest) {
            let message = Message::new("L'ente è già tra gli invitati.", "The body is among those invited already.");
            return Err(UserError::conflict(&format!("guestIds.{place}"), "GUEST_CALLED_ALREADY", message).into());
        }
        sitting.sitting_invitation.push(invitation(sitting.council_sitting.id, *guest, None));
    }
    few_guests(sitting)
}

/// Takes the invitation of a guest back, which from then on sees the sitting only where its territory does.
///
/// # Errors
/// `NOT_CONVENED`; `SITTING_OVER`; `NOT_INVITED`; `NOT_A_GUEST`: who holds a seat is always called; `GUEST_CAME`.
pub fn withdraw(sitting: &mut SittingDocument, guest: Uuid, today: NaiveDate) -> Outcome<()> {
    awaited(sitting, today)?;
    let place = sitting.sitting_invitation.iter().position(|row| row.organisation_id == guest);
    let place = place.ok_or_else(|| not_invited("organisationId"))?;
    let row = &sitting.sitting_invitation[place];
    if !row.is_guest {
        let message = Message::new(
            "L'ente ha un seggio nel Consiglio: è sempre convocato.",
            "The body holds a seat in the council: it is always called.",
        );
        return Err(UserError::invalid("organisationId", "NOT_A_GUEST", message).into());
    }
    if row.attended == Some(true) {
        let message = Message::new("L'ente risulta già presente.", "The body is recorded as present already.");
        return Err(UserError::conflict("organisationId", "GUEST_CAME", message).into());
    }
    sitting.sitting_invitation.remove(place);
    Ok(())
}

/// Refuses what concerns invitations unless the sitting is convened and lies ahead.
pub fn awaited(sitting: &SittingDocument, today: NaiveDate) -> Outcome<()> {
    let status = sitting.council_sitting.status;
    if status != SittingStatus::Convened {
        let (it, en) = (
            "si invita e si risponde solo a una seduta convocata.",
            "only to a sitting that is convened bodies are invited and answer.",
        );
        return Err(refuse(status, "NOT_CONVENED", it, en));
    }
    if sitting.council_sitting.day() < today {
        return Err(refuse(status, "SITTING_OVER", "la sua data è passata.", "its date has passed."));
    }
    Ok(())
}

/// Refuses a body that is not called.
pub fn not_invited(field: &str) -> UserError {
    let message = Message::new("L'ente non è tra gli invitati.", "The body is not among those invited.");
    UserError::invalid(field, "NOT_INVITED", message)
}

fn is_called(sitting: &SittingDocument, body: Uuid) -> bool {
    sitting.sitting_invitation.iter().any(|row| row.organisation_id == body)
}

/// An invitation of a body that holds so many members' seats; `None`: of a guest.
fn invitation(sitting_id: Uuid, organisation_id: Uuid, seats: Option<i32>) -> Arc<InvitationRow> {
    Arc::new(InvitationRow {
        id: Uuid::now_v7(),
        sitting_id,
        organisation_id,
        seats: seats.unwrap_or_default(),
        is_guest: seats.is_none(),
        answer: InvitationAnswer::Unknown,
        answered_on: None,
        attended: None,
        represented_by: None,
    })
}

fn few_guests(sitting: &SittingDocument) -> Outcome<()> {
    if sitting.guests().count() <= MOST_GUESTS {
        return Ok(());
    }
    let message = Message::new(
        format!("Una seduta ha al massimo {MOST_GUESTS} ospiti."),
        format!("A sitting has {MOST_GUESTS} guests at the most."),
    );
    Err(UserError::limit("guestIds", "TOO_MANY_GUESTS", message).into())
}
