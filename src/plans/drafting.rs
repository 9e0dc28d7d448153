//! How a plan is drafted: what may be changed when, and what must hold whatever is changed.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::document::PlanDocument;
use super::life::PLAN;
use super::model::{PartnerRow, PlanRow};
use crate::councils::model::SittingRow;
use crate::deeds::given::{line, money, period, text};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;

/// Parts of one kind at the most.
const MOST_PARTS: usize = 300;
/// Years of a plan at the most.
const MOST_YEARS: u32 = 10;

/// Where the parts stand in the input: `needs.0.priorities.1`; what is not named has no single field.
pub type Places = HashMap<Uuid, String>;

/// Refuses to touch the sections of a plan that is not being drafted.
pub fn open(plan: &PlanDocument) -> Outcome<()> {
    let status = plan.territorial_plan.status;
    if status.is_open() {
        return Ok(());
    }
    let (it, en) = if status.is_adopted() {
        ("non si modifica più; aprirne una nuova edizione.", "it is not edited any more; open a new edition.")
    } else {
        (
            "le sue sezioni si modificano solo durante l'ascolto, la redazione o dopo un rinvio.",
            "its sections are edited only while listening, drafting or after a return.",
        )
    };
    Err(PLAN.refusal(&status.name(), "PLAN_NOT_OPEN", it, en).into())
}

/// Everything that is wrong with a plan.
pub fn check(plan: &PlanDocument, places: &Places) -> Outcome<()> {
    let at = |id: Uuid, field: &str| match places.get(&id) {
        Some(place) if place.is_empty() => field.to_owned(),
        Some(place) => format!("{place}.{field}"),
        None => String::new(),
    };
    let row = &plan.territorial_plan;
    let mut flaws: Vec<UserError> = Vec::new();
    flaws.extend(line(&row.title, "title"));
    flaws.extend(text(row.context_analysis.as_deref(), "contextAnalysis"));
    flaws.extend(text(row.objectives.as_deref(), "objectives"));
    flaws.extend(text(row.resources.as_deref(), "resources"));
    flaws.extend(period(Some(row.period_from), Some(row.period_until), "periodUntil"));
    flaws.extend(too_long(row));
    for indicator in &plan.plan_indicator {
        flaws.extend(line(&indicator.name, &at(indicator.id, "name")));
        flaws.extend(line(&indicator.unit, &at(indicator.id, "unit")));
        flaws.extend(line(&indicator.indicator_source, &at(indicator.id, "source")));
    }
    for need in &plan.plan_need {
        flaws.extend(line(&need.title, &at(need.id, "title")));
        flaws.extend(line(&need.topic, &at(need.id, "topic")));
        flaws.extend(text(need.description.as_deref(), &at(need.id, "description")));
        let has_value = need.indicator_value.is_some();
        let says_of_what = need.indicator.is_some() && need.indicator_on.is_some() && need.indicator_source.is_some();
        if has_value && !says_of_what {
            let message = Message::new(
                "Un valore ha il suo indicatore, la data e la fonte.",
                "A value comes with its indicator, its day and its source.",
            );
            flaws.push(UserError::invalid(&at(need.id, "indicatorValue"), "INDICATOR_INCOMPLETE", message));
        }
    }
    for priority in &plan.plan_priority {
        flaws.extend(line(&priority.title, &at(priority.id, "title")));
        flaws.extend(text(priority.description.as_deref(), &at(priority.id, "description")));
    }
    for intervention in &plan.plan_intervention {
        flaws.extend(line(&intervention.title, &at(intervention.id, "title")));
        flaws.extend(text(intervention.description.as_deref(), &at(intervention.id, "description")));
        flaws.extend(text(intervention.expected_results.as_deref(), &at(intervention.id, "expectedResults")));
        flaws.extend(money(intervention.budget, &at(intervention.id, "budget")));
        flaws.extend(period(intervention.starts_on, intervention.ends_on, &at(intervention.id, "endsOn")));
        for (day, field) in [(intervention.starts_on, "startsOn"), (intervention.ends_on, "endsOn")] {
            flaws.extend(day.and_then(|day| outside(row, &intervention.title, day, &at(intervention.id, field))));
        }
    }
    for measure in &plan.plan_measure {
        flaws.extend(line(&measure.name, &at(measure.id, "name")));
        flaws.extend(line(&measure.unit, &at(measure.id, "unit")));
    }
    let counts = [
        plan.plan_indicator.len(),
        plan.plan_need.len(),
        plan.plan_priority.len(),
        plan.plan_intervention.len(),
        plan.plan_measure.len(),
        plan.plan_partner.len(),
    ];
    if counts.into_iter().any(|count| count > MOST_PARTS) {
        let message = Message::new(
            format!("Un piano ha al massimo {MOST_PARTS} elementi di ciascun tipo."),
            format!("A plan has at most {MOST_PARTS} parts of each kind."),
        );
        flaws.push(UserError::limit("", "TOO_MANY_PARTS", message));
    }
    Flaws::default().and(flaws).none()
}

fn too_long(plan: &PlanRow) -> Option<UserError> {
    let last = plan.period_from.checked_add_months(Months::new(12 * MOST_YEARS))?;
    (plan.period_until >= last).then(|| {
        let message = Message::new(
            format!("Un piano dura al massimo {MOST_YEARS} anni."),
            format!("A plan lasts {MOST_YEARS} years at the most."),
        );
        UserError::invalid("periodUntil", "PERIOD_TOO_LONG", message)
    })
}

fn outside(plan: &PlanRow, title: &str, day: NaiveDate, field: &str) -> Option<UserError> {
    (day < plan.period_from || day > plan.period_until).then(|| {
        let (from, until) = (plan.period_from, plan.period_until);
        let message = Message::new(
            format!(
                "«{title}»: il {} è fuori dal periodo del piano, dal {} al {}.",
                day.format("%d/%m/%Y"),
                from.format("%d/%m/%Y"),
                until.format("%d/%m/%Y")
            ),
            format!("\"{title}\": {day} lies outside the plan's period, {from} to {until}."),
        );
        UserError::invalid(field, "OUTSIDE_PLAN_PERIOD", message)
    })
}

/// Holds the sitting at which a need is said to have emerged against the plan; gives its id.
///
/// # Errors
/// `SITTING_OF_OTHER_COUNCIL`; `SITTING_NOT_HELD`.
pub fn found_at(plan: &PlanRow, sitting: &SittingRow, field: &str) -> Outcome<Uuid> {
    let flaws = Flaws::default()
        .unless(
            plan.council_id == Some(sitting.council_id),
            field,
            "SITTING_OF_OTHER_COUNCIL",
            "La seduta è di un altro Consiglio.",
            "The sitting is another council's.",
        )
        .unless(
            sitting.status.was_held(),
            field,
            "SITTING_NOT_HELD",
            "La seduta non si è ancora svolta.",
            "The sitting has not been held.",
        );
    flaws.none()?;
    Ok(sitting.id)
}

/// A part that has a place among its like.
pub trait Placed: Clone {
    fn id(&self) -> Uuid;
    fn ordinal(&mut self) -> &mut i32;
}

macro_rules! placed {
    ($($row:ty),+) => { $(impl Placed for $row {
        fn id(&self) -> Uuid {
            self.id
        }
        fn ordinal(&mut self) -> &mut i32 {
            &mut self.ordinal
        }
    })+ };
}
placed!(super::model::IndicatorRow, super::model::NeedRow, super::model::PriorityRow, super::model::InterventionRow);

/// Puts a part at its place among its like, 1 being the first; without one it stays, or stands last where it is new. All
/// are numbered anew.
pub fn place<R: Placed>(rows: &mut Vec<Arc<R>>, row: R, ordinal: Option<i32>) {
    let known = rows.iter().position(|known| known.id() == row.id());
    if let Some(known) = known {
        rows.remove(known);
    }
    let wanted = ordinal.map(|ordinal| usize::try_from(ordinal.max(1) - 1).unwrap_or_default()).or(known);
    rows.insert(wanted.unwrap_or(rows.len()).min(rows.len()), Arc::new(row));
    number(rows);
}

/// Numbers parts from 1, as they stand.
pub fn number<R: Placed>(rows: &mut [Arc<R>]) {
    for (row, ordinal) in rows.iter_mut().zip(1..) {
        if row.as_ref().clone().ordinal() != &ordinal {
            *Arc::make_mut(row).ordinal() = ordinal;
        }
    }
}

/// Says which bodies carry an intervention out with the one responsible: these, and no others.
///
/// # Errors
/// `PARTNER_TWICE`; `PARTNER_IS_RESPONSIBLE`.
pub fn set_partners(
    plan: &mut PlanDocument,
    intervention_id: Uuid,
    partners: Vec<(Option<String>, Uuid)>,
    field: &str,
) -> Outcome<()> {
    let row = plan.plan_intervention.iter().find(|row| row.id == intervention_id);
    let responsible = row.and_then(|row| row.responsible_id);
    let plan_id = plan.territorial_plan.id;
    plan.plan_partner.retain(|row| row.intervention_id != intervention_id);
    for (task, organisation_id) in partners {
        if responsible == Some(organisation_id) {
            let message = Message::new(
                "Il soggetto responsabile non è anche partner dello stesso intervento.",
                "The body responsible is not a partner of the same intervention, too.",
            );
            return Err(UserError::invalid(field, "PARTNER_IS_RESPONSIBLE", message).into());
        }
        let is_same =
            |row: &Arc<PartnerRow>| row.intervention_id == intervention_id && row.organisation_id == organisation_id;
        if plan.plan_partner.iter().any(is_same) {
            let message = Message::new("Un ente è indicato due volte.", "A body is named twice.");
            return Err(UserError::invalid(field, "PARTNER_TWICE", message).into());
        }
        let task = task.map(|task| task.trim().to_owned()).filter(|task| !task.is_empty());
        plan.plan_partner.push(Arc::new(PartnerRow { plan_id, intervention_id, organisation_id, task }));
    }
    Ok(())
}

/// Takes a part out of the plan, unless others rest on it.
///
/// # Errors
/// `PART_IN_USE`; `NOT_FOUND` where the plan has no such part.
pub fn remove(plan: &mut PlanDocument, id: Uuid) -> Outcome<()> {
    let in_use = |is_used: bool, it: &str, en: &str| {
        let message = Message::new(it, en);
        if is_used { Err(UserError::conflict("partId", "PART_IN_USE", message)) } else { Ok(()) }
    };
    in_use(
        plan.plan_priority.iter().any(|row| row.need_id == id),
        "Al fabbisogno rispondono delle priorità: toglierle prima.",
        "Priorities answer this need: remove them first.",
    )?;
    in_use(
        plan.plan_intervention.iter().any(|row| row.priority_id == id),
        "La priorità è attuata da interventi: toglierli prima.",
        "Interventions carry this priority out: remove them first.",
    )?;
    let count = |plan: &PlanDocument| {
        plan.plan_indicator.len()
            + plan.plan_need.len()
            + plan.plan_priority.len()
            + plan.plan_intervention.len()
            + plan.plan_measure.len()
    };
    let before = count(plan);
    plan.plan_indicator.retain(|row| row.id != id);
    plan.plan_need.retain(|row| row.id != id);
    plan.plan_priority.retain(|row| row.id != id);
    plan.plan_intervention.retain(|row| row.id != id);
    plan.plan_partner.retain(|row| row.intervention_id != id);
    plan.plan_measure.retain(|row| row.id != id && row.intervention_id != id);
    let measures: Vec<Uuid> = plan.plan_measure.iter().map(|row| row.id).collect();
    plan.plan_measurement.retain(|row| measures.contains(&row.measure_id));
    if count(plan) == before {
        return Err(UserError::not_found("partId").into());
    }
    number(&mut plan.plan_indicator);
    number(&mut plan.plan_need);
    number(&mut plan.plan_priority);
    number(&mut plan.plan_intervention);
    Ok(())
}
