//! What must hold of a call, and what may still be changed of it when.

use chrono::NaiveDate;

use super::document::CallDocument;
use super::model::CallRow;
use crate::access::{Room, Viewer, audience};
use crate::deeds::given::{line, money, period, text};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::{OrganisationKind, Visibility};

/// Everything that is wrong with a call of this caller's body.
pub fn check(call: &CallRow, viewer: &Viewer) -> Outcome<()> {
    let limits = call.max_partners.is_none_or(|most| call.min_partners <= most) && call.min_partners >= 0;
    let kinds = call.eligible_kinds.iter().all(|kind| kind.parse::<OrganisationKind>().is_ok());
    let (visibility, province) = (call.visibility.as_str(), call.province_code.as_deref());
    let key = audience::key(visibility, province, call.owner_number, call.group_number);
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
        .unless(
            key.is_some_and(|key| viewer.holds(Room::Funding, key)),
            "visibility",
            "ISSUER_MUST_SEE",
            "Chi lo pubblica non lo vedrebbe: per il territorio occorre una provincia di competenza.",
            "Its issuer would not see it: a territory's call names a province that the issuer is competent for.",
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
        && after.opens_on == known.opens_on
        && (after.visibility == known.visibility || reach(after.visibility) > reach(known.visibility));
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

/// How far a visibility reaches: who wrote a proposal under a call goes on seeing it.
fn reach(visibility: Visibility) -> u8 {
    match visibility {
        Visibility::Owner => 0,
        Visibility::Territory | Visibility::Institutional => 1,
        Visibility::Network => 2,
        Visibility::Public => 3,
    }
}
