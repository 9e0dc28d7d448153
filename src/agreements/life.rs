//! The life of an agreement once it is drafted: signed party by party, in force, left, ended.

use chrono::NaiveDate;
use uuid::Uuid;

use super::document::AgreementDocument;
use super::model::AgreementStatus::{self, Draft, Ended, InForce, Signing, Withdrawn};
use crate::deeds::Named;
use crate::deeds::given::{day_of, line};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;

/// How refusals name an agreement.
const AGREEMENT: Named = Named { field: "agreementId", it: "Il protocollo", en: "The agreement" };

/// Parties without which there is no agreement.
const FEWEST_PARTIES: usize = 2;

/// Asks the parties to sign.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; `PARTIES_MISSING`; `PERIOD_OVER`.
pub fn open_for_signing(agreement: &mut AgreementDocument, today: NaiveDate) -> Outcome<()> {
    let step = Message::new("apertura alla firma", "opening for signature");
    stands(agreement, &[Draft], &step)?;
    let mut flaws = Flaws::default().and(over(agreement, today));
    if agreement.agreement_party.len() < FEWEST_PARTIES {
        let message = Message::new(
            "Il protocollo è «bozza» e per «apertura alla firma»: manca un'altra parte oltre al promotore.",
            "The agreement is \"draft\" and for \"opening for signature\": another party beside the promoter is missing.",
        );
        flaws = flaws.and([UserError::invalid("agreementId", "PARTIES_MISSING", message)]);
    }
    flaws.none()?;
    let row = agreement.row();
    (row.status, row.opened_on) = (Signing, Some(today));
    Ok(())
}

/// A party signs; with the last signature it is in force.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; `PERIOD_OVER`; `PARTY_WITHDREW`; `SIGNED_ALREADY`; a day that cannot be.
pub fn sign(
    agreement: &mut AgreementDocument,
    organisation: Uuid,
    day: Option<NaiveDate>,
    today: NaiveDate,
) -> Outcome<()> {
    stands(agreement, &[Signing], &Message::new("firma", "signature"))?;
    Flaws::default().and(over(agreement, today)).none()?;
    let day = day_of(day, "on", agreement.agreement.opened_on, today)?;
    let party = standing_party(agreement, organisation)?;
    if party.signed_on.is_some() {
        let message = Message::new("L'ente ha già firmato.", "The body has signed already.");
        return Err(UserError::conflict("agreementId", "SIGNED_ALREADY", message).into());
    }
    party.signed_on = Some(day);
    settle(agreement);
    Ok(())
}

/// A party leaves. Without a second party there is no agreement any more.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; `PROMOTER_ENDS`; `PARTY_WITHDREW`; a day that cannot be; `LINE_REQUIRED`.
pub fn leave(
    agreement: &mut AgreementDocument,
    organisation: Uuid,
    (day, reason): (Option<NaiveDate>, &str),
    today: NaiveDate,
) -> Outcome<()> {
    stands(agreement, &[Signing, InForce], &Message::new("recesso", "withdrawal of a party"))?;
    if organisation == agreement.agreement.promoter_id {
        let message = Message::new(
            "Il promotore non recede: pone fine al protocollo.",
            "The promoter does not leave: it ends the agreement.",
        );
        return Err(UserError::invalid("agreementId", "PROMOTER_ENDS", message).into());
    }
    let since = agreement.agreement.signed_on.or(agreement.agreement.opened_on);
    let day = day_of(day, "on", since, today)?;
    Flaws::default().and(line(reason, "reason")).none()?;
    let party = standing_party(agreement, organisation)?;
    party.withdrew_on = Some(day);
    party.withdrawal_reason = Some(reason.trim().to_owned());
    settle(agreement);
    if agreement.standing().count() < FEWEST_PARTIES {
        over_on(agreement, day, None);
    }
    Ok(())
}

/// The promoter ends it: one in force has ended, one that not all have signed is given up.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; a day that cannot be; `LINE_REQUIRED`.
pub fn end(
    agreement: &mut AgreementDocument,
    (day, reason): (Option<NaiveDate>, &str),
    today: NaiveDate,
) -> Outcome<()> {
    stands(agreement, &[Draft, Signing, InForce], &Message::new("conclusione", "ending"))?;
    let since = agreement.agreement.signed_on.or(agreement.agreement.opened_on);
    let day = day_of(day, "on", since, today)?;
    Flaws::default().and(line(reason, "reason")).none()?;
    over_on(agreement, day, Some(reason.trim().to_owned()));
    Ok(())
}

/// Puts it in force on the day of the last signature, once all parties that have not left have signed.
fn settle(agreement: &mut AgreementDocument) {
    let signatures: Option<Vec<NaiveDate>> = agreement.standing().map(|party| party.signed_on).collect();
    let last = signatures.filter(|days| days.len() >= FEWEST_PARTIES).and_then(|days| days.into_iter().max());
    if let Some(last) = last.filter(|_| agreement.agreement.status == Signing) {
        let row = agreement.row();
        (row.status, row.signed_on) = (InForce, Some(last));
        row.visibility = row.visibility_in_force.unwrap_or(row.visibility);
    }
}

fn over_on(agreement: &mut AgreementDocument, day: NaiveDate, reason: Option<String>) {
    let row = agreement.row();
    row.status = if row.status == InForce { Ended } else { Withdrawn };
    (row.ended_on, row.end_reason) = (Some(day), reason);
}

fn standing_party(agreement: &mut AgreementDocument, organisation: Uuid) -> Outcome<&mut super::model::PartyRow> {
    let party = agreement.party_mut(organisation).ok_or_else(|| UserError::not_found("agreementId"))?;
    if party.withdrew_on.is_some() {
        let message = Message::new("L'ente ha receduto dal protocollo.", "The body has left the agreement.");
        return Err(UserError::conflict("agreementId", "PARTY_WITHDREW", message).into());
    }
    Ok(party)
}

fn over(agreement: &AgreementDocument, today: NaiveDate) -> Option<UserError> {
    let last = agreement.agreement.valid_until.filter(|last| *last < today)?;
    let message = Message::new(
        format!("Il periodo del protocollo è finito il {}.", last.format("%d/%m/%Y")),
        format!("The agreement's period was over on {last}."),
    );
    Some(UserError::invalid("agreementId", "PERIOD_OVER", message))
}

/// Refuses a step that cannot be taken from where it stands.
fn stands(agreement: &AgreementDocument, from: &[AgreementStatus], step: &Message) -> Outcome<()> {
    AGREEMENT.allows((agreement.agreement.status, AgreementStatus::name), from, step)
}
