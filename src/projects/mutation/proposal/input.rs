//! What proposals are made of, and what becomes of them.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::deed_payload;
use crate::deeds::Manner;
use crate::graphql::scalars::{Date, Euro};
use crate::projects::model::ProjectRole;
use crate::projects::query::Project;

/// A body that is asked to take part [invito a un partner].
#[derive(InputObject)]
pub struct ProjectPartnerInput {
    /// Global id of the body.
    pub(in super::super) organisation_id: ID,
    /// Its role [ruolo].
    #[graphql(default_with = "ProjectRole::Partner")]
    pub(in super::super) role: ProjectRole,
    /// Its share of the project's money, euros [quota].
    pub(in super::super) budget_share: Option<Euro>,
    /// Global id of the participant through which it takes part; the lead itself when left out.
    pub(in super::super) through_id: Option<ID>,
}

/// Money of the project for a body in a year [voce di bilancio].
#[derive(InputObject)]
pub struct ProjectBudgetInput {
    /// Global id of the body: the lead, or one that takes part or is asked to.
    pub(in super::super) organisation_id: ID,
    /// The year.
    pub(in super::super) year: i32,
    /// Amount, euros [importo].
    pub(in super::super) amount: Euro,
}

/// A new proposal that the caller's organisation leads, with as much of it as is known: all of it is made, or nothing.
#[derive(InputObject)]
pub struct ProposeProjectInput {
    /// Title [titolo].
    pub(super) title: String,
    /// What it does, in a few sentences [sintesi].
    pub(super) summary: Option<String>,
    /// Global id of the call that it is proposed to [avviso].
    pub(super) call_id: Option<ID>,
    /// Code of the node of the funding programme that is to pay it; the call's own when left out.
    pub(super) programme_code: Option<String>,
    /// First day of the project [data di inizio].
    pub(super) starts_on: Option<Date>,
    /// Last day of the project [data di fine].
    pub(super) ends_on: Option<Date>,
    /// Public money asked for, euros [finanziamento richiesto].
    pub(super) requested_funding: Option<Euro>,
    /// Whole cost, euros [costo totale].
    pub(super) total_cost: Option<Euro>,
    /// Where it works: abbreviations or ISTAT codes of provinces, or ISTAT codes of municipalities [luoghi].
    #[graphql(default)]
    pub(super) places: Vec<String>,
    /// Global ids of the interventions of territorial plans that it carries out [interventi].
    #[graphql(default)]
    pub(super) intervention_ids: Vec<ID>,
    /// Bodies that are asked to take part.
    #[graphql(default)]
    pub(super) partners: Vec<ProjectPartnerInput>,
    /// Money by body and year [bilancio].
    #[graphql(default)]
    pub(super) budget: Vec<ProjectBudgetInput>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// Changes of a proposal that is not handed in; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct ChangeProposalInput {
    /// Global id of the project.
    pub(super) project_id: ID,
    /// Version of the project that the caller has read.
    pub(super) expected_version: i32,
    /// Title [titolo].
    pub(super) title: Option<String>,
    /// What it does, in a few sentences [sintesi].
    pub(super) summary: MaybeUndefined<String>,
    /// First day of the project [data di inizio].
    pub(super) starts_on: MaybeUndefined<Date>,
    /// Last day of the project [data di fine].
    pub(super) ends_on: MaybeUndefined<Date>,
    /// Public money asked for, euros [finanziamento richiesto].
    pub(super) requested_funding: MaybeUndefined<Euro>,
    /// Whole cost, euros [costo totale].
    pub(super) total_cost: MaybeUndefined<Euro>,
    /// All places where it works [luoghi].
    pub(super) places: Option<Vec<String>>,
    /// Global ids of all interventions that it carries out [interventi].
    pub(super) intervention_ids: Option<Vec<ID>>,
    /// The whole budget by body and year [bilancio].
    pub(super) budget: Option<Vec<ProjectBudgetInput>>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A body that is asked to take part in a proposal.
#[derive(InputObject)]
pub struct InviteProjectPartnerInput {
    /// Global id of the project.
    pub(super) project_id: ID,
    /// Version of the project that the caller has read.
    pub(super) expected_version: i32,
    /// The body and its part.
    pub(super) partner: ProjectPartnerInput,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// A body that is not to take part after all.
#[derive(InputObject)]
pub struct WithdrawProjectInvitationInput {
    /// Global id of the project.
    pub(super) project_id: ID,
    /// Version of the project that the caller has read.
    pub(super) expected_version: i32,
    /// Global id of the invitation, answered or not.
    pub(super) invitation_id: ID,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// The answer of a body that was asked to take part.
#[derive(InputObject)]
pub struct AnswerProjectInvitationInput {
    /// Global id of the project.
    pub(super) project_id: ID,
    /// Version of the project that the caller has read.
    pub(super) expected_version: i32,
    /// Whether it takes part.
    pub(super) accepts: bool,
    /// Why not, or under which conditions [motivo].
    pub(super) reason: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

deed_payload! {
    /// What became of a new proposal.
    pub struct ProposeProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of changes of a proposal.
    pub struct ChangeProposalPayload {
        /// The project.
        project: Project
    }

    /// What became of an invitation.
    pub struct InviteProjectPartnerPayload {
        /// The project.
        project: Project
    }

    /// What became of an invitation that was to be taken back.
    pub struct WithdrawProjectInvitationPayload {
        /// The project.
        project: Project
    }

    /// What became of an answer.
    pub struct AnswerProjectInvitationPayload {
        /// The project.
        project: Project
    }
}
