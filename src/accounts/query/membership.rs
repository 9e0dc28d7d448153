//! Memberships, and the people behind them.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access::Role;
use crate::accounts::model::{self, MEMBERSHIP, MembershipOrigin, MembershipRow};
use crate::accounts::persons;
use crate::graphql::list::{self, List};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// A person's place in an organisation [appartenenza].
#[derive(Description)]
pub struct Membership(pub model::Membership);

/// Who somebody is [persona].
#[derive(SimpleObject)]
pub struct Person {
    /// Name [nome].
    name: String,
    /// E-mail address; empty where the identity provider tells none.
    email: String,
}

impl From<Arc<MembershipRow>> for Membership {
    fn from(row: Arc<MembershipRow>) -> Self {
        Self(model::Membership { row, organisation: None })
    }
}

/// The memberships in force of an organisation.
pub async fn memberships_of(
    graph: &Graph,
    organisation: Uuid,
    role: Option<Role>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Membership>> {
    let list = List { within: Some(((), organisation.to_string())), filter: role, order: () };
    list::page(graph, list, first, after, |row: Arc<MembershipRow>| Membership::from(row)).await
}

#[Object(use_type_description)]
impl Membership {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(MEMBERSHIP, self.0.row.id).id()
    }

    /// What the person is in the organisation [ruolo].
    async fn role(&self) -> Role {
        self.0.row.role
    }

    /// The organisation [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match &self.0.organisation {
            Some(row) => Ok(Some(Organisation::from(row.clone()))),
            None => organisations::organisation(Graph::of(ctx), self.0.row.organisation_id).await,
        }
    }

    /// Who it is; to heads and administrators of the organisation, and to the person itself [persona].
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let (graph, row) = (Graph::of(ctx), &self.0.row);
        if graph.viewer.person().is_none_or(|person| person.account != row.account_id) {
            persons::may_read(graph, row.organisation_id, row.subject()).await?;
        }
        Ok(Some(Person { name: row.person_name.clone(), email: row.person_email.clone() }))
    }

    /// How the person became a member [origine].
    async fn origin(&self) -> MembershipOrigin {
        self.0.row.origin
    }

    /// Since when.
    async fn since(&self) -> DateTime<Utc> {
        self.0.row.since
    }

    /// When it ended; null while it is in force.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.ended_at
    }

    /// Whether the caller acts under it now.
    async fn is_active(&self, ctx: &Context<'_>) -> bool {
        let person = Graph::of(ctx).viewer.person();
        person.and_then(|person| person.membership.as_ref()).is_some_and(|active| active.id == self.0.row.id)
    }

    /// Grows with every change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.row.version
    }
}
