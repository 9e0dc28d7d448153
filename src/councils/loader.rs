//! Seats and resolutions by key, batched.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Seat, SittingRow};
use super::sitting::model::ResolutionRow;
use super::store;
use crate::access::Viewer;
use crate::batched_by_uuid;
use crate::graphql::{Batched, Error, Result};
use crate::hub::Hub;

/// Whoever acts for a body on a day, not yet said who; `None` where there is no such body any more.
pub async fn acting_for(hub: &Hub, body: Uuid, day: NaiveDate) -> Result<Option<Viewer>> {
    let viewer = hub.authenticator.viewers().acting_for(body, day, &hub.database).await;
    viewer.map_err(|error| Error::Internal(Box::<dyn std::error::Error + Send + Sync>::from(error).into()))
}

batched_by_uuid! {
    /// A seat.
    SeatById => Arc<Seat>, store::by_ids
}
batched_by_uuid! {
    /// A sitting, without its parts.
    SittingById => Arc<SittingRow>, store::sitting::by_ids
}

batched_by_uuid! {
    /// A resolution.
    ResolutionById => Arc<ResolutionRow>, store::resolution::by_ids
}

/// Declares a key for the seats that a store function fetches by UUIDs on a day.
macro_rules! seats_on_a_day {
    ($(#[$doc:meta])* $name:ident, $fetch:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub Uuid, pub Option<NaiveDate>);

        impl Batched for $name {
            type Value = Arc<[Seat]>;
            fn shares_statement(&self, other: &Self) -> bool {
                self.1 == other.1
            }
            async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
                let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
                let day = keys[0].1;
                let seats = $fetch(connection, &ids, day).await?;
                Ok(seats.into_iter().map(|(id, seats)| (Self(id, day), seats)).collect())
            }
        }
    };
}

seats_on_a_day! {
    /// A council's seats in force on a day; of every date for `None`.
    SeatsOfCouncil, store::seats_of_councils
}

seats_on_a_day! {
    /// The seats that an organisation holds on a day; of every date for `None`.
    SeatsHeldBy, store::seats_held_by
}
