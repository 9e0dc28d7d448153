//! How an agreement is drafted: what may be changed when, and what must hold whatever is changed.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::document::AgreementDocument;
use super::model::{AgreementRow, AgreementStatus, PartyRow};
use crate::deeds::given::{line, period, text};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::{OrganisationKind, OrganisationRow, Visibility};

/// Where the record of a caller's own doing says that it comes from.
const SOURCE: &str = "Raccordo";
/// Parties of one agreement at the most.
const MOST_PARTIES: usize = 200;
/// Years that an agreement lasts at the most, where it says until when.
const MOST_YEARS: u32 = 30;

/// A draft without parties but its promoter.
pub fn new(
    promoter: &OrganisationRow,
    title: &str,
    (from, until): (NaiveDate, Option<NaiveDate>),
) -> AgreementDocument {
    let is_office = matches!(promoter.kind, OrganisationKind::Prefecture | OrganisationKind::CentralAuthority);
    let agreement = AgreementRow {
        id: Uuid::now_v7(),
        reference: None,
        title: title.trim().to_owned(),
        subject: None,
        promoter_id: promoter.id,
        owner_number: promoter.number,
        province_code: promoter.province_code.clone(),
        status: AgreementStatus::Draft,
        renews_id: None,
        opened_on: None,
        signed_on: None,
        valid_from: from,
        valid_until: until,
        ended_on: None,
        end_reason: None,
        visibility: Visibility::Owner,
        visibility_in_force: Some(if is_office { Visibility::Public } else { Visibility::Owner }),
        group_number: None,
        audience: 0,
        is_synthetic: false,
        source: SOURCE.into(),
        version: 1,
        updated_at: chrono::Utc::now(),
    };
    let mut new = AgreementDocument { agreement: Arc::new(agreement), agreement_party: Vec::new() };
    set_parties(&mut new, &[promoter.id]);
    new
}

/// Says which bodies are parties: the promoter, these, and no others. Those that were parties before stay the same ones.
pub fn set_parties(agreement: &mut AgreementDocument, bodies: &[Uuid]) {
    let (id, promoter) = (agreement.agreement.id, agreement.agreement.promoter_id);
    let all: Vec<Uuid> =
        std::iter::once(promoter).chain(bodies.iter().copied().filter(|body| *body != promoter)).collect();
    agreement.agreement_party.retain(|party| all.contains(&party.organisation_id));
    for organisation_id in all {
        if agreement.party(organisation_id).is_none() {
            agreement.agreement_party.push(Arc::new(PartyRow {
                id: Uuid::now_v7(),
                agreement_id: id,
                organisation_id,
                signed_on: None,
                withdrew_on: None,
                withdrawal_reason: None,
                is_synthetic: false,
                source: SOURCE.into(),
            }));
        }
    }
}

/// The next agreement between the parties that have not left, as a draft of its promoter.
///
/// # Errors
/// `AGREEMENT_NOT_SIGNED`; `RENEWAL_TOO_EARLY` where it would not begin after the one that it renews.
pub fn renew(old: &AgreementDocument, (from, until): (NaiveDate, Option<NaiveDate>)) -> Outcome<AgreementDocument> {
    let row = &old.agreement;
    if !matches!(row.status, AgreementStatus::InForce | AgreementStatus::Ended) {
        let name = row.status.name();
        let message = Message::new(
            format!("Il protocollo è «{}»: si rinnova solo un protocollo sottoscritto da tutte le parti.", name.it),
            format!("The agreement is \"{}\": only one that all parties signed is renewed.", name.en),
        );
        return Err(UserError::conflict("agreementId", "AGREEMENT_NOT_SIGNED", message).into());
    }
    if from <= row.valid_from {
        let message = Message::new(
            format!("Il rinnovo inizia dopo il protocollo che rinnova, del {}.", row.valid_from.format("%d/%m/%Y")),
            format!("A renewal begins after the agreement that it renews, {}.", row.valid_from),
        );
        return Err(UserError::invalid("validFrom", "RENEWAL_TOO_EARLY", message).into());
    }
    let mut new = old.clone();
    new.agreement = Arc::new(AgreementRow {
        id: Uuid::now_v7(),
        reference: None,
        status: AgreementStatus::Draft,
        renews_id: Some(row.id),
        opened_on: None,
        signed_on: None,
        valid_from: from,
        valid_until: until,
        ended_on: None,
        end_reason: None,
        visibility: Visibility::Owner,
        visibility_in_force: row.visibility_in_force.or(Some(kept(row.visibility))),
        group_number: None,
        is_synthetic: false,
        source: SOURCE.into(),
        version: 1,
        ..row.as_ref().clone()
    });
    let bodies: Vec<Uuid> = old.standing().map(|party| party.organisation_id).collect();
    new.agreement_party.clear();
    set_parties(&mut new, &bodies);
    Ok(new)
}

/// What a new agreement may have of an old one's visibility.
fn kept(visibility: Visibility) -> Visibility {
    match visibility {
        Visibility::Public | Visibility::Network => visibility,
        _ => Visibility::Owner,
    }
}

/// Refuses to touch what is not being drafted.
pub fn open(agreement: &AgreementDocument) -> Outcome<()> {
    let status = agreement.agreement.status;
    if status == AgreementStatus::Draft {
        return Ok(());
    }
    let name = status.name();
    let message = Message::new(
        format!("Il protocollo è «{}»: il testo si modifica solo in bozza.", name.it),
        format!("The agreement is \"{}\": it is changed only while it is a draft.", name.en),
    );
    Err(UserError::conflict("agreementId", "AGREEMENT_NOT_DRAFT", message).into())
}

/// Everything that is wrong with a draft.
pub fn check(agreement: &AgreementDocument) -> Outcome<()> {
    let row = &agreement.agreement;
    let mut flaws: Vec<UserError> = Vec::new();
    flaws.extend(line(&row.title, "title"));
    flaws.extend(text(row.subject.as_deref(), "subject"));
    flaws.extend(row.reference.as_deref().and_then(|reference| line(reference, "reference")));
    flaws.extend(period(Some(row.valid_from), row.valid_until, "validUntil"));
    let last = row.valid_from.checked_add_months(Months::new(12 * MOST_YEARS));
    if row.valid_until.zip(last).is_some_and(|(until, last)| until >= last) {
        let message = Message::new(
            format!("Un protocollo con scadenza dura al massimo {MOST_YEARS} anni."),
            format!("An agreement with a last day lasts {MOST_YEARS} years at the most."),
        );
        flaws.push(UserError::invalid("validUntil", "PERIOD_TOO_LONG", message));
    }
    if !matches!(row.visibility_in_force, None | Some(Visibility::Public | Visibility::Network | Visibility::Owner)) {
        let message = Message::new(
            "Le parti devono vederlo: indicare pubblico, rete o titolare (le sole parti).",
            "The parties must see it: say public, network or owner (the parties alone).",
        );
        flaws.push(UserError::invalid("visibilityInForce", "PARTIES_MUST_SEE", message));
    }
    if agreement.agreement_party.len() > MOST_PARTIES {
        let message = Message::new(
            format!("Un protocollo ha al massimo {MOST_PARTIES} parti."),
            format!("An agreement has {MOST_PARTIES} parties at the most."),
        );
        flaws.push(UserError::limit("partyIds", "TOO_MANY_PARTIES", message));
    }
    Flaws::default().and(flaws).none()
}

/// Refuses a body that is named twice.
pub fn each_once(bodies: &[Arc<OrganisationRow>]) -> Outcome<Vec<Uuid>> {
    let ids: Vec<Uuid> = bodies.iter().map(|body| body.id).collect();
    for (place, id) in ids.iter().enumerate() {
        if ids[..place].contains(id) {
            let message = Message::new("Un ente è indicato due volte.", "A body is named twice.");
            return Err(UserError::invalid(&format!("partyIds.{place}"), "PARTY_TWICE", message).into());
        }
    }
    Ok(ids)
}
