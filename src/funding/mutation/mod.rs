//! Calls are published, amended and cancelled.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use uuid::Uuid;

use super::Programmes;
use super::document::{CALL, CallDocument, Facts};
use super::model::CallRow;
use super::query::FundingCall;
use super::rules;
use crate::access::Action;
use crate::deed_payload;
use crate::deeds::given::{line, put, put_line, put_text};
use crate::deeds::{self, Deed, Manner};
use crate::graphql::mutation::{Flaws, answer, record};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::organisations::Directory;
use crate::organisations::model::{OrganisationKind, OrganisationRow, Visibility};
use crate::territory::Territory;

/// A call for proposals of the caller's office.
#[derive(InputObject)]
pub struct PublishFundingCallInput {
    /// Reference of the act [numero dell'avviso].
    reference: String,
    /// Title [titolo].
    title: String,
    /// What it is for, in a few sentences [sintesi].
    summary: Option<String>,
    /// Code of the node of the funding programme that it opens [nodo della programmazione].
    programme_code: String,
    /// First day for proposals [apertura].
    opens_on: Date,
    /// Last day for proposals [scadenza].
    closes_on: Option<Date>,
    /// Money of the call, euros [dotazione].
    budget: Option<Euro>,
    /// Kinds of body that may lead a proposal; empty: any [soggetti ammissibili].
    #[graphql(default)]
    eligible_kinds: Vec<OrganisationKind>,
    /// Partners that a proposal must have at the least.
    #[graphql(default)]
    min_partners: i32,
    /// Partners that a proposal may have at the most; no limit when left out.
    max_partners: Option<i32>,
    /// Whether a proposal must carry out an intervention of an adopted territorial plan.
    #[graphql(default)]
    requires_intervention: bool,
    /// The province that it is for: abbreviation or ISTAT code; the whole country when left out.
    province: Option<String>,
    /// Who may see it.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Changes of a call; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct AmendFundingCallInput {
    /// Global id of the call.
    call_id: ID,
    /// Version of the call that the caller has read.
    expected_version: i32,
    /// Title [titolo].
    title: Option<String>,
    /// What it is for, in a few sentences [sintesi].
    summary: MaybeUndefined<String>,
    /// First day for proposals [apertura].
    opens_on: Option<Date>,
    /// Last day for proposals [scadenza].
    closes_on: MaybeUndefined<Date>,
    /// Money of the call, euros [dotazione].
    budget: MaybeUndefined<Euro>,
    /// Kinds of body that may lead a proposal; empty: any [soggetti ammissibili].
    eligible_kinds: Option<Vec<OrganisationKind>>,
    /// Partners that a proposal must have at the least.
    min_partners: Option<i32>,
    /// Partners that a proposal may have at the most.
    max_partners: MaybeUndefined<i32>,
    /// Whether a proposal must carry out an intervention of an adopted territorial plan.
    requires_intervention: Option<bool>,
    /// Who may see it.
    visibility: Option<Visibility>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A call that is cancelled.
#[derive(InputObject)]
pub struct CancelFundingCallInput {
    /// Global id of the call.
    call_id: ID,
    /// Version of the call that the caller has read.
    expected_version: i32,
    /// Why [motivo].
    reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of a new call.
    pub struct PublishFundingCallPayload {
        /// The call.
        funding_call: FundingCall
    }

    /// What became of an amendment.
    pub struct AmendFundingCallPayload {
        /// The call.
        funding_call: FundingCall
    }

    /// What became of a cancellation.
    pub struct CancelFundingCallPayload {
        /// The call.
        funding_call: FundingCall
    }
}

/// What changes calls.
#[derive(Default)]
pub struct CallMutation;

#[Object]
impl CallMutation {
    /// Publishes a call on a node of a funding programme [pubblicazione di un avviso]. By heads of the central department
    /// and of the offices of the prefect.
    async fn publish_funding_call(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The call.")] input: PublishFundingCallInput,
    ) -> Result<Option<PublishFundingCallPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let issuer = issuer(graph);
            let province_code = province(graph, input.province.as_deref())?;
            let owner = issuer.as_ref().map(|issuer| issuer.id).or(graph.viewer.organisation).unwrap_or_default();
            let is_known = graph.reference::<Programmes>().node(&input.programme_code).is_some();
            let told = deeds::make(ctx, (Action::PublishFundingCall, &input.manner), owner, || {
                let issuer = issuer.ok_or_else(|| UserError::not_found(""))?;
                programme(is_known)?;
                let row = new_call(&input, &issuer, province_code);
                rules::check(&row, &graph.viewer)?;
                Ok(CallDocument { funding_call: row, facts: Facts::default() })
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Changes a call; once it is open it may only become longer, richer or wider [rettifica dell'avviso]. By heads of the
    /// body that issued it.
    async fn amend_funding_call(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: AmendFundingCallInput,
    ) -> Result<Option<AmendFundingCallPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let today = graph.today;
            let deed = deed(Action::AmendFundingCall, (&input.call_id, input.expected_version), &input.manner, false)?;
            let told = deeds::alter(ctx, deed, |call: &mut CallDocument| {
                let before = call.clone();
                let row = &mut call.funding_call;
                put_line(&mut row.title, input.title.clone());
                put_text(&mut row.summary, input.summary.clone());
                row.opens_on = input.opens_on.map_or(row.opens_on, |day| day.0);
                put(&mut row.closes_on, input.closes_on.map_value(|day| day.0));
                put(&mut row.budget, input.budget.map_value(|budget| budget.0.normalize()));
                if let Some(kinds) = &input.eligible_kinds {
                    row.eligible_kinds = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
                }
                row.min_partners = input.min_partners.unwrap_or(row.min_partners);
                put(&mut row.max_partners, input.max_partners);
                row.requires_intervention = input.requires_intervention.unwrap_or(row.requires_intervention);
                row.visibility = input.visibility.unwrap_or(row.visibility);
                rules::check(row, &graph.viewer)?;
                rules::amendable(&before, row, today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Cancels a call to which nothing was admitted yet, with the reason [annullamento dell'avviso]. By heads of the body
    /// that issued it.
    async fn cancel_funding_call(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call, and why.")] input: CancelFundingCallInput,
    ) -> Result<Option<CancelFundingCallPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let deed = deed(Action::CancelFundingCall, (&input.call_id, input.expected_version), &input.manner, true)?;
            let told = deeds::alter(ctx, deed, |call: &mut CallDocument| {
                let stands = call.funding_call.cancelled_on.is_none();
                Flaws::default()
                    .unless(
                        stands,
                        "callId",
                        "CALL_CANCELLED",
                        "L'avviso è già annullato.",
                        "The call is cancelled already.",
                    )
                    .unless(
                        call.facts.admitted == 0,
                        "callId",
                        "CALL_HAS_ADMITTED",
                        "Ci sono progetti già ammessi: l'avviso non si annulla più.",
                        "Projects are admitted already: the call is not cancelled any more.",
                    )
                    .and(line(&input.reason, "reason"))
                    .none()?;
                call.funding_call.cancelled_on = Some(today);
                call.funding_call.cancellation_reason = Some(input.reason.trim().to_owned());
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }
}

fn deed<'a>(action: Action, (id, expected): (&ID, i32), manner: &'a Manner, is_step: bool) -> Outcome<Deed<'a>> {
    Ok(Deed { action, manner, record: (record(CALL, id, "callId")?, "callId"), expected, is_step })
}

/// The body of the central department or of the offices that the caller acts for.
fn issuer(graph: &Graph) -> Option<Arc<OrganisationRow>> {
    let own = graph.viewer.organisation.and_then(|own| graph.reference::<Directory>().body(own));
    own.filter(|own| matches!(own.kind, OrganisationKind::CentralAuthority | OrganisationKind::Prefecture))
}

fn province(graph: &Graph, given: Option<&str>) -> Outcome<Option<String>> {
    let Some(given) = given else { return Ok(None) };
    let found = graph.reference::<Territory>().province_named(given, graph.today).map(|province| province.code.clone());
    Ok(Some(found.ok_or_else(|| UserError::not_found("province"))?))
}

fn programme(is_known: bool) -> Outcome<()> {
    Flaws::default()
        .and((!is_known).then(|| {
            let message = Message::new(
                "Non c'è un nodo della programmazione con questo codice.",
                "No node of a programme has this code.",
            );
            UserError::invalid("programmeCode", "PROGRAMME_UNKNOWN", message)
        }))
        .none()
}

fn new_call(input: &PublishFundingCallInput, issuer: &OrganisationRow, province_code: Option<String>) -> CallRow {
    CallRow {
        id: Uuid::now_v7(),
        reference: input.reference.trim().to_owned(),
        title: input.title.trim().to_owned(),
        summary: input.summary.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(String::from),
        programme_code: input.programme_code.clone(),
        issuer_id: issuer.id,
        owner_number: issuer.number,
        opens_on: input.opens_on.0,
        closes_on: input.closes_on.map(|day| day.0),
        budget: input.budget.map(|budget| budget.0.normalize()),
        eligible_kinds: input.eligible_kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        min_partners: input.min_partners,
        max_partners: input.max_partners,
        requires_intervention: input.requires_intervention,
        province_code,
        cancelled_on: None,
        cancellation_reason: None,
        visibility: input.visibility,
        group_number: None,
        audience: 0,
        is_synthetic: false,
        source: "Raccordo".into(),
        version: 1,
        updated_at: chrono::Utc::now(),
    }
}
