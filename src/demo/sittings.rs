//! Sittings of the councils, past and to come: agenda, invitations and answers, attendance, minutes, resolutions.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate};
use uuid::Uuid;

use super::bodies::Territory;
use super::councils::Seat;
use super::plans::Plan;
use super::scribe::{Head, SOURCE, Scribe, TODAY, UPDATED_AT, at, date};
use super::sitting_course::{self, CANCELLATION, Outcome};
use super::topics::Topic;

const MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

const OFFICES: [&str; 5] = [
    "Presidente",
    "Delegato del presidente",
    "Dirigente",
    "Referente per l'immigrazione",
    "Assessore alle politiche sociali",
];

/// A sitting, before what belongs to it is written.
pub struct Sitting {
    pub id: Uuid,
    pub on: NaiveDate,
    pub status: &'static str,
    pub visibility: &'static str,
}

impl Sitting {
    pub fn was_held(&self) -> bool {
        matches!(self.status, "held" | "minutes_drafted" | "minutes_approved")
    }

    pub fn convened_on(&self) -> NaiveDate {
        (self.on - Days::new(15)).min(TODAY - Days::new(4))
    }
}

/// The last sitting that was held by a day.
pub fn before(sittings: &[Sitting], day: NaiveDate) -> Option<&Sitting> {
    sittings.iter().rev().find(|sitting| sitting.was_held() && sitting.on <= day)
}

/// The sittings of every council, in spring and autumn since 2023, two of them to come; by council, the earliest first.
pub fn call(scribe: &mut Scribe, territories: &[Territory]) -> Vec<Vec<Sitting>> {
    let mut of_council = || {
        let mut sittings = Vec::new();
        for year in 2023..=2026 {
            let spring = (date(year, 3, 5), date(year, 5, 20));
            let autumn = (date(year, 10, 5), date(year, 10, 24));
            for (from, until) in [spring, autumn] {
                let last = (year, from.month()) == (2026, 10);
                let status = match last {
                    true => scribe.beside.weighted(&[("minutes_drafted", 6), ("minutes_approved", 3), ("held", 1)]),
                    false => scribe.beside.weighted(&[("minutes_approved", 96), ("cancelled", 4)]),
                };
                let visibility = match status {
                    "minutes_approved" => scribe.beside.weighted(&[("public", 7), ("territory", 3)]),
                    _ => "territory",
                };
                let id = scribe.beside.id();
                sittings.push(Sitting { id, on: scribe.beside.day(from, until), status, visibility });
            }
        }
        for (status, from, until) in
            [("convened", date(2026, 12, 1), date(2026, 12, 10)), ("planned", date(2026, 12, 11), date(2026, 12, 22))]
        {
            let id = scribe.beside.id();
            sittings.push(Sitting { id, on: scribe.beside.day(from, until), status, visibility: "territory" });
        }
        sittings
    };
    territories.iter().map(|_| of_council()).collect()
}

/// Writes a council's sittings with all that belongs to them.
pub fn hold(scribe: &mut Scribe, territory: &Territory, seats: &[Seat], sittings: &[Sitting], plans: &[Plan]) {
    for (place, sitting) in sittings.iter().enumerate() {
        let plan = plans.iter().find(|plan| treats(sittings, place, plan));
        let topic = scribe.beside.below(super::topics::TOPICS.len() as u32) as usize;
        write(scribe, territory, seats, sitting, plan, &super::topics::TOPICS[topic]);
    }
}

/// Whether a plan is on the agenda: at the last sitting before the council's opinion; at the next one to come while it
/// waits for that.
fn treats(sittings: &[Sitting], place: usize, plan: &Plan) -> bool {
    match (plan.endorsed_on, plan.status) {
        (Some(day), _) => {
            before(sittings, day).is_some_and(|last| last.id == sittings[place].id && last.on.year() >= day.year() - 1)
        }
        (None, "before_council") => sittings[place].status == "convened",
        (None, "returned") => before(sittings, TODAY).is_some_and(|last| last.id == sittings[place].id),
        _ => false,
    }
}

fn write(
    scribe: &mut Scribe,
    territory: &Territory,
    seats: &[Seat],
    sitting: &Sitting,
    plan: Option<&Plan>,
    topic: &Topic,
) {
    let office = territory.office;
    let head = Head::new(sitting.id, sitting.visibility, &office.province, office.council.number, None);
    let is_called = sitting.status != "planned";
    let present = if is_called { invite(scribe, head, seats, sitting) } else { 0 };
    let month = MONTHS[sitting.on.month0() as usize];
    let title = format!("Seduta di {month} {} – {}", sitting.on.year(), office.name);
    let minutes = matches!(sitting.status, "minutes_drafted" | "minutes_approved").then(|| {
        let about_plan = plan.map_or(String::new(), |plan| format!(" È esaminato il «{}».", plan.title));
        format!(
            "Presenti componenti per {present} seggi. Sul tema «{}» gli enti segnalano: {} Si conviene di {}.{about_plan} Dato \
             dimostrativo.",
            topic.name,
            topic.description,
            lower(topic.priorities[0]),
        )
    });
    let approved_on = (sitting.status == "minutes_approved").then(|| sitting.on + Days::new(20));
    let cancelled_on = (sitting.status == "cancelled").then(|| sitting.on - Days::new(3));
    let outcome = Outcome { title: &title, minutes: minutes.as_deref(), approved_on, cancelled_on };
    let version = sitting_course::tell(scribe, office, sitting, &outcome);
    scribe.sheets.sittings.row(&[
        &sitting.id,
        &office.council.id,
        &office.owner.id,
        &office.council.number,
        &office.province,
        &sitting.status,
        &title,
        &at(sitting.on, 9),
        &at(sitting.on, 12),
        &"Prefettura, sala riunioni",
        &is_called.then(|| sitting.convened_on()),
        &minutes,
        &approved_on,
        &cancelled_on,
        &cancelled_on.map(|_| CANCELLATION),
        &sitting.visibility,
        &true,
        &SOURCE,
        &UPDATED_AT,
        &version,
    ]);
    let about = format!("Stato dei fabbisogni: {}", topic.name);
    let mut items: Vec<(&str, Option<&str>, Option<Uuid>)> = vec![(&about, Some(topic.description), None)];
    if let Some(plan) = plan {
        items.push(("Parere sul piano territoriale", Some(&plan.title), Some(plan.id)));
    }
    items.push(("Varie ed eventuali", None, None));
    for ((title, text, plan), ordinal) in items.into_iter().zip(1..) {
        let id = scribe.beside.id();
        scribe.sheets.sitting_items.row(&[&id, &sitting.id, &head.audience, &ordinal, &title, &text, &plan]);
    }
    if sitting.was_held() {
        resolve(scribe, head, plan, topic, present);
    }
}

/// Calls who holds a seat on the day; returns the members' seats whose holders came. Every sitting that was held had its
/// quorum.
fn invite(scribe: &mut Scribe, head: Head, seats: &[Seat], sitting: &Sitting) -> i32 {
    let mut called: BTreeMap<Uuid, i32> = BTreeMap::new();
    for seat in seats.iter().filter(|seat| seat.is_in_force(sitting.on)) {
        *called.entry(seat.body).or_default() += i32::from(seat.is_members);
    }
    let needed = called.values().sum::<i32>() / 2 + 1;
    let mut present = 0;
    let mut left: i32 = called.values().sum();
    for (body, seats) in called {
        left -= seats;
        let comes = scribe.beside.chance(780) || present + left < needed;
        let attended = sitting.was_held().then_some(comes);
        present += if attended == Some(true) { seats } else { 0 };
        let answer = match sitting.status {
            // Some are waited for.
            "convened" => scribe.beside.weighted(&[("yes", 5), ("no", 1), ("unknown", 4)]),
            _ if !scribe.beside.chance(850) => "unknown",
            _ if comes => "yes",
            _ => "no",
        };
        let latest = (sitting.convened_on() + Days::new(10)).min(TODAY);
        let answered_on = (answer != "unknown").then(|| scribe.beside.day(sitting.convened_on(), latest));
        let represented_by = (answer == "yes").then(|| *scribe.beside.pick(&OFFICES));
        let id = scribe.beside.id();
        scribe.sheets.invitations.row(&[
            &id,
            &head.id,
            &head.audience,
            &body,
            &seats,
            &answer,
            &answered_on,
            &attended,
            &represented_by,
        ]);
    }
    present
}

/// The opinion on the plan, and now and then a proposal to the department.
fn resolve(scribe: &mut Scribe, head: Head, plan: Option<&Plan>, topic: &Topic, present: i32) {
    let mut ordinal = 0;
    let mut write =
        |scribe: &mut Scribe, kind: &str, outcome: &str, (title, text): (&str, &str), plan: Option<Uuid>| {
            ordinal += 1;
            let id = scribe.beside.id();
            let abstained = scribe.beside.below(3).min(present as u32 / 3) as i32;
            scribe.sheets.resolutions.row(&[
                &id,
                &head.id,
                &head.audience,
                &ordinal,
                &kind,
                &title,
                &text,
                &outcome,
                &(present - abstained),
                &0,
                &abstained,
                &plan,
            ]);
        };
    if let Some(plan) = plan {
        let outcome = match plan.status {
            "returned" => "with_remarks",
            _ => scribe.beside.weighted(&[("favourable", 8), ("with_remarks", 2)]),
        };
        let text = match outcome {
            "favourable" => "Il Consiglio esprime parere favorevole.",
            _ => "Il Consiglio esprime parere favorevole, chiedendo di precisare i tempi degli interventi.",
        };
        write(scribe, "opinion_on_plan", outcome, ("Parere sul piano territoriale", text), Some(plan.id));
    }
    if scribe.beside.chance(300) {
        let text = format!("Si propone al Dipartimento di {} con risorse dedicate.", lower(topic.priorities[1]));
        write(scribe, "proposal_to_dlci", "adopted", ("Proposta al Dipartimento", &text), None);
    }
}

/// A text that goes on in the middle of a sentence.
pub fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
