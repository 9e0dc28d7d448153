//! Projects and their parts by key, batched.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{ContractRow, Participation, PlaceRow, Project, ProjectKey, Work};
use super::store;
use crate::batched_by_uuid;
use crate::graphql::{Batched, Result};

batched_by_uuid! {
    /// A project with its lead.
    ProjectById => Arc<Project>, store::by_ids
}
batched_by_uuid! {
    /// The projects that carry out an intervention, the last started first.
    ProjectsOfIntervention => Arc<[Arc<Project>]>, store::of_interventions
}
batched_by_uuid! {
    /// The projects that carry out a plan, under its interventions.
    WorkOf => Arc<Work>, store::work_of_plans
}
batched_by_uuid! {
    /// Ids of the interventions that a project carries out.
    InterventionsOfProject => Arc<[Uuid]>, store::interventions
}
batched_by_uuid! {
    /// Who takes part in a project beside its lead, by role and name.
    ParticipationsOf => Arc<[Participation]>, store::participations
}
batched_by_uuid! {
    /// A body's part in a project.
    ParticipationById => Arc<Participation>, store::participations_by_ids
}
batched_by_uuid! {
    /// Where a project works.
    PlacesOf => Arc<[PlaceRow]>, store::places
}
batched_by_uuid! {
    /// A project's contracts.
    ContractsOf => Arc<[ContractRow]>, store::contracts
}

/// A project by a natural key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProjectByKey(pub ProjectKey);

impl Batched for ProjectByKey {
    type Value = Arc<Project>;
    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Self::Value>> {
        let keys: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let found = store::by_natural_keys(connection, &keys).await?;
        Ok(found.into_iter().map(|(key, project)| (Self(key), project)).collect())
    }
}
