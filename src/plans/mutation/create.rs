//! A whole plan at once, and the next edition of one.

mod input;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::future::try_join_all;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::sitting;
use crate::access::{Action, Room, rules};
use crate::councils::model::SittingRow;
use crate::deeds::given::{clean, number};
use crate::deeds::{self, Whole};
use crate::graphql::mutation::{answer, record};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::organisations::model::{OrganisationKind, OrganisationRow, Visibility};
use crate::organisations::{Directory, loader};
use crate::plans::document::{Facts, PLAN, PlanDocument};
use crate::plans::drafting::{self, Places};
use crate::plans::model::{IndicatorRow, InterventionRow, MeasureRow, NeedRow, PlanRow, PlanStatus, PriorityRow};
use crate::plans::revision;

pub use input::*;

/// Where the record of a caller's own doing says that it comes from.
const SOURCE: &str = "Raccordo";

/// New plans.
#[derive(Default)]
pub struct PlanCreation;

#[Object]
impl PlanCreation {
    /// Makes a territorial plan of the caller's office, with its indicators, needs, priorities and interventions, all or
    /// nothing [creazione del piano]. It is seen by the office alone until it is shared or put before the council. By
    /// officers and heads of an office of the prefect, whoever drafts for it, and its clients with `plan:write`.
    async fn create_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan.")] input: CreateTerritorialPlanInput,
    ) -> Result<Option<CreateTerritorialPlanPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let office = own_office(graph)?;
            let province = province(graph, &office, input.province.as_deref())?;
            let council = council(graph, &office, &province);
            let named = named(&input.needs);
            let mut seen = loader::seen(graph, &named).await?.into_iter();
            let found_at = input.needs.iter().enumerate().map(|(place, need)| async move {
                sitting(graph, need.found_at_id.as_ref(), &format!("needs.{place}.foundAtId")).await
            });
            let found_at = try_join_all(found_at).await?;
            let manner = input.manner.clone();
            let told = deeds::make(ctx, (Action::CreateTerritorialPlan, &manner), office.id, || {
                let mut plan = PlanDocument {
                    territorial_plan: Arc::new(new_plan(&input, &office, council, province)),
                    plan_indicator: Vec::new(),
                    plan_need: Vec::new(),
                    plan_priority: Vec::new(),
                    plan_intervention: Vec::new(),
                    plan_partner: Vec::new(),
                    plan_measure: Vec::new(),
                    plan_measurement: Vec::new(),
                    facts: Facts::default(),
                };
                let mut places = HashMap::new();
                for (place, indicator) in input.indicators.iter().enumerate() {
                    let row = new_indicator(&plan, indicator, &format!("indicators.{place}.value"))?;
                    places.insert(row.id, format!("indicators.{place}"));
                    drafting::place(&mut plan.plan_indicator, row, None);
                }
                for (place, (need, found_at)) in input.needs.iter().zip(&found_at).enumerate() {
                    let need = (need, found_at.as_deref());
                    add_need(&mut plan, &mut places, format!("needs.{place}"), need, &mut seen)?;
                }
                drafting::check(&plan, &places)?;
                Ok(plan)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Opens the next edition of an adopted plan, as a draft with all that the adopted one says; that one stays as it is
    /// [revisione del piano]. By officers and heads of the office, whoever drafts for it, and its clients with `plan:write`.
    async fn revise_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: ReviseTerritorialPlanInput,
    ) -> Result<Option<ReviseTerritorialPlanPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(PLAN, &input.plan_id, "planId")?;
            let plan = graph.load(Whole::<PlanDocument>::of(id)).await?;
            let plan = plan.ok_or_else(|| UserError::not_found("planId"))?;
            let (office, manner) = (plan.territorial_plan.office_id, &input.manner);
            let told = deeds::make(ctx, (Action::ReviseTerritorialPlan, manner), office, || revision::revise(&plan));
            Ok(told.await?.into())
        })
        .await
    }
}

/// The office of the prefect that the caller makes plans for.
fn own_office(graph: &Graph) -> Outcome<Arc<OrganisationRow>> {
    let own = rules::makes_for(&graph.viewer, Room::Plans);
    let office = own.and_then(|own| graph.reference::<Directory>().body(own));
    let office = office.filter(|office| office.kind == OrganisationKind::Prefecture);
    Ok(office.ok_or_else(|| {
        let message = Message::new(
            "Un piano territoriale appartiene a una Prefettura: occorre agire per una di esse.",
            "A territorial plan belongs to an office of the prefect: act for one.",
        );
        UserError::invalid("", "OFFICE_REQUIRED", message)
    })?)
}

/// The province of a new plan: one for which the office is competent today.
fn province(graph: &Graph, office: &OrganisationRow, given: Option<&str>) -> Outcome<String> {
    let competent = graph.reference::<Directory>().provinces_of(office.id, graph.today);
    let wanted = match given {
        None => office.province_code.clone().or_else(|| competent.first().cloned()),
        Some(given) => {
            let territory = graph.reference::<crate::territory::Territory>();
            territory.codes_within(Some(given), None, graph.today).and_then(|codes| codes.first().cloned())
        }
    };
    Ok(wanted.filter(|province| competent.contains(province)).ok_or_else(|| {
        let message = Message::new(
            "La Prefettura non è competente per questa provincia.",
            "The office is not competent for this province.",
        );
        UserError::invalid("province", "PROVINCE_NOT_COMPETENT", message)
    })?)
}

/// The council that the office's plans are put before.
fn council(graph: &Graph, office: &OrganisationRow, province: &str) -> Option<Uuid> {
    let councils = graph.reference::<crate::councils::Councils>();
    councils
        .of_office(office.id)
        .filter(|council| council.province_code == province)
        .map(|council| council.organisation_id)
}

fn new_plan(
    input: &CreateTerritorialPlanInput,
    office: &OrganisationRow,
    council_id: Option<Uuid>,
    province_code: String,
) -> PlanRow {
    PlanRow {
        id: Uuid::now_v7(),
        office_id: office.id,
        owner_number: office.number,
        council_id,
        province_code,
        title: input.title.trim().to_owned(),
        edition: 1,
        previous_edition_id: None,
        status: if input.is_draft { PlanStatus::Draft } else { PlanStatus::Listening },
        period_from: input.period_from.0,
        period_until: input.period_until.0,
        submitted_on: None,
        council_remarks: None,
        endorsed_on: None,
        adopted_on: None,
        started_on: None,
        closed_on: None,
        closing_report: None,
        withdrawn_on: None,
        withdrawal_reason: None,
        context_analysis: clean(input.context_analysis.clone()),
        objectives: clean(input.objectives.clone()),
        resources: clean(input.resources.clone()),
        visibility: Visibility::Owner,
        group_number: None,
        audience: 0,
        is_synthetic: false,
        source: SOURCE.into(),
        version: 1,
        updated_at: chrono::Utc::now(),
    }
}

/// An indicator of a plan, not placed yet.
pub(super) fn new_indicator(plan: &PlanDocument, input: &PlanIndicatorInput, field: &str) -> Outcome<IndicatorRow> {
    Ok(IndicatorRow {
        id: Uuid::now_v7(),
        plan_id: plan.territorial_plan.id,
        ordinal: 0,
        name: input.name.trim().to_owned(),
        value: number(input.value, field)?,
        unit: input.unit.trim().to_owned(),
        measured_on: input.measured_on.0,
        indicator_source: input.source.trim().to_owned(),
        revises_id: None,
        is_synthetic: false,
    })
}

/// A measure of an intervention, the last of it.
pub(super) fn new_measure(
    plan: &PlanDocument,
    intervention_id: Uuid,
    input: &PlanMeasureInput,
    field: &str,
) -> Outcome<MeasureRow> {
    let before = plan.plan_measure.iter().filter(|row| row.intervention_id == intervention_id);
    Ok(MeasureRow {
        id: Uuid::now_v7(),
        plan_id: plan.territorial_plan.id,
        intervention_id,
        ordinal: before.map(|row| row.ordinal).max().unwrap_or_default() + 1,
        name: input.name.trim().to_owned(),
        unit: input.unit.trim().to_owned(),
        baseline: input.baseline.map(|baseline| number(baseline, &format!("{field}.baseline"))).transpose()?,
        target: number(input.target, &format!("{field}.target"))?,
        revises_id: None,
        is_synthetic: false,
    })
}

/// Every body that new needs name, with its field; in the order in which [`add_need`] asks for them.
fn named(needs: &[PlanNeedInput]) -> Vec<(&ID, String)> {
    let mut named = Vec::new();
    for (n, need) in needs.iter().enumerate() {
        for (p, priority) in need.priorities.iter().enumerate() {
            for (i, intervention) in priority.interventions.iter().enumerate() {
                let place = format!("needs.{n}.priorities.{p}.interventions.{i}");
                named.extend(intervention.responsible_id.as_ref().map(|id| (id, format!("{place}.responsibleId"))));
                named.extend(intervention.partners.iter().enumerate().map(|(partner, given)| {
                    (&given.organisation_id, format!("{place}.partners.{partner}.organisationId"))
                }));
            }
        }
    }
    named
}

fn add_need(
    plan: &mut PlanDocument,
    places: &mut Places,
    place: String,
    (input, found_at): (&PlanNeedInput, Option<&SittingRow>),
    seen: &mut impl Iterator<Item = Arc<OrganisationRow>>,
) -> Outcome<()> {
    let plan_id = plan.territorial_plan.id;
    let value = |value: Option<f64>| -> Outcome<Option<Decimal>> {
        value.map(|value| number(value, &format!("{place}.indicatorValue"))).transpose()
    };
    let field = format!("{place}.foundAtId");
    let found_at_id =
        found_at.map(|sitting| drafting::found_at(&plan.territorial_plan, sitting, &field)).transpose()?;
    let need = NeedRow {
        id: Uuid::now_v7(),
        plan_id,
        ordinal: 0,
        topic: input.topic.trim().to_owned(),
        title: input.title.trim().to_owned(),
        description: clean(input.description.clone()),
        indicator: clean(input.indicator.clone()),
        indicator_value: value(input.indicator_value)?,
        indicator_on: input.indicator_on.map(|day| day.0),
        indicator_source: clean(input.indicator_source.clone()),
        found_at_id,
        revises_id: None,
        is_synthetic: false,
    };
    let need_id = need.id;
    places.insert(need_id, place.clone());
    drafting::place(&mut plan.plan_need, need, None);
    for (p, input) in input.priorities.iter().enumerate() {
        let place = format!("{place}.priorities.{p}");
        let priority = PriorityRow {
            id: Uuid::now_v7(),
            plan_id,
            need_id,
            ordinal: 0,
            title: input.title.trim().to_owned(),
            description: clean(input.description.clone()),
            revises_id: None,
            is_synthetic: false,
        };
        let priority_id = priority.id;
        places.insert(priority_id, place.clone());
        drafting::place(&mut plan.plan_priority, priority, None);
        for (i, input) in input.interventions.iter().enumerate() {
            add_intervention(plan, places, format!("{place}.interventions.{i}"), (priority_id, input), seen)?;
        }
    }
    Ok(())
}

fn add_intervention(
    plan: &mut PlanDocument,
    places: &mut Places,
    place: String,
    (priority_id, input): (Uuid, &PlanInterventionInput),
    seen: &mut impl Iterator<Item = Arc<OrganisationRow>>,
) -> Outcome<()> {
    let plan_id = plan.territorial_plan.id;
    let responsible = input.responsible_id.as_ref().and_then(|_| seen.next());
    let row = InterventionRow {
        id: Uuid::now_v7(),
        plan_id,
        priority_id,
        ordinal: 0,
        title: input.title.trim().to_owned(),
        description: clean(input.description.clone()),
        responsible_id: responsible.map(|body| body.id),
        starts_on: input.starts_on.map(|day| day.0),
        ends_on: input.ends_on.map(|day| day.0),
        budget: input.budget.map(|budget| budget.0.normalize()),
        expected_results: clean(input.expected_results.clone()),
        revises_id: None,
        is_synthetic: false,
    };
    let intervention_id = row.id;
    places.insert(intervention_id, place.clone());
    drafting::place(&mut plan.plan_intervention, row, None);
    let partners = input.partners.iter().map(|partner| (partner.task.clone(), seen.next()));
    let partners: Vec<_> = partners.filter_map(|(task, body)| Some((task, body?.id))).collect();
    drafting::set_partners(plan, intervention_id, partners, &format!("{place}.partners"))?;
    for (m, measure) in input.measures.iter().enumerate() {
        let place = format!("{place}.measures.{m}");
        let row = new_measure(plan, intervention_id, measure, &place)?;
        places.insert(row.id, place);
        plan.plan_measure.push(Arc::new(row));
    }
    Ok(())
}
