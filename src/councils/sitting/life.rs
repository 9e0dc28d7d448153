//! The life of a sitting: its states, the steps between them, and what each step asks for.

use chrono::NaiveDate;

use super::document::SittingDocument;
use super::model::SittingStatus::{self, *};
use crate::deeds::Named;
use crate::graphql::Outcome;
use crate::graphql::mutation::Stop;
use crate::locale::Message;

/// How refusals name a sitting.
const SITTING: Named = Named { field: "sittingId", it: "La seduta", en: "The sitting" };

/// A step in the life of a sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SittingStep {
    Convene,
    Hold,
    DraftMinutes,
    ApproveMinutes,
    Cancel,
}

impl SittingStep {
    /// States in which it can be taken, and the one that it leads to.
    const fn between(self) -> (&'static [SittingStatus], SittingStatus) {
        match self {
            Self::Convene => (&[Planned], Convened),
            Self::Hold => (&[Convened], Held),
            Self::DraftMinutes => (&[Held, MinutesDrafted], MinutesDrafted),
            Self::ApproveMinutes => (&[MinutesDrafted], MinutesApproved),
            Self::Cancel => (&[Planned, Convened], Cancelled),
        }
    }

    /// Name for people.
    fn name(self) -> Message {
        let (it, en) = match self {
            Self::Convene => ("convocazione", "convening"),
            Self::Hold => ("svolgimento", "holding"),
            Self::DraftMinutes => ("redazione del verbale", "drafting of the minutes"),
            Self::ApproveMinutes => ("approvazione del verbale", "approval of the minutes"),
            Self::Cancel => ("annullamento", "cancellation"),
        };
        Message::new(it, en)
    }
}

impl SittingStatus {
    /// Whether its date and agenda may be changed.
    pub fn is_open(self) -> bool {
        matches!(self, Planned | Convened)
    }

    /// Whether it was held and its minutes are not approved: what happened in it may be written down.
    pub fn is_being_recorded(self) -> bool {
        matches!(self, Held | MinutesDrafted)
    }

    /// Whether it was held, whatever became of its minutes.
    pub fn was_held(self) -> bool {
        matches!(self, Held | MinutesDrafted | MinutesApproved)
    }

    /// Name for people.
    pub fn name(self) -> Message {
        let (it, en) = match self {
            Planned => ("in preparazione", "planned"),
            Convened => ("convocata", "convened"),
            Held => ("svolta", "held"),
            MinutesDrafted => ("con verbale in bozza", "with minutes drafted"),
            MinutesApproved => ("con verbale approvato", "with minutes approved"),
            Cancelled => ("annullata", "cancelled"),
        };
        Message::new(it, en)
    }
}

/// Refuses what the sitting's state does not allow; `it` and `en` say when it is allowed.
pub fn refuse(status: SittingStatus, rule: &str, it: &str, en: &str) -> Stop {
    SITTING.refusal(&status.name(), rule, it, en).into()
}

/// What still prevents a step: rule, Italian, English.
fn missing(
    sitting: &SittingDocument,
    step: SittingStep,
    today: NaiveDate,
) -> Vec<(&'static str, &'static str, &'static str)> {
    let row = &sitting.council_sitting;
    let day = row.day();
    let asked = match step {
        SittingStep::Convene => vec![
            (sitting.sitting_item.is_empty(), "AGENDA_MISSING", "manca l'ordine del giorno.", "the agenda is missing."),
            (
                row.place.is_none() && row.remote_address.is_none(),
                "PLACE_MISSING",
                "manca il luogo o l'indirizzo del collegamento.",
                "the place or the address of the connection is missing.",
            ),
            (day < today, "DATE_PAST", "la data è già passata.", "the date has passed."),
            (
                !sitting.facts.seats.iter().flatten().any(|seat| seat.is_members() && seat.is_in_force(day)),
                "SEATS_MISSING",
                "in quel giorno il Consiglio non ha componenti.",
                "the council has no members on that day.",
            ),
        ],
        SittingStep::Hold => vec![
            (day > today, "SITTING_AHEAD", "la data non è ancora arrivata.", "the date has not come yet."),
            (
                !sitting.sitting_invitation.iter().any(|row| row.attended == Some(true)),
                "ATTENDANCE_MISSING",
                "mancano le presenze.",
                "the attendance is missing.",
            ),
        ],
        SittingStep::DraftMinutes | SittingStep::ApproveMinutes | SittingStep::Cancel => Vec::new(),
    };
    asked.into_iter().filter(|(is_missing, ..)| *is_missing).map(|(_, rule, it, en)| (rule, it, en)).collect()
}

/// Takes a step: names the state, the step and all that is missing where it cannot be taken.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; what is missing, one by one.
pub fn take(sitting: &mut SittingDocument, step: SittingStep, today: NaiveDate) -> Outcome<()> {
    let (from, to) = step.between();
    let status = sitting.council_sitting.status;
    SITTING.allows((status, SittingStatus::name), from, &step.name())?;
    let missing = missing(sitting, step, today);
    if !missing.is_empty() {
        let told = |(rule, it, en): (&str, &str, &str)| {
            SITTING.lacking((&status.name(), &step.name()), rule, &Message::new(it, en))
        };
        return Err(Stop::Refused(missing.into_iter().map(told).collect()));
    }
    sitting.sitting().status = to;
    Ok(())
}
