//! Working tables of the councils, with members, meetings past and to come.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::bodies::Territory;
use super::councils::Seat;
use super::scribe::{Head, SOURCE, Scribe, TODAY, UPDATED_AT, at, date};
use super::sittings::lower;
use super::topics::{TOPICS, Topic};

/// Two tables of a council on different topics; one of them may have done its work.
pub fn make(scribe: &mut Scribe, territory: &Territory, seats: &[Seat]) {
    let first = scribe.beside.below(TOPICS.len() as u32) as usize;
    let step = scribe.beside.between(1, TOPICS.len() as u32 - 1) as usize;
    table(scribe, territory, seats, &TOPICS[first], false);
    let is_over = scribe.beside.chance(300);
    table(scribe, territory, seats, &TOPICS[(first + step) % TOPICS.len()], is_over);
}

fn table(scribe: &mut Scribe, territory: &Territory, seats: &[Seat], topic: &Topic, is_over: bool) {
    let office = territory.office;
    let id = scribe.beside.id();
    let head = Head::new(id, "territory", &office.province, office.council.number, None);
    let opens_on = scribe.beside.day(date(2024, 1, 15), date(2025, 9, 30));
    let closed_on = is_over.then(|| scribe.beside.day(date(2026, 4, 1), date(2026, 10, 30)));
    scribe.sheets.tables.row(&[
        &id,
        &office.council.id,
        &office.owner.id,
        &office.council.number,
        &office.province,
        &format!("Tavolo {}", topic.name),
        &topic.key,
        &format!("Proporre al Consiglio come {}.", lower(topic.priorities[0])),
        &opens_on,
        &closed_on,
        &closed_on.map(|_| "Proposte consegnate al Consiglio e riprese nel piano territoriale. Dato dimostrativo."),
        &"territory",
        &true,
        &SOURCE,
        &UPDATED_AT,
    ]);
    let mut members: Vec<Uuid> = Vec::new();
    let seated: Vec<&Seat> = seats.iter().filter(|seat| seat.is_in_force(opens_on)).collect();
    for _ in 0..scribe.beside.between(5, 9).min(seated.len() as u32) {
        let body = scribe.beside.pick(&seated).body;
        if !members.contains(&body) {
            members.push(body);
        }
    }
    for (turn, body) in members.iter().enumerate() {
        let member = scribe.beside.id();
        let is_coordinator = turn == 0;
        scribe.sheets.table_members.row(&[&member, &id, &head.audience, body, &is_coordinator, &opens_on, &closed_on]);
    }
    let mut day = opens_on + Days::new(20);
    let last = closed_on.unwrap_or(date(2027, 1, 31));
    while day <= last {
        meeting(scribe, head, topic, day);
        day = day + Days::new(scribe.beside.between(90, 160).into());
    }
}

fn meeting(scribe: &mut Scribe, table: Head, topic: &Topic, day: NaiveDate) {
    let id = scribe.beside.id();
    let is_past = day <= TODAY;
    let outcome = scribe.beside.pick(&topic.interventions);
    let is_cancelled = is_past && scribe.beside.chance(60);
    scribe.sheets.table_meetings.row(&[
        &id,
        &table.id,
        &table.audience,
        &at(day, 13),
        &at(day, 15),
        &"Prefettura, sala piccola",
        &"Aggiornamento degli enti e prossimi passi.",
        &(is_past && !is_cancelled).then(|| format!("Condivisa la proposta: {}.", lower(outcome))),
        &is_cancelled,
    ]);
}
