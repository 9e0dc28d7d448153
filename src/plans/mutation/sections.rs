//! The sections of a plan, one part at a time.

mod input;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, MaybeUndefined, Object};
use uuid::Uuid;

use super::create::{new_indicator, new_measure};
use super::{On, draft, sitting};
use crate::access::Action;
use crate::deeds::given::{number, put, put_line, put_text};
use crate::graphql::mutation::{answer, record};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Outcome, Result, UserError};
use crate::organisations::loader;
use crate::plans::document::{INDICATOR, INTERVENTION, MEASURE, NEED, PRIORITY, PlanDocument};
use crate::plans::drafting;
use crate::plans::model::{InterventionRow, NeedRow, PriorityRow};

pub use input::*;

/// The key of a part, where one is named.
fn known(kind: &'static str, id: Option<&ID>, field: &str) -> Outcome<Option<Uuid>> {
    id.map(|id| record(kind, id, field)).transpose()
}

/// A day that may be given.
fn day(given: MaybeUndefined<Date>) -> MaybeUndefined<chrono::NaiveDate> {
    given.map_value(|day| day.0)
}

/// Drafting of plans.
#[derive(Default)]
pub struct PlanDrafting;

#[Object]
impl PlanDrafting {
    /// Drafts the texts, the title and the period of a plan that is listening, a draft or returned [redazione del piano].
    /// By officers and heads of the office, whoever drafts for it, and its clients with `plan:write`.
    async fn draft_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: DraftTerritorialPlanInput,
    ) -> Result<Option<DraftTerritorialPlanPayload>> {
        answer(async {
            let DraftTerritorialPlanInput { plan_id, expected_version, manner, .. } = &input;
            let on = On(plan_id, *expected_version, manner);
            let told = draft(ctx, Action::DraftTerritorialPlan, on, |plan| {
                let row = plan.plan();
                put_line(&mut row.title, input.title.clone());
                row.period_from = input.period_from.map_or(row.period_from, |day| day.0);
                row.period_until = input.period_until.map_or(row.period_until, |day| day.0);
                put_text(&mut row.context_analysis, input.context_analysis.clone());
                put_text(&mut row.objectives, input.objectives.clone());
                put_text(&mut row.resources, input.resources.clone());
                Ok(HashMap::new())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes an indicator of the context into a plan that is being drafted [indicatore di contesto]. By the same callers
    /// as `draftTerritorialPlan`.
    async fn write_plan_indicator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: WritePlanIndicatorInput,
    ) -> Result<Option<WritePlanIndicatorPayload>> {
        answer(async {
            let id = known(INDICATOR, input.indicator_id.as_ref(), "indicatorId")?;
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = draft(ctx, Action::WritePlanIndicator, on, |plan| {
                let mut row = new_indicator(plan, &input.indicator, "indicator.value")?;
                if let Some(id) = id {
                    let known = plan.plan_indicator.iter().find(|row| row.id == id);
                    let known = known.ok_or_else(|| UserError::not_found("indicatorId"))?;
                    (row.id, row.revises_id, row.is_synthetic) = (known.id, known.revises_id, known.is_synthetic);
                }
                let places = HashMap::from([(row.id, "indicator".into())]);
                drafting::place(&mut plan.plan_indicator, row, input.ordinal);
                Ok(places)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes a need into a plan that is being drafted [fabbisogno]. By the same callers as `draftTerritorialPlan`.
    async fn write_plan_need(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: WritePlanNeedInput,
    ) -> Result<Option<WritePlanNeedPayload>> {
        answer(async {
            let id = known(NEED, input.need_id.as_ref(), "needId")?;
            let found_at = sitting(Graph::of(ctx), input.found_at_id.as_opt_ref().flatten(), "foundAtId").await?;
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = draft(ctx, Action::WritePlanNeed, on, |plan| {
                let mut row = match id {
                    Some(id) => found(&plan.plan_need, |row| row.id == id, "needId")?,
                    None => new_need(plan),
                };
                put_line(&mut row.topic, input.topic.clone());
                put_line(&mut row.title, input.title.clone());
                put_text(&mut row.description, input.description.clone());
                put_text(&mut row.indicator, input.indicator.clone());
                put_text(&mut row.indicator_source, input.indicator_source.clone());
                put(&mut row.indicator_on, day(input.indicator_on));
                if let MaybeUndefined::Value(value) = input.indicator_value {
                    row.indicator_value = Some(number(value, "indicatorValue")?);
                } else if input.indicator_value.is_null() {
                    row.indicator_value = None;
                }
                if let Some(sitting) = &found_at {
                    row.found_at_id = Some(drafting::found_at(&plan.territorial_plan, sitting, "foundAtId")?);
                } else if input.found_at_id.is_null() {
                    row.found_at_id = None;
                }
                let places = HashMap::from([(row.id, String::new())]);
                drafting::place(&mut plan.plan_need, row, input.ordinal);
                Ok(places)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes a priority into a plan that is being drafted [priorità]. By the same callers as `draftTerritorialPlan`.
    async fn write_plan_priority(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: WritePlanPriorityInput,
    ) -> Result<Option<WritePlanPriorityPayload>> {
        answer(async {
            let id = known(PRIORITY, input.priority_id.as_ref(), "priorityId")?;
            let need = known(NEED, input.need_id.as_ref(), "needId")?;
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = draft(ctx, Action::WritePlanPriority, on, |plan| {
                let mut row = match id {
                    Some(id) => found(&plan.plan_priority, |row| row.id == id, "priorityId")?,
                    None => new_priority(plan),
                };
                row.need_id = need.unwrap_or(row.need_id);
                if !plan.plan_need.iter().any(|need| need.id == row.need_id) {
                    return Err(UserError::not_found("needId").into());
                }
                put_line(&mut row.title, input.title.clone());
                put_text(&mut row.description, input.description.clone());
                let places = HashMap::from([(row.id, String::new())]);
                drafting::place(&mut plan.plan_priority, row, input.ordinal);
                Ok(places)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes an intervention into a plan that is being drafted [intervento]. By the same callers as
    /// `draftTerritorialPlan`.
    async fn write_plan_intervention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: WritePlanInterventionInput,
    ) -> Result<Option<WritePlanInterventionPayload>> {
        answer(async {
            let id = known(INTERVENTION, input.intervention_id.as_ref(), "interventionId")?;
            let priority = known(PRIORITY, input.priority_id.as_ref(), "priorityId")?;
            let mut named = Vec::new();
            if let MaybeUndefined::Value(responsible) = &input.responsible_id {
                named.push((responsible, "responsibleId".to_owned()));
            }
            let partners = input.partners.as_deref().unwrap_or_default();
            named.extend(
                partners
                    .iter()
                    .enumerate()
                    .map(|(place, partner)| (&partner.organisation_id, format!("partners.{place}.organisationId"))),
            );
            let mut seen = loader::seen(Graph::of(ctx), &named).await?.into_iter().map(|body| body.id);
            let responsible = match input.responsible_id {
                MaybeUndefined::Undefined => MaybeUndefined::Undefined,
                MaybeUndefined::Null => MaybeUndefined::Null,
                MaybeUndefined::Value(_) => seen.next().map_or(MaybeUndefined::Null, MaybeUndefined::Value),
            };
            let partners: Option<Vec<_>> = input.partners.as_ref().map(|partners| {
                partners.iter().zip(seen).map(|(partner, body)| (partner.task.clone(), body)).collect()
            });
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = draft(ctx, Action::WritePlanIntervention, on, |plan| {
                let mut row = match id {
                    Some(id) => found(&plan.plan_intervention, |row| row.id == id, "interventionId")?,
                    None => new_intervention(plan),
                };
                row.priority_id = priority.unwrap_or(row.priority_id);
                if !plan.plan_priority.iter().any(|priority| priority.id == row.priority_id) {
                    return Err(UserError::not_found("priorityId").into());
                }
                put_line(&mut row.title, input.title.clone());
                put_text(&mut row.description, input.description.clone());
                put_text(&mut row.expected_results, input.expected_results.clone());
                put(&mut row.responsible_id, responsible);
                put(&mut row.starts_on, day(input.starts_on));
                put(&mut row.ends_on, day(input.ends_on));
                put(&mut row.budget, input.budget.map_value(|budget| budget.0.normalize()));
                let row_id = row.id;
                drafting::place(&mut plan.plan_intervention, row, input.ordinal);
                let partners = partners.unwrap_or_else(|| {
                    let own = plan.plan_partner.iter().filter(|partner| partner.intervention_id == row_id);
                    own.map(|partner| (partner.task.clone(), partner.organisation_id)).collect()
                });
                drafting::set_partners(plan, row_id, partners, "partners")?;
                Ok(HashMap::from([(row_id, String::new())]))
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes into a plan that is being drafted what is to show the progress of an intervention [indicatore di risultato].
    /// By the same callers as `draftTerritorialPlan`.
    async fn write_plan_measure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: WritePlanMeasureInput,
    ) -> Result<Option<WritePlanMeasurePayload>> {
        answer(async {
            let id = known(MEASURE, input.measure_id.as_ref(), "measureId")?;
            let intervention = known(INTERVENTION, input.intervention_id.as_ref(), "interventionId")?;
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = draft(ctx, Action::WritePlanMeasure, on, |plan| {
                let before = id.map(|id| found(&plan.plan_measure, |row| row.id == id, "measureId")).transpose()?;
                let intervention = intervention.or(before.as_ref().map(|row| row.intervention_id));
                let intervention = intervention.filter(|id| plan.plan_intervention.iter().any(|row| row.id == *id));
                let intervention = intervention.ok_or_else(|| UserError::not_found("interventionId"))?;
                let mut row = new_measure(plan, intervention, &input.measure, "measure")?;
                if let Some(before) = before {
                    (row.id, row.revises_id, row.is_synthetic) = (before.id, before.revises_id, before.is_synthetic);
                    if before.intervention_id == intervention {
                        row.ordinal = before.ordinal;
                    }
                    plan.plan_measure.retain(|row| row.id != before.id);
                }
                let places = HashMap::from([(row.id, "measure".into())]);
                plan.plan_measure.push(Arc::new(row));
                Ok(places)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Takes an indicator, need, priority, intervention or measure out of a plan that is being drafted, unless another part
    /// rests on it [eliminazione]. By the same callers as `draftTerritorialPlan`.
    async fn remove_plan_part(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part.")] input: RemovePlanPartInput,
    ) -> Result<Option<RemovePlanPartPayload>> {
        answer(async {
            let part = NodeId::parse(&input.part_id)?;
            if ![INDICATOR, NEED, PRIORITY, INTERVENTION, MEASURE].contains(&part.kind.as_str()) {
                return Err(UserError::not_found("partId").into());
            }
            let id = part.as_uuid()?;
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = draft(ctx, Action::RemovePlanPart, on, |plan| {
                drafting::remove(plan, id)?;
                Ok(HashMap::new())
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// A part that the plan has, to be changed.
fn found<R: Clone>(rows: &[Arc<R>], is_it: impl Fn(&R) -> bool, field: &str) -> Outcome<R> {
    let row = rows.iter().find(|row| is_it(row)).map(|row| row.as_ref().clone());
    Ok(row.ok_or_else(|| UserError::not_found(field))?)
}

fn new_need(plan: &PlanDocument) -> NeedRow {
    NeedRow {
        id: Uuid::now_v7(),
        plan_id: plan.territorial_plan.id,
        ordinal: 0,
        topic: String::new(),
        title: String::new(),
        description: None,
        indicator: None,
        indicator_value: None,
        indicator_on: None,
        indicator_source: None,
        found_at_id: None,
        revises_id: None,
        is_synthetic: false,
    }
}

fn new_priority(plan: &PlanDocument) -> PriorityRow {
    PriorityRow {
        id: Uuid::now_v7(),
        plan_id: plan.territorial_plan.id,
        need_id: Uuid::nil(),
        ordinal: 0,
        title: String::new(),
        description: None,
        revises_id: None,
        is_synthetic: false,
    }
}

fn new_intervention(plan: &PlanDocument) -> InterventionRow {
    InterventionRow {
        id: Uuid::now_v7(),
        plan_id: plan.territorial_plan.id,
        priority_id: Uuid::nil(),
        ordinal: 0,
        title: String::new(),
        description: None,
        responsible_id: None,
        starts_on: None,
        ends_on: None,
        budget: None,
        expected_results: None,
        revises_id: None,
        is_synthetic: false,
    }
}
