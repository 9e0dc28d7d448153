//! Merges the rooms' parts of the schema; nothing else.

use async_graphql::{EmptyMutation, MergedObject, MergedSubscription, Schema, SchemaBuilder};

use crate::agreements;
use crate::councils::{self, Councils};
use crate::funding::{self, Programmes};
use crate::hub::{self, References};
use crate::organisations::{self, Directory};
use crate::plans;
use crate::projects;
use crate::territory::{self, Territory};

/// Entry points of the graph [grafo della governance].
#[derive(MergedObject, Default)]
pub struct Query(
    hub::HubQuery,
    territory::query::TerritoryQuery,
    organisations::query::OrganisationQuery,
    organisations::query::OrganisationEntities,
    councils::query::CouncilQuery,
    funding::query::ProgrammeQuery,
    funding::query::CallQuery,
    plans::query::PlanQuery,
    projects::query::ProjectQuery,
    agreements::query::AgreementQuery,
);

/// What the hub tells as it happens.
#[derive(MergedSubscription, Default)]
pub struct Subscription(hub::HubSubscription);

/// The whole schema.
pub type RaccordoSchema = Schema<Query, EmptyMutation, Subscription>;

/// The schema without limits: what `schema print` shows.
pub fn builder() -> SchemaBuilder<Query, EmptyMutation, Subscription> {
    Schema::build(Query::default(), EmptyMutation, Subscription::default())
}

/// The reference data that the rooms keep in memory.
pub fn references() -> References {
    References::default().keep::<Territory>().keep::<Directory>().keep::<Councils>().keep::<Programmes>()
}
