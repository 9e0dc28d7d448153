//! Agreements by key, batched.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgConnection;

use super::model::{Agreement, Party};
use super::store;
use crate::batched_by_uuid;
use crate::graphql::{Batched, Result};

batched_by_uuid! {
    /// An agreement with its promoter.
    AgreementById => Arc<Agreement>, store::by_ids
}
batched_by_uuid! {
    /// An agreement's parties, in the order of their signatures.
    PartiesOf => Arc<[Party]>, store::parties
}
batched_by_uuid! {
    /// The agreement that renews one, if it was not given up.
    RenewalOf => Arc<Agreement>, store::renewals
}
batched_by_uuid! {
    /// A party to an agreement.
    PartyById => Arc<Party>, store::parties_by_ids
}

/// An agreement by its reference [numero di protocollo].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AgreementByReference(pub String);

impl Batched for AgreementByReference {
    type Value = Arc<Agreement>;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let references = keys.iter().map(|key| key.0.clone()).collect();
        let found = store::by_references(connection, references).await?;
        Ok(found.into_iter().map(|(key, agreement)| (Self(key), agreement)).collect())
    }
}
