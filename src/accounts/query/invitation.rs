//! Invitations.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access::Role;
use crate::accounts::model::{INVITATION, InvitationRow, InvitationStatus};
use crate::accounts::persons;
use crate::graphql::list::{self, List};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// An invitation into an organisation [invito].
#[derive(Description)]
pub struct Invitation(pub Arc<InvitationRow>);

/// The invitations of an organisation, of every state.
pub async fn invitations_of(
    graph: &Graph,
    organisation: Uuid,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Invitation>> {
    let list = List { within: Some(((), organisation.to_string())), filter: (), order: () };
    list::page(graph, list, first, after, Invitation).await
}

#[Object(use_type_description)]
impl Invitation {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(INVITATION, self.0.id).id()
    }

    /// The organisation [ente].
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// The role that it gives [ruolo].
    async fn role(&self) -> Role {
        self.0.role
    }

    /// To which address it goes, to heads and administrators of the organisation; null once it cannot be accepted any
    /// more: the address is not kept longer.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        if self.0.email.is_empty() || self.0.status(Utc::now()) != InvitationStatus::Pending {
            return Ok(None);
        }
        persons::may_read(Graph::of(ctx), self.0.organisation_id, self.0.subject()).await?;
        Ok(Some(&self.0.email))
    }

    /// What has become of it [stato].
    async fn status(&self) -> InvitationStatus {
        self.0.status(Utc::now())
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Until when it can be accepted [scadenza].
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
}
