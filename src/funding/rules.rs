//! What must hold of a call, and what may still be changed of it when.

use chrono::NaiveDate;

use super::document::CallDocument;
use super::model::CallRow;
use crate::deeds::given::{line, money, period, text};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::OrganisationKind;

/// Everything that is wrong with a call.
pub fn check(call: &CallRow) -> Outcome<()> {
    let limits = call.max_partners.is_none_or(|most| call.min_partners <= most) && call.min_partners >= 0;
    let kinds = call.eligible_kinds.iter().all(|kind| kind.parse::<OrganisationKind>().is_ok());
    Flaws::default()
        .and(line(&call.reference, "reference"))
        .and(line(&call.title, "title"))
        .and(text(call.summary.as_deref(), "summary"))
        .and(period(Some(call.opens_on), call.closes_on, "closesOn"))
        .and(money(call.budget, "budget"))
        .unless(
            limits,
            "maxPartners",
            "PARTNERS_REVERSED",
            "Il numero massimo di partner è inferiore al minimo.",
            "The most partners are fewer than the fewest.",
        )
        .unless(kinds, "eligibleKinds", "KIND_UNKNOWN", "Un tipo di ente non esiste.", "A kind of body does not exist.")
        .none()
}

/// Refuses what would change the terms under which others have written proposals: once a call is open it may only become
/// longer, richer or wider.
pub fn amendable(before: &CallDocument, after: &CallRow, today: NaiveDate) -> Outcome<()> {
    let known = &before.funding_call;
    if known.cancelled_on.is_some() {
        let message = Message::new("L'avviso è annullato.", "The call is cancelled.");
        return Err(UserError::conflict("callId", "CALL_CANCELLED", message).into());
    }
    if today < known.opens_on {
        return Ok(());
    }
    let later = match (known.closes_on, after.closes_on) {
        (Some(before), Some(after)) => after >= before && after >= today,
        (None, Some(after)) => after >= today,
        (_, None) => true,
    };
    let richer =
        after.budget.unwrap_or(rust_decimal::Decimal::MAX) >= known.budget.unwrap_or(rust_decimal::Decimal::MAX);
    let wider = (after.eligible_kinds.is_empty()
        || known.eligible_kinds.iter().all(|kind| after.eligible_kinds.contains(kind)))
        && (!known.eligible_kinds.is_empty() || after.eligible_kinds.is_empty())
        && after.max_partners.unwrap_or(i32::MAX) >= known.max_partners.unwrap_or(i32::MAX)
        && after.min_partners <= known.min_partners
        && (!after.requires_intervention || known.requires_intervention)
        && after.opens_on == known.opens_on;
    Flaws::default()
        .unless(
            later,
            "closesOn",
            "CALL_ALREADY_OPEN",
            "L'avviso è aperto: la scadenza si può solo prorogare.",
            "The call is open: its last day may only be put off.",
        )
        .unless(
            richer,
            "budget",
            "CALL_ALREADY_OPEN",
            "L'avviso è aperto: la dotazione si può solo aumentare.",
            "The call is open: its budget may only grow.",
        )
        .unless(
            wider,
            "",
            "CALL_ALREADY_OPEN",
            "L'avviso è aperto: le condizioni si possono solo allargare.",
            "The call is open: its conditions may only become wider.",
        )
        .none()
}
