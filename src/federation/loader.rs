//! Subgraphs and their parts by key, batched.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{MemberRow, SubgraphRow, VersionRow};
use super::store;
use crate::batched_by_uuid;
use crate::graphql::{Batched, Result};

batched_by_uuid! {
    /// A subgraph.
    SubgraphById => Arc<SubgraphRow>, store::by_ids
}
batched_by_uuid! {
    /// The versions of a subgraph, the last first.
    VersionsOf => Arc<[VersionRow]>, store::versions
}
batched_by_uuid! {
    /// The version of a subgraph that is served.
    ServedOf => Uuid, store::served
}

/// A subgraph by its name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SubgraphByName(pub String);

impl Batched for SubgraphByName {
    type Value = Arc<SubgraphRow>;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let names = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::by_names(connection, names).await?.into_iter().map(|(key, found)| (Self(key), found)).collect())
    }
}

/// The text of a schema by its hash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SchemaText(pub String);

impl Batched for SchemaText {
    type Value = Arc<str>;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let hashes: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::texts(connection, &hashes).await?.into_iter().map(|(key, text)| (Self(key), text)).collect())
    }
}

/// Who takes part in a supergraph, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MembersOf(pub i32);

impl Batched for MembersOf {
    type Value = Arc<[MemberRow]>;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(store::members(connection, &numbers).await?.into_iter().map(|(key, all)| (Self(key), all)).collect())
    }
}
