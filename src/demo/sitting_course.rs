//! The steps that a generated sitting has taken: its history.

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::events::{self, Step, Subject};
use super::ground::Office;
use super::scribe::{Head, Scribe, TODAY, at};
use super::sittings::Sitting;

pub const CANCELLATION: &str = "Concomitanza con altri impegni istituzionali.";

/// What a sitting came to.
pub struct Outcome<'a> {
    pub title: &'a str,
    pub minutes: Option<&'a str>,
    pub approved_on: Option<NaiveDate>,
    pub cancelled_on: Option<NaiveDate>,
}

/// Writes a sitting's history, which ends with the visibility that it has; returns its version.
pub fn tell(scribe: &mut Scribe, office: &Office, sitting: &Sitting, set: &Outcome) -> u32 {
    let key =
        |visibility: &str| Head::new(sitting.id, visibility, &office.province, office.council.number, None).audience;
    let subject =
        Subject { room: "councils", kind: "CouncilSitting", table: "council_sitting", id: sitting.id, key: &key };
    let convened_on = sitting.convened_on();
    let was = |is_so: bool, at: String, action, status, set| is_so.then_some((at, action, status, set));
    let drafted_on = (sitting.on + Days::new(7)).min(TODAY);
    let cancelled = vec![("cancelled_on", json!(set.cancelled_on)), ("cancellation_reason", json!(CANCELLATION))];
    let approved = vec![("minutes_approved_on", json!(set.approved_on))];
    let steps = [
        was(
            true,
            at(convened_on - Days::new(14), 9),
            "plan_council_sitting",
            "planned",
            vec![("title", json!(set.title))],
        ),
        was(
            sitting.status != "planned",
            at(convened_on, 10),
            "convene_council_sitting",
            "convened",
            vec![("convened_on", json!(convened_on))],
        ),
        was(sitting.was_held(), at(sitting.on, 12), "hold_council_sitting", "held", Vec::new()),
        was(
            set.minutes.is_some(),
            at(drafted_on, 10),
            "draft_sitting_minutes",
            "minutes_drafted",
            vec![("minutes", json!(set.minutes))],
        ),
        was(
            set.approved_on.is_some(),
            at(set.approved_on.unwrap_or(TODAY), 11),
            "approve_sitting_minutes",
            "minutes_approved",
            approved,
        ),
        was(
            set.cancelled_on.is_some(),
            at(set.cancelled_on.unwrap_or(TODAY), 11),
            "cancel_council_sitting",
            "cancelled",
            cancelled,
        ),
    ];
    let steps = steps.into_iter().flatten().map(|(at, action, status, set)| {
        let visibility = if status == "minutes_approved" { sitting.visibility } else { "territory" };
        Step { action, at, by: office.council.id, status, visibility, set }
    });
    events::tell(scribe, &subject, steps)
}
