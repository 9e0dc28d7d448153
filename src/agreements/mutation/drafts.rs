//! Drafts of agreements, and of those that renew them.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::On;
use crate::access::{Action, Room, rules};
use crate::agreements::document::{AGREEMENT, AgreementDocument};
use crate::agreements::drafting;
use crate::agreements::query::Agreement;
use crate::deed_payload;
use crate::deeds::given::{put, put_line, put_text};
use crate::deeds::{self, Manner, Whole};
use crate::graphql::mutation::{answer, record};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::organisations::loader::{organisation, seen};
use crate::organisations::model::{OrganisationRow, Visibility};
use crate::territory::Territory;

/// A new agreement of the caller's organisation with its parties: all of it is made, or nothing.
#[derive(InputObject)]
pub struct DraftAgreementInput {
    /// Title [titolo].
    title: String,
    /// What it is about [oggetto].
    subject: Option<String>,
    /// Reference of the act [numero di protocollo].
    reference: Option<String>,
    /// The province that it is for: abbreviation or ISTAT code; the promoter's own when left out.
    province: Option<String>,
    /// Global ids of the bodies that are to sign it; the promoter is a party whether named or not [parti].
    party_ids: Vec<ID>,
    /// First day in force.
    valid_from: Date,
    /// Last day in force; open when left out.
    valid_until: Option<Date>,
    /// Who may see it once all have signed: anyone, the network, or the parties alone (`OWNER`); when left out anyone, where
    /// an office promotes it, else the parties.
    visibility_in_force: Option<Visibility>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Changes of a drafted agreement; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct ChangeAgreementInput {
    /// Global id of the agreement.
    agreement_id: ID,
    /// Version of the agreement that the caller has read.
    expected_version: i32,
    /// Title [titolo].
    title: Option<String>,
    /// What it is about [oggetto].
    subject: MaybeUndefined<String>,
    /// Reference of the act [numero di protocollo].
    reference: MaybeUndefined<String>,
    /// All bodies that are to sign it; the promoter is a party whether named or not [parti].
    party_ids: Option<Vec<ID>>,
    /// First day in force.
    valid_from: Option<Date>,
    /// Last day in force.
    valid_until: MaybeUndefined<Date>,
    /// Who may see it once all have signed: anyone, the network, or the parties alone (`OWNER`).
    visibility_in_force: Option<Visibility>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Which agreement is renewed, and for how long.
#[derive(InputObject)]
pub struct RenewAgreementInput {
    /// Global id of the agreement that is renewed.
    agreement_id: ID,
    /// First day of the new one.
    valid_from: Date,
    /// Last day of the new one; open when left out.
    valid_until: Option<Date>,
    /// Reference of the new act [numero di protocollo].
    reference: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of a new agreement.
    pub struct DraftAgreementPayload {
        /// The new agreement.
        agreement: Agreement
    }

    /// What became of changes of an agreement.
    pub struct ChangeAgreementPayload {
        /// The agreement.
        agreement: Agreement
    }

    /// What became of a renewal.
    pub struct RenewAgreementPayload {
        /// The new agreement, a draft that starts from the one renewed.
        agreement: Agreement
    }
}

/// Drafts of agreements.
#[derive(Default)]
pub struct AgreementDrafting;

#[Object]
impl AgreementDrafting {
    /// Drafts an agreement that the caller's organisation promotes, with its parties [redazione del protocollo d'intesa]. It is
    /// seen by the promoter alone until it is opened for signature. By officers and heads, and whoever drafts for an office.
    async fn draft_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agreement.")] input: DraftAgreementInput,
    ) -> Result<Option<DraftAgreementPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let promoter = promoter(graph).await?;
            let province = province(graph, input.province.as_deref())?;
            let parties = parties(graph, &input.party_ids).await?;
            let manner = input.manner.clone();
            let told = deeds::make(ctx, (Action::DraftAgreement, &manner), promoter.id, || {
                let period = (input.valid_from.0, input.valid_until.map(|day| day.0));
                let mut new = drafting::new(&promoter, &input.title, period);
                drafting::set_parties(&mut new, &drafting::each_once(&parties)?);
                let row = new.row();
                put_text(&mut row.subject, MaybeUndefined::from(input.subject.map(Some)));
                put_text(&mut row.reference, MaybeUndefined::from(input.reference.map(Some)));
                row.province_code = province.or(row.province_code.take());
                row.visibility_in_force = input.visibility_in_force.or(row.visibility_in_force);
                drafting::check(&new)?;
                Ok(new)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Changes an agreement that is not opened for signature yet [modifica del protocollo]. By officers and heads of the
    /// promoter, and whoever drafts for it.
    async fn change_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeAgreementInput,
    ) -> Result<Option<ChangeAgreementPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let parties = match &input.party_ids {
                Some(ids) => Some(parties(graph, ids).await?),
                None => None,
            };
            let on = On(&input.agreement_id, input.expected_version, &input.manner);
            let deed = on.deed(Action::ChangeAgreement, false)?;
            let told = deeds::alter(ctx, deed, |agreement: &mut AgreementDocument| {
                drafting::open(agreement)?;
                if let Some(parties) = &parties {
                    drafting::set_parties(agreement, &drafting::each_once(parties)?);
                }
                let row = agreement.row();
                put_line(&mut row.title, input.title.clone());
                put_text(&mut row.subject, input.subject.clone());
                put_text(&mut row.reference, input.reference.clone());
                row.valid_from = input.valid_from.map_or(row.valid_from, |day| day.0);
                put(&mut row.valid_until, input.valid_until.map_value(|day| day.0));
                row.visibility_in_force = input.visibility_in_force.or(row.visibility_in_force);
                drafting::check(agreement)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Drafts the agreement that renews one that all parties signed: with its text, its parties that have not left, and a new
    /// period [rinnovo del protocollo]. The one renewed stays as it is. By officers and heads of the promoter, and whoever
    /// drafts for it.
    async fn renew_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreement, for how long.")] input: RenewAgreementInput,
    ) -> Result<Option<RenewAgreementPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(AGREEMENT, &input.agreement_id, "agreementId")?;
            let old = graph.load(Whole::<AgreementDocument>::of(id)).await?;
            let old = old.ok_or_else(|| UserError::not_found("agreementId"))?;
            let (promoter, manner) = (old.agreement.promoter_id, input.manner.clone());
            let told = deeds::make(ctx, (Action::RenewAgreement, &manner), promoter, || {
                let mut new = drafting::renew(&old, (input.valid_from.0, input.valid_until.map(|day| day.0)))?;
                put_text(&mut new.row().reference, MaybeUndefined::from(input.reference.map(Some)));
                drafting::check(&new)?;
                Ok(new)
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// The organisation that the caller makes agreements for.
async fn promoter(graph: &Arc<Graph>) -> Outcome<Arc<OrganisationRow>> {
    let own = rules::makes_for(&graph.viewer, Room::Agreements);
    graph.allow(Action::DraftAgreement, own, None).await??;
    let found = match own {
        Some(own) => organisation(graph, own).await?,
        None => None,
    };
    Ok(found.ok_or_else(|| UserError::not_found(""))?)
}

async fn parties(graph: &Graph, ids: &[ID]) -> Outcome<Vec<Arc<OrganisationRow>>> {
    let named: Vec<_> = ids.iter().enumerate().map(|(place, id)| (id, format!("partyIds.{place}"))).collect();
    seen(graph, &named).await
}

fn province(graph: &Graph, given: Option<&str>) -> Outcome<Option<String>> {
    let Some(given) = given else { return Ok(None) };
    let territory = graph.reference::<Territory>();
    let mut codes = territory.codes_within(Some(given), None, graph.today).unwrap_or_default();
    Ok(Some(codes.pop().ok_or_else(|| {
        let message = Message::new("La provincia non esiste.", "There is no such province.");
        UserError::invalid("province", "PROVINCE_UNKNOWN", message)
    })?))
}
