//! What can be done, to which kind of record, by whom; and which part of the model knows of it.

use super::record::{Kind, Record};
use super::who::Roles::{self, *};
use super::{Asked, Outcome, World, agreements, calls, contributions, plans, projects, sittings};

#[derive(Debug)]
pub struct Verb {
    pub name: &'static str,
    pub kind: Kind,
    pub roles: Roles,
    /// Whether it makes a record.
    pub makes: bool,
    /// Whether it rests on the whole record as the caller has read it.
    pub is_step: bool,
}

const fn make(name: &'static str, kind: Kind, roles: Roles) -> Verb {
    Verb { name, kind, roles, makes: true, is_step: false }
}

const fn step(name: &'static str, kind: Kind, roles: Roles) -> Verb {
    Verb { name, kind, roles, makes: false, is_step: true }
}

const fn edit(name: &'static str, kind: Kind, roles: Roles) -> Verb {
    Verb { name, kind, roles, makes: false, is_step: false }
}

use Kind::*;

pub const VERBS: &[Verb] = &[
    make("createTerritorialPlan", Plan, PlanDrafters),
    make("reviseTerritorialPlan", Plan, PlanDrafters),
    edit("draftTerritorialPlan", Plan, PlanDrafters),
    edit("writePlanIndicator", Plan, PlanDrafters),
    edit("writePlanNeed", Plan, PlanDrafters),
    edit("writePlanPriority", Plan, PlanDrafters),
    edit("writePlanIntervention", Plan, PlanDrafters),
    edit("writePlanMeasure", Plan, PlanDrafters),
    edit("removePlanPart", Plan, PlanDrafters),
    step("startPlanDrafting", Plan, PlanDrafters),
    step("submitTerritorialPlan", Plan, Heads),
    step("returnTerritorialPlan", Plan, Recorders),
    step("endorseTerritorialPlan", Plan, Recorders),
    step("adoptTerritorialPlan", Plan, Heads),
    step("startPlanImplementation", Plan, Heads),
    step("closeTerritorialPlan", Plan, Heads),
    step("withdrawTerritorialPlan", Plan, Heads),
    edit("shareTerritorialPlan", Plan, Heads),
    edit("recordPlanMeasurement", Plan, PlanDrafters),
    make("invitePlanContribution", Contribution, PlanDrafters),
    step("withdrawPlanInvitation", Contribution, PlanDrafters),
    step("contributeToPlan", Contribution, Drafters),
    step("answerPlanContribution", Contribution, PlanDrafters),
    make("publishFundingCall", Call, OfficeHeads),
    edit("amendFundingCall", Call, OfficeHeads),
    step("cancelFundingCall", Call, OfficeHeads),
    make("proposeProject", Project, Drafters),
    make("registerProject", Project, OfficeDrafters),
    edit("changeProposal", Project, Drafters),
    edit("inviteProjectPartner", Project, Drafters),
    edit("withdrawProjectInvitation", Project, Drafters),
    edit("answerProjectInvitation", Project, Heads),
    step("submitProject", Project, Heads),
    step("admitProject", Project, HeadsOrCentral),
    step("rejectProject", Project, HeadsOrCentral),
    step("fundProject", Project, HeadsOrCentral),
    step("revokeProject", Project, HeadsOrCentral),
    edit("amendProject", Project, HeadsOrCentral),
    step("startProject", Project, Heads),
    step("suspendProject", Project, Heads),
    step("resumeProject", Project, Heads),
    step("closeProject", Project, Heads),
    edit("addProjectContract", Project, Drafters),
    edit("declareProjectSpending", Project, Drafters),
    edit("setProjectDeadline", Project, Drafters),
    edit("writeProjectIndicator", Project, Drafters),
    edit("recordProjectValue", Project, Drafters),
    make("draftAgreement", Agreement, Drafters),
    make("renewAgreement", Agreement, Drafters),
    edit("changeAgreement", Agreement, Drafters),
    step("openAgreementForSigning", Agreement, Heads),
    edit("signAgreement", Agreement, Heads),
    edit("withdrawFromAgreement", Agreement, Heads),
    step("endAgreement", Agreement, Heads),
    make("planCouncilSitting", Sitting, Recorders),
    edit("changeCouncilSitting", Sitting, Recorders),
    step("setSittingAgenda", Sitting, Recorders),
    step("conveneCouncilSitting", Sitting, Recorders),
    step("cancelCouncilSitting", Sitting, Recorders),
    edit("inviteSittingGuests", Sitting, Recorders),
    edit("withdrawSittingInvitation", Sitting, Recorders),
    edit("answerSittingInvitation", Sitting, Drafters),
    edit("recordSittingAttendance", Sitting, Recorders),
    step("holdCouncilSitting", Sitting, Recorders),
    step("recordCouncilResolution", Sitting, Recorders),
    edit("draftSittingMinutes", Sitting, Recorders),
    step("approveSittingMinutes", Sitting, Recorders),
];

impl Verb {
    /// As history and audit call it.
    pub fn action(&self) -> String {
        self.name.chars().fold(String::new(), |text, letter| {
            if letter.is_uppercase() {
                text + "_" + &letter.to_lowercase().to_string()
            } else {
                text + &letter.to_string()
            }
        })
    }
}

impl World {
    /// What must hold of an input whatever it is about: it can be read, and what it names is seen.
    pub(super) fn readable(&self, asked: &Asked) -> Outcome {
        match asked.verb.kind {
            Plan | Contribution | Agreement => Ok(()),
            Sitting => sittings::readable(self, asked),
            Call => calls::readable(self, asked),
            Project => projects::readable(self, asked),
        }
    }

    /// The body that a new record is to belong to.
    pub(super) fn owner_of_new(&self, asked: &Asked) -> Outcome<Option<usize>> {
        match asked.verb.kind {
            Plan => plans::owner_of_new(self, asked),
            Contribution => contributions::owner_of_new(self, asked),
            Call => Ok(self.who[asked.who].body),
            Project => projects::owner_of_new(self, asked),
            Agreement => agreements::owner_of_new(self, asked),
            Sitting => sittings::owner_of_new(self, asked),
        }
    }

    pub(super) fn make(&self, asked: &Asked) -> Outcome<Record> {
        match asked.verb.kind {
            Plan => plans::make(self, asked),
            Contribution => contributions::make(self, asked),
            Call => calls::make(self, asked),
            Project => projects::make(self, asked),
            Agreement => agreements::make(self, asked),
            Sitting => sittings::make(self, asked),
        }
    }

    /// The body whose own a record must be for a deed.
    pub(super) fn owner(&self, asked: &Asked, record: &Record) -> Option<usize> {
        let own = self.who[asked.who].body;
        match asked.verb.kind {
            Plan => plans::owner(own, asked, record),
            Contribution => contributions::owner(self, asked, record),
            Call => Some(record.owner),
            Project => projects::owner(self, asked, record),
            Agreement => agreements::owner(self, asked, record),
            Sitting => sittings::owner(self, asked, record),
        }
    }

    pub(super) fn change(&self, asked: &Asked, record: &mut Record) -> Outcome {
        match asked.verb.kind {
            Plan => plans::change(self, asked, record),
            Contribution => contributions::change(asked, record),
            Call => calls::change(self, asked, record),
            Project => projects::change(self, asked, record),
            Agreement => agreements::change(self, asked, record),
            Sitting => sittings::change(self, asked, record),
        }
    }
}
