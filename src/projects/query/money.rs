use async_graphql::{Context, Description, ID, Object, SimpleObject};

use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::query::{self as organisations, Organisation};
use crate::plans::model::progress;
use crate::projects::document::{DEADLINE, INDICATOR, INVITATION, SPENDING};
use crate::projects::model::{
    BudgetRow, DeadlineRow, IndicatorRow, InvitationRow, ProjectInvitationStatus, ProjectRole, SpendingRow, ValueRow,
};

/// A body that was asked to take part in a proposal [invito].
#[derive(Description)]
pub struct ProjectInvitation(pub InvitationRow);

/// Money of a project for a body in a year [voce di bilancio].
#[derive(Description)]
pub struct ProjectBudgetLine(pub BudgetRow);

/// Money that a body declares to have spent [spesa].
#[derive(Description)]
pub struct ProjectSpending(pub SpendingRow);

#[Object(use_type_description)]
impl ProjectInvitation {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(INVITATION, self.0.id).id()
    }

    /// The body; null where the caller may not see it [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// The role that it is asked to take [ruolo].
    async fn role(&self) -> ProjectRole {
        self.0.role
    }

    /// Its share of the project's money, euros [quota].
    async fn budget_share(&self) -> Option<Euro> {
        self.0.budget_share.map(Euro)
    }

    /// What became of it [esito].
    async fn status(&self) -> ProjectInvitationStatus {
        self.0.status
    }

    /// Day on which it was asked.
    async fn invited_on(&self) -> Date {
        Date(self.0.invited_on)
    }

    /// Day on which it answered.
    async fn answered_on(&self) -> Option<Date> {
        self.0.answered_on.map(Date)
    }

    /// What it answered beside yes or no.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

#[Object(use_type_description)]
impl ProjectBudgetLine {
    /// The body; null where the caller may not see it [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// The year.
    async fn year(&self) -> i32 {
        self.0.year
    }

    /// Amount, euros [importo].
    async fn amount(&self) -> Euro {
        Euro(self.0.amount)
    }
}

#[Object(use_type_description)]
impl ProjectSpending {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(SPENDING, self.0.id).id()
    }

    /// The body that spent it; null where the caller may not see it [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// Day of the expense.
    async fn spent_on(&self) -> Date {
        Date(self.0.spent_on)
    }

    /// Amount, euros [importo].
    async fn amount(&self) -> Euro {
        Euro(self.0.amount)
    }

    /// What for [causale].
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Day of the declaration.
    async fn declared_on(&self) -> Date {
        Date(self.0.declared_on)
    }
}

/// A day by which something of a project is due [scadenza].
#[derive(SimpleObject)]
pub struct ProjectDeadline {
    /// Global id.
    id: ID,
    /// What is due [adempimento].
    title: String,
    /// By when.
    due_on: Date,
    /// Day on which it was met; null while it is not.
    done_on: Option<Date>,
}

impl ProjectDeadline {
    pub fn of(row: &DeadlineRow) -> Self {
        let id = NodeId::new(DEADLINE, row.id).id();
        Self { id, title: row.title.clone(), due_on: Date(row.due_on), done_on: row.done_on.map(Date) }
    }
}

/// What shows what a project achieves [indicatore].
#[derive(SimpleObject)]
pub struct ProjectIndicator {
    /// Global id.
    id: ID,
    /// What is measured.
    name: String,
    /// Unit of its values [unità di misura].
    unit: String,
    /// Value from which the project starts; null: from nothing [valore iniziale].
    baseline: Option<f64>,
    /// Value that is to be reached [valore atteso].
    target: f64,
    /// The measured values, the earliest first [valori rilevati].
    values: Vec<ProjectValue>,
    /// The last measured value; null where there is none [ultimo valore].
    latest: Option<ProjectValue>,
    /// How much of the way from the baseline to the target the last value has gone: 0 nothing, 1 all; may be less or more.
    /// Null where nothing was measured, or where target and baseline are the same [avanzamento].
    progress: Option<f64>,
}

/// A measured value of a project [valore rilevato].
#[derive(SimpleObject)]
pub struct ProjectValue {
    /// Day that the value is of.
    measured_on: Date,
    /// The value, in the indicator's unit.
    value: f64,
    /// Where it comes from [fonte].
    source: Option<String>,
}

impl ProjectIndicator {
    pub fn of(row: &IndicatorRow, values: &[ValueRow]) -> Self {
        let own: Vec<_> = values.iter().filter(|value| value.indicator_id == row.id).collect();
        let told = |value: &&ValueRow| ProjectValue {
            measured_on: Date(value.measured_on),
            value: value.value.try_into().unwrap_or_default(),
            source: value.value_source.clone(),
        };
        let progress = own.last().and_then(|last| progress(row.baseline, row.target, last.value));
        Self {
            id: NodeId::new(INDICATOR, row.id).id(),
            name: row.name.clone(),
            unit: row.unit.clone(),
            baseline: row.baseline.and_then(|value| value.try_into().ok()),
            target: row.target.try_into().unwrap_or_default(),
            values: own.iter().map(told).collect(),
            latest: own.last().map(told),
            progress: progress.and_then(|share| share.try_into().ok()),
        }
    }
}
