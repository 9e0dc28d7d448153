//! What becomes of proposals: handed in, admitted or rejected, funded, amended, revoked.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use uuid::Uuid;

use super::proposal::{ProjectBudgetInput, budget, interventions, links};
use super::{On, change, competent, places, step};
use crate::access::Action;
use crate::deed_payload;
use crate::deeds::Manner;
use crate::deeds::given::{clean, put, required, text};
use crate::graphql::mutation::{Flaws, answer};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::identifiers::Cup;
use crate::locale::Message;
use crate::organisations::loader;
use crate::organisations::model::Visibility;
use crate::projects::life::ProjectStep;
use crate::projects::model::{AmendmentRow, ProjectStatus};
use crate::projects::query::Project;

/// A proposal that is handed in.
#[derive(InputObject)]
pub struct SubmitProjectInput {
    /// Global id of the project.
    project_id: ID,
    /// Version of the project that the caller has read.
    expected_version: i32,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A proposal that is admitted.
#[derive(InputObject)]
pub struct AdmitProjectInput {
    /// Global id of the project.
    project_id: ID,
    /// Version of the project that the caller has read.
    expected_version: i32,
    /// Public money admitted, euros; what was asked for when left out [finanziamento ammesso].
    public_funding: Option<Euro>,
    /// Reasons of the decision [motivazioni].
    reasons: Option<String>,
    /// Unique project code, where it has one already [CUP].
    cup: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A proposal that is rejected.
#[derive(InputObject)]
pub struct RejectProjectInput {
    /// Global id of the project.
    project_id: ID,
    /// Version of the project that the caller has read.
    expected_version: i32,
    /// Reasons of the decision [motivazioni].
    reasons: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// An admitted project on whose money there is an agreement.
#[derive(InputObject)]
pub struct FundProjectInput {
    /// Global id of the project.
    project_id: ID,
    /// Version of the project that the caller has read.
    expected_version: i32,
    /// Unique project code, 15 characters, unless the project has it already [CUP].
    cup: Option<String>,
    /// Number of the initiative in the fund's own system [numero iniziativa].
    initiative_number: Option<String>,
    /// Who may see it from now on: anyone, the network, or those alone who take part and decide (`OWNER`).
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A project whose money is taken back.
#[derive(InputObject)]
pub struct RevokeProjectInput {
    /// Global id of the project.
    project_id: ID,
    /// Version of the project that the caller has read.
    expected_version: i32,
    /// Why [motivo].
    reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// What changes of a project on whose money there is an agreement; what is left out stays.
#[derive(InputObject)]
pub struct AmendProjectInput {
    /// Global id of the project.
    project_id: ID,
    /// Version of the project that the caller has read.
    expected_version: i32,
    /// Why [motivo della variazione].
    reason: String,
    /// First day of the project [data di inizio].
    starts_on: Option<Date>,
    /// Last day of the project [data di fine].
    ends_on: Option<Date>,
    /// Public money, euros [finanziamento pubblico].
    public_funding: Option<Euro>,
    /// Whole cost, euros [costo totale].
    total_cost: Option<Euro>,
    /// All places where it works [luoghi].
    places: Option<Vec<String>>,
    /// Global ids of all interventions that it carries out [interventi].
    intervention_ids: Option<Vec<ID>>,
    /// The whole budget by body and year [bilancio].
    budget: Option<Vec<ProjectBudgetInput>>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of a proposal handed in.
    pub struct SubmitProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of an admission.
    pub struct AdmitProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of a rejection.
    pub struct RejectProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of the agreement on the money.
    pub struct FundProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of a revocation.
    pub struct RevokeProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of an amendment.
    pub struct AmendProjectPayload {
        /// The project.
        project: Project
    }
}

/// A code that obeys its rule.
pub(super) fn cup(given: Option<&str>) -> Outcome<Option<String>> {
    let read = |text: &str| {
        let read = text.parse::<Cup>().map(String::from);
        read.map_err(|broken| {
            let message =
                Message::new(format!("Il CUP {}.", broken.message.it), format!("The CUP {}.", broken.message.en));
            UserError::invalid("cup", "CUP_INVALID", message)
        })
    };
    Ok(given.map(read).transpose()?)
}

/// Who takes part in a project, wherever it is, sees it.
fn parties_see(visibility: Visibility) -> Outcome<()> {
    if matches!(visibility, Visibility::Public | Visibility::Network | Visibility::Owner) {
        return Ok(());
    }
    let message = Message::new(
        "Chi partecipa deve vederlo: indicare pubblico, rete o titolare (chi partecipa e chi decide).",
        "Who takes part must see it: say public, network or owner (who takes part and who decides).",
    );
    Err(UserError::invalid("visibility", "PARTIES_MUST_SEE", message).into())
}

/// What becomes of proposals.
#[derive(Default)]
pub struct ProjectDecisions;

#[Object]
impl ProjectDecisions {
    /// Hands a proposal in, if nothing is missing and it fits its call: see `readiness` [presentazione]. By heads of the
    /// lead.
    async fn submit_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: SubmitProjectInput,
    ) -> Result<Option<SubmitProjectPayload>> {
        answer(async {
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::SubmitProject, ProjectStep::Submit), on, |project, today| {
                project.row().submitted_on = Some(today);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Admits a proposal to funding; the offices whose plans it carries out see it from now on [ammissione]. By heads of the body that issued the call, and of the central department.
    async fn admit_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: AdmitProjectInput,
    ) -> Result<Option<AdmitProjectPayload>> {
        answer(async {
            let cup = cup(input.cup.as_deref())?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::AdmitProject, ProjectStep::Admit), on, |project, today| {
                let row = project.row();
                row.decided_on = Some(today);
                row.decision_reasons = clean(input.reasons.clone());
                row.public_funding = input.public_funding.map(|amount| amount.0.normalize()).or(row.requested_funding);
                row.cup = cup.or(row.cup.take());
                Flaws::default().and(text(row.decision_reasons.as_deref(), "reasons")).none()
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Rejects a proposal, with the reasons [non ammissione]. By heads of the body that issued the call, and of the central
    /// department.
    async fn reject_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project, and why.")] input: RejectProjectInput,
    ) -> Result<Option<RejectProjectPayload>> {
        answer(async {
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::RejectProject, ProjectStep::Reject), on, |project, today| {
                project.row().decided_on = Some(today);
                project.row().decision_reasons = Some(required(&input.reasons, "reasons")?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down the agreement on the money of an admitted project, which needs its CUP from now on and is public unless
    /// said otherwise [finanziamento]. By heads of the body that issued the call, and of the central department.
    async fn fund_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: FundProjectInput,
    ) -> Result<Option<FundProjectPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let cup = cup(input.cup.as_deref())?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::FundProject, ProjectStep::Fund), on, |project, today| {
                competent(graph, project)?;
                parties_see(input.visibility)?;
                // Who was asked and what they answered stays in the history, for those who saw it.
                project.project_invitation.clear();
                let row = project.row();
                row.funded_on = Some(today);
                row.cup = cup.or(row.cup.take());
                row.initiative_number = clean(input.initiative_number.clone()).or(row.initiative_number.take());
                row.visibility = input.visibility;
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Takes the money of a project back, with the reason [revoca]. By heads of the body that issued the call, and of the
    /// central department.
    async fn revoke_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project, and why.")] input: RevokeProjectInput,
    ) -> Result<Option<RevokeProjectPayload>> {
        answer(async {
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::RevokeProject, ProjectStep::Revoke), on, |project, today| {
                project.row().revoked_on = Some(today);
                project.row().revocation_reason = Some(required(&input.reason, "reason")?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Amends a project on whose money there is an agreement; what it was before stays in its history [variazione]. By heads
    /// of the body that issued the call, and of the central department: places and money are not the lead's to change.
    async fn amend_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes, and why.")] input: AmendProjectInput,
    ) -> Result<Option<AmendProjectPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let lines = input.budget.as_deref().unwrap_or_default();
            let named: Vec<_> = lines
                .iter()
                .enumerate()
                .map(|(place, line)| (&line.organisation_id, format!("budget.{place}.organisationId")))
                .collect();
            let mut seen = loader::seen(graph, &named).await?.into_iter().map(|body| body.id);
            let interventions = match &input.intervention_ids {
                Some(ids) => Some(interventions(graph, ids).await?),
                None => None,
            };
            let states = [ProjectStatus::Funded, ProjectStatus::Running, ProjectStatus::Suspended];
            let what = (Action::AmendProject, Message::new("variazione", "amendment"));
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = change(ctx, what, &states, on, |project| {
                let project_id = project.project.id;
                let amended_reason = required(&input.reason, "reason")?;
                let row = project.row();
                let day = |day: Option<Date>| day.map_or(MaybeUndefined::Undefined, |day| MaybeUndefined::Value(day.0));
                put(&mut row.starts_on, day(input.starts_on));
                put(&mut row.ends_on, day(input.ends_on));
                row.public_funding = input.public_funding.map(|amount| amount.0.normalize()).or(row.public_funding);
                row.total_cost = input.total_cost.map(|amount| amount.0.normalize()).or(row.total_cost);
                if let Some(named) = &input.places {
                    project.project_place = places(graph, project_id, named)?;
                    competent(graph, project)?;
                }
                if let Some(interventions) = &interventions {
                    project.project_intervention = links(project_id, interventions);
                }
                if input.budget.is_some() {
                    project.project_budget = budget(project_id, lines, &mut seen)?;
                }
                let ordinal = project.project_amendment.len() as i32 + 1;
                let (id, amended_on) = (Uuid::now_v7(), graph.today);
                project.project_amendment.push(AmendmentRow {
                    id,
                    project_id,
                    ordinal,
                    amended_on,
                    reason: amended_reason,
                });
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }
}
