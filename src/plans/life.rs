//! The life of a plan: its states, the steps between them, and what each step asks for.

use chrono::NaiveDate;
use uuid::Uuid;

use super::document::{INTERVENTION, NEED, PRIORITY, PlanDocument};
use super::model::PlanStatus;
use crate::deeds::Named;
use crate::graphql::Outcome;
use crate::graphql::mutation::Stop;
use crate::locale::Message;
use crate::text_enum;

use PlanStatus::*;

/// How refusals name a plan.
pub const PLAN: Named = Named { field: "planId", it: "Il piano", en: "The plan" };

text_enum! {
    /// A step in the life of a plan [passaggio].
    pub enum PlanStep {
        /// Begin to draft, the stakeholders having been heard [avvio della redazione].
        StartDrafting = "start_drafting",
        /// Put it before the territorial council [presentazione al Consiglio].
        Submit = "submit",
        /// The council returns it with remarks [rinvio con osservazioni].
        Return = "return",
        /// The council endorses it [parere favorevole].
        Endorse = "endorse",
        /// The prefect adopts it [adozione].
        Adopt = "adopt",
        /// Begin to carry it out [avvio dell'attuazione].
        StartImplementation = "start_implementation",
        /// Close it [chiusura].
        Close = "close",
        /// Give it up before it is adopted [ritiro].
        Withdraw = "withdraw",
    }
}

impl PlanStep {
    /// States in which it can be taken, and the one that it leads to.
    pub const fn between(self) -> (&'static [PlanStatus], PlanStatus) {
        match self {
            Self::StartDrafting => (&[Listening], Draft),
            Self::Submit => (&[Draft, Returned], BeforeCouncil),
            Self::Return => (&[BeforeCouncil], Returned),
            Self::Endorse => (&[BeforeCouncil], Endorsed),
            Self::Adopt => (&[Endorsed], Adopted),
            Self::StartImplementation => (&[Adopted], InImplementation),
            Self::Close => (&[InImplementation], Closed),
            Self::Withdraw => (&[Listening, Draft, BeforeCouncil, Returned, Endorsed], Withdrawn),
        }
    }

    /// Name for people.
    pub fn name(self) -> Message {
        let (it, en) = match self {
            Self::StartDrafting => ("avvio della redazione", "start of drafting"),
            Self::Submit => ("presentazione al Consiglio", "submission to the council"),
            Self::Return => ("rinvio", "return"),
            Self::Endorse => ("parere favorevole", "endorsement"),
            Self::Adopt => ("adozione", "adoption"),
            Self::StartImplementation => ("avvio dell'attuazione", "start of implementation"),
            Self::Close => ("chiusura", "closing"),
            Self::Withdraw => ("ritiro", "withdrawal"),
        };
        Message::new(it, en)
    }
}

impl PlanStatus {
    /// Whether its sections may be drafted.
    pub fn is_open(self) -> bool {
        matches!(self, Listening | Draft | Returned)
    }

    /// Whether it was adopted: then its sections never change any more.
    pub fn is_adopted(self) -> bool {
        matches!(self, Adopted | InImplementation | Closed)
    }

    /// Name for people.
    pub fn name(self) -> Message {
        let (it, en) = match self {
            Listening => ("in ascolto", "listening"),
            Draft => ("bozza", "draft"),
            BeforeCouncil => ("all'esame del Consiglio", "before the council"),
            Returned => ("rinviato", "returned"),
            Endorsed => ("con parere favorevole", "endorsed"),
            Adopted => ("adottato", "adopted"),
            InImplementation => ("in attuazione", "in implementation"),
            Closed => ("concluso", "closed"),
            Withdrawn => ("ritirato", "withdrawn"),
        };
        Message::new(it, en)
    }
}

/// Something that a step asks for and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Stable code.
    pub rule: &'static str,
    pub message: Message,
    /// The part of the plan that lacks it: kind and id.
    pub part: Option<(&'static str, Uuid)>,
}

impl Missing {
    fn of_plan(rule: &'static str, it: &str, en: &str) -> Self {
        Self { rule, message: Message::new(it, en), part: None }
    }

    fn of_part(rule: &'static str, (kind, id, title): (&'static str, Uuid, &str), it: &str, en: &str) -> Self {
        let message = Message::new(format!("«{title}»: {it}"), format!("\"{title}\": {en}"));
        Self { rule, message, part: Some((kind, id)) }
    }
}

/// What still prevents a step, the plan being in a state in which it can be taken.
pub fn missing(plan: &PlanDocument, step: PlanStep, today: NaiveDate) -> Vec<Missing> {
    match step {
        PlanStep::Submit => sections(plan).chain(chain(plan)).chain(council(plan)).collect(),
        PlanStep::Adopt => unanswered(plan).collect(),
        PlanStep::StartImplementation => {
            let begins = plan.territorial_plan.period_from;
            let waits = (begins > today).then(|| Missing {
                rule: "PERIOD_NOT_BEGUN",
                message: Message::new(
                    format!("Il periodo del piano inizia il {}.", begins.format("%d/%m/%Y")),
                    format!("The plan's period begins on {begins}."),
                ),
                part: None,
            });
            waits.into_iter().collect()
        }
        PlanStep::Close => under_way(plan).collect(),
        PlanStep::StartDrafting | PlanStep::Return | PlanStep::Endorse | PlanStep::Withdraw => Vec::new(),
    }
}

fn sections(plan: &PlanDocument) -> impl Iterator<Item = Missing> {
    let row = &plan.territorial_plan;
    let lacks = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let missing = |is_missing: bool, rule, it, en| is_missing.then(|| Missing::of_plan(rule, it, en));
    [
        missing(
            lacks(&row.context_analysis),
            "CONTEXT_MISSING",
            "Manca l'analisi di contesto.",
            "The analysis of the context is missing.",
        ),
        missing(
            plan.plan_indicator.is_empty(),
            "INDICATORS_MISSING",
            "Manca almeno un indicatore di contesto, con fonte e data.",
            "At least one indicator of the context is missing, with its source and date.",
        ),
        missing(lacks(&row.objectives), "OBJECTIVES_MISSING", "Mancano gli obiettivi.", "The objectives are missing."),
        missing(
            lacks(&row.resources),
            "RESOURCES_MISSING",
            "Mancano le risorse attivabili.",
            "The resources that can be activated are missing.",
        ),
        missing(plan.plan_need.is_empty(), "NEEDS_MISSING", "Manca almeno un fabbisogno.", "There is no need."),
    ]
    .into_iter()
    .flatten()
}

/// Need → priority → intervention, and what an intervention must say.
fn chain(plan: &PlanDocument) -> impl Iterator<Item = Missing> {
    let needs =
        plan.plan_need.iter().filter(|need| !plan.plan_priority.iter().any(|row| row.need_id == need.id)).map(|need| {
            let part = (NEED, need.id, need.title.as_str());
            Missing::of_part("NEED_WITHOUT_PRIORITY", part, "nessuna priorità vi risponde.", "no priority answers it.")
        });
    let priorities = plan
        .plan_priority
        .iter()
        .filter(|priority| !plan.plan_intervention.iter().any(|row| row.priority_id == priority.id))
        .map(|priority| {
            let part = (PRIORITY, priority.id, priority.title.as_str());
            Missing::of_part(
                "PRIORITY_WITHOUT_INTERVENTION",
                part,
                "nessun intervento la attua.",
                "no intervention carries it out.",
            )
        });
    let interventions = plan.plan_intervention.iter().flat_map(|row| {
        let part = (INTERVENTION, row.id, row.title.as_str());
        let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let missing = |is_missing: bool, rule, it, en| is_missing.then(|| Missing::of_part(rule, part, it, en));
        [
            missing(
                row.responsible_id.is_none(),
                "INTERVENTION_WITHOUT_ACTOR",
                "manca il soggetto responsabile.",
                "no body is responsible for it.",
            ),
            missing(
                row.starts_on.is_none() || row.ends_on.is_none(),
                "INTERVENTION_WITHOUT_PERIOD",
                "mancano i tempi.",
                "it has no timing.",
            ),
            missing(
                !says(&row.expected_results),
                "INTERVENTION_WITHOUT_RESULTS",
                "mancano i risultati attesi.",
                "it has no expected results.",
            ),
        ]
        .into_iter()
        .flatten()
    });
    needs.chain(priorities).chain(interventions)
}

fn council(plan: &PlanDocument) -> Option<Missing> {
    plan.territorial_plan.council_id.is_none().then(|| {
        Missing::of_plan(
            "COUNCIL_MISSING",
            "La Prefettura non ha un Consiglio territoriale a cui presentarlo.",
            "The office has no territorial council to put it before.",
        )
    })
}

fn unanswered(plan: &PlanDocument) -> impl Iterator<Item = Missing> {
    let count = plan.facts.unanswered;
    let missing = (count > 0).then(|| Missing {
        rule: "CONTRIBUTIONS_UNANSWERED",
        message: Message::new(
            format!("Contributi ricevuti e ancora senza risposta: {count}."),
            format!("Contributions handed in and not answered yet: {count}."),
        ),
        part: None,
    });
    missing.into_iter()
}

fn under_way(plan: &PlanDocument) -> impl Iterator<Item = Missing> {
    let count = plan.facts.projects_under_way;
    let missing = (count > 0).then(|| Missing {
        rule: "PROJECTS_UNDER_WAY",
        message: Message::new(
            format!("Progetti ancora aperti che ne attuano gli interventi: {count}."),
            format!("Projects still open that carry out its interventions: {count}."),
        ),
        part: None,
    });
    missing.into_iter()
}

/// Takes a step: names the state, the step and all that is missing where it cannot be taken.
pub fn take(plan: &mut PlanDocument, step: PlanStep, today: NaiveDate) -> Outcome<()> {
    let (from, to) = step.between();
    let status = plan.territorial_plan.status;
    PLAN.allows((status, PlanStatus::name), from, &step.name())?;
    let missing = missing(plan, step, today);
    if !missing.is_empty() {
        let told = |missing: Missing| PLAN.lacking((&status.name(), &step.name()), missing.rule, &missing.message);
        return Err(Stop::Refused(missing.into_iter().map(told).collect()));
    }
    plan.plan().status = to;
    Ok(())
}
