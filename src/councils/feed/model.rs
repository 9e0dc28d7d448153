use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access::audit::Subject;
use crate::columns;

/// Kind of the global ids of feeds; the audit names them so, too.
pub const FEED: &str = "CalendarFeed";

/// Feeds in force that a body has of one council at the most.
pub const MOST_FEEDS: i64 = 50;

columns! {
    /// A feed, without its secret.
    pub struct FeedRow as "f" {
        id: Uuid,
        council_id: Uuid,
        organisation_id: Uuid,
        owner_number: i32,
        created_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
        version: i32,
        audience: i32,
    }
}

impl FeedRow {
    /// Its place in the audit.
    pub fn subject(&self) -> Subject {
        Subject { kind: FEED, id: self.id, owner_number: Some(self.owner_number), audience: self.audience }
    }
}
