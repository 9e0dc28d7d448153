//! The steps in the life of a plan, and what is measured while it is carried out.

mod input;

use std::sync::Arc;

use async_graphql::{Context, MaybeUndefined, Object};
use chrono::NaiveDate;

use super::On;
use crate::access::Action;
use crate::deeds::given::{day_of, number, put_text, required, text};
use crate::deeds::{self, Told};
use crate::graphql::mutation::{Flaws, answer, record};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::organisations::model::Visibility;
use crate::plans::document::{MEASURE, PlanDocument};
use crate::plans::life::{self, PlanStep};
use crate::plans::model::{MeasurementRow, PlanRow, PlanStatus};

pub use input::*;

/// Takes a step; `set` writes down what belongs to it.
async fn step(
    ctx: &Context<'_>,
    (action, step): (Action, PlanStep),
    on: On<'_>,
    set: impl FnOnce(&mut PlanRow, NaiveDate) -> Outcome<()> + Send,
) -> Outcome<Told<PlanDocument>> {
    let today = Graph::of(ctx).today;
    deeds::alter(ctx, on.deed(action, true)?, |plan: &mut PlanDocument| {
        life::take(plan, step, today)?;
        set(plan.plan(), today)
    })
    .await
}

/// Refuses a visibility that the plan cannot have where it stands.
fn visible(plan: &PlanRow) -> Outcome<()> {
    if plan.visibility == Visibility::Public && !plan.status.is_adopted() {
        let message =
            Message::new("Un piano non adottato non è pubblico.", "A plan that is not adopted is not public.");
        return Err(UserError::invalid("visibility", "NOT_ADOPTED_NOT_PUBLIC", message).into());
    }
    let is_before_council =
        matches!(plan.status, PlanStatus::BeforeCouncil | PlanStatus::Returned | PlanStatus::Endorsed);
    if is_before_council && !matches!(plan.visibility, Visibility::Territory | Visibility::Network) {
        let message = Message::new(
            "Il Consiglio non lo vedrebbe: indicare territorio o rete.",
            "The council would not see it: say territory or network.",
        );
        return Err(UserError::invalid("visibility", "COUNCIL_MUST_SEE", message).into());
    }
    Ok(())
}

/// Steps in the life of plans.
#[derive(Default)]
pub struct PlanSteps;

#[Object]
impl PlanSteps {
    /// Begins to draft a plan, its stakeholders having been heard [avvio della redazione]. By officers and heads of the
    /// office, whoever drafts for it, and its clients with `plan:write`.
    async fn start_plan_drafting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: StartPlanDraftingInput,
    ) -> Result<Option<StartPlanDraftingPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::StartPlanDrafting, PlanStep::StartDrafting), on, |_, today| {
                day_of(input.on.map(|day| day.0), "on", None, today).map(drop)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Puts a plan before the territorial council, if nothing is missing: see `readiness` [presentazione al Consiglio]. By
    /// heads of the office.
    async fn submit_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: SubmitTerritorialPlanInput,
    ) -> Result<Option<SubmitTerritorialPlanPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::SubmitTerritorialPlan, PlanStep::Submit), on, |plan, today| {
                plan.submitted_on = Some(day_of(input.on.map(|day| day.0), "on", plan.submitted_on, today)?);
                plan.visibility = input.visibility;
                visible(plan)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down that the council returned the plan, with its remarks: the office drafts again [rinvio con osservazioni].
    /// By the council's or the office's heads, officers and secretariat.
    async fn return_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan, and why.")] input: ReturnTerritorialPlanInput,
    ) -> Result<Option<ReturnTerritorialPlanPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::ReturnTerritorialPlan, PlanStep::Return), on, |plan, _| {
                plan.council_remarks = Some(required(&input.remarks, "remarks")?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down that the council endorsed the plan [parere favorevole]. By the council's or the office's heads, officers
    /// and secretariat.
    async fn endorse_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: EndorseTerritorialPlanInput,
    ) -> Result<Option<EndorseTerritorialPlanPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::EndorseTerritorialPlan, PlanStep::Endorse), on, |plan, today| {
                plan.endorsed_on = Some(day_of(input.on.map(|day| day.0), "on", plan.submitted_on, today)?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Adopts a plan that the council endorsed: from now on its sections never change [adozione]. By heads of the office.
    async fn adopt_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: AdoptTerritorialPlanInput,
    ) -> Result<Option<AdoptTerritorialPlanPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::AdoptTerritorialPlan, PlanStep::Adopt), on, |plan, today| {
                plan.adopted_on = Some(day_of(input.on.map(|day| day.0), "on", plan.endorsed_on, today)?);
                plan.visibility = input.visibility;
                visible(plan)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Begins to carry an adopted plan out, its period having begun [avvio dell'attuazione]. By heads of the office.
    async fn start_plan_implementation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: StartPlanImplementationInput,
    ) -> Result<Option<StartPlanImplementationPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told =
                step(ctx, (Action::StartPlanImplementation, PlanStep::StartImplementation), on, |plan, today| {
                    plan.started_on = Some(day_of(input.on.map(|day| day.0), "on", plan.adopted_on, today)?);
                    Ok(())
                });
            Ok(told.await?.into())
        })
        .await
    }

    /// Closes a plan, once none of the projects that carry it out is open [chiusura]. By heads of the office.
    async fn close_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: CloseTerritorialPlanInput,
    ) -> Result<Option<CloseTerritorialPlanPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::CloseTerritorialPlan, PlanStep::Close), on, |plan, today| {
                plan.closed_on = Some(day_of(input.on.map(|day| day.0), "on", plan.started_on, today)?);
                put_text(&mut plan.closing_report, MaybeUndefined::from(input.report.clone().map(Some)));
                Flaws::default().and(text(plan.closing_report.as_deref(), "report")).none()
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Gives a plan up that is not adopted, with the reason [ritiro]. By heads of the office.
    async fn withdraw_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan, and why.")] input: WithdrawTerritorialPlanInput,
    ) -> Result<Option<WithdrawTerritorialPlanPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::WithdrawTerritorialPlan, PlanStep::Withdraw), on, |plan, today| {
                plan.withdrawn_on = Some(today);
                plan.withdrawal_reason = Some(required(&input.reason, "reason")?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Says who may see a plan; one that is not adopted is never public [condivisione]. By heads of the office.
    async fn share_territorial_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan, with whom.")] input: ShareTerritorialPlanInput,
    ) -> Result<Option<ShareTerritorialPlanPayload>> {
        answer(async {
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let told = deeds::alter(ctx, on.deed(Action::ShareTerritorialPlan, false)?, |plan: &mut PlanDocument| {
                plan.plan().visibility = input.visibility;
                visible(&plan.territorial_plan)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down a measured value of an intervention of an adopted plan [rilevazione]. By officers and heads of the office,
    /// whoever drafts for it, and its clients with `plan:write`.
    async fn record_plan_measurement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which value.")] input: RecordPlanMeasurementInput,
    ) -> Result<Option<RecordPlanMeasurementPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let measure = record(MEASURE, &input.measure_id, "measureId")?;
            let value = input.value.map(|value| number(value, "value")).transpose()?;
            let on = On(&input.plan_id, input.expected_version, &input.manner);
            let deed = on.deed(Action::RecordPlanMeasurement, false)?;
            let told = deeds::alter(ctx, deed, |plan: &mut PlanDocument| {
                measurable(plan)?;
                if !plan.plan_measure.iter().any(|row| row.id == measure) {
                    return Err(UserError::not_found("measureId").into());
                }
                let day = day_of(Some(input.measured_on.0), "measuredOn", None, today)?;
                let plan_id = plan.territorial_plan.id;
                plan.plan_measurement.retain(|row| (row.measure_id, row.measured_on) != (measure, day));
                plan.plan_measurement.extend(value.map(|value| {
                    let value_source = input.source.clone().map(|source| source.trim().to_owned());
                    let value_source = value_source.filter(|source| !source.is_empty());
                    Arc::new(MeasurementRow { plan_id, measure_id: measure, measured_on: day, value, value_source })
                }));
                Flaws::default().and(text(input.source.as_deref(), "source")).none()
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// Values are measured of a plan that was adopted and is not closed.
fn measurable(plan: &PlanDocument) -> Outcome<()> {
    let status = plan.territorial_plan.status;
    if matches!(status, PlanStatus::Adopted | PlanStatus::InImplementation) {
        return Ok(());
    }
    let (it, en) = (
        "si rileva solo di un piano adottato o in attuazione.",
        "values are measured of an adopted plan or one in implementation.",
    );
    Err(life::PLAN.refusal(&status.name(), "PLAN_NOT_MEASURED", it, en).into())
}
