//! Proposals: assembled by a lead with partners that accept, against a call.

mod input;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::{On, change, new_project, places};
use crate::access::{Action, Room, rules};
use crate::deeds::given::{clean, put, put_line, put_text, text as long};
use crate::deeds::{self};
use crate::funding::Programmes;
use crate::funding::loader::CallById;
use crate::graphql::mutation::{Flaws, answer, record};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::organisations::loader::{self, organisation};
use crate::plans::loader::PlanOfIntervention;
use crate::projects::check::check;
use crate::projects::document::{INVITATION, ProjectDocument};
use crate::projects::life;
use crate::projects::model::{
    BudgetRow, InvitationRow, LinkRow, ParticipationRow, ProjectInvitationStatus, ProjectStatus,
};

pub use input::*;

fn drafting() -> Message {
    Message::new("modifica della proposta", "change of the proposal")
}

/// Proposals.
#[derive(Default)]
pub struct ProjectProposals;

#[Object]
impl ProjectProposals {
    /// Begins a proposal that the caller's organisation leads, and asks bodies to take part [nuova proposta]. It is seen by
    /// the lead and those asked. By officers and heads, whoever drafts for the office, and clients with `project:write`.
    async fn propose_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proposal.")] input: ProposeProjectInput,
    ) -> Result<Option<ProposeProjectPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let own = rules::makes_for(&graph.viewer, Room::Projects);
            let (call_id, programme) = call(graph, input.call_id.as_ref(), input.programme_code.as_deref()).await?;
            let mut named: Vec<(&ID, String)> = Vec::new();
            for (place, partner) in input.partners.iter().enumerate() {
                named.push((&partner.organisation_id, format!("partners.{place}.organisationId")));
                named.extend(partner.through_id.as_ref().map(|id| (id, format!("partners.{place}.throughId"))));
            }
            named.extend(
                input
                    .budget
                    .iter()
                    .enumerate()
                    .map(|(place, line)| (&line.organisation_id, format!("budget.{place}.organisationId"))),
            );
            // The lead and the others by one statement.
            let lead = async {
                match own {
                    Some(own) => Ok(organisation(graph, own).await?),
                    None => Ok(None),
                }
            };
            let (lead, seen) = futures_util::try_join!(lead, loader::seen(graph, &named))?;
            let mut seen = seen.into_iter().map(|body| body.id);
            let interventions = interventions(graph, &input.intervention_ids).await?;
            let manner = &input.manner;
            let told = deeds::make(ctx, (Action::ProposeProject, manner), own.unwrap_or_default(), || {
                let lead = lead.ok_or_else(|| UserError::not_found(""))?;
                let mut project = new_project(&lead, &input.title);
                let id = project.project.id;
                let row = project.row();
                row.summary = clean(input.summary.clone());
                (row.call_id, row.programme_code) = (call_id, programme);
                (row.starts_on, row.ends_on) = (input.starts_on.map(|day| day.0), input.ends_on.map(|day| day.0));
                row.requested_funding = input.requested_funding.map(|amount| amount.0.normalize());
                row.total_cost = input.total_cost.map(|amount| amount.0.normalize());
                project.project_place = places(graph, id, &input.places)?;
                project.project_intervention = links(id, &interventions);
                for (place, partner) in input.partners.iter().enumerate() {
                    let body = seen.next().unwrap_or_default();
                    let through = partner.through_id.as_ref().and_then(|_| seen.next());
                    let field = format!("partners.{place}");
                    invite(&mut project, (body, through), partner, graph.today, &field)?;
                }
                project.project_budget = budget(id, &input.budget, &mut seen)?;
                check(&project)?;
                Ok(project)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Changes a proposal that is not handed in yet [modifica della proposta]. By the same callers as `proposeProject`.
    async fn change_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeProposalInput,
    ) -> Result<Option<ChangeProposalPayload>> {
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
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = change(ctx, (Action::ChangeProposal, drafting()), &[ProjectStatus::Idea], on, |project| {
                let id = project.project.id;
                let row = project.row();
                put_line(&mut row.title, input.title.clone());
                put_text(&mut row.summary, input.summary.clone());
                put(&mut row.starts_on, input.starts_on.map_value(|day| day.0));
                put(&mut row.ends_on, input.ends_on.map_value(|day| day.0));
                put(&mut row.requested_funding, input.requested_funding.map_value(|amount| amount.0.normalize()));
                put(&mut row.total_cost, input.total_cost.map_value(|amount| amount.0.normalize()));
                if let Some(named) = &input.places {
                    project.project_place = places(graph, id, named)?;
                }
                if let Some(interventions) = &interventions {
                    project.project_intervention = links(id, interventions);
                }
                if input.budget.is_some() {
                    project.project_budget = budget(id, lines, &mut seen)?;
                }
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Asks a body to take part in a proposal that is not handed in yet [invito a un partner]. By the same callers as
    /// `proposeProject`.
    async fn invite_project_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: InviteProjectPartnerInput,
    ) -> Result<Option<InviteProjectPartnerPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let partner = &input.partner;
            let mut named = vec![(&partner.organisation_id, "partner.organisationId".to_owned())];
            named.extend(partner.through_id.as_ref().map(|id| (id, "partner.throughId".to_owned())));
            let seen = loader::seen(graph, &named).await?;
            let (body, through) = (seen[0].id, seen.get(1).map(|body| body.id));
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let told = change(ctx, (Action::InviteProjectPartner, drafting()), &[ProjectStatus::Idea], on, |project| {
                invite(project, (body, through), partner, graph.today, "partner")
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Takes an invitation back from a proposal that is not handed in yet, with the part of a body that had accepted it
    /// [ritiro dell'invito]. By the same callers as `proposeProject`.
    async fn withdraw_project_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation.")] input: WithdrawProjectInvitationInput,
    ) -> Result<Option<WithdrawProjectInvitationPayload>> {
        answer(async {
            let invitation = record(INVITATION, &input.invitation_id, "invitationId")?;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            let what = (Action::WithdrawProjectInvitation, drafting());
            let told = change(ctx, what, &[ProjectStatus::Idea], on, |project| {
                let before = project.project_invitation.len();
                project.project_invitation.retain(|row| row.id != invitation);
                if project.project_invitation.len() == before {
                    return Err(UserError::not_found("invitationId").into());
                }
                project.project_participation.retain(|row| row.id != invitation);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Says whether the caller's organisation, asked to take part in a proposal, does [risposta all'invito]. By its heads.
    async fn answer_project_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: AnswerProjectInvitationInput,
    ) -> Result<Option<AnswerProjectInvitationPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let own = graph.viewer.organisation;
            let on = On(&input.project_id, input.expected_version, &input.manner);
            // Not held against the rest of the proposal: a body may decline through which another was to take part. That is
            // the lead's to see to before it hands the proposal in.
            let deed = on.deed(Action::AnswerProjectInvitation, false)?;
            let told = deeds::alter(ctx, deed, |project: &mut ProjectDocument| {
                let what = Message::new("risposta all'invito", "answer to the invitation");
                life::allows(project.project.status, &[ProjectStatus::Idea], &what)?;
                Flaws::default().and(long(input.reason.as_deref(), "reason")).none()?;
                let pending = |row: &&mut InvitationRow| {
                    Some(row.organisation_id) == own && row.status == ProjectInvitationStatus::Invited
                };
                let mut parts = Vec::new();
                let mut is_asked = false;
                for row in project.project_invitation.iter_mut().filter(pending) {
                    is_asked = true;
                    row.status = if input.accepts {
                        ProjectInvitationStatus::Accepted
                    } else {
                        ProjectInvitationStatus::Declined
                    };
                    (row.answered_on, row.reason) = (Some(graph.today), clean(input.reason.clone()));
                    parts.extend(input.accepts.then(|| part(row)));
                }
                project.project_participation.extend(parts);
                let message = Message::new("Non c'è un invito a cui rispondere.", "There is no invitation to answer.");
                if is_asked { Ok(()) } else { Err(UserError::conflict("projectId", "NOT_INVITED", message).into()) }
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// The part that a body takes when it accepts.
fn part(invitation: &InvitationRow) -> ParticipationRow {
    ParticipationRow {
        id: invitation.id,
        project_id: invitation.project_id,
        organisation_id: invitation.organisation_id,
        role: invitation.role,
        valid_from: None,
        valid_until: None,
        budget_share: invitation.budget_share,
        through_id: invitation.through_id,
        is_synthetic: false,
        source: super::SOURCE.into(),
    }
}

/// Asks a body to take part; one that declined may be asked again, by the same invitation.
fn invite(
    project: &mut ProjectDocument,
    (organisation_id, through_id): (Uuid, Option<Uuid>),
    input: &ProjectPartnerInput,
    invited_on: chrono::NaiveDate,
    field: &str,
) -> Outcome<()> {
    let lead = project.project.lead_id;
    if organisation_id == lead {
        let message = Message::new("Il capofila non è partner di se stesso.", "The lead is not a partner of itself.");
        return Err(UserError::invalid(&format!("{field}.organisationId"), "PARTNER_IS_LEAD", message).into());
    }
    let is_same = |row: &InvitationRow| row.organisation_id == organisation_id && row.role == input.role;
    if project.project_invitation.iter().any(|row| is_same(row) && row.status != ProjectInvitationStatus::Declined) {
        let message = Message::new(
            "L'ente è già invitato, o partecipa già, in questo ruolo.",
            "The body is asked already, or takes part already, in this role.",
        );
        return Err(UserError::conflict(&format!("{field}.organisationId"), "PARTNER_TWICE", message).into());
    }
    let declined = project.project_invitation.iter().position(is_same);
    let declined = declined.map(|place| project.project_invitation.remove(place).id);
    project.project_invitation.push(InvitationRow {
        id: declined.unwrap_or_else(Uuid::now_v7),
        project_id: project.project.id,
        organisation_id,
        role: input.role,
        budget_share: input.budget_share.map(|share| share.0.normalize()),
        through_id: through_id.filter(|through| *through != lead),
        status: ProjectInvitationStatus::Invited,
        invited_on,
        answered_on: None,
        reason: None,
    });
    Ok(())
}

/// The call that a proposal names, and the node of the programme that pays it.
async fn call(graph: &Graph, id: Option<&ID>, programme: Option<&str>) -> Outcome<(Option<Uuid>, Option<String>)> {
    let call = match id {
        Some(id) => {
            let found = graph.load(CallById(record("FundingCall", id, "callId")?)).await?;
            Some(found.ok_or_else(|| UserError::not_found("callId"))?)
        }
        None => None,
    };
    let of_call = call.as_ref().map(|call| call.row.programme_code.clone());
    if let Some(code) = programme {
        let programmes = graph.reference::<Programmes>();
        let is_within = of_call.as_ref().is_none_or(|top| programmes.subtree(top).iter().any(|node| node == code));
        if programmes.node(code).is_none() || !is_within {
            let message = Message::new(
                "Il nodo della programmazione non esiste, o non è quello dell'avviso né uno dei suoi.",
                "The node of the programme does not exist, or is neither the call's nor below it.",
            );
            return Err(UserError::invalid("programmeCode", "PROGRAMME_UNKNOWN", message).into());
        }
    }
    Ok((call.map(|call| call.row.id), programme.map(String::from).or(of_call)))
}

/// The interventions that an input names: the caller must see each, and each stands in a plan that was adopted. What is
/// still drafted may be taken out of its plan again.
pub(super) async fn interventions(graph: &Graph, ids: &[ID]) -> Outcome<Vec<Uuid>> {
    let field = |place: usize| format!("interventionIds.{place}");
    let keys = ids.iter().enumerate().map(|(place, id)| record("PlanIntervention", id, &field(place)));
    let keys = keys.collect::<Outcome<Vec<_>>>()?;
    let found = futures_util::future::try_join_all(keys.iter().map(|id| graph.load(PlanOfIntervention(*id)))).await?;
    if let Some(place) = found.iter().position(Option::is_none) {
        return Err(UserError::not_found(&field(place)).into());
    }
    match found.iter().position(|plan| plan.as_ref().is_some_and(|plan| !plan.status.is_adopted())) {
        Some(place) => {
            let message = Message::new(
                "L'intervento è di un piano non ancora adottato.",
                "The intervention is of a plan that is not adopted yet.",
            );
            Err(UserError::invalid(&field(place), "INTERVENTION_NOT_ADOPTED", message).into())
        }
        None => Ok(keys),
    }
}

pub(super) fn links(project_id: Uuid, interventions: &[Uuid]) -> Vec<LinkRow> {
    let mut ids = interventions.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|intervention_id| LinkRow { project_id, intervention_id }).collect()
}

/// The rows of a budget; each body and year stands once.
pub(super) fn budget(
    project_id: Uuid,
    lines: &[ProjectBudgetInput],
    seen: &mut impl Iterator<Item = Uuid>,
) -> Outcome<Vec<BudgetRow>> {
    let mut rows: Vec<BudgetRow> = Vec::new();
    for (place, (line, organisation_id)) in lines.iter().zip(seen).enumerate() {
        let field = format!("budget.{place}.year");
        if !(1990..=2200).contains(&line.year) {
            let message = Message::new("L'anno non è plausibile.", "The year is not plausible.");
            return Err(UserError::invalid(&field, "YEAR_INVALID", message).into());
        }
        if rows.iter().any(|row| (row.organisation_id, row.year) == (organisation_id, line.year)) {
            let message = Message::new("Ente e anno compaiono due volte.", "A body and year stand twice.");
            return Err(UserError::invalid(&field, "BUDGET_LINE_TWICE", message).into());
        }
        rows.push(BudgetRow { project_id, organisation_id, year: line.year, amount: line.amount.0.normalize() });
    }
    Ok(rows)
}
