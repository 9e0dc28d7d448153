//! A project with all of its parts, as deeds change it and as it stood at a time.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{
    AmendmentRow, BudgetRow, ContractRow, DeadlineRow, IndicatorRow, InvitationRow, LinkRow, ParticipationRow,
    PlaceRow, ProjectInvitationStatus, ProjectRow, ProjectStatus, SpendingRow, ValueRow,
};
use crate::access::{Action, Room, Viewer};
use crate::deeds::{Aggregate, Group, Part};
use crate::organisations::model::Visibility;

/// A project with all of its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectDocument {
    pub project: Arc<ProjectRow>,
    pub project_participation: Vec<ParticipationRow>,
    pub project_invitation: Vec<InvitationRow>,
    pub project_place: Vec<PlaceRow>,
    pub project_intervention: Vec<LinkRow>,
    pub project_contract: Vec<ContractRow>,
    pub project_budget: Vec<BudgetRow>,
    pub project_spending: Vec<SpendingRow>,
    pub project_deadline: Vec<DeadlineRow>,
    pub project_indicator: Vec<IndicatorRow>,
    pub project_value: Vec<ValueRow>,
    pub project_amendment: Vec<AmendmentRow>,
    #[serde(default, skip_serializing)]
    pub facts: Facts,
}

/// What a project's steps ask of other records, as far as the caller sees them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Facts {
    /// Whether they were read at all.
    #[serde(default)]
    pub are_known: bool,
    pub call: Option<CallFacts>,
    /// Kind of the lead.
    pub lead_kind: Option<String>,
    /// The central department, which decides where there is no call.
    pub central: Option<Uuid>,
    /// Those of its interventions that stand in an adopted plan.
    #[serde(default)]
    pub adopted: Vec<Uuid>,
    /// The offices whose plans it carries out.
    #[serde(default)]
    pub offices: Vec<Uuid>,
    /// Whether it carries out an intervention that the caller does not see.
    #[serde(default)]
    pub is_plan_hidden: bool,
}

/// The call that it is proposed to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CallFacts {
    pub issuer_id: Uuid,
    pub opens_on: NaiveDate,
    pub closes_on: Option<NaiveDate>,
    #[serde(with = "crate::db::decimal::optional")]
    pub budget: Option<Decimal>,
    pub eligible_kinds: Vec<String>,
    pub min_partners: i32,
    pub max_partners: Option<i32>,
    pub requires_intervention: bool,
    pub cancelled_on: Option<NaiveDate>,
}

/// Kinds of the global ids of a project and its parts.
pub const PROJECT: &str = "Project";
pub const PARTICIPATION: &str = "ProjectParticipation";
pub const INVITATION: &str = "ProjectInvitation";
pub const CONTRACT: &str = "ProjectContract";
pub const SPENDING: &str = "ProjectSpending";
pub const DEADLINE: &str = "ProjectDeadline";
pub const INDICATOR: &str = "ProjectIndicator";
pub const AMENDMENT: &str = "ProjectAmendment";

const fn part(table: &'static str, kind: &'static str, order: &'static str) -> Part {
    Part { table, kind, key: &["id"], of: "project_id", order }
}

impl Aggregate for ProjectDocument {
    const KIND: &'static str = PROJECT;
    const ROOM: Room = Room::Projects;
    const ROOT: &'static str = "project";
    const PARTS: &'static [Part] = &[
        part("project_participation", PARTICIPATION, "role, id"),
        part("project_invitation", INVITATION, "role, id"),
        Part {
            key: &["project_id", "province_code", "municipality_code"],
            ..part("project_place", "ProjectPlace", "province_code, municipality_code")
        },
        Part {
            key: &["project_id", "intervention_id"],
            ..part("project_intervention", "ProjectIntervention", "intervention_id")
        },
        part("project_contract", CONTRACT, "signed_on, cig"),
        Part {
            key: &["project_id", "organisation_id", "year"],
            ..part("project_budget", "ProjectBudget", "year, organisation_id")
        },
        part("project_spending", SPENDING, "spent_on, id"),
        part("project_deadline", DEADLINE, "due_on, id"),
        part("project_indicator", INDICATOR, "ordinal"),
        Part {
            key: &["indicator_id", "measured_on"],
            ..part("project_value", "ProjectValue", "indicator_id, measured_on")
        },
        part("project_amendment", AMENDMENT, "ordinal"),
    ];
    const FACTS: Option<&'static str> = Some(
        "jsonb_build_object('are_known', true,
           'call', (select to_jsonb(c) from funding_call c where c.id = r.call_id),
           'lead_kind', (select o.kind from organisation o where o.id = r.lead_id),
           'central', (select o.id from organisation o where o.kind = 'central_authority' and o.parent_id is null
             order by o.number limit 1),
           'adopted', (select coalesce(jsonb_agg(l.intervention_id), '[]') from project_intervention l
             join plan_intervention i on i.id = l.intervention_id join territorial_plan t on t.id = i.plan_id
             where l.project_id = r.id and t.status in ('adopted', 'in_implementation')),
           'offices', (select coalesce(jsonb_agg(distinct t.office_id), '[]') from project_intervention l
             join plan_intervention i on i.id = l.intervention_id join territorial_plan t on t.id = i.plan_id
             where l.project_id = r.id),
           'is_plan_hidden', exists (select 1 from project_intervention l where l.project_id = r.id
             and not exists (select 1 from plan_intervention i where i.id = l.intervention_id)))",
    );

    fn id(&self) -> Uuid {
        self.project.id
    }

    fn version(&self) -> i32 {
        self.project.version
    }

    fn audience(&self) -> i32 {
        self.project.audience
    }

    fn owner_number(&self) -> i32 {
        self.project.owner_number
    }

    /// The lead. A body that was asked to take part answers for itself, and declares its own spending. What becomes of a
    /// proposal decides who issued the call; without one the central department alone.
    fn owner(&self, action: Action, viewer: &Viewer) -> Uuid {
        let own = viewer.organisation.unwrap_or_default();
        let is_asked = || {
            let mut invitations = self.project_invitation.iter();
            invitations.any(|row| row.organisation_id == own && row.status == ProjectInvitationStatus::Invited)
        };
        match action {
            Action::AnswerProjectInvitation if is_asked() => own,
            Action::DeclareProjectSpending if self.takes_part(own) => own,
            Action::AdmitProject
            | Action::RejectProject
            | Action::FundProject
            | Action::RevokeProject
            | Action::AmendProject => self.facts.call.as_ref().map_or(Uuid::nil(), |call| call.issuer_id),
            _ => self.project.lead_id,
        }
    }

    fn follows_others(&self) -> bool {
        self.project.status != ProjectStatus::Idea
    }

    /// Until it is public: who takes part or is asked to; once it is handed in, who decides; once it is admitted, the
    /// offices whose plans it carries out. Whoever does not see the call or all of those plans cannot tell who they are,
    /// and leaves the group as it is.
    fn group(&mut self) -> Option<Group<'_>> {
        let is_idea = self.project.status == ProjectStatus::Idea;
        let is_call_hidden = self.project.call_id.is_some() && self.facts.call.is_none();
        let is_judged = self.project.status.is_judged();
        if (!is_idea && is_call_hidden) || (is_judged && self.facts.is_plan_hidden) {
            return None;
        }
        let parts = self.project_participation.iter().map(|row| row.organisation_id);
        let asked = self.project_invitation.iter().filter(|row| row.status != ProjectInvitationStatus::Declined);
        let decides = self.facts.call.as_ref().map(|call| call.issuer_id).or(self.facts.central);
        let decides = decides.filter(|_| !is_idea);
        let offices = self.facts.offices.iter().copied().filter(|_| is_judged);
        let asked = asked.map(|row| row.organisation_id);
        let lead = self.project.lead_id;
        let bodies: Vec<Uuid> = parts.chain(asked).chain(decides).chain(offices).filter(|body| *body != lead).collect();
        // Of one whose partners have all gone its lead is what is left.
        let has_group = !bodies.is_empty() || self.project.group_number.is_some();
        (self.project.visibility == Visibility::Owner && has_group).then(|| Group {
            number: &mut Arc::make_mut(&mut self.project).group_number,
            bodies,
            province: None,
        })
    }
}

impl ProjectDocument {
    /// The project's own row, to be changed.
    pub fn row(&mut self) -> &mut ProjectRow {
        Arc::make_mut(&mut self.project)
    }

    /// Whether a body leads it or takes part in it.
    pub fn takes_part(&self, body: Uuid) -> bool {
        self.project.lead_id == body || self.project_participation.iter().any(|row| row.organisation_id == body)
    }

    /// Whether a body leads it, takes part in it or was asked to and has not declined.
    pub fn concerns(&self, body: Uuid) -> bool {
        let is_asked =
            |row: &InvitationRow| row.organisation_id == body && row.status != ProjectInvitationStatus::Declined;
        self.takes_part(body) || self.project_invitation.iter().any(is_asked)
    }

    /// Money spent so far, euros.
    pub fn spent(&self) -> Decimal {
        self.project_spending.iter().map(|row| row.amount).sum()
    }
}
