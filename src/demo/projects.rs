//! Projects with their lead and partners, places, contracts and the interventions that they carry out.

use chrono::{Datelike as _, Days, NaiveDate};
use uuid::Uuid;

use super::bodies::{Body, PERSONA, Sort, Territory};
use super::calls::{self, Call};
use super::ground::{Ground, Owner};
use super::identifiers::{cig, cup};
use super::plans::Intervention;
use super::project_course::{self, Course, Outcome};
use super::project_work::{self, Work};
use super::scribe::{Head, SOURCE, Scribe, TODAY, UPDATED_AT, date, end_of};
use super::topics::Topic;
use crate::access::persona::stable_id;

/// Who leads, by weight; `None`: the office itself.
const LEADS: [(Option<&[Sort]>, u32); 5] = [
    (Some(&[Sort::ThirdSector]), 58),
    (None, 16),
    (Some(&[Sort::Town]), 14),
    (Some(&[Sort::Health, Sort::AdultSchool, Sort::University, Sort::PublicService]), 8),
    (Some(&[Sort::Foreigners]), 4),
];
/// How many partners, by weight: most projects have few, a few have many.
const PARTNERS: [((u32, u32), u32); 5] = [((0, 0), 8), ((1, 3), 47), ((4, 6), 30), ((7, 12), 12), ((13, 40), 3)];

/// Everything that projects refer to.
pub struct Context<'a> {
    pub ground: &'a Ground,
    pub territories: &'a [Territory<'a>],
    pub calls: &'a [Call],
    /// By office.
    pub interventions: &'a [Vec<Intervention>],
}

/// What is settled before the rest of a project is generated.
struct Outline {
    lead: Owner,
    /// The office may keep a project within the institutions; nobody else does.
    is_office: bool,
    status: &'static str,
    from: NaiveDate,
    until: NaiveDate,
    with_persona: bool,
}

/// Each territory has one project for every four bodies.
pub fn make(scribe: &mut Scribe, context: &Context) {
    let mut bodies = 0;
    for index in 0..context.territories.len() {
        let territory = &context.territories[index];
        let before = bodies / 4;
        bodies += territory.bodies.len();
        for turn in before..bodies / 4 {
            let outline = outline(scribe, territory, turn - before);
            project(scribe, context, index, outline);
        }
    }
}

/// `turn`: how many projects the territory has already.
fn outline(scribe: &mut Scribe, territory: &Territory, turn: usize) -> Outline {
    let persona = stable_id(PERSONA);
    let persona = territory.bodies.iter().find(|body| body.owner.id == persona).map(|body| body.owner);
    if let (Some(lead), 0..=4) = (persona, turn) {
        // The persona's own projects, in the states that matter to it.
        let (status, from) = [
            ("closed", date(2021, 3, 1)),
            ("running", date(2025, 9, 1)),
            ("running", date(2026, 2, 1)),
            ("proposed", date(2027, 3, 1)),
            ("idea", date(2027, 9, 1)),
        ][turn];
        return Outline { lead, is_office: false, status, from, until: end_of(from, 24), with_persona: false };
    }
    let office = territory.office.owner;
    let months = *scribe.dice.pick(&[12, 18, 18, 24, 24, 30, 36]);
    let (status, from) = status(scribe, months);
    let until = end_of(from, months);
    let with_persona = persona.is_some() && (5..12).contains(&turn);
    if with_persona {
        let from = date(2023, 1, 1) + Days::new(turn as u64 * 60);
        let until = end_of(from, 36);
        return Outline {
            lead: office,
            is_office: true,
            status: "running",
            from,
            until: until.max(TODAY),
            with_persona,
        };
    }
    let sorts = scribe.dice.weighted(&LEADS);
    let candidates: Vec<&Body> = match sorts {
        Some(sorts) => territory.public(sorts).into_iter().filter(|body| body.lives(from, from)).collect(),
        None => Vec::new(),
    };
    let lead = if candidates.is_empty() { office } else { scribe.dice.pick_skewed(&candidates).owner };
    Outline { lead, is_office: candidates.is_empty(), status, from, until, with_persona }
}

fn status(scribe: &mut Scribe, months: u32) -> (&'static str, NaiveDate) {
    match scribe.dice.below(1000) {
        0..20 => ("idea", scribe.dice.day(date(2027, 1, 1), date(2027, 12, 1))),
        20..38 => ("proposed", scribe.dice.day(date(2026, 12, 1), date(2027, 6, 1))),
        38..60 => ("rejected", scribe.dice.day(date(2024, 1, 1), date(2026, 6, 1))),
        60..90 => ("admitted", scribe.dice.day(date(2026, 12, 1), date(2027, 3, 1))),
        90..130 => ("funded", scribe.dice.day(date(2026, 11, 1), date(2027, 2, 1))),
        _ => {
            let from = scribe.dice.day(date(2015, 6, 1), date(2026, 11, 1));
            let is_over = end_of(from, months) < TODAY;
            let status = match is_over {
                true => scribe.dice.weighted(&[("closed", 95), ("revoked", 5)]),
                false => scribe.dice.weighted(&[("running", 95), ("suspended", 5)]),
            };
            (status, from)
        }
    }
}

fn project(scribe: &mut Scribe, context: &Context, index: usize, outline: Outline) {
    let territory = &context.territories[index];
    let office = territory.office;
    let Outline { lead, status, from, until, .. } = outline;
    scribe.counters.project += 1;
    let number = scribe.counters.project;
    let id = scribe.dice.id();
    let is_granted = matches!(status, "funded" | "running" | "suspended" | "closed" | "revoked");
    let is_judged = is_granted || status == "admitted";

    let intervention =
        (is_judged && scribe.dice.chance(650)).then(|| carried_out(scribe, &context.interventions[index], from));
    let intervention = intervention.flatten();
    let topic = intervention.map_or_else(|| scribe.topic(), |intervention| intervention.topic);
    let partners = partners(scribe, context, index, &outline);
    let (visibility, group) = visibility(scribe, context.ground, &outline, &partners);
    let head = Head::new(id, visibility, &office.province, lead.number, group);
    let call = (status != "idea").then(|| call(scribe, context.calls, index, from)).flatten();
    let programme = match call {
        Some(call) => call.programme,
        None => calls::node(scribe, from),
    };
    let title = format!("{} – {}", scribe.dice.pick(&topic.projects), office.name);
    let summary = format!(
        "{} Il progetto risponde con: {}.",
        topic.description,
        scribe.dice.pick(&topic.interventions).to_lowercase()
    );
    let funding = scribe.dice.between(5, 120) * 10_000;
    let cost = funding + funding / 20 * scribe.dice.between(0, 4);
    let course = Course::of(status, from, until);
    let cup = is_granted.then(|| cup(number, from.year()));
    let key = |visibility: &str| Head::new(id, visibility, &office.province, lead.number, group).audience;
    let outcome = Outcome {
        id,
        title: &title,
        visibility,
        key: &key,
        funding,
        cup: cup.as_deref(),
        lead: lead.id,
        judge: call.map_or(context.ground.dlci.id, |call| call.issuer),
    };
    let made_on = (from - Days::new(320)).min(TODAY - Days::new(50));
    let version = project_course::tell(scribe, &course, made_on, &outcome);
    scribe.sheets.projects.row(&[
        &id,
        &title,
        &summary,
        &status,
        &cup,
        &format!("DEMO-{number:06}"),
        &from,
        &until,
        &lead.id,
        &lead.number,
        &programme,
        &call.map(|call| call.id),
        &office.province,
        &funding,
        &cost,
        &visibility,
        &group,
        &true,
        &SOURCE,
        &UPDATED_AT,
        &funding,
        &course.submitted_on,
        &course.decided_on,
        &course.decision_reasons(),
        &course.funded_on,
        &course.started_on,
        &course.suspended_on,
        &course.suspension_reason(),
        &course.closed_on,
        &course.closing_report(),
        &course.revoked_on,
        &course.revocation_reason(),
        &version,
    ]);
    participate(scribe, head, &outline, lead, "beneficiary", funding / 2);
    for partner in &partners {
        participate(scribe, head, &outline, partner.owner, "partner", funding / 2 / partners.len() as u32);
    }
    places(scribe, territory, head, &partners);
    if is_granted {
        contracts(scribe, territory, head, &outline, topic, funding);
    }
    if let Some(intervention) = intervention {
        scribe.sheets.project_interventions.row(&[&id, &head.audience, &intervention.id]);
    }
    let partners: Vec<Owner> = partners.iter().map(|partner| partner.owner).collect();
    project_work::make(scribe, &Work { project: head, status, from, until, lead, partners: &partners, funding, topic });
}

/// An intervention of the office's plans that is under way when the project starts.
fn carried_out<'a>(scribe: &mut Scribe, all: &'a [Intervention], from: NaiveDate) -> Option<&'a Intervention> {
    let fitting: Vec<&Intervention> = all.iter().filter(|it| it.from <= from && from <= it.until).collect();
    (!fitting.is_empty()).then(|| *scribe.dice.pick(&fitting))
}

/// The last national call before the project, or one of the office's own.
fn call<'a>(scribe: &mut Scribe, calls: &'a [Call], office: usize, from: NaiveDate) -> Option<&'a Call> {
    let local = scribe.dice.chance(300);
    let last = from - Days::new(scribe.dice.between(60, 500).into());
    let wanted = if local { Some(office) } else { None };
    calls.iter().rev().find(|call| call.opens_on <= last && call.office == wanted)
}

fn partners<'a>(scribe: &mut Scribe, context: &Context<'a>, index: usize, outline: &Outline) -> Vec<&'a Body> {
    let territories = context.territories;
    let (fewest, most) = scribe.dice.weighted(&PARTNERS);
    let wanted = scribe.dice.between(fewest, most);
    let persona = stable_id(PERSONA);
    let mut partners: Vec<&Body> = Vec::new();
    if outline.with_persona {
        partners.extend(territories[index].bodies.iter().find(|body| body.owner.id == persona));
    }
    for _ in 0..wanted {
        let neighbours = &territories[index].office.neighbours;
        let from =
            if !neighbours.is_empty() && scribe.dice.chance(180) { *scribe.dice.pick(neighbours) } else { index };
        let body = scribe.dice.pick_skewed(&territories[from].bodies);
        let fits = !matches!(body.visibility, "owner" | "institutional")
            && !matches!(body.sort, Sort::Police | Sort::Chamber)
            && body.lives(outline.from, outline.from)
            && body.owner.id != outline.lead.id
            && partners.iter().all(|other| other.owner.id != body.owner.id);
        if fits {
            partners.push(body);
        }
    }
    partners
}

/// What has not been admitted is for those who wrote it and for DLCI, which judges it.
fn visibility(
    scribe: &mut Scribe,
    ground: &Ground,
    outline: &Outline,
    partners: &[&Body],
) -> (&'static str, Option<i32>) {
    match outline.status {
        "idea" => ("owner", None),
        // A group for each would make DLCI's set of keys grow with every country.
        "proposed" | "rejected" if scribe.country > 0 => ("owner", None),
        "proposed" | "rejected" => {
            let mut members = vec![outline.lead, ground.dlci];
            members.extend(partners.iter().map(|partner| partner.owner));
            ("owner", Some(scribe.group("project under judgement", &members)))
        }
        _ if outline.is_office && scribe.dice.chance(30) => ("institutional", None),
        _ => (scribe.dice.weighted(&[("public", 94), ("network", 4), ("territory", 2)]), None),
    }
}

fn participate(scribe: &mut Scribe, project: Head, outline: &Outline, body: Owner, role: &'static str, share: u32) {
    let id = scribe.dice.id();
    // A partner may leave before the project ends.
    let leaves = role == "partner" && scribe.dice.chance(40);
    let until = if leaves { scribe.dice.day(outline.from, outline.until) } else { outline.until };
    scribe.sheets.participations.row(&[
        &id,
        &project.id,
        &project.audience,
        &body.id,
        &role,
        &outline.from,
        &until,
        &share,
        &true,
        &SOURCE,
    ]);
}

/// The whole province or some of its municipalities, and the provinces of partners from elsewhere.
fn places(scribe: &mut Scribe, territory: &Territory, project: Head, partners: &[&Body]) {
    let office = territory.office;
    let mut places: Vec<(&str, &str)> = Vec::new();
    if scribe.dice.chance(600) {
        places.push((&office.province, ""));
    } else {
        for _ in 0..scribe.dice.between(1, 4) {
            let town = scribe.dice.pick_skewed(&office.towns);
            places.push((&town.province, &town.code));
        }
    }
    let elsewhere = partners.iter().filter(|partner| partner.province != office.province);
    places.extend(elsewhere.take(3).map(|partner| (partner.province.as_str(), "")));
    places.sort_unstable();
    places.dedup();
    for (province, municipality) in places {
        scribe.sheets.places.row(&[&project.id, &project.audience, &province, &municipality]);
    }
}

/// Contracts for services, each with its contractor.
fn contracts(
    scribe: &mut Scribe,
    territory: &Territory,
    project: Head,
    outline: &Outline,
    topic: &Topic,
    funding: u32,
) {
    let contractors = territory.public(&[Sort::Economic, Sort::Other]);
    let mut hired: Vec<Uuid> = Vec::new();
    for _ in 0..scribe.dice.weighted(&[(0, 45), (1, 35), (2, 20)]) {
        scribe.counters.contract += 1;
        let id = scribe.dice.id();
        let cig = cig(scribe.counters.contract);
        let subject = format!("Servizio a supporto del progetto nel campo «{}»", topic.name);
        let amount = funding / scribe.dice.between(10, 40);
        let signed_on = scribe.dice.day(outline.from, outline.from + Days::new(180));
        scribe.sheets.contracts.row(&[
            &id,
            &project.id,
            &project.audience,
            &cig,
            &subject,
            &amount,
            &signed_on,
            &true,
            &SOURCE,
        ]);
        if !contractors.is_empty() {
            let contractor = scribe.dice.pick_skewed(&contractors).owner;
            if !hired.contains(&contractor.id) && contractor.id != outline.lead.id {
                hired.push(contractor.id);
                participate(scribe, project, outline, contractor, "contractor", amount);
            }
        }
    }
}
