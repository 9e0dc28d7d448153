//! Territorial plans: needs, priorities and interventions, in several editions and every status.

use chrono::{Days, Months, NaiveDate};
use uuid::Uuid;

use super::bodies::{Body, Sort, Territory};
use super::plan_life::{self, Life};
use super::plan_parts;
use super::scribe::{Head, SOURCE, Scribe, TODAY, UPDATED_AT, date, end_of};
use super::sittings::{self, Sitting};
use super::topics::{TOPICS, Topic};

/// An intervention of an adopted plan, which projects may carry out.
pub struct Intervention {
    pub id: Uuid,
    pub topic: &'static Topic,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

struct Edition {
    number: u32,
    previous: Option<Uuid>,
    status: &'static str,
    from: NaiveDate,
    until: NaiveDate,
}

/// A plan, for what refers to it.
pub struct Plan {
    pub id: Uuid,
    pub title: String,
    pub status: &'static str,
    pub from: NaiveDate,
    /// Day on which the council endorsed it.
    pub endorsed_on: Option<NaiveDate>,
}

/// What may become of the latest edition.
const LATEST: [(&str, u32); 9] = [
    ("listening", 8),
    ("draft", 12),
    ("before_council", 10),
    ("returned", 6),
    ("endorsed", 8),
    ("adopted", 12),
    ("in_implementation", 36),
    ("withdrawn", 4),
    ("closed", 4),
];

/// Writes the plans of every office; returns the interventions that projects may carry out, and the plans, by office.
/// `sittings`: of each office's council, where it has any.
pub fn make(
    scribe: &mut Scribe,
    territories: &[Territory],
    sittings: &[Vec<Sitting>],
) -> (Vec<Vec<Intervention>>, Vec<Vec<Plan>>) {
    let of_council = |index| sittings.get(index).map(Vec::as_slice).unwrap_or_default();
    let each = territories.iter().enumerate();
    each.map(|(index, territory)| plans(scribe, territory, of_council(index))).unzip()
}

fn plans(scribe: &mut Scribe, territory: &Territory, sittings: &[Sitting]) -> (Vec<Intervention>, Vec<Plan>) {
    let is_bologna = territory.office.code == "PREF-BO";
    let editions: Vec<(&'static str, i32)> = if is_bologna {
        // The persona's office shows the whole life of a plan.
        vec![("closed", 2019), ("closed", 2022), ("in_implementation", 2025), ("before_council", 2027), ("draft", 2028)]
    } else {
        let histories: [&[i32]; 3] = [&[2025], &[2021, 2024], &[2016, 2020, 2024]];
        let years = *scribe.dice.pick(&histories);
        let (last, before) = years.split_last().expect("every office has a plan");
        let latest = scribe.dice.weighted(&LATEST);
        before.iter().map(|year| ("closed", *year)).chain([(latest, *last)]).collect()
    };
    // Later countries continue the editions of the first.
    let first = scribe.country * 10;
    let mut open = Vec::new();
    let mut made: Vec<Plan> = Vec::new();
    for ((status, year), number) in editions.into_iter().zip(first + 1..) {
        let from = date(year, 1, 1);
        let previous = made.last().map(|plan| plan.id);
        let edition = Edition { number, previous, status, from, until: end_of(from, 36) };
        made.push(plan(scribe, territory, &edition, sittings, &mut open));
    }
    (open, made)
}

fn plan(
    scribe: &mut Scribe,
    territory: &Territory,
    edition: &Edition,
    sittings: &[Sitting],
    open: &mut Vec<Intervention>,
) -> Plan {
    let office = territory.office;
    let status = edition.status;
    let is_adopted = matches!(status, "adopted" | "in_implementation" | "closed");
    let visibility = match status {
        "listening" | "draft" => "owner",
        "before_council" | "returned" | "endorsed" => "territory",
        "withdrawn" => "institutional",
        _ if office.code == "PREF-BO" => "public",
        _ => scribe.dice.weighted(&[("public", 88), ("network", 12)]),
    };
    let id = scribe.dice.id();
    let head = Head::new(id, visibility, &office.province, office.owner.number, None);
    let endorsed_on =
        (is_adopted || status == "endorsed").then(|| (edition.from - Months::new(2)).min(TODAY - Days::new(30)));
    let adopted_on = endorsed_on.filter(|_| is_adopted).map(|day| day + Days::new(scribe.dice.between(7, 28).into()));
    let title = format!(
        "Piano territoriale degli interventi {}–{} – {}",
        edition.from.format("%Y"),
        edition.until.format("%Y"),
        office.name
    );
    let context = format!(
        "Il piano muove dall'ascolto degli enti del territorio di {} e dai risultati dei progetti conclusi; \
         gli indicatori sono dimostrativi.",
        office.name
    );
    let objectives = "Rafforzare il coordinamento tra istituzioni e privato sociale; qualificare i servizi; \
         sostenere l'integrazione delle persone di Paesi terzi.";
    let resources = "Fondo Asilo, Migrazione e Integrazione, risorse regionali e degli enti locali.";
    let life = Life::of(status, (edition.from, edition.until), endorsed_on, adopted_on);
    let version = plan_life::tell(scribe, office, (id, &title), (visibility, &life));
    scribe.sheets.plans.row(&[
        &id,
        &office.owner.id,
        &office.owner.number,
        &office.council.id,
        &office.province,
        &title,
        &edition.number,
        &edition.previous,
        &status,
        &edition.from,
        &edition.until,
        &endorsed_on,
        &adopted_on,
        &context,
        &objectives,
        &resources,
        &visibility,
        &true,
        &SOURCE,
        &UPDATED_AT,
        &life.submitted_on,
        &life.council_remarks(),
        &life.started_on,
        &life.closed_on,
        &life.closing_report(),
        &life.withdrawn_on,
        &life.withdrawal_reason(),
        &version,
    ]);
    plan_parts::indicators(scribe, head, territory, edition.from);
    let before = open.len();
    let found_at = sittings::before(sittings, edition.from - Months::new(2));
    chain(scribe, territory, edition, head, found_at, open);
    if !is_adopted {
        // Nobody carries out what has not been adopted.
        open.truncate(before);
    }
    Plan { id, title, status, from: edition.from, endorsed_on }
}

/// Needs, priorities and interventions. Some needs stay without a priority, some interventions without an actor.
fn chain(
    scribe: &mut Scribe,
    territory: &Territory,
    edition: &Edition,
    plan: Head,
    found_at: Option<&Sitting>,
    interventions: &mut Vec<Intervention>,
) {
    let actors = territory.public(&[
        Sort::Town,
        Sort::Health,
        Sort::SchoolOffice,
        Sort::AdultSchool,
        Sort::ThirdSector,
        Sort::Insurance,
        Sort::PublicService,
    ]);
    let first = scribe.dice.below(TOPICS.len() as u32) as usize;
    let (mut priorities, mut ordinal) = (0, 0);
    for number in 1..=scribe.dice.between(5, 8) {
        let topic = &TOPICS[(first + number as usize) % TOPICS.len()];
        // Some emerged at the last sitting before the plan.
        let found_at = found_at.filter(|_| number % 3 == 1).map(|sitting| sitting.id);
        let need = need(scribe, edition, plan, number, topic, found_at);
        let wanted = scribe.dice.weighted(&[(0, 10), (1, 45), (2, 45)]);
        for text in &topic.priorities[..wanted] {
            priorities += 1;
            let priority = scribe.dice.id();
            let description = format!("{text}: priorità condivisa con gli enti del tavolo «{}».", topic.name);
            scribe.sheets.priorities.row(&[
                &priority,
                &plan.id,
                &plan.audience,
                &need,
                &priorities,
                text,
                &description,
                &true,
            ]);
            let offset = scribe.dice.below(4) as usize;
            for turn in 0..scribe.dice.weighted(&[(0_usize, 5), (1, 20), (2, 40), (3, 35)]) {
                ordinal += 1;
                let title = topic.interventions[(offset + turn) % topic.interventions.len()];
                let responsible = scribe.dice.chance(880).then(|| *scribe.dice.pick_skewed(&actors));
                let made = intervention(scribe, edition, plan, priority, ordinal, topic, title, responsible);
                plan_parts::of_intervention(scribe, plan, edition.status, &made, responsible, &actors);
                interventions.push(made);
            }
        }
    }
}

fn need(
    scribe: &mut Scribe,
    edition: &Edition,
    plan: Head,
    ordinal: u32,
    topic: &Topic,
    found_at: Option<Uuid>,
) -> Uuid {
    let id = scribe.dice.id();
    let value = scribe.dice.between(5, 480);
    let measured_on = edition.from - Months::new(6);
    scribe.sheets.needs.row(&[
        &id,
        &plan.id,
        &plan.audience,
        &ordinal,
        &topic.key,
        &topic.need,
        &topic.description,
        &topic.indicator,
        &value,
        &measured_on.min(TODAY),
        &"Dato dimostrativo",
        &true,
        &found_at,
    ]);
    id
}

#[expect(clippy::too_many_arguments, reason = "a row of many columns, written in one place")]
fn intervention(
    scribe: &mut Scribe,
    edition: &Edition,
    plan: Head,
    priority: Uuid,
    ordinal: u32,
    topic: &'static Topic,
    title: &'static str,
    responsible: Option<&Body>,
) -> Intervention {
    let id = scribe.dice.id();
    let from = scribe.dice.day(edition.from, edition.from + Months::new(12));
    let until = scribe.dice.day(from + Months::new(6), edition.until);
    let budget = scribe.dice.between(2, 40) * 10_000;
    let description = format!("{title}, in attuazione degli indirizzi del consiglio territoriale.");
    let results = format!("Almeno {} persone raggiunte.", scribe.dice.between(3, 60) * 10);
    scribe.sheets.interventions.row(&[
        &id,
        &plan.id,
        &plan.audience,
        &priority,
        &ordinal,
        &title,
        &description,
        &responsible.map(|body| body.owner.id),
        &from,
        &until,
        &budget,
        &results,
        &true,
    ]);
    Intervention { id, topic, from, until }
}
