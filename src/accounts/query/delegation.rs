//! Delegations.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access::{DelegationMode, Room};
use crate::accounts::model::{DELEGATION, DelegationRow};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// An office's grant to a body that works for it, e.g. technical assistance [delega].
#[derive(Description)]
pub struct Delegation(pub Arc<DelegationRow>);

/// The delegations that a body gave or holds.
pub async fn delegations_of(
    graph: &Graph,
    organisation: Uuid,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Delegation>> {
    let list = List { within: Some(((), organisation.to_string())), filter: (), order: () };
    list::page(graph, list, first, after, Delegation).await
}

#[Object(use_type_description)]
impl Delegation {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(DELEGATION, self.0.id).id()
    }

    /// The office that lets work for it [ufficio delegante].
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.office_id).await
    }

    /// The body that works for it [ente delegato].
    async fn delegate(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.delegate_id).await
    }

    /// The rooms in which the delegate sees with the office's eyes [ambiti].
    async fn rooms(&self) -> Vec<Room> {
        self.0.rooms()
    }

    /// What it lets do there [modalità].
    async fn mode(&self) -> DelegationMode {
        self.0.mode
    }

    /// Why, e.g. the contract [motivo].
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// First day [decorrenza].
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// Last day: it ends by itself [scadenza].
    async fn valid_until(&self) -> Date {
        Date(self.0.valid_until)
    }

    /// When it was ended before its time [revoca].
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// Whether it lets work today [in vigore].
    async fn is_in_force(&self, ctx: &Context<'_>) -> bool {
        self.0.is_in_force(Graph::of(ctx).today)
    }

    /// Whether the caller works under it now.
    async fn is_active(&self, ctx: &Context<'_>) -> bool {
        let person = Graph::of(ctx).viewer.person();
        person.and_then(|person| person.delegation.as_ref()).is_some_and(|active| active.id == self.0.id)
    }

    /// Grows with every change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
