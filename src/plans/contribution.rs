//! What a body of the network is asked to say of a section of a plan, what it says, and what becomes of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::document::PlanDocument;
use super::model::PlanRow;
use crate::access::{Action, Room, Viewer};
use crate::deeds::given::{line, period, text};
use crate::deeds::{Aggregate, Group, Named, Part};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::Visibility;
use crate::{columns, text_enum};

text_enum! {
    /// A section of a plan [sezione].
    pub enum PlanSection {
        /// Analysis of the context, with its indicators [analisi di contesto].
        Context = "context",
        /// Needs [fabbisogni].
        Needs = "needs",
        /// Objectives [obiettivi].
        Objectives = "objectives",
        /// Priorities [priorità].
        Priorities = "priorities",
        /// Resources that can be activated [risorse].
        Resources = "resources",
        /// Interventions [interventi].
        Interventions = "interventions",
    }
}

text_enum! {
    /// Where a contribution stands [stato del contributo].
    pub enum ContributionStatus {
        /// The body was asked and has not said anything yet [richiesto].
        Invited = "invited",
        /// It has commented [ricevuto].
        Submitted = "submitted",
        /// The office has answered [riscontrato].
        Answered = "answered",
        /// The office has taken the invitation back [ritirato].
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What became of a comment [esito].
    pub enum ContributionOutcome {
        /// Taken up [accolto].
        Accepted = "accepted",
        /// Taken up in part [accolto in parte].
        Partly = "partly",
        /// Not taken up [non accolto].
        NotAccepted = "not_accepted",
    }
}

impl ContributionStatus {
    /// Name for people.
    fn name(self) -> Message {
        let (it, en) = match self {
            Self::Invited => ("richiesto", "invited"),
            Self::Submitted => ("ricevuto", "submitted"),
            Self::Answered => ("riscontrato", "answered"),
            Self::Withdrawn => ("ritirato", "withdrawn"),
        };
        Message::new(it, en)
    }
}

/// How refusals name a contribution.
const CONTRIBUTION_NAMED: Named = Named { field: "contributionId", it: "Il contributo", en: "The contribution" };

columns! {
    /// A contribution to a plan.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct ContributionRow as "c" {
        id: Uuid,
        plan_id: Uuid,
        office_id: Uuid,
        owner_number: i32,
        province_code: String,
        organisation_id: Uuid,
        section: PlanSection,
        status: ContributionStatus,
        question: Option<String>,
        plan_title: String,
        section_text: String,
        opens_on: NaiveDate,
        closes_on: NaiveDate,
        comment: Option<String>,
        submitted_on: Option<NaiveDate>,
        outcome: Option<ContributionOutcome>,
        answer: Option<String>,
        answered_on: Option<NaiveDate>,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

/// A contribution as deeds change it: of the office and the body, which share it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContributionDocument {
    pub plan_contribution: ContributionRow,
}

/// Kind of the global ids of contributions.
pub const CONTRIBUTION: &str = "PlanContribution";

impl Aggregate for ContributionDocument {
    const KIND: &'static str = CONTRIBUTION;
    const ROOM: Room = Room::Plans;
    const ROOT: &'static str = "plan_contribution";
    const PARTS: &'static [Part] = &[];

    fn id(&self) -> Uuid {
        self.plan_contribution.id
    }

    fn version(&self) -> i32 {
        self.plan_contribution.version
    }

    fn audience(&self) -> i32 {
        self.plan_contribution.audience
    }

    fn owner_number(&self) -> i32 {
        self.plan_contribution.owner_number
    }

    /// The body says what it has to say; all else is the office's.
    fn owner(&self, action: Action, _viewer: &Viewer) -> Uuid {
        match action {
            Action::ContributeToPlan => self.plan_contribution.organisation_id,
            _ => self.plan_contribution.office_id,
        }
    }

    fn group(&mut self) -> Option<Group<'_>> {
        let bodies = vec![self.plan_contribution.organisation_id];
        Some(Group { number: &mut self.plan_contribution.group_number, bodies, province: None })
    }
}

/// What an office asks a body.
pub struct Question<'a> {
    pub organisation: Uuid,
    pub section: PlanSection,
    pub question: Option<&'a str>,
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
}

/// Asks a body about a section of a plan that is being drafted, with the text that it is to say something of.
pub fn invite(plan: &PlanDocument, asked: &Question<'_>, today: NaiveDate) -> Outcome<ContributionDocument> {
    super::drafting::open(plan)?;
    let row: &PlanRow = &plan.territorial_plan;
    Flaws::default()
        .and(period(Some(asked.opens_on), Some(asked.closes_on), "closesOn"))
        .and(text(asked.question, "question"))
        .unless(
            asked.closes_on >= today,
            "closesOn",
            "WINDOW_OVER",
            "L'ultimo giorno per contribuire è già passato.",
            "The last day for contributions is over.",
        )
        .unless(
            asked.organisation != row.office_id,
            "organisationIds",
            "BODY_IS_OFFICE",
            "La Prefettura non invita se stessa.",
            "The office does not invite itself.",
        )
        .none()?;
    Ok(ContributionDocument {
        plan_contribution: ContributionRow {
            id: Uuid::now_v7(),
            plan_id: row.id,
            office_id: row.office_id,
            owner_number: row.owner_number,
            province_code: row.province_code.clone(),
            organisation_id: asked.organisation,
            section: asked.section,
            status: ContributionStatus::Invited,
            question: asked.question.map(str::trim).filter(|text| !text.is_empty()).map(String::from),
            plan_title: row.title.clone(),
            section_text: in_words(plan, asked.section),
            opens_on: asked.opens_on,
            closes_on: asked.closes_on,
            comment: None,
            submitted_on: None,
            outcome: None,
            answer: None,
            answered_on: None,
            visibility: Visibility::Owner,
            group_number: None,
            audience: 0,
            version: 1,
            updated_at: Utc::now(),
        },
    })
}

/// A section as a text, in the plan's order.
fn in_words(plan: &PlanDocument, section: PlanSection) -> String {
    let row = &plan.territorial_plan;
    let lines = |lines: Vec<String>| lines.join("\n");
    let with = |title: &str, text: &Option<String>| match text {
        Some(text) => format!("– {title}: {text}"),
        None => format!("– {title}"),
    };
    match section {
        PlanSection::Context => {
            let indicators = plan.plan_indicator.iter().map(|row| {
                format!("– {}: {} {} ({}, {})", row.name, row.value, row.unit, row.indicator_source, row.measured_on)
            });
            lines(row.context_analysis.iter().cloned().chain(indicators).collect())
        }
        PlanSection::Objectives => row.objectives.clone().unwrap_or_default(),
        PlanSection::Resources => row.resources.clone().unwrap_or_default(),
        PlanSection::Needs => lines(plan.plan_need.iter().map(|row| with(&row.title, &row.description)).collect()),
        PlanSection::Priorities => {
            lines(plan.plan_priority.iter().map(|row| with(&row.title, &row.description)).collect())
        }
        PlanSection::Interventions => {
            lines(plan.plan_intervention.iter().map(|row| with(&row.title, &row.description)).collect())
        }
    }
}

/// Comments, within the window; until the office answers, a comment may be said anew.
pub fn comment(row: &mut ContributionRow, said: &str, today: NaiveDate) -> Outcome<()> {
    stands(row, &[ContributionStatus::Invited, ContributionStatus::Submitted], ("commento", "comment"))?;
    if today < row.opens_on || today > row.closes_on {
        let message = Message::new(
            format!("Si contribuisce dal {} al {}.", row.opens_on.format("%d/%m/%Y"), row.closes_on.format("%d/%m/%Y")),
            format!("Contributions are taken from {} to {}.", row.opens_on, row.closes_on),
        );
        return Err(UserError::invalid("contributionId", "WINDOW_CLOSED", message).into());
    }
    let is_missing = said.trim().is_empty().then(|| line("", "comment")).flatten();
    Flaws::default().and(is_missing).and(text(Some(said), "comment")).none()?;
    (row.comment, row.submitted_on) = (Some(said.trim().to_owned()), Some(today));
    row.status = ContributionStatus::Submitted;
    Ok(())
}

/// Answers a comment, with the reason unless it is taken up as it is.
pub fn answer(
    row: &mut ContributionRow,
    outcome: ContributionOutcome,
    said: Option<&str>,
    today: NaiveDate,
) -> Outcome<()> {
    stands(row, &[ContributionStatus::Submitted], ("risposta", "answer"))?;
    let said = said.map(str::trim).filter(|text| !text.is_empty());
    Flaws::default()
        .and(text(said, "answer"))
        .unless(
            outcome == ContributionOutcome::Accepted || said.is_some(),
            "answer",
            "REASON_REQUIRED",
            "Indicare il motivo per cui il contributo non è accolto del tutto.",
            "Say why the contribution is not taken up as a whole.",
        )
        .none()?;
    (row.outcome, row.answer, row.answered_on) = (Some(outcome), said.map(String::from), Some(today));
    row.status = ContributionStatus::Answered;
    Ok(())
}

/// Takes an invitation back that was not followed yet.
pub fn withdraw(row: &mut ContributionRow) -> Outcome<()> {
    stands(row, &[ContributionStatus::Invited], ("ritiro dell'invito", "withdrawal"))?;
    row.status = ContributionStatus::Withdrawn;
    Ok(())
}

fn stands(row: &ContributionRow, states: &[ContributionStatus], (it, en): (&str, &str)) -> Outcome<()> {
    CONTRIBUTION_NAMED.allows((row.status, ContributionStatus::name), states, &Message::new(it, en))
}
