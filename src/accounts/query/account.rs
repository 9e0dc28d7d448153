//! The caller's own account.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Delegation, Membership};
use crate::accounts::loader::{AccountById, SessionsOf, own_delegations, own_memberships};
use crate::accounts::model::{ACCOUNT, AccountRow, SESSION, SessionRow};
use crate::graphql::{Graph, NodeId, Result};

/// A person's account: seen by that person alone [account].
#[derive(Description)]
pub struct Account(pub Arc<AccountRow>);

/// A browser, or a command line, in which the person signed in [sessione].
#[derive(Description)]
pub struct Session(pub SessionRow);

/// The account of the person who asks; `None` for any other caller.
pub async fn account(graph: &Graph) -> Result<Option<Account>> {
    match graph.viewer.person() {
        Some(person) => Ok(graph.load(AccountById(person.account)).await?.map(Account)),
        None => Ok(None),
    }
}

#[Object(use_type_description)]
impl Account {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(ACCOUNT, self.0.id).id()
    }

    /// Name, as the identity provider tells it [nome].
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// E-mail address, as the identity provider tells it; empty where it tells none.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// When the person came in for the first time.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the person last signed in.
    async fn last_sign_in_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_sign_in_at
    }

    /// Sessions that can still be used, the last begun first [sessioni].
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        let graph = Graph::of(ctx);
        let idle = TimeDelta::from_std(graph.hub.access.session_idle).unwrap_or(TimeDelta::MAX);
        let now = Utc::now();
        let rows = graph.load(SessionsOf(self.0.id)).await?;
        let rows = rows.iter().flat_map(|rows| rows.iter()).filter(|row| now - row.seen_at < idle);
        Ok(rows.cloned().map(Session).collect())
    }

    /// Every membership in force, for whichever organisation the person acts now [appartenenze].
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<Membership>> {
        let graph = Graph::of(ctx);
        let ids: Vec<_> = graph.viewer.person().iter().flat_map(|it| it.memberships.iter()).map(|it| it.id).collect();
        Ok(own_memberships(graph, &ids).await?.into_iter().map(Membership).collect())
    }

    /// Every delegation in force to one of those organisations, under which the person may work for an office [deleghe].
    async fn delegations(&self, ctx: &Context<'_>) -> Result<Vec<Delegation>> {
        let graph = Graph::of(ctx);
        let ids: Vec<_> = graph.viewer.person().iter().flat_map(|it| it.delegations.iter()).map(|it| it.id).collect();
        Ok(own_delegations(graph, &ids).await?.into_iter().map(Delegation).collect())
    }
}

#[Object(use_type_description)]
impl Session {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(SESSION, self.0.id).id()
    }

    /// When the person signed in.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last used, to the minute.
    async fn seen_at(&self) -> DateTime<Utc> {
        self.0.seen_at
    }

    /// When it ends, however much it is used; sooner when it is not.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// Whether it is one of the command line, which a browser let in [riga di comando].
    async fn is_terminal(&self) -> bool {
        self.0.is_terminal
    }

    /// Whether it is the one that asks.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        Graph::of(ctx).viewer.person().is_some_and(|person| person.session == self.0.id)
    }
}
