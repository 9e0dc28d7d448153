//! Editions: an adopted plan is revised by a new one, which starts from it and shows what it changes.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::document::{Facts, PlanDocument};
use super::life::PLAN;
use super::model::{PlanRow, PlanStatus};
use crate::deeds::{FieldChange, difference};
use crate::graphql::Outcome;
use crate::organisations::model::Visibility;

/// A new edition that starts from this one, as a draft of the office alone.
///
/// # Errors
/// `PLAN_NOT_ADOPTED`.
pub fn revise(plan: &PlanDocument) -> Outcome<PlanDocument> {
    let row = &plan.territorial_plan;
    if !row.status.is_adopted() {
        let (it, en) = ("si rivede solo un piano adottato.", "only an adopted plan is revised.");
        return Err(PLAN.refusal(&row.status.name(), "PLAN_NOT_ADOPTED", it, en).into());
    }
    let id = Uuid::now_v7();
    let mut new = plan.clone();
    new.territorial_plan = Arc::new(PlanRow {
        id,
        edition: row.edition + 1,
        previous_edition_id: Some(row.id),
        status: PlanStatus::Draft,
        submitted_on: None,
        council_remarks: None,
        endorsed_on: None,
        adopted_on: None,
        started_on: None,
        closed_on: None,
        closing_report: None,
        withdrawn_on: None,
        withdrawal_reason: None,
        visibility: Visibility::Owner,
        group_number: None,
        ..row.as_ref().clone()
    });
    let mut renamed: HashMap<Uuid, Uuid> = HashMap::new();
    macro_rules! renew {
        ($($rows:ident),+) => { $(for row in &mut new.$rows {
            let row = Arc::make_mut(row);
            let old = row.id;
            row.id = *renamed.entry(old).or_insert_with(Uuid::now_v7);
            (row.revises_id, row.plan_id) = (Some(old), id);
        })+ };
    }
    renew!(plan_indicator, plan_need, plan_priority, plan_intervention, plan_measure);
    let follow = |link: &mut Uuid| *link = renamed.get(link).copied().unwrap_or(*link);
    new.plan_priority.iter_mut().for_each(|row| follow(&mut Arc::make_mut(row).need_id));
    new.plan_intervention.iter_mut().for_each(|row| follow(&mut Arc::make_mut(row).priority_id));
    new.plan_measure.iter_mut().for_each(|row| follow(&mut Arc::make_mut(row).intervention_id));
    for row in &mut new.plan_partner {
        let row = Arc::make_mut(row);
        row.plan_id = id;
        follow(&mut row.intervention_id);
    }
    // What was measured belongs to the edition under which it was.
    new.plan_measurement.clear();
    new.facts = Facts::default();
    Ok(new)
}

/// What an edition changes in the one that it revises, field by field: its parts under the ids that they had there.
pub fn changes(before: &PlanDocument, after: &PlanDocument) -> Vec<FieldChange> {
    let mut after = after.clone();
    let mut former: HashMap<Uuid, Uuid> = HashMap::new();
    macro_rules! rename {
        ($($rows:ident),+) => { $(for row in &mut after.$rows {
            let row = Arc::make_mut(row);
            row.plan_id = before.territorial_plan.id;
            if let Some(old) = row.revises_id {
                former.insert(row.id, old);
                row.id = old;
            }
            let known = before.$rows.iter().find(|known| known.id == row.id);
            row.revises_id = known.and_then(|known| known.revises_id);
        })+ };
    }
    rename!(plan_indicator, plan_need, plan_priority, plan_intervention, plan_measure);
    let follow = |link: &mut Uuid| *link = former.get(link).copied().unwrap_or(*link);
    after.plan_priority.iter_mut().for_each(|row| follow(&mut Arc::make_mut(row).need_id));
    after.plan_intervention.iter_mut().for_each(|row| follow(&mut Arc::make_mut(row).priority_id));
    after.plan_measure.iter_mut().for_each(|row| follow(&mut Arc::make_mut(row).intervention_id));
    for row in &mut after.plan_partner {
        let row = Arc::make_mut(row);
        row.plan_id = before.territorial_plan.id;
        follow(&mut row.intervention_id);
    }
    after.plan_measurement.clone_from(&before.plan_measurement);
    // Of the plan itself what it says; where it stands is another matter.
    let (old, new) = (&before.territorial_plan, &after.territorial_plan);
    after.territorial_plan = Arc::new(PlanRow {
        title: new.title.clone(),
        period_from: new.period_from,
        period_until: new.period_until,
        context_analysis: new.context_analysis.clone(),
        objectives: new.objectives.clone(),
        resources: new.resources.clone(),
        ..old.as_ref().clone()
    });
    difference(before, &after)
}
