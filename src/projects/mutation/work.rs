//! A project under way: begun, interrupted, closed; its contracts, spending, deadlines and values.

mod input;

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::{On, change, positive, step};
use crate::access::Action;
use crate::deeds::given::{clean, line, number, required, text};
use crate::graphql::mutation::{Flaws, answer, record};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::identifiers::Cig;
use crate::locale::Message;
use crate::projects::check::within;
use crate::projects::document::{DEADLINE, INDICATOR};
use crate::projects::life::ProjectStep;
use crate::projects::model::{ContractRow, DeadlineRow, IndicatorRow, ProjectStatus, SpendingRow, ValueRow};

pub use input::*;

/// States in which a project is worked on.
const UNDER_WAY: &[ProjectStatus] = &[ProjectStatus::Funded, ProjectStatus::Running, ProjectStatus::Suspended];
/// States in which it is still to be described.
const OPEN: &[ProjectStatus] = &[
    ProjectStatus::Idea,
    ProjectStatus::Admitted,
    ProjectStatus::Funded,
    ProjectStatus::Running,
    ProjectStatus::Suspended,
];

/// Projects under way.
#[derive(Default)]
pub struct ProjectWork;

#[Object]
impl ProjectWork {
    /// Begins the work of a funded project [avvio]. By heads of the lead.
    async fn start_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: StartProjectInput,
    ) -> Result<Option<StartProjectPayload>> {
        answer(async {
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::StartProject, ProjectStep::Start), on, |project, today| {
                let day = input.on.map_or(today, |day| day.0);
                if day > today || project.project.funded_on.is_some_and(|funded| day < funded) {
                    let message = Message::new(
                        "Il giorno è nel futuro, o viene prima del finanziamento.",
                        "The day is in the future, or comes before the money was agreed.",
                    );
                    return Err(UserError::invalid("on", "DAY_OUTSIDE_PROJECT", message).into());
                }
                project.row().started_on = Some(day);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Interrupts a project, with the reason [sospensione]. By heads of the lead.
    async fn suspend_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project, and why.")] input: SuspendProjectInput,
    ) -> Result<Option<SuspendProjectPayload>> {
        answer(async {
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::SuspendProject, ProjectStep::Suspend), on, |project, today| {
                project.row().suspended_on = Some(today);
                project.row().suspension_reason = Some(required(&input.reason, "reason")?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Takes an interrupted project up again [ripresa]. By heads of the lead.
    async fn resume_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: ResumeProjectInput,
    ) -> Result<Option<ResumeProjectPayload>> {
        answer(async {
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::ResumeProject, ProjectStep::Resume), on, |project, _| {
                (project.row().suspended_on, project.row().suspension_reason) = (None, None);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Closes a project, its deadlines met and its indicators measured [chiusura]. By heads of the lead.
    async fn close_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: CloseProjectInput,
    ) -> Result<Option<CloseProjectPayload>> {
        answer(async {
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = step(ctx, (Action::CloseProject, ProjectStep::Close), on, |project, today| {
                project.row().closed_on = Some(today);
                project.row().closing_report = clean(input.report.clone());
                Flaws::default().and(text(input.report.as_deref(), "report")).none()
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Adds a contract to a funded project [contratto]. By officers and heads of the lead, and clients with `project:write`.
    async fn add_project_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract.")] input: AddProjectContractInput,
    ) -> Result<Option<AddProjectContractPayload>> {
        answer(async {
            let cig = cig(&input.cig)?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let what = (Action::AddProjectContract, Message::new("nuovo contratto", "new contract"));
            let told = change(ctx, what, UNDER_WAY, on, |project| {
                // Contracts that need no tender share their code.
                if !cig.starts_with("ES") && project.project_contract.iter().any(|row| row.cig == cig) {
                    let message = Message::new(
                        "Il progetto ha già un contratto con questo CIG.",
                        "The project has a contract with this CIG already.",
                    );
                    return Err(UserError::conflict("cig", "CIG_TWICE", message).into());
                }
                project.project_contract.push(ContractRow {
                    id: Uuid::now_v7(),
                    project_id: project.project.id,
                    cig,
                    subject: clean(input.subject.clone()),
                    amount: input.amount.map(|amount| amount.0.normalize()),
                    signed_on: input.signed_on.map(|day| day.0),
                    is_synthetic: false,
                    source: super::SOURCE.into(),
                });
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Declares money spent for a project [rendicontazione della spesa]: by a body that takes part, its own; else by the
    /// lead. By officers and heads, and clients with `project:write`.
    async fn declare_project_spending(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The expense.")] input: DeclareProjectSpendingInput,
    ) -> Result<Option<DeclareProjectSpendingPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let amount = positive(input.amount.0, "amount")?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let what =
                (Action::DeclareProjectSpending, Message::new("dichiarazione di spesa", "declaration of spending"));
            let told = change(ctx, what, UNDER_WAY, on, |project| {
                Flaws::default().and(line(&input.description, "description")).none()?;
                within(&project.project, input.spent_on.0, "spentOn", graph.today)?;
                let own = graph.viewer.organisation.filter(|own| project.takes_part(*own));
                project.project_spending.push(SpendingRow {
                    id: Uuid::now_v7(),
                    project_id: project.project.id,
                    organisation_id: own.unwrap_or(project.project.lead_id),
                    spent_on: input.spent_on.0,
                    amount,
                    description: input.description.trim().to_owned(),
                    declared_on: graph.today,
                });
                let limit = project.project.total_cost.or(project.project.public_funding);
                if limit.is_some_and(|limit| project.spent() > limit) {
                    let message = Message::new(
                        "La spesa dichiarata supererebbe il costo totale del progetto.",
                        "The money declared would exceed the project's whole cost.",
                    );
                    return Err(UserError::invalid("amount", "SPENDING_ABOVE_COST", message).into());
                }
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down a day by which something of a project is due, and when it was met [scadenza]. By officers and heads of
    /// the lead, and clients with `project:write`.
    async fn set_project_deadline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deadline.")] input: SetProjectDeadlineInput,
    ) -> Result<Option<SetProjectDeadlinePayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let id = input.deadline_id.as_ref().map(|id| record(DEADLINE, id, "deadlineId")).transpose()?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let what = (Action::SetProjectDeadline, Message::new("scadenza", "deadline"));
            let told = change(ctx, what, OPEN, on, |project| {
                if input.done_on.is_some_and(|day| day.0 > today) {
                    let message = Message::new("Il giorno è nel futuro.", "The day is in the future.");
                    return Err(UserError::invalid("doneOn", "DAY_IN_FUTURE", message).into());
                }
                let row = DeadlineRow {
                    id: id.unwrap_or_else(Uuid::now_v7),
                    project_id: project.project.id,
                    title: input.title.trim().to_owned(),
                    due_on: input.due_on.0,
                    done_on: input.done_on.map(|day| day.0),
                };
                put_row(&mut project.project_deadline, row, id.is_some(), |known, row| known.id == row.id, "deadlineId")
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down what is to show what a project achieves [indicatore]. By officers and heads of the lead, and clients with
    /// `project:write`.
    async fn write_project_indicator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The indicator.")] input: WriteProjectIndicatorInput,
    ) -> Result<Option<WriteProjectIndicatorPayload>> {
        answer(async {
            let id = input.indicator_id.as_ref().map(|id| record(INDICATOR, id, "indicatorId")).transpose()?;
            let baseline = input.baseline.map(|value| number(value, "baseline")).transpose()?;
            let target = number(input.target, "target")?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let what = (Action::WriteProjectIndicator, Message::new("indicatore", "indicator"));
            let told = change(ctx, what, OPEN, on, |project| {
                let known = project.project_indicator.iter().find(|row| Some(row.id) == id).map(|row| row.ordinal);
                let row = IndicatorRow {
                    id: id.unwrap_or_else(Uuid::now_v7),
                    project_id: project.project.id,
                    ordinal: known.unwrap_or(project.project_indicator.len() as i32 + 1),
                    name: input.name.trim().to_owned(),
                    unit: input.unit.trim().to_owned(),
                    baseline,
                    target,
                };
                put_row(
                    &mut project.project_indicator,
                    row,
                    id.is_some(),
                    |known, row| known.id == row.id,
                    "indicatorId",
                )
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down a measured value of a project [rilevazione]. By officers and heads of the lead, and clients with
    /// `project:write`.
    async fn record_project_value(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The value.")] input: RecordProjectValueInput,
    ) -> Result<Option<RecordProjectValuePayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let indicator_id = record(INDICATOR, &input.indicator_id, "indicatorId")?;
            let value = input.value.map(|value| number(value, "value")).transpose()?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let what = (Action::RecordProjectValue, Message::new("rilevazione di un valore", "record of a value"));
            let told = change(ctx, what, UNDER_WAY, on, |project| {
                if !project.project_indicator.iter().any(|row| row.id == indicator_id) {
                    return Err(UserError::not_found("indicatorId").into());
                }
                let measured_on = input.measured_on.0;
                within(&project.project, measured_on, "measuredOn", today)?;
                let (project_id, value_source) = (project.project.id, clean(input.source.clone()));
                project.project_value.retain(|row| (row.indicator_id, row.measured_on) != (indicator_id, measured_on));
                project.project_value.extend(value.map(|value| ValueRow {
                    project_id,
                    indicator_id,
                    measured_on,
                    value,
                    value_source,
                }));
                Flaws::default().and(text(input.source.as_deref(), "source")).none()
            });
            Ok(told.await?.into())
        })
        .await
    }
}

pub(super) fn cig(given: &str) -> Outcome<String> {
    let read = given.parse::<Cig>().map(String::from);
    Ok(read.map_err(|broken| {
        let message = Message::new(format!("Il CIG {}.", broken.message.it), format!("The CIG {}.", broken.message.en));
        UserError::invalid("cig", "CIG_INVALID", message)
    })?)
}

/// Puts a row in the place of the one that it says anew, or after the others.
fn put_row<R>(rows: &mut Vec<R>, row: R, is_known: bool, is_same: impl Fn(&R, &R) -> bool, field: &str) -> Outcome<()> {
    match rows.iter().position(|known| is_same(known, &row)) {
        Some(place) => rows[place] = row,
        None if is_known => return Err(UserError::not_found(field).into()),
        None => rows.push(row),
    }
    Ok(())
}
