//! The work on a project: its money by body and year, spending, deadlines, indicators, amendments.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use uuid::Uuid;

use super::ground::Owner;
use super::scribe::{Head, Scribe, TODAY};
use super::topics::Topic;

/// What the work on a project goes by.
pub struct Work<'a> {
    pub project: Head,
    pub status: &'static str,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub lead: Owner,
    pub partners: &'a [Owner],
    pub funding: u32,
    pub topic: &'static Topic,
}

const EXPENSES: [&str; 5] = [
    "Personale",
    "Mediazione linguistica e culturale",
    "Materiali e attrezzature",
    "Formazione degli operatori",
    "Locali",
];

pub fn make(scribe: &mut Scribe, work: &Work) {
    match work.status {
        "idea" | "proposed" => invitations(scribe, work),
        "rejected" => {}
        _ => {
            budget(scribe, work);
            if work.from <= TODAY && !matches!(work.status, "admitted" | "funded") {
                spending(scribe, work);
                amendment(scribe, work);
            }
            if work.status != "admitted" {
                deadlines(scribe, work);
                indicator(scribe, work);
            }
        }
    }
}

/// Every partner was asked, and accepted.
fn invitations(scribe: &mut Scribe, work: &Work) {
    let invited_on = (work.from - Days::new(300)).min(TODAY - Days::new(45));
    for partner in work.partners {
        let id = scribe.beside.id();
        let answered_on = scribe.beside.day(invited_on, invited_on + Days::new(14));
        scribe.sheets.project_invitations.row(&[
            &id,
            &work.project.id,
            &work.project.audience,
            &partner.id,
            &"partner",
            &"accepted",
            &invited_on,
            &answered_on,
            &None::<&str>,
        ]);
    }
}

/// Half of the money to the lead, the other half to the first partners, in equal parts for each year.
fn budget(scribe: &mut Scribe, work: &Work) {
    let years: Vec<i32> = (work.from.year()..=work.until.year()).collect();
    let sharers = &work.partners[..work.partners.len().min(3)];
    let yearly = work.funding / years.len() as u32;
    let lead = if sharers.is_empty() { yearly } else { yearly / 2 };
    for year in &years {
        let mut line = |body: Uuid, amount: u32| {
            scribe.sheets.budgets.row(&[&work.project.id, &work.project.audience, &body, year, &amount]);
        };
        line(work.lead.id, lead);
        sharers.iter().for_each(|partner| line(partner.id, yearly / 2 / sharers.len() as u32));
    }
}

/// Every half year, by the lead and the first partner in turn, in the end most of the money.
fn spending(scribe: &mut Scribe, work: &Work) {
    let last = work.until.min(TODAY);
    let halves = ((work.until - work.from).num_days() / 180 + 1) as u32;
    let mut day = work.from + Months::new(3);
    let mut turn = 0;
    while day <= last && turn < halves {
        let id = scribe.beside.id();
        let amount = work.funding / halves * scribe.beside.between(70, 99) / 100;
        let spender = work.partners.first().filter(|_| turn % 2 == 1).unwrap_or(&work.lead);
        let what = scribe.beside.pick(&EXPENSES);
        let declared_on = (day + Days::new(20)).min(TODAY);
        scribe.sheets.spending.row(&[
            &id,
            &work.project.id,
            &work.project.audience,
            &spender.id,
            &day,
            &amount,
            what,
            &declared_on,
        ]);
        day = day + Months::new(6);
        turn += 1;
    }
}

fn amendment(scribe: &mut Scribe, work: &Work) {
    if !scribe.beside.chance(120) {
        return;
    }
    let id = scribe.beside.id();
    let amended_on = scribe.beside.day(work.from, work.until.min(TODAY));
    let reasons = [
        "Proroga non onerosa delle attività.",
        "Rimodulazione del bilancio tra i partner.",
        "Estensione ai comuni limitrofi.",
    ];
    let reason = scribe.beside.pick(&reasons);
    scribe.sheets.amendments.row(&[&id, &work.project.id, &work.project.audience, &1, &amended_on, reason]);
}

/// The report halfway and the one at the end; met a few days before where their time has come, now and then missed.
fn deadlines(scribe: &mut Scribe, work: &Work) {
    let halfway = work.from + Days::new((work.until - work.from).num_days() as u64 / 2);
    for (title, due_on) in [("Relazione intermedia", halfway), ("Rendiconto finale", work.until + Days::new(45))] {
        let id = scribe.beside.id();
        let is_met =
            work.status == "closed" || (due_on <= TODAY && work.status == "running" && scribe.beside.chance(850));
        let done_on = is_met.then(|| (due_on - Days::new(scribe.beside.below(10).into())).min(TODAY));
        scribe.sheets.deadlines.row(&[&id, &work.project.id, &work.project.audience, &title, &due_on, &done_on]);
    }
}

/// One indicator, with a value for every year of work so far.
fn indicator(scribe: &mut Scribe, work: &Work) {
    let id = scribe.beside.id();
    let target = scribe.beside.between(4, 80) * 10;
    let name = format!("Persone coinvolte nel campo «{}»", work.topic.name);
    scribe.sheets.project_indicators.row(&[
        &id,
        &work.project.id,
        &work.project.audience,
        &1,
        &name,
        &"persone",
        &0,
        &target,
    ]);
    if work.status == "funded" {
        return;
    }
    let pace = scribe.beside.between(65, 120);
    let days = (work.until - work.from).num_days().max(1) as u32;
    let last = work.until.min(TODAY);
    let mut day = (work.from + Months::new(9)).min(last);
    loop {
        let gone = (day - work.from).num_days().max(0) as u32;
        let value = target * pace / 100 * gone / days;
        scribe.sheets.project_values.row(&[
            &work.project.id,
            &work.project.audience,
            &id,
            &day,
            &value,
            &"Registro del progetto, dato dimostrativo",
        ]);
        day = day + Months::new(12);
        if day > last {
            break;
        }
    }
}
