//! What entries refer to, batched.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::store;
use crate::graphql::{Batched, Result};

/// Name of a person in an organisation for which they acted.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName {
    pub account: Uuid,
    pub organisation: Uuid,
}

impl Batched for PersonName {
    type Value = String;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, String>> {
        let keys: Vec<_> = keys.iter().map(|key| (key.account, key.organisation)).collect();
        let names = store::names(connection, &keys).await?;
        Ok(names.into_iter().map(|((account, organisation), name)| (Self { account, organisation }, name)).collect())
    }
}
