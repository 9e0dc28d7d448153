//! What happens in a sitting: answers, attendance, resolutions, minutes.

use async_graphql::{Context, ID, InputObject, Object};

use super::{On, plan, sitting};
use crate::access::Action;
use crate::councils::query::CouncilSitting;
use crate::councils::sitting::model::{ResolutionKind, ResolutionOutcome};
use crate::councils::sitting::{self as sittings, Answer, Attendance, RESOLUTION, Resolving, SittingStep, take};
use crate::deed_payload;
use crate::deeds::Manner;
use crate::deeds::given::required;
use crate::graphql::mutation::{answer, record};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Outcome, Result};
use crate::organisations::model::KIND;

/// What a body answers to its invitation.
#[derive(InputObject)]
pub struct AnswerSittingInvitationInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// Whether the body will come.
    comes: bool,
    /// Office that its representative holds, never a person's name [qualifica del rappresentante].
    represented_by: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Whether a body came [presenza].
#[derive(InputObject)]
pub struct SittingAttendanceInput {
    /// Global id of the body, one of those called.
    organisation_id: ID,
    /// Whether it came.
    attended: bool,
    /// Office that its representative holds, never a person's name; what was told before stays when left out [qualifica].
    represented_by: Option<String>,
}

/// Who came to a sitting.
#[derive(InputObject)]
pub struct RecordSittingAttendanceInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// Bodies, one by one [presenze].
    #[graphql(default)]
    attendance: Vec<SittingAttendanceInput>,
    /// Whether all the other bodies called came; left out: what was recorded of them before stays [tutti gli altri].
    others_attended: Option<bool>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A sitting that was held.
#[derive(InputObject)]
pub struct HoldCouncilSittingInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read: the step is taken on what it says.
    expected_version: i32,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// What the council resolved.
#[derive(InputObject)]
pub struct RecordCouncilResolutionInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// Global id of a resolution of this sitting that is written anew; left out: another one.
    resolution_id: Option<ID>,
    /// What it is [tipo].
    kind: ResolutionKind,
    /// The resolution in one line [oggetto].
    title: String,
    /// The resolution in full [testo].
    text: String,
    /// How it turned out; an opinion is favourable, with remarks or unfavourable, anything else adopted or unfavourable
    /// [esito].
    outcome: ResolutionOutcome,
    /// Votes for it [voti favorevoli].
    votes_for: Option<i32>,
    /// Votes against it [voti contrari].
    votes_against: Option<i32>,
    /// Abstentions [astenuti].
    votes_abstained: Option<i32>,
    /// Global id of the territorial plan that it is about; required for an opinion [piano territoriale].
    plan_id: Option<ID>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Minutes that are drafted.
#[derive(InputObject)]
pub struct DraftSittingMinutesInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// The minutes [verbale].
    text: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Minutes that are approved.
#[derive(InputObject)]
pub struct ApproveSittingMinutesInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read: the step is taken on what it says.
    expected_version: i32,
    /// Day of the approval; today when left out.
    on: Option<Date>,
    /// Whether the sitting with all that belongs to it is public from now on; otherwise the territory's [pubblicazione].
    #[graphql(default)]
    publish: bool,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of an answer.
    pub struct AnswerSittingInvitationPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of the attendance.
    pub struct RecordSittingAttendancePayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of the word that a sitting was held.
    pub struct HoldCouncilSittingPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of a resolution.
    pub struct RecordCouncilResolutionPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of minutes.
    pub struct DraftSittingMinutesPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of an approval of minutes.
    pub struct ApproveSittingMinutesPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }
}

/// What happens in sittings.
#[derive(Default)]
pub struct ProceedingMutation;

#[Object]
impl ProceedingMutation {
    /// Answers the invitation of the caller's own body to a sitting that is convened [risposta all'invito]. By its officers
    /// and heads.
    async fn answer_sitting_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: AnswerSittingInvitationInput,
    ) -> Result<Option<AnswerSittingInvitationPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let (body, today) = (graph.viewer.organisation, graph.today);
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let given = Answer { comes: input.comes, represented_by: input.represented_by };
            let told = sitting(ctx, (Action::AnswerSittingInvitation, false), on, |sitting| {
                sittings::answer(sitting, body, given, today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down who came, from the day of the sitting until its minutes are approved [registrazione delle presenze]. By
    /// secretariat, officers and heads of the council or of the office that chairs it.
    async fn record_sitting_attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who came.")] input: RecordSittingAttendanceInput,
    ) -> Result<Option<RecordSittingAttendancePayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let given = input.attendance.into_iter().enumerate().map(|(place, given)| {
                let body = record(KIND, &given.organisation_id, &format!("attendance.{place}.organisationId"))?;
                Ok(Attendance { body, attended: given.attended, represented_by: given.represented_by })
            });
            let given = given.collect::<Outcome<Vec<_>>>()?;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::RecordSittingAttendance, false), on, |sitting| {
                sittings::record_attendance(sitting, given, input.others_attended, today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down that a convened sitting was held; its attendance is recorded before [svolgimento della seduta]. By
    /// secretariat, officers and heads of the council or of the office that chairs it.
    async fn hold_council_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sitting.")] input: HoldCouncilSittingInput,
    ) -> Result<Option<HoldCouncilSittingPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told =
                sitting(ctx, (Action::HoldCouncilSitting, true), on, |sitting| take(sitting, SittingStep::Hold, today));
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes down what the council resolved in a sitting that was held and had its quorum: more than half of the members'
    /// seats called were present [deliberazione]. By secretariat, officers and heads of the council or of the office that
    /// chairs it.
    async fn record_council_resolution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was resolved.")] input: RecordCouncilResolutionInput,
    ) -> Result<Option<RecordCouncilResolutionPayload>> {
        answer(async {
            let id = input.resolution_id.as_ref().map(|id| record(RESOLUTION, id, "resolutionId")).transpose()?;
            let plan_id = plan(Graph::of(ctx), input.plan_id.as_ref(), "planId").await?;
            let given = Resolving {
                id,
                kind: input.kind,
                title: input.title,
                text: input.text,
                outcome: input.outcome,
                votes: [input.votes_for, input.votes_against, input.votes_abstained],
                plan_id,
            };
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told =
                sitting(ctx, (Action::RecordCouncilResolution, true), on, |sitting| sittings::resolve(sitting, given));
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes the minutes of a sitting that was held, as a draft that may be written anew [redazione del verbale]. By
    /// secretariat, officers and heads of the council or of the office that chairs it.
    async fn draft_sitting_minutes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The minutes.")] input: DraftSittingMinutesInput,
    ) -> Result<Option<DraftSittingMinutesPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::DraftSittingMinutes, false), on, |sitting| {
                take(sitting, SittingStep::DraftMinutes, today)?;
                sitting.sitting().minutes = Some(required(&input.text, "text")?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Approves the minutes: from now on nothing of the sitting changes; it may become public [approvazione del verbale]. By
    /// secretariat, officers and heads of the council or of the office that chairs it.
    async fn approve_sitting_minutes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sitting.")] input: ApproveSittingMinutesInput,
    ) -> Result<Option<ApproveSittingMinutesPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::ApproveSittingMinutes, true), on, |sitting| {
                sittings::approve(sitting, input.on.map(|day| day.0), input.publish, today)
            });
            Ok(told.await?.into())
        })
        .await
    }
}
