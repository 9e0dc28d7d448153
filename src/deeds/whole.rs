use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use super::aggregate::{self, Aggregate};
use super::store;
use crate::graphql::{Batched, Error, Result};

/// A record with all of its parts, by its id.
pub struct Whole<A>(pub Uuid, PhantomData<fn() -> A>);

impl<A> Whole<A> {
    pub fn of(id: Uuid) -> Self {
        Self(id, PhantomData)
    }
}

// What the compiler would derive asks the same of the record's type.
impl<A> Clone for Whole<A> {
    fn clone(&self) -> Self {
        Self::of(self.0)
    }
}

impl<A> PartialEq for Whole<A> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<A> Eq for Whole<A> {}

impl<A> Hash for Whole<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<A: Aggregate> Batched for Whole<A> {
    type Value = Arc<A>;

    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Arc<A>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = store::find_all::<A>(connection, &ids).await?;
        let records = found.into_iter().map(aggregate::read::<A>).collect::<Result<Vec<_>, _>>();
        let records = records.map_err(|error| Error::Internal(Arc::new(error)))?;
        Ok(records.into_iter().map(|record| (Self::of(record.id()), Arc::new(record))).collect())
    }
}
