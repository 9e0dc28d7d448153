//! Addresses from which calendars read a council's sittings and meetings. The pattern of each is that of
//! `graphql/mutation.rs`: a secret is told once, so no request for it can be sent again.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::council;
use crate::access::audit::{Changes, Entry};
use crate::access::secret::Secret;
use crate::access::{Action, Room, audience};
use crate::councils::feed::model::{FEED, MOST_FEEDS};
use crate::councils::query::CalendarFeed;
use crate::councils::store::feed as store;
use crate::graphql::mutation::{answer, record};
use crate::graphql::{Graph, Result, UserError};
use crate::locale::Message;
use crate::payload;

/// Whose sittings and meetings a calendar reads.
#[derive(InputObject)]
pub struct CreateCalendarFeedInput {
    /// Global id of the council.
    council_id: ID,
}

/// An address that works no more.
#[derive(InputObject)]
pub struct RevokeCalendarFeedInput {
    /// Global id of the feed.
    feed_id: ID,
}

payload! {
    /// What became of a new address.
    pub struct CreateCalendarFeedPayload {
        /// The feed.
        calendar_feed: CalendarFeed,
        /// The whole address with its secret, told this once and never again: who knows it reads the calendar [indirizzo
        /// segreto].
        address: String,
    }
}

payload! {
    /// What became of an address that is to work no more.
    pub struct RevokeCalendarFeedPayload {
        /// The feed.
        calendar_feed: CalendarFeed,
    }
}

/// What changes calendar feeds.
#[derive(Default)]
pub struct FeedMutation;

#[Object]
impl FeedMutation {
    /// Makes a secret address from which a calendar program reads the sittings and the meetings of the working tables of a
    /// council of the caller's territory (iCalendar, RFC 5545), as far as the caller's organisation may see them at that
    /// time [calendario del Consiglio]. By its members, secretariat, officers, heads and administrators.
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
            let mut change = graph.change().await?;
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
            let changes =
                Changes::new().field("councilId", None::<&str>, made.council_id.to_string()).personal("address");
            change.commit(&Entry::done(Action::CreateCalendarFeed, made.subject(), changes)).await?;
            let address = format!("{}/calendar/{}.ics", graph.hub.access.public_url, secret.reveal());
            Ok(CreateCalendarFeedPayload {
                calendar_feed: Some(CalendarFeed(Arc::new(made))),
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
            let found = store::find(&mut *graph.statement().await?, id).await?;
            let found = found.ok_or_else(|| UserError::not_found("feedId"))?;
            let subject = Some(found.subject());
            graph.allow(Action::RevokeCalendarFeed, Some(found.organisation_id), subject).await??;
            let mut change = graph.change().await?;
            let revoked = store::revoke(change.statement(), id).await?.ok_or_else(|| {
                let message = Message::new("È già revocato.", "It is revoked already.");
                UserError::conflict("feedId", "FEED_REVOKED", message)
            })?;
            let revoked_at = revoked.revoked_at.map(|at| at.to_rfc3339());
            let changes = Changes::new().field("revokedAt", None::<String>, revoked_at);
            change.commit(&Entry::done(Action::RevokeCalendarFeed, revoked.subject(), changes)).await?;
            Ok(RevokeCalendarFeedPayload { calendar_feed: Some(CalendarFeed(Arc::new(revoked))), ..Default::default() })
        })
        .await
    }
}
