use async_graphql::{Context, ID, Object};

use super::{Narrowing, Network, NetworkPath, NetworkScope, question};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Result};
use crate::network::model::{NetworkNodeKind, TieKind};
use crate::organisations::model::OrganisationKind;

/// Questions to the network.
#[derive(Default)]
pub struct NetworkQuery;

#[Object]
impl NetworkQuery {
    /// A part of the coordination network on a day, as the caller may see it [rete di coordinamento]; null where the scope
    /// names nothing that the caller may see.
    ///
    /// Around a node: everything within so many steps of it, and all ties among what was found. In a province or region:
    /// the bodies seated there, the offices competent for it, its councils, the projects placed there, the agreements and
    /// interventions meant for it, what lies within so many steps of them, and all ties among what was found. In the whole
    /// country: every node of that day, also those without ties, and every tie. The ties follow from the records: each
    /// names the one behind it. What the caller may not see neither appears nor connects nor counts.
    #[allow(clippy::too_many_arguments)]
    async fn network(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one part of the network.")] scope: NetworkScope,
        #[graphql(
            desc = "Steps from the centre or the territory, 1 to 3; 1 when left out. Of no matter for the country."
        )]
        hops: Option<i32>,
        #[graphql(desc = "Day, from 1900 to 2100; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Only these kinds of nodes, also to walk over; the centre stays.")] node_kinds: Option<
            Vec<NetworkNodeKind>,
        >,
        #[graphql(desc = "Only these kinds of ties, also to walk over.")] tie_kinds: Option<Vec<TieKind>>,
        #[graphql(
            desc = "Of the bodies only these kinds, also to walk over; the centre stays, and what is no body stays."
        )]
        organisation_kinds: Option<Vec<OrganisationKind>>,
        #[graphql(
            desc = "Of the projects only those on this node of a programme's tree or below it, by code; what is no project stays."
        )]
        programme: Option<String>,
        #[graphql(
            desc = "Global id of a territorial plan: of the interventions only its own, of the projects only those that carry them out."
        )]
        plan: Option<ID>,
    ) -> Result<Option<Network>> {
        let narrowing = Narrowing { hops, as_of, node_kinds, tie_kinds, organisation_kinds, programme, plan };
        question::network(Graph::of(ctx), scope, narrowing).await
    }

    /// Who connects two nodes: a shortest path over the ties of a day that the caller may see, the same each time [percorso].
    ///
    /// Null where there is none, or where an end is nothing that the caller may see on that day. Through the central
    /// department and its offices nearly everything is connected: leave `SUPERVISES` and `COMPETENT_FOR` out of the kinds
    /// of ties to learn who really works together.
    async fn path(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the node to start from.")] from: ID,
        #[graphql(desc = "Global id of the node to reach.")] to: ID,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Only over these kinds of ties; over all when left out.")] tie_kinds: Option<Vec<TieKind>>,
    ) -> Result<Option<NetworkPath>> {
        let narrowing = Narrowing { as_of, tie_kinds, ..Narrowing::default() };
        Ok(super::paths(Graph::of(ctx), &from, &to, 1, &narrowing).await?.pop())
    }

    /// The shortest paths between two nodes, none of which comes to a node twice: the shortest first [percorsi]. Empty
    /// where `path` would be null.
    ///
    /// Errors: `TIMEOUT` where it would take more than 10 seconds.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the node to start from.")] from: ID,
        #[graphql(desc = "Global id of the node to reach.")] to: ID,
        #[graphql(desc = "How many at the most, 1 to 10.", default = 3)] first: i32,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Only over these kinds of ties; over all when left out.")] tie_kinds: Option<Vec<TieKind>>,
    ) -> Result<Vec<NetworkPath>> {
        let narrowing = Narrowing { as_of, tie_kinds, ..Narrowing::default() };
        super::paths(Graph::of(ctx), &from, &to, question::first(first, 10)?, &narrowing).await
    }
}
