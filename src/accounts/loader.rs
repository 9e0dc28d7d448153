//! People's records by key, batched; and what is a person's own.

use std::sync::Arc;

use uuid::Uuid;

use super::model::{AccountRow, DelegationRow, InvitationRow, Membership, MembershipRow, SessionRow};
use super::store;
use crate::batched_by_uuid;
use crate::graphql::{Graph, Result};

batched_by_uuid! {
    /// An account, seen by its own person alone.
    AccountById => Arc<AccountRow>, store::account::by_ids
}
batched_by_uuid! {
    /// An account's sessions under way, the last begun first.
    SessionsOf => Arc<[SessionRow]>, store::session::of_accounts
}
batched_by_uuid! {
    /// A membership, seen by whoever acts for its organisation.
    MembershipById => Arc<MembershipRow>, store::membership::by_ids
}
batched_by_uuid! {
    /// An invitation, seen by whoever acts for its organisation.
    InvitationById => Arc<InvitationRow>, store::invitation::by_ids
}
batched_by_uuid! {
    /// A delegation, seen by its office and its delegate.
    DelegationById => Arc<DelegationRow>, store::delegation::by_ids
}

/// Memberships of the person who asks, with their organisations, whichever of them the person acts for: the hub reads
/// them. `ids` come from the session or from a change just made, never from the caller.
pub async fn own_memberships(graph: &Graph, ids: &[Uuid]) -> Result<Vec<Membership>> {
    graph.session.count();
    Ok(store::membership::with_organisations(&mut *graph.hub.database.upkeep().await?, ids).await?)
}

/// Delegations to the bodies of the person who asks; as [`own_memberships`].
pub async fn own_delegations(graph: &Graph, ids: &[Uuid]) -> Result<Vec<Arc<DelegationRow>>> {
    graph.session.count();
    let found = store::delegation::by_ids(&mut *graph.hub.database.upkeep().await?, ids).await?;
    let mut delegations: Vec<_> = found.into_values().collect();
    delegations.sort_by_key(|delegation| (delegation.valid_from, delegation.id));
    Ok(delegations)
}
