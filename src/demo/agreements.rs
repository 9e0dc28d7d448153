//! Memoranda of understanding and their parties.

use chrono::{Datelike as _, Days, NaiveDate};

use super::bodies::{Body, PERSONA, Sort, Territory};
use super::ground::Owner;
use super::scribe::{Head, SOURCE, Scribe, TODAY, UPDATED_AT, date, end_of};
use super::topics::TOPICS;
use crate::access::persona::stable_id;

/// Each territory has one agreement for every six bodies.
pub fn make(scribe: &mut Scribe, territories: &[Territory]) {
    let mut bodies = 0;
    for index in 0..territories.len() {
        let before = bodies / 6;
        bodies += territories[index].bodies.len();
        for turn in before..bodies / 6 {
            agreement(scribe, territories, index, turn - before);
        }
    }
}

/// `turn`: how many agreements the territory has already.
fn agreement(scribe: &mut Scribe, territories: &[Territory], index: usize, turn: usize) {
    let territory = &territories[index];
    let office = territory.office;
    scribe.counters.agreement += 1;
    let id = scribe.dice.id();
    let topic = scribe.topic();
    let valid_from = scribe.dice.day(date(2015, 1, 15), date(2026, 10, 31));
    let months = *scribe.dice.pick(&[24, 36, 36, 48, 60]);
    let valid_until = (!scribe.dice.chance(100)).then(|| end_of(valid_from, months));
    let signed_on = valid_from - Days::new(scribe.dice.below(30).into());
    let hosts = territory.public(&[Sort::Town, Sort::Health, Sort::Region, Sort::Province]);
    let promoted_by_office = hosts.is_empty() || scribe.dice.chance(700);
    let promoter = if promoted_by_office { office.owner } else { scribe.dice.pick_skewed(&hosts).owner };
    let visibility = match promoted_by_office {
        true => scribe.dice.weighted(&[("public", 86), ("network", 8), ("territory", 4), ("institutional", 2)]),
        false => scribe.dice.weighted(&[("public", 90), ("network", 7), ("territory", 3)]),
    };
    let head = Head::new(id, visibility, &office.province, promoter.number, None);
    let sigla = office.code.rsplit('-').next().unwrap_or(&office.code);
    let reference = format!("PI-{sigla}-{}-{:06}", signed_on.year(), scribe.counters.agreement);
    let title = format!("Protocollo d'intesa in materia di {} – {}", topic.name, office.name);
    let subject = format!("{}; {}.", topic.priorities[0], topic.priorities[1].to_lowercase());
    scribe.sheets.agreements.row(&[
        &id,
        &reference,
        &title,
        &subject,
        &promoter.id,
        &promoter.number,
        &office.province,
        &signed_on,
        &valid_from,
        &valid_until,
        &visibility,
        &true,
        &SOURCE,
        &UPDATED_AT,
        &"in_force",
        &None::<i32>,
        &None::<&str>,
        &None::<NaiveDate>,
    ]);
    let mut parties = vec![office.owner];
    if promoter.id != office.owner.id {
        parties.push(promoter);
    }
    let persona = stable_id(PERSONA);
    if turn < 4 {
        parties.extend(territory.bodies.iter().map(|body| body.owner).find(|owner| owner.id == persona));
    }
    join(scribe, territories, index, &mut parties, |body| body.lives(valid_from, valid_from));
    for party in parties {
        let withdrew = party.id != promoter.id && scribe.dice.chance(40);
        let last = valid_until.unwrap_or(TODAY).min(TODAY);
        let withdrew_on = withdrew.then(|| scribe.dice.day(valid_from, last));
        let party_id = scribe.dice.id();
        scribe.sheets.parties.row(&[
            &party_id,
            &id,
            &head.audience,
            &party.id,
            &signed_on,
            &withdrew_on,
            &true,
            &SOURCE,
            &withdrew_on.map(|_| "Riorganizzazione delle attività dell'ente."),
        ]);
    }
}

/// In every territory of the first country an agreement that some have signed and others have not.
pub fn being_signed(scribe: &mut Scribe, territories: &[Territory]) {
    if scribe.country > 0 {
        return;
    }
    for territory in territories {
        let office = territory.office;
        scribe.counters.agreement += 1;
        let id = scribe.beside.id();
        let topic = *scribe.beside.pick(&TOPICS.each_ref());
        let opened_on = scribe.beside.day(date(2026, 10, 5), date(2026, 11, 10));
        let from = date(2027, 1, 1);
        let persona = stable_id(PERSONA);
        let hosts = territory.public(&[Sort::Town, Sort::Health, Sort::ThirdSector, Sort::Workers, Sort::Employers]);
        let mut parties = vec![office.owner];
        for _ in 0..scribe.beside.between(3, 6) {
            let body = scribe.beside.pick(&hosts);
            let is_new = parties.iter().all(|party| party.id != body.owner.id) && body.owner.id != persona;
            if is_new && body.lives(opened_on, from) {
                parties.push(body.owner);
            }
        }
        let group = scribe.group("agreement being signed", &parties);
        let head = Head::new(id, "owner", &office.province, office.owner.number, Some(group));
        let sigla = office.code.rsplit('-').next().unwrap_or(&office.code);
        scribe.sheets.agreements.row(&[
            &id,
            &format!("PI-{sigla}-2026-{:06}", scribe.counters.agreement),
            &format!("Protocollo d'intesa in materia di {} – {}", topic.name, office.name),
            &format!("{}; {}.", topic.priorities[0], topic.priorities[1].to_lowercase()),
            &office.owner.id,
            &office.owner.number,
            &office.province,
            &None::<NaiveDate>,
            &from,
            &end_of(from, 36),
            &"owner",
            &true,
            &SOURCE,
            &UPDATED_AT,
            &"signing",
            &group,
            &"public",
            &opened_on,
        ]);
        for (turn, party) in parties.iter().enumerate() {
            // The office signs first, the last party is still waited for.
            let has_signed = turn == 0 || (turn + 1 < parties.len() && scribe.beside.chance(600));
            let signed_on = has_signed.then(|| scribe.beside.day(opened_on, TODAY));
            let party_id = scribe.beside.id();
            scribe.sheets.parties.row(&[
                &party_id,
                &id,
                &head.audience,
                &party.id,
                &signed_on,
                &None::<NaiveDate>,
                &true,
                &SOURCE,
                &None::<&str>,
            ]);
        }
    }
}

/// Adds parties: mostly of the territory, some of its neighbours; a few agreements have very many.
fn join(
    scribe: &mut Scribe,
    territories: &[Territory],
    index: usize,
    parties: &mut Vec<Owner>,
    fits: impl Fn(&Body) -> bool,
) {
    let (fewest, most) = scribe.dice.weighted(&[((2, 6), 40), ((6, 12), 45), ((12, 30), 15)]);
    for _ in 0..scribe.dice.between(fewest, most) {
        let neighbours = &territories[index].office.neighbours;
        let from = if !neighbours.is_empty() && scribe.dice.chance(80) { *scribe.dice.pick(neighbours) } else { index };
        let body = scribe.dice.pick_skewed(&territories[from].bodies);
        let is_known = !matches!(body.visibility, "owner" | "institutional");
        if is_known && fits(body) && parties.iter().all(|party| party.id != body.owner.id) {
            parties.push(body.owner);
        }
    }
}
