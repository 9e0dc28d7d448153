//! What bodies of the network were asked to say of the plans, what they said, and what became of it.

use chrono::{Days, NaiveDate};

use super::bodies::{PERSONA, Sort, Territory};
use super::ground::Owner;
use super::plans::Plan;
use super::scribe::{Scribe, TODAY, UPDATED_AT, at, date};
use super::topics::{TOPICS, Topic};
use crate::access::persona::stable_id;

/// Two contributions to each latest plan of the first country; the persona's is still to be made.
pub fn make(scribe: &mut Scribe, territories: &[Territory], plans: &[Vec<Plan>]) {
    if scribe.country > 0 {
        return;
    }
    let persona = stable_id(PERSONA);
    for (territory, plans) in territories.iter().zip(plans) {
        let is_asked = |plan: &&Plan| !matches!(plan.status, "withdrawn" | "closed");
        let bodies = territory.public(&[Sort::ThirdSector, Sort::Foreigners, Sort::Town, Sort::Workers]);
        for plan in plans.iter().rev().filter(is_asked).take(2) {
            let mut asked: Vec<Owner> = Vec::new();
            for _ in 0..2 {
                let body = scribe.beside.pick(&bodies);
                if body.lives(date(2024, 1, 1), TODAY) && asked.iter().all(|other| other.id != body.owner.id) {
                    asked.push(body.owner);
                }
            }
            asked.retain(|body| body.id != persona);
            for body in asked {
                contribution(scribe, territory, plan, body);
            }
            let own = territory.bodies.iter().find(|body| body.owner.id == persona);
            if let (Some(own), "draft") = (own, plan.status) {
                contribution(scribe, territory, plan, own.owner);
            }
        }
    }
}

fn contribution(scribe: &mut Scribe, territory: &Territory, plan: &Plan, body: Owner) {
    let office = territory.office;
    let topic = scribe.beside.below(TOPICS.len() as u32) as usize;
    let topic = &TOPICS[topic];
    // While the plan is drafted some are still waited for.
    let is_drafted = matches!(plan.status, "listening" | "draft");
    let status = match is_drafted {
        true if body.id == stable_id(PERSONA) => "invited",
        true => scribe.beside.weighted(&[("invited", 4), ("submitted", 4), ("answered", 2)]),
        false => "answered",
    };
    let opens_on = if is_drafted { date(2026, 11, 2) } else { (plan.from - Days::new(170)).min(TODAY - Days::new(90)) };
    let closes_on = opens_on + Days::new(45);
    let submitted_on = (status != "invited").then(|| scribe.beside.day(opens_on, closes_on.min(TODAY - Days::new(2))));
    let answered_on = submitted_on.filter(|_| status == "answered").map(|day| day + Days::new(2));
    let outcome = answered_on.map(|_| scribe.beside.weighted(&[("accepted", 4), ("partly", 4), ("not_accepted", 2)]));
    let group = scribe.group("contribution to a plan", &[office.owner, body]);
    let id = scribe.beside.id();
    scribe.sheets.contributions.row(&[
        &id,
        &plan.id,
        &office.owner.id,
        &office.owner.number,
        &office.province,
        &body.id,
        &"needs",
        &status,
        &format!("Quali fabbisogni nel campo «{}» non sono ancora coperti?", topic.name),
        &plan.title,
        &format!("– {}", topic.need),
        &opens_on,
        &closes_on,
        &submitted_on.map(|_| comment(topic)),
        &submitted_on,
        &outcome,
        &outcome.and_then(answer),
        &answered_on,
        &group,
        &answered_on.or(submitted_on).map_or(UPDATED_AT.to_owned(), told_on),
    ]);
}

fn told_on(day: NaiveDate) -> String {
    at(day, 10)
}

fn comment(topic: &Topic) -> String {
    format!("{} Si propone: {}.", topic.description, super::sittings::lower(topic.interventions[1]))
}

fn answer(outcome: &str) -> Option<&'static str> {
    match outcome {
        "partly" => Some("Recepito per la parte che rientra nelle competenze degli enti del territorio."),
        "not_accepted" => Some("La proposta è già attuata con altri fondi."),
        _ => None,
    }
}
