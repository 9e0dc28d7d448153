//! Organisations by key, batched.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::ID;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{ContactRow, NaturalKey, OrganisationRow, RegisterEntryRow};
use super::{Directory, store};
use crate::batched_by_uuid;
use crate::graphql::mutation::record;
use crate::graphql::{Batched, Graph, Outcome, Result, UserError};

/// An organisation by its id: from memory where it is institutional, else batched with its siblings.
pub async fn organisation(graph: &Graph, id: Uuid) -> Result<Option<Arc<OrganisationRow>>> {
    match graph.reference::<Directory>().body(id) {
        Some(body) => Ok(Some(body)),
        None => graph.load(OrganisationById(id)).await,
    }
}

/// The organisations that an input names, each with its field, in its order: each must be seen by the caller.
///
/// # Errors
/// `ID_INVALID`, `NOT_FOUND`, with the field.
pub async fn seen(graph: &Graph, named: &[(&ID, String)]) -> Outcome<Vec<Arc<OrganisationRow>>> {
    let keys = named.iter().map(|(id, field)| record("Organisation", id, field)).collect::<Outcome<Vec<Uuid>>>()?;
    let found = futures_util::future::try_join_all(keys.iter().map(|id| organisation(graph, *id))).await?;
    let seen = found.into_iter().zip(named);
    seen.map(|(body, (_, field))| body.ok_or_else(|| UserError::not_found(field).into())).collect()
}

batched_by_uuid! {
    /// An organisation. Use [`organisation`], which knows the institutional ones without asking.
    OrganisationById => Arc<OrganisationRow>, store::by_ids
}
batched_by_uuid! {
    /// An organisation's contact data.
    ContactOf => Arc<ContactRow>, store::contacts
}
batched_by_uuid! {
    /// An organisation's entries in the register of art. 42 TUI.
    RegisterEntriesOf => Arc<[RegisterEntryRow]>, store::register_entries
}

/// An organisation by a natural key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OrganisationByKey(pub NaturalKey);

impl Batched for OrganisationByKey {
    type Value = Arc<OrganisationRow>;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let keys: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = store::by_natural_keys(connection, &keys).await?;
        Ok(rows.into_iter().map(|(key, row)| (Self(key), row)).collect())
    }
}
