//! Calls by key, batched.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgConnection;

use super::model::Call;
use super::store;
use crate::batched_by_uuid;
use crate::graphql::{Batched, Result};

batched_by_uuid! {
    /// A call.
    CallById => Arc<Call>, store::by_ids
}

/// A call by its reference [numero di protocollo].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CallByReference(pub String);

impl Batched for CallByReference {
    type Value = Arc<Call>;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let references = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::by_references(connection, references)
            .await?
            .into_iter()
            .map(|(key, call)| (Self(key), call))
            .collect())
    }
}
