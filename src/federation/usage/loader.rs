use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{CallerRow, OperationRow, Totals, UseOf};
use crate::federation::store;
use crate::graphql::{Batched, Result};

/// How much something was used: told without who used it.
impl Batched for UseOf {
    type Value = Totals;

    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Totals>> {
        Ok(keys.iter().cloned().zip(store::usage::told(connection, keys).await?).collect())
    }
}

/// A page of those who used something, the most frequent first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CallersOf {
    pub usage: UseOf,
    /// With so many calls and this id.
    pub after: Option<(i64, Uuid)>,
    pub limit: i64,
}

impl Batched for CallersOf {
    type Value = Arc<[CallerRow]>;

    fn shares_statement(&self, other: &Self) -> bool {
        (self.after, self.limit) == (other.after, other.limit)
    }

    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let asked: Vec<&UseOf> = keys.iter().map(|key| &key.usage).collect();
        let found = store::usage::callers(connection, &asked, keys[0].after, keys[0].limit).await?;
        Ok(found.into_iter().map(|(place, rows)| (keys[place].clone(), rows)).collect())
    }
}

/// The operations by which a caller used something, the most frequent first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OperationsOf {
    pub usage: UseOf,
    pub caller: Uuid,
}

impl Batched for OperationsOf {
    type Value = Arc<[OperationRow]>;

    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let asked: Vec<(&UseOf, Uuid)> = keys.iter().map(|key| (&key.usage, key.caller)).collect();
        let found = store::usage::operations(connection, &asked).await?;
        Ok(found.into_iter().map(|(place, rows)| (keys[place].clone(), rows)).collect())
    }
}
