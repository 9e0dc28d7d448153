//! The life of a project: its states, the steps between them, and what each step asks for.

use chrono::NaiveDate;

use super::document::{CallFacts, ProjectDocument};
use super::model::{ProjectInvitationStatus, ProjectRole, ProjectStatus};
use crate::deeds::Named;
use crate::graphql::Outcome;
use crate::graphql::mutation::Stop;
use crate::locale::Message;
use crate::text_enum;

use ProjectStatus::*;

/// How refusals name a project.
const PROJECT: Named = Named { field: "projectId", it: "Il progetto", en: "The project" };

text_enum! {
    /// A step in the life of a project [passaggio].
    pub enum ProjectStep {
        /// Hand the proposal in [presentazione].
        Submit = "submit",
        /// Admit it to funding [ammissione].
        Admit = "admit",
        /// Reject it, with the reasons [non ammissione].
        Reject = "reject",
        /// Agree on the money [finanziamento].
        Fund = "fund",
        /// Begin the work [avvio].
        Start = "start",
        /// Interrupt it [sospensione].
        Suspend = "suspend",
        /// Take it up again [ripresa].
        Resume = "resume",
        /// Close it [chiusura].
        Close = "close",
        /// Take the money back [revoca].
        Revoke = "revoke",
    }
}

impl ProjectStep {
    /// States in which it can be taken, and the one that it leads to.
    pub const fn between(self) -> (&'static [ProjectStatus], ProjectStatus) {
        match self {
            Self::Submit => (&[Idea], Proposed),
            Self::Admit => (&[Proposed], Admitted),
            Self::Reject => (&[Proposed], Rejected),
            Self::Fund => (&[Admitted], Funded),
            Self::Start => (&[Funded], Running),
            Self::Suspend => (&[Running], Suspended),
            Self::Resume => (&[Suspended], Running),
            Self::Close => (&[Running], Closed),
            Self::Revoke => (&[Admitted, Funded, Running, Suspended], Revoked),
        }
    }

    /// Name for people.
    pub fn name(self) -> Message {
        let (it, en) = match self {
            Self::Submit => ("presentazione", "submission"),
            Self::Admit => ("ammissione", "admission"),
            Self::Reject => ("non ammissione", "rejection"),
            Self::Fund => ("finanziamento", "funding"),
            Self::Start => ("avvio", "start"),
            Self::Suspend => ("sospensione", "suspension"),
            Self::Resume => ("ripresa", "resumption"),
            Self::Close => ("chiusura", "closing"),
            Self::Revoke => ("revoca", "revocation"),
        };
        Message::new(it, en)
    }
}

impl ProjectStatus {
    /// Name for people.
    pub fn name(self) -> Message {
        let (it, en) = match self {
            Idea => ("idea", "idea"),
            Proposed => ("presentato", "proposed"),
            Admitted => ("ammesso", "admitted"),
            Rejected => ("non ammesso", "rejected"),
            Funded => ("finanziato", "funded"),
            Running => ("in corso", "running"),
            Suspended => ("sospeso", "suspended"),
            Closed => ("concluso", "closed"),
            Revoked => ("revocato", "revoked"),
        };
        Message::new(it, en)
    }

    /// Whether it was admitted, so that what it is is nobody's secret.
    pub fn is_judged(self) -> bool {
        !matches!(self, Idea | Proposed | Rejected)
    }

    /// Whether it carries out, or has carried out, the interventions that it names: admitted, and the money not taken back.
    pub fn carries_out(self) -> bool {
        self.is_judged() && self != Revoked
    }
}

/// Something that a step asks for and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Stable code.
    pub rule: &'static str,
    pub message: Message,
}

fn lacks(is_missing: bool, rule: &'static str, it: impl Into<String>, en: impl Into<String>) -> Option<Missing> {
    is_missing.then(|| Missing { rule, message: Message::new(it, en) })
}

/// What still prevents a step, the project being in a state in which it can be taken.
pub fn missing(project: &ProjectDocument, step: ProjectStep, today: NaiveDate) -> Vec<Missing> {
    match step {
        ProjectStep::Submit => {
            let of_call = project.facts.call.iter().flat_map(|call| against_call(project, call, today));
            proposal(project).chain(of_call).collect()
        }
        ProjectStep::Fund => {
            lacks(project.project.cup.is_none(), "CUP_MISSING", "manca il CUP.", "the CUP is missing.")
                .into_iter()
                .collect()
        }
        ProjectStep::Close => closing(project).collect(),
        _ => Vec::new(),
    }
}

fn proposal(project: &ProjectDocument) -> impl Iterator<Item = Missing> {
    let row = &project.project;
    let pending =
        project.project_invitation.iter().filter(|row| row.status == ProjectInvitationStatus::Invited).count();
    [
        lacks(
            row.call_id.is_none() && row.programme_code.is_none(),
            "CALL_MISSING",
            "manca l'avviso, o il nodo della programmazione.",
            "there is no call, and no node of a programme.",
        ),
        lacks(
            row.call_id.is_some() && project.facts.call.is_none(),
            "CALL_MISSING",
            "l'avviso non c'è più.",
            "the call is there no more.",
        ),
        lacks(row.summary.is_none(), "SUMMARY_MISSING", "manca la sintesi.", "the summary is missing."),
        lacks(
            row.starts_on.is_none() || row.ends_on.is_none(),
            "PERIOD_MISSING",
            "mancano le date di inizio e fine.",
            "its first and last day are missing.",
        ),
        lacks(
            row.requested_funding.is_none_or(|amount| amount.is_zero()),
            "FUNDING_MISSING",
            "manca il finanziamento richiesto.",
            "the money asked for is missing.",
        ),
        lacks(
            project.project_place.is_empty(),
            "PLACES_MISSING",
            "mancano i luoghi di intervento.",
            "the places where it works are missing.",
        ),
        lacks(
            pending > 0,
            "PARTNERS_PENDING",
            format!("partner che non hanno ancora risposto: {pending}."),
            format!("partners that have not answered yet: {pending}."),
        ),
    ]
    .into_iter()
    .flatten()
}

/// Holds a proposal against its call.
fn against_call<'a>(
    project: &'a ProjectDocument,
    call: &'a CallFacts,
    today: NaiveDate,
) -> impl Iterator<Item = Missing> + use<'a> {
    let partners = project.project_participation.iter().filter(|row| row.role == ProjectRole::Partner).count();
    let most = call.max_partners.map(|most| usize::try_from(most).unwrap_or_default());
    let fewest = usize::try_from(call.min_partners).unwrap_or_default();
    let kind = project.facts.lead_kind.as_deref().unwrap_or_default();
    let asked = project.project.requested_funding.unwrap_or_default();
    [
        lacks(call.cancelled_on.is_some(), "CALL_CANCELLED", "l'avviso è annullato.", "the call is cancelled."),
        lacks(
            today < call.opens_on,
            "CALL_NOT_OPEN",
            format!("l'avviso si apre il {}.", call.opens_on.format("%d/%m/%Y")),
            format!("the call opens on {}.", call.opens_on),
        ),
        call.closes_on.and_then(|last| {
            lacks(
                today > last,
                "CALL_CLOSED",
                format!("l'avviso si è chiuso il {}.", last.format("%d/%m/%Y")),
                format!("the call closed on {last}."),
            )
        }),
        lacks(
            !call.eligible_kinds.is_empty() && !call.eligible_kinds.iter().any(|eligible| eligible == kind),
            "LEAD_NOT_ELIGIBLE",
            "il capofila non è tra i soggetti ammissibili dell'avviso.",
            "the lead is not of a kind that the call admits.",
        ),
        lacks(
            most.is_some_and(|most| partners > most),
            "TOO_MANY_PARTNERS",
            format!("l'avviso ammette al massimo {} partner: sono {partners}.", most.unwrap_or_default()),
            format!("the call admits {} partners at the most: there are {partners}.", most.unwrap_or_default()),
        ),
        lacks(
            partners < fewest,
            "TOO_FEW_PARTNERS",
            format!("l'avviso chiede almeno {fewest} partner: sono {partners}."),
            format!("the call asks for {fewest} partners at the least: there are {partners}."),
        ),
        lacks(
            call.requires_intervention && project.facts.adopted.is_empty(),
            "INTERVENTION_MISSING",
            "l'avviso chiede di attuare un intervento di un piano territoriale adottato.",
            "the call asks that it carry out an intervention of an adopted territorial plan.",
        ),
        lacks(
            call.budget.is_some_and(|budget| asked > budget),
            "ABOVE_CALL_BUDGET",
            "il finanziamento richiesto supera la dotazione dell'avviso.",
            "the money asked for exceeds the call's budget.",
        ),
    ]
    .into_iter()
    .flatten()
}

fn closing(project: &ProjectDocument) -> impl Iterator<Item = Missing> {
    let open = project.project_deadline.iter().filter(|row| row.done_on.is_none()).count();
    let unmeasured = project
        .project_indicator
        .iter()
        .filter(|row| !project.project_value.iter().any(|value| value.indicator_id == row.id))
        .count();
    [
        lacks(
            open > 0,
            "DEADLINES_OPEN",
            format!("scadenze non ancora assolte: {open}."),
            format!("deadlines not met yet: {open}."),
        ),
        lacks(
            unmeasured > 0,
            "INDICATORS_UNMEASURED",
            format!("indicatori mai rilevati: {unmeasured}."),
            format!("indicators never measured: {unmeasured}."),
        ),
    ]
    .into_iter()
    .flatten()
}

/// Takes a step: names the state, the step and all that is missing where it cannot be taken.
pub fn take(project: &mut ProjectDocument, step: ProjectStep, today: NaiveDate) -> Outcome<()> {
    allows(project.project.status, step.between().0, &step.name())?;
    let status = project.project.status.name();
    let missing = missing(project, step, today);
    if !missing.is_empty() {
        let told = |missing: Missing| PROJECT.lacking((&status, &step.name()), missing.rule, &missing.message);
        return Err(Stop::Refused(missing.into_iter().map(told).collect()));
    }
    project.row().status = step.between().1;
    Ok(())
}

/// Refuses what can be done in other states alone; `what` names it for people.
pub fn allows(status: ProjectStatus, states: &[ProjectStatus], what: &Message) -> Outcome<()> {
    PROJECT.allows((status, ProjectStatus::name), states, what)
}
