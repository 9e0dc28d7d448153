//! What heads do about agreements: open, sign, leave, end.

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::On;
use crate::access::Action;
use crate::agreements::document::AgreementDocument;
use crate::agreements::life;
use crate::agreements::query::Agreement;
use crate::deed_payload;
use crate::deeds::{self, Manner};
use crate::graphql::mutation::answer;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Outcome, Result, UserError};

/// Which agreement the parties are asked to sign.
#[derive(InputObject)]
pub struct OpenAgreementForSigningInput {
    /// Global id of the agreement.
    agreement_id: ID,
    /// Version of the agreement that the caller has read: the step is taken on what it says.
    expected_version: i32,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Which agreement the caller's organisation signs.
#[derive(InputObject)]
pub struct SignAgreementInput {
    /// Global id of the agreement.
    agreement_id: ID,
    /// Version of the agreement that the caller has read; signatures of others since do not stand in the way.
    expected_version: i32,
    /// Day of signature; today when left out.
    on: Option<Date>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Which agreement the caller's organisation leaves.
#[derive(InputObject)]
pub struct WithdrawFromAgreementInput {
    /// Global id of the agreement.
    agreement_id: ID,
    /// Version of the agreement that the caller has read.
    expected_version: i32,
    /// Day from which it takes part no more; today when left out.
    on: Option<Date>,
    /// Why [motivo].
    reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Which agreement ends.
#[derive(InputObject)]
pub struct EndAgreementInput {
    /// Global id of the agreement.
    agreement_id: ID,
    /// Version of the agreement that the caller has read: the step is taken on what it says.
    expected_version: i32,
    /// Last day; today when left out.
    on: Option<Date>,
    /// Why [motivo].
    reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of an opening for signature.
    pub struct OpenAgreementForSigningPayload {
        /// The agreement.
        agreement: Agreement
    }

    /// What became of a signature.
    pub struct SignAgreementPayload {
        /// The agreement.
        agreement: Agreement
    }

    /// What became of a party's withdrawal.
    pub struct WithdrawFromAgreementPayload {
        /// The agreement.
        agreement: Agreement
    }

    /// What became of an ending.
    pub struct EndAgreementPayload {
        /// The agreement.
        agreement: Agreement
    }
}

/// Steps in the life of agreements.
#[derive(Default)]
pub struct AgreementSteps;

#[Object]
impl AgreementSteps {
    /// Asks the parties to sign: from now on they see it, and its text does not change any more [apertura alla firma]. By heads
    /// of the promoter.
    async fn open_agreement_for_signing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreement.")] input: OpenAgreementForSigningInput,
    ) -> Result<Option<OpenAgreementForSigningPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.agreement_id, input.expected_version, &input.manner);
            let deed = on.deed(Action::OpenAgreementForSigning, true)?;
            let told =
                deeds::alter(ctx, deed, |agreement: &mut AgreementDocument| life::open_for_signing(agreement, today));
            Ok(told.await?.into())
        })
        .await
    }

    /// Signs an agreement for the caller's organisation, which is a party; with the last signature it is in force [firma del
    /// protocollo]. By heads of the party.
    async fn sign_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreement.")] input: SignAgreementInput,
    ) -> Result<Option<SignAgreementPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let on = On(&input.agreement_id, input.expected_version, &input.manner);
            let deed = on.deed(Action::SignAgreement, false)?;
            let told = deeds::alter(ctx, deed, |agreement: &mut AgreementDocument| {
                life::sign(agreement, own(graph)?, input.on.map(|day| day.0), graph.today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Leaves an agreement for the caller's organisation, which is a party; an agreement with fewer than two parties left
    /// ends [recesso dal protocollo]. By heads of the party.
    async fn withdraw_from_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreement, and why.")] input: WithdrawFromAgreementInput,
    ) -> Result<Option<WithdrawFromAgreementPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let on = On(&input.agreement_id, input.expected_version, &input.manner);
            let deed = on.deed(Action::WithdrawFromAgreement, false)?;
            let told = deeds::alter(ctx, deed, |agreement: &mut AgreementDocument| {
                let said = (input.on.map(|day| day.0), input.reason.as_str());
                life::leave(agreement, own(graph)?, said, graph.today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Ends an agreement before its last day, or gives one up that not all have signed [conclusione del protocollo]. By heads
    /// of the promoter.
    async fn end_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreement, and why.")] input: EndAgreementInput,
    ) -> Result<Option<EndAgreementPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.agreement_id, input.expected_version, &input.manner);
            let deed = on.deed(Action::EndAgreement, true)?;
            let told = deeds::alter(ctx, deed, |agreement: &mut AgreementDocument| {
                life::end(agreement, (input.on.map(|day| day.0), &input.reason), today)
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// The organisation that the caller acts for.
fn own(graph: &Graph) -> Outcome<Uuid> {
    Ok(graph.viewer.organisation.ok_or_else(|| UserError::not_found("agreementId"))?)
}
