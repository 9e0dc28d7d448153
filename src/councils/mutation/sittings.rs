//! How sittings are prepared: planned, changed, convened, called off.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use super::guests::guests;
use super::{On, council, keeper, plan, sitting};
use crate::access::Action;
use crate::councils::query::CouncilSitting;
use crate::councils::sitting::{self as sittings, Item, SittingStep, take};
use crate::deed_payload;
use crate::deeds::given::{clean, put, put_line, put_text, required};
use crate::deeds::{self, Manner};
use crate::graphql::mutation::{Stop, answer, record};
use crate::graphql::{Graph, Outcome, Result};

/// An item of the agenda [punto all'ordine del giorno].
#[derive(InputObject)]
pub struct SittingItemInput {
    /// Global id of an item that is on the agenda already and stays; left out: a new one.
    item_id: Option<ID>,
    /// The item in one line [argomento].
    title: String,
    /// The item in full, with what the members should read before [relazione].
    text: Option<String>,
    /// Global id of the territorial plan that it is about [piano territoriale].
    plan_id: Option<ID>,
}

/// A new sitting.
#[derive(InputObject)]
pub struct PlanCouncilSittingInput {
    /// Global id of the council.
    council_id: ID,
    /// What it is called, e.g. "Seduta ordinaria di dicembre" [titolo].
    title: String,
    /// When it begins.
    starts_at: DateTime<Utc>,
    /// When it is to end.
    ends_at: Option<DateTime<Utc>>,
    /// Where it takes place [luogo].
    place: Option<String>,
    /// Address of the connection for who takes part from elsewhere [indirizzo del collegamento].
    remote_address: Option<String>,
    /// The agenda, in its order [ordine del giorno].
    #[graphql(default)]
    items: Vec<SittingItemInput>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// Title, date and place of a sitting; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct ChangeCouncilSittingInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// What it is called [titolo].
    title: Option<String>,
    /// When it begins.
    starts_at: Option<DateTime<Utc>>,
    /// When it is to end.
    ends_at: MaybeUndefined<DateTime<Utc>>,
    /// Where it takes place [luogo].
    place: MaybeUndefined<String>,
    /// Address of the connection for who takes part from elsewhere [indirizzo del collegamento].
    remote_address: MaybeUndefined<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// The agenda of a sitting.
#[derive(InputObject)]
pub struct SetSittingAgendaInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read.
    expected_version: i32,
    /// The whole agenda, in its order: what is not named is taken off [ordine del giorno].
    items: Vec<SittingItemInput>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A sitting that is convened.
#[derive(InputObject)]
pub struct ConveneCouncilSittingInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read: the step is taken on what it says.
    expected_version: i32,
    /// Global ids of bodies that are called besides those that hold a seat; one of another territory sees this sitting, and
    /// none else of the council [ospiti].
    #[graphql(default)]
    guest_ids: Vec<ID>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A sitting that is called off.
#[derive(InputObject)]
pub struct CancelCouncilSittingInput {
    /// Global id of the sitting.
    sitting_id: ID,
    /// Version of the sitting that the caller has read: the step is taken on what it says.
    expected_version: i32,
    /// Why [motivo].
    reason: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of a new sitting.
    pub struct PlanCouncilSittingPayload {
        /// The new sitting.
        council_sitting: CouncilSitting
    }

    /// What became of a change of a sitting.
    pub struct ChangeCouncilSittingPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of an agenda.
    pub struct SetSittingAgendaPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of a convening.
    pub struct ConveneCouncilSittingPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }

    /// What became of a cancellation.
    pub struct CancelCouncilSittingPayload {
        /// The sitting.
        council_sitting: CouncilSitting
    }
}

/// How sittings are prepared.
#[derive(Default)]
pub struct SittingMutation;

#[Object]
impl SittingMutation {
    /// Plans a sitting of the council; nobody is called yet [preparazione della seduta]. By secretariat, officers and heads
    /// of the council or of the office that chairs it. The bodies of the territory see it.
    async fn plan_council_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The sitting.")] input: PlanCouncilSittingInput,
    ) -> Result<Option<PlanCouncilSittingPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let (council, number) = council(graph, &input.council_id)?;
            let items = items(graph, input.items).await?;
            let (today, keeper) = (graph.today, keeper(graph, &council));
            let told = deeds::make(ctx, (Action::PlanCouncilSitting, &input.manner), keeper, || {
                let mut made = sittings::plan((&council, number), &input.title, input.starts_at);
                sittings::change(&mut made, today, |row| {
                    row.ends_at = input.ends_at;
                    row.place = clean(input.place);
                    row.remote_address = clean(input.remote_address);
                })?;
                sittings::set_agenda(&mut made, items)?;
                Ok(made)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Changes title, date or place of a sitting that has not been held [modifica della seduta]. By secretariat, officers
    /// and heads of the council or of the office that chairs it.
    async fn change_council_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeCouncilSittingInput,
    ) -> Result<Option<ChangeCouncilSittingPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::ChangeCouncilSitting, false), on, |sitting| {
                sittings::change(sitting, today, |row| {
                    put_line(&mut row.title, input.title);
                    row.starts_at = input.starts_at.unwrap_or(row.starts_at);
                    put(&mut row.ends_at, input.ends_at);
                    put_text(&mut row.place, input.place);
                    put_text(&mut row.remote_address, input.remote_address);
                })
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Sets the agenda of a sitting that has not been held, whole and in its order [ordine del giorno]. By secretariat,
    /// officers and heads of the council or of the office that chairs it.
    async fn set_sitting_agenda(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agenda.")] input: SetSittingAgendaInput,
    ) -> Result<Option<SetSittingAgendaPayload>> {
        answer(async {
            let items = items(Graph::of(ctx), input.items).await?;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told =
                sitting(ctx, (Action::SetSittingAgenda, true), on, |sitting| sittings::set_agenda(sitting, items));
            Ok(told.await?.into())
        })
        .await
    }

    /// Calls every body that holds a seat on the day of the sitting, and the guests named; asks for an agenda, a place or
    /// the address of a connection, and a date that has not passed [convocazione]. By secretariat, officers and heads of
    /// the council or of the office that chairs it.
    async fn convene_council_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sitting, and who is called besides.")] input: ConveneCouncilSittingInput,
    ) -> Result<Option<ConveneCouncilSittingPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let guests = guests(graph, &input.guest_ids).await?;
            let today = graph.today;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::ConveneCouncilSitting, true), on, |sitting| {
                sittings::convene(sitting, &guests, today)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Calls a sitting off that has not been held [annullamento della seduta]. By secretariat, officers and heads of the
    /// council or of the office that chairs it.
    async fn cancel_council_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sitting, and why.")] input: CancelCouncilSittingInput,
    ) -> Result<Option<CancelCouncilSittingPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.sitting_id, input.expected_version, &input.manner);
            let told = sitting(ctx, (Action::CancelCouncilSitting, true), on, |sitting| {
                take(sitting, SittingStep::Cancel, today)?;
                let row = sitting.sitting();
                row.cancelled_on = Some(today);
                row.cancellation_reason = Some(required(&input.reason, "reason")?);
                Ok(())
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// The items that an input gives; the plans that they name are seen by the caller, each is asked for once.
async fn items(graph: &Graph, given: Vec<SittingItemInput>) -> Outcome<Vec<Item>> {
    let named = given.iter().enumerate().filter_map(|(place, item)| Some((place, item.plan_id.as_ref()?)));
    let plans = named.map(|(place, id)| async move {
        Ok::<_, Stop>((place, plan(graph, Some(id), &format!("items.{place}.planId")).await?))
    });
    let plans: HashMap<_, _> = try_join_all(plans).await?.into_iter().collect();
    let item = |(place, item): (usize, SittingItemInput)| {
        let id = item.item_id.as_ref().map(|id| record(sittings::ITEM, id, &format!("items.{place}.itemId")));
        let plan_id = plans.get(&place).copied().flatten();
        Ok(Item { id: id.transpose()?, title: item.title, text: item.text, plan_id })
    };
    given.into_iter().enumerate().map(item).collect()
}
