//! What stands behind gaps, by key, batched.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;
use crate::graphql::{Batched, Result};

/// Ids of the plans of an office that are in force on a day, the latest period first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlansInForce(pub Uuid, pub NaiveDate);

impl Batched for PlansInForce {
    type Value = Arc<[Uuid]>;

    fn shares_statement(&self, other: &Self) -> bool {
        self.1 == other.1
    }

    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let offices: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = store::plans_in_force(connection, &offices, keys[0].1).await?;
        Ok(found.into_iter().map(|(office, plans)| (Self(office, keys[0].1), plans)).collect())
    }
}
