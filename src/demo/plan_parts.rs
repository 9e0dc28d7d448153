//! What belongs to a plan beside its chain: indicators of the context, partners, measures and what was measured.

use chrono::{Days, Months, NaiveDate};

use super::bodies::{Body, Territory};
use super::plans::Intervention;
use super::scribe::{Head, Scribe, TODAY};

/// What is measured of a territory: name, unit, least and most.
const CONTEXT: [(&str, &str, u32, u32); 4] = [
    ("Residenti con cittadinanza di Paesi terzi", "persone", 3_000, 90_000),
    ("Alunni con cittadinanza non italiana", "per mille", 60, 240),
    ("Posti in accoglienza", "posti", 120, 2_400),
    ("Domande allo Sportello unico per l'immigrazione", "domande l'anno", 400, 9_000),
];

const TASKS: [&str; 4] = [
    "Mediazione linguistica e culturale",
    "Orientamento e segretariato sociale",
    "Formazione",
    "Messa a disposizione degli spazi",
];

/// Two indicators of the context.
pub fn indicators(scribe: &mut Scribe, plan: Head, territory: &Territory, from: NaiveDate) {
    let first = scribe.beside.below(CONTEXT.len() as u32) as usize;
    for (turn, ordinal) in (1..=2).enumerate() {
        let (name, unit, least, most) = CONTEXT[(first + turn) % CONTEXT.len()];
        let id = scribe.beside.id();
        let value = scribe.beside.between(least, most);
        let measured_on = (from - Months::new(9)).min(TODAY - Days::new(90));
        let source = format!("Prefettura – UTG di {}, dato dimostrativo", territory.office.name);
        scribe.sheets.plan_indicators.row(&[
            &id,
            &plan.id,
            &plan.audience,
            &ordinal,
            &name,
            &value,
            &unit,
            &measured_on,
            &source,
            &true,
        ]);
    }
}

/// Partners of an intervention, what is to show its progress, and how far it has come where it is carried out.
pub fn of_intervention(
    scribe: &mut Scribe,
    plan: Head,
    status: &str,
    intervention: &Intervention,
    responsible: Option<&Body>,
    actors: &[&Body],
) {
    let mut partners: Vec<&Body> = Vec::new();
    for _ in 0..scribe.beside.weighted(&[(0, 35), (1, 40), (2, 25)]) {
        let body = *scribe.beside.pick_skewed(actors);
        if partners.iter().chain(&responsible).all(|other| other.owner.id != body.owner.id) {
            partners.push(body);
        }
    }
    for partner in partners {
        let task = scribe.beside.pick(&TASKS);
        scribe.sheets.plan_partners.row(&[&plan.id, &plan.audience, &intervention.id, &partner.owner.id, task]);
    }
    let id = scribe.beside.id();
    let target = scribe.beside.between(3, 60) * 10;
    scribe.sheets.plan_measures.row(&[
        &id,
        &plan.id,
        &plan.audience,
        &intervention.id,
        &1,
        &"Persone raggiunte",
        &"persone",
        &0,
        &target,
        &true,
    ]);
    if !matches!(status, "in_implementation" | "closed") {
        return;
    }
    // Every half year; some do better than they were to.
    let pace = scribe.beside.between(60, 115);
    let days = (intervention.until - intervention.from).num_days().max(1) as u32;
    let mut day = intervention.from + Months::new(6);
    while day <= intervention.until.min(TODAY) {
        let gone = (day - intervention.from).num_days() as u32;
        let value = target * pace / 100 * gone / days;
        scribe.sheets.plan_measurements.row(&[
            &plan.id,
            &plan.audience,
            &id,
            &day,
            &value,
            &"Monitoraggio semestrale, dato dimostrativo",
        ]);
        day = day + Months::new(6);
    }
}
