//! Calls opened on the nodes of the FAMI tree: DLCI's national ones, and the offices' calls for partners.

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use super::bodies::Territory;
use super::ground::{Ground, Owner};
use super::scribe::{SOURCE, Scribe, UPDATED_AT, date, end_of};

/// A call that projects can answer.
pub struct Call {
    pub id: Uuid,
    pub issuer: Uuid,
    pub programme: &'static str,
    pub opens_on: NaiveDate,
    /// Position of the office that opened it; `None` for a national one.
    pub office: Option<usize>,
}

/// Nodes by the programming period, each with its weight.
const NODES_2014: [(&str, u32); 5] = [
    ("FAMI-2014-2020/OS1/ON1", 1),
    ("FAMI-2014-2020/OS2/ON1", 2),
    ("FAMI-2014-2020/OS2/ON2", 5),
    ("FAMI-2014-2020/OS2/ON3", 4),
    ("FAMI-2014-2020/OS3/ON1", 1),
];
const NODES_2021: [(&str, u32); 3] =
    [("FAMI-2021-2027/OS1", 2), ("FAMI-2021-2027/OS2/2.d", 3), ("FAMI-2021-2027/OS2/2.d/2.m/a", 6)];

/// Last day on which projects still start under the programme of 2014–2020.
pub const LAST_2014: NaiveDate = date(2022, 6, 30);

/// A node of the programme that pays in this period.
pub fn node(scribe: &mut Scribe, on: NaiveDate) -> &'static str {
    if on <= LAST_2014 { scribe.dice.weighted(&NODES_2014) } else { scribe.dice.weighted(&NODES_2021) }
}

/// Calls of one country, by opening day.
pub fn make(scribe: &mut Scribe, ground: &Ground, territories: &[Territory]) -> Vec<Call> {
    let mut calls = Vec::new();
    for year in 2015..=2026 {
        for month in [2, 6, 10] {
            let opens_on = scribe.dice.day(date(year, month, 1), date(year, month, 28));
            calls.push(call(scribe, ground.dlci, None, opens_on, None));
        }
    }
    for (index, territory) in territories.iter().enumerate() {
        let office = territory.office;
        for _ in 0..scribe.dice.between(1, 4) {
            let opens_on = scribe.dice.day(date(2016, 1, 1), date(2026, 11, 1));
            calls.push(call(scribe, office.owner, Some(index), opens_on, Some((&office.province, &office.name))));
        }
    }
    calls.sort_by_key(|call| (call.opens_on, call.id));
    calls
}

/// `area`: province and name of the office that opens it.
fn call(
    scribe: &mut Scribe,
    issuer: Owner,
    office: Option<usize>,
    opens_on: NaiveDate,
    area: Option<(&String, &String)>,
) -> Call {
    scribe.counters.call += 1;
    let number = scribe.counters.call;
    let id = scribe.dice.id();
    let topic = scribe.topic();
    let programme = node(scribe, opens_on);
    let reference = format!("AVV-{}-{number:05}", opens_on.year());
    let title = match area {
        Some((_, name)) => format!("Avviso per la selezione di partner di progetto – {}: {}", name, topic.name),
        None => format!("Avviso nazionale «{}»", topic.priorities[0]),
    };
    let closes_on = scribe.dice.between(1, 3);
    let closes_on = end_of(opens_on, closes_on);
    let budget =
        if area.is_some() { scribe.dice.between(15, 60) * 10_000 } else { scribe.dice.between(4, 60) * 500_000 };
    let eligible_kinds = match area {
        Some(_) => "{third_sector_organisation,foreigners_association,local_authority,public_body}",
        None => scribe.dice.weighted(&[("{prefecture}", 4), ("{local_authority,public_body}", 3), ("{}", 3)]),
    };
    let max_partners = area.map(|_| 5);
    let min_partners = u32::from(area.is_some());
    let summary =
        format!("{} Si finanziano, tra l'altro: {}.", topic.description, topic.interventions[0].to_lowercase());
    let requires_intervention = programme.starts_with("FAMI-2021");
    let visibility = if area.is_some() { scribe.dice.weighted(&[("public", 95), ("network", 5)]) } else { "public" };
    scribe.sheets.calls.row(&[
        &id,
        &reference,
        &title,
        &programme,
        &issuer.id,
        &issuer.number,
        &opens_on,
        &closes_on,
        &budget,
        &eligible_kinds,
        &max_partners,
        &requires_intervention,
        &area.map(|(province, _)| province.as_str()),
        &visibility,
        &true,
        &SOURCE,
        &UPDATED_AT,
        &summary,
        &min_partners,
    ]);
    Call { id, issuer: issuer.id, programme, opens_on, office }
}
