use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::councils::feed::model::{FEED, FeedRow};
use crate::graphql::list::{self, List};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::Directory;
use crate::organisations::query::TerritorialCouncil;

/// A secret address from which a calendar program reads a council's sittings and meetings; the address itself is told once,
/// when it is made [calendario del Consiglio].
#[derive(Description)]
pub struct CalendarFeed(pub Arc<FeedRow>);

impl From<FeedRow> for CalendarFeed {
    fn from(feed: FeedRow) -> Self {
        Self(Arc::new(feed))
    }
}

/// The feeds of a council that belong to the caller's organisation.
pub async fn feeds_of(
    graph: &Graph,
    council: Uuid,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<CalendarFeed>> {
    let list = List { within: Some(((), council.to_string())), filter: (), order: () };
    list::page(graph, list, first, after, CalendarFeed).await
}

#[Object(use_type_description)]
impl CalendarFeed {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(FEED, self.0.id).id()
    }

    /// The council whose sittings it shows [Consiglio territoriale].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        Graph::of(ctx).reference::<Directory>().body(self.0.council_id).map(TerritorialCouncil::of)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was revoked; null while it works [revoca].
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }
}
