//! Addresses from which calendars read a council's sittings and meetings. The pattern of each is that of
//! `graphql/mutation.rs`. A secret is told once and kept nowhere, so a request that is sent again is told what the first one
//! made, and not its address.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::council;
use crate::access::audit::{Changes, Entry};
use crate::access::secret::Secret;
use crate::access::{Action, Room, audience};
use crate::councils::feed::model::{FEED, FeedRow, MOST_FEEDS};
use crate::councils::query::CalendarFeed;
use crate::councils::store::feed as store;
use crate::deed_payload;
use crate::deeds::{self, Manner, Told};
use crate::graphql::mutation::{answer, record};
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;

/// Whose sittings and meetings a calendar reads.
#[derive(InputObject)]
pub struct CreateCalendarFeedInput {
    /// Global id of the council.
    council_id: ID,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// An address that works no more.
#[derive(InputObject)]
pub struct RevokeCalendarFeedInput {
    /// Global id of the feed.
    feed_id: ID,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// What became of a new address.
#[derive(SimpleObject, Default)]
pub struct CreateCalendarFeedPayload {
    /// The feed, also where an earlier request with the same key has made it.
    calendar_feed: Option<CalendarFeed>,
    /// The whole address with its secret, told this once and never again: who knows it reads the calendar. Null in a dry run,
    /// and where an earlier request with the same key was told it [indirizzo segreto].
    address: Option<String>,
    /// Whether it was a dry run: nothing was changed [simulazione].
    is_dry_run: bool,
    /// Whether an earlier request with the same key had done it [richiesta ripetuta].
    is_repeated: bool,
    /// Why nothing was done, or why the address is not told; empty where it was done and told [motivi del rifiuto].
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for CreateCalendarFeedPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

deed_payload! {
    /// What became of an address that is to work no more.
    pub struct RevokeCalendarFeedPayload {
        /// The feed.
        calendar_feed: CalendarFeed
    }
}

/// A feed that was made by an earlier request: its address was told then, and is known to nobody here.
fn told_already(feed: FeedRow) -> CreateCalendarFeedPayload {
    let message = Message::new(
        "Il calendario è stato creato dalla prima richiesta con questa chiave, che ne ha ricevuto l'indirizzo: non si può \
         comunicare di nuovo. Se è andato perduto, revocare questo calendario e crearne un altro con un'altra chiave.",
        "The calendar was made by the first request with this key, which was told its address: it cannot be told again. If it \
         was lost, revoke this calendar and create another one with another key.",
    );
    CreateCalendarFeedPayload {
        calendar_feed: Some(feed.into()),
        is_repeated: true,
        user_errors: vec![UserError::conflict("idempotencyKey", "ADDRESS_TOLD_ALREADY", message)],
        ..Default::default()
    }
}

/// A feed of the caller's organisation.
async fn feed(graph: &Graph, id: Uuid, field: &str) -> Outcome<FeedRow> {
    let found = store::find(&mut *graph.statement().await?, id).await?;
    Ok(found.ok_or_else(|| UserError::not_found(field))?)
}

/// What changes calendar feeds.
#[derive(Default)]
pub struct FeedMutation;

#[Object]
impl FeedMutation {
    /// Makes a secret address from which a calendar program reads the sittings and the meetings of the working tables of a
    /// council of the caller's territory (iCalendar, RFC 5545), as far as the caller's organisation may see them at that
    /// time [calendario del Consiglio]. By its members, secretariat, officers, heads and administrators. Sent again with its
    /// idempotency key it tells the feed, and that its address cannot be told again: `ADDRESS_TOLD_ALREADY`.
    async fn create_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which council.")] input: CreateCalendarFeedInput,
    ) -> Result<Option<CreateCalendarFeedPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let viewer = &graph.viewer;
            graph.allow(Action::CreateCalendarFeed, viewer.organisation, None).await??;
            let organisation = viewer.organisation.ok_or_else(|| UserError::not_found(""))?;
            let (council, _) = council(graph, &input.council_id)?;
            let key = audience::province(&council.province_code);
            if !key.is_some_and(|key| viewer.holds(Room::Councils, key)) {
                let message = Message::new(
                    "L'ente non opera nel territorio di questo Consiglio.",
                    "The organisation does not work in the territory of this council.",
                );
                return Err(UserError::invalid("councilId", "COUNCIL_NOT_OF_TERRITORY", message).into());
            }
            let said = deeds::said(ctx, &input.manner)?;
            let mut change = graph.change().await?;
            let done = deeds::claimed(graph, &mut change, Action::CreateCalendarFeed, said.as_ref()).await?;
            if let Some(done) = done {
                drop(change);
                graph.renew().await;
                return Ok(told_already(feed(graph, done.record, "").await?));
            }
            if store::count(change.statement(), council.organisation_id, organisation).await? >= MOST_FEEDS {
                let message = Message::new(
                    format!("L'ente ha già {MOST_FEEDS} calendari di questo Consiglio: revocarne uno."),
                    format!("The organisation has {MOST_FEEDS} calendars of this council already: revoke one."),
                );
                return Err(UserError::limit("", "TOO_MANY_FEEDS", message).into());
            }
            let secret = Secret::random();
            let made = store::insert(change.statement(), council.organisation_id, organisation, &secret.hash()).await?;
            let made = made.ok_or_else(|| UserError::not_found(""))?;
            if input.manner.dry_run {
                return Ok(CreateCalendarFeedPayload {
                    calendar_feed: Some(made.into()),
                    is_dry_run: true,
                    ..Default::default()
                });
            }
            deeds::settle(graph, &mut change, said.as_ref(), (made.id, made.version)).await?;
            let changes =
                Changes::new().field("councilId", None::<&str>, made.council_id.to_string()).personal("address");
            change.commit(&Entry::done(Action::CreateCalendarFeed, made.subject(), changes)).await?;
            let address = format!("{}/calendar/{}.ics", graph.hub.access.public_url, secret.reveal());
            Ok(CreateCalendarFeedPayload {
                calendar_feed: Some(made.into()),
                address: Some(address),
                ..Default::default()
            })
        })
        .await
    }

    /// Ends an address of the caller's organisation: it works no more at once [revoca di un calendario]. By its members,
    /// secretariat, officers, heads and administrators.
    async fn revoke_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which feed.")] input: RevokeCalendarFeedInput,
    ) -> Result<Option<RevokeCalendarFeedPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let id = record(FEED, &input.feed_id, "feedId")?;
            let found = feed(graph, id, "feedId").await?;
            let subject = Some(found.subject());
            graph.allow(Action::RevokeCalendarFeed, Some(found.organisation_id), subject).await??;
            let said = deeds::said(ctx, &input.manner)?;
            let mut change = graph.change().await?;
            let done = deeds::claimed(graph, &mut change, Action::RevokeCalendarFeed, said.as_ref()).await?;
            if done.is_some() {
                drop(change);
                // The first request may have been done while this one waited for it.
                graph.renew().await;
                let record = feed(graph, id, "feedId").await?;
                return Ok(Told { record, is_dry_run: false, is_repeated: true }.into());
            }
            let revoked = store::revoke(change.statement(), id).await?.ok_or_else(|| {
                let message = Message::new("È già revocato.", "It is revoked already.");
                UserError::conflict("feedId", "FEED_REVOKED", message)
            })?;
            if input.manner.dry_run {
                return Ok(Told { record: revoked, is_dry_run: true, is_repeated: false }.into());
            }
            deeds::settle(graph, &mut change, said.as_ref(), (revoked.id, revoked.version)).await?;
            let revoked_at = revoked.revoked_at.map(|at| at.to_rfc3339());
            let changes = Changes::new().field("revokedAt", None::<String>, revoked_at);
            change.commit(&Entry::done(Action::RevokeCalendarFeed, revoked.subject(), changes)).await?;
            Ok(Told { record: revoked, is_dry_run: false, is_repeated: false }.into())
        })
        .await
    }
}
