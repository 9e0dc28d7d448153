use async_graphql::{Context, Description, Object};
use chrono::{DateTime, Utc};

use crate::federation::loader::MembersOf;
use crate::federation::model::{MemberRow, SupergraphCause, SupergraphRow};
use crate::graphql::{Graph, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// A graph as routers serve it: the hub's own subgraph and those of the partners that take part [supergrafo].
#[derive(Description)]
pub struct Supergraph(SupergraphRow);

impl Supergraph {
    pub fn of(row: SupergraphRow) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Supergraph {
    /// Its number: each is one more than the one before [numero].
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// When it was composed [composizione].
    async fn composed_at(&self) -> DateTime<Utc> {
        self.0.composed_at
    }

    /// Why it was composed [causa].
    async fn cause(&self) -> SupergraphCause {
        self.0.cause
    }

    /// Of a roll-back: number of the one that was put back [ripristino di].
    async fn like_number(&self) -> Option<i32> {
        self.0.like_number
    }

    /// SHA-256 of its text for routers, before the hub's address is put in, in hexadecimal digits [impronta].
    async fn hash(&self) -> &str {
        &self.0.whole_hash
    }

    /// The partners' subgraphs that take part, by name [sottografi].
    async fn members(&self, ctx: &Context<'_>) -> Result<Vec<SupergraphMember>> {
        let members = Graph::of(ctx).load(MembersOf(self.0.number)).await?;
        Ok(members.iter().flat_map(|members| members.iter().cloned()).map(SupergraphMember).collect())
    }
}

/// A subgraph as it takes part in a supergraph [sottografo partecipante].
#[derive(Description)]
pub struct SupergraphMember(MemberRow);

#[Object(use_type_description)]
impl SupergraphMember {
    /// Name of the subgraph [nome].
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Number of the version that takes part [versione].
    async fn version_number(&self) -> i32 {
        self.0.version_number
    }

    /// The body that runs it [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }
}
