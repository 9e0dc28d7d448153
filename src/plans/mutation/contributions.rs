//! Bodies of the network are asked to comment on sections of a plan, and are answered.

use async_graphql::{Context, ID, InputObject, Object};

use crate::access::Action;
use crate::deed_payload;
use crate::deeds::{self, Deed, Manner, Whole};
use crate::graphql::mutation::{answer, record};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::organisations::loader::seen;
use crate::plans::contribution::{
    self, CONTRIBUTION, ContributionDocument, ContributionOutcome, PlanSection, Question,
};
use crate::plans::document::{PLAN, PlanDocument};
use crate::plans::query::PlanContribution;

/// Whom an office asks about which section of a plan.
#[derive(InputObject)]
pub struct InvitePlanContributionInput {
    /// Global id of the plan.
    plan_id: ID,
    /// Global id of the body that is asked.
    organisation_id: ID,
    /// The section that it is asked about: the body reads it as it stands now [sezione].
    section: PlanSection,
    /// What it is asked, beside the section's text [quesito].
    question: Option<String>,
    /// First day for contributions; today when left out.
    opens_on: Option<Date>,
    /// Last day for contributions.
    closes_on: Date,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// An invitation that is taken back.
#[derive(InputObject)]
pub struct WithdrawPlanInvitationInput {
    /// Global id of the contribution.
    contribution_id: ID,
    /// Version of the contribution that the caller has read.
    expected_version: i32,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A comment on a section of a plan.
#[derive(InputObject)]
pub struct ContributeToPlanInput {
    /// Global id of the contribution.
    contribution_id: ID,
    /// Version of the contribution that the caller has read.
    expected_version: i32,
    /// What the body has to say [commento].
    comment: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// The office's answer to a comment.
#[derive(InputObject)]
pub struct AnswerPlanContributionInput {
    /// Global id of the contribution.
    contribution_id: ID,
    /// Version of the contribution that the caller has read.
    expected_version: i32,
    /// What becomes of the comment [esito].
    outcome: ContributionOutcome,
    /// The answer; required unless the comment is taken up as a whole [motivazione].
    answer: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of an invitation to contribute.
    pub struct InvitePlanContributionPayload {
        /// The contribution, to be made.
        contribution: PlanContribution
    }

    /// What became of an invitation that was to be taken back.
    pub struct WithdrawPlanInvitationPayload {
        /// The contribution.
        contribution: PlanContribution
    }

    /// What became of a comment.
    pub struct ContributeToPlanPayload {
        /// The contribution.
        contribution: PlanContribution
    }

    /// What became of an answer.
    pub struct AnswerPlanContributionPayload {
        /// The contribution.
        contribution: PlanContribution
    }
}

fn deed<'a>(action: Action, (id, expected): (&ID, i32), manner: &'a Manner) -> Outcome<Deed<'a>> {
    let record = (record(CONTRIBUTION, id, "contributionId")?, "contributionId");
    Ok(Deed { action, manner, record, expected, is_step: true })
}

/// Contributions to plans.
#[derive(Default)]
pub struct PlanContributions;

#[Object]
impl PlanContributions {
    /// Asks a body of the network to comment on a section of a plan that is being drafted, within a window [invito a
    /// contribuire]. The body reads that section and the question, not the draft. By officers and heads of the office,
    /// whoever drafts for it, and its clients with `plan:write`.
    async fn invite_plan_contribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, about what.")] input: InvitePlanContributionInput,
    ) -> Result<Option<InvitePlanContributionPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(PLAN, &input.plan_id, "planId")?;
            let plan = graph.load(Whole::<PlanDocument>::of(id)).await?;
            let plan = plan.ok_or_else(|| UserError::not_found("planId"))?;
            let body = seen(graph, &[(&input.organisation_id, "organisationId".into())]).await?[0].id;
            let (office, action) = (plan.territorial_plan.office_id, Action::InvitePlanContribution);
            let told = deeds::make(ctx, (action, &input.manner), office, || {
                let question = Question {
                    organisation: body,
                    section: input.section,
                    question: input.question.as_deref(),
                    opens_on: input.opens_on.map_or(graph.today, |day| day.0),
                    closes_on: input.closes_on.0,
                };
                contribution::invite(&plan, &question, graph.today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Takes an invitation to contribute back that was not followed yet [ritiro dell'invito]. By the same callers as
    /// `invitePlanContribution`.
    async fn withdraw_plan_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation.")] input: WithdrawPlanInvitationInput,
    ) -> Result<Option<WithdrawPlanInvitationPayload>> {
        answer(async {
            let on = (&input.contribution_id, input.expected_version);
            let deed = deed(Action::WithdrawPlanInvitation, on, &input.manner)?;
            let told = deeds::alter(ctx, deed, |held: &mut ContributionDocument| {
                contribution::withdraw(&mut held.plan_contribution)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Says what the caller's organisation, which was asked, has to say of a section of a plan; until it is answered it may
    /// be said anew [contributo]. By its officers and heads.
    async fn contribute_to_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The comment.")] input: ContributeToPlanInput,
    ) -> Result<Option<ContributeToPlanPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = (&input.contribution_id, input.expected_version);
            let deed = deed(Action::ContributeToPlan, on, &input.manner)?;
            let told = deeds::alter(ctx, deed, |held: &mut ContributionDocument| {
                contribution::comment(&mut held.plan_contribution, &input.comment, today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Answers a contribution: taken up, in part, or not and why [riscontro]. A plan is not adopted while one is
    /// unanswered. By the same callers as `invitePlanContribution`.
    async fn answer_plan_contribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: AnswerPlanContributionInput,
    ) -> Result<Option<AnswerPlanContributionPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = (&input.contribution_id, input.expected_version);
            let deed = deed(Action::AnswerPlanContribution, on, &input.manner)?;
            let told = deeds::alter(ctx, deed, |held: &mut ContributionDocument| {
                contribution::answer(&mut held.plan_contribution, input.outcome, input.answer.as_deref(), today)
            });
            Ok(told.await?.into())
        })
        .await
    }
}
