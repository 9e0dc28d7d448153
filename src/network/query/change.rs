use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, Subscription};
use futures_util::Stream;

use super::{Narrowing, NetworkEdge, NetworkNode, NetworkScope, question};
use crate::graphql::flat::FlatList;
use crate::graphql::{Error, Graph, Result};
use crate::hub;
use crate::locale::Message;
use crate::network::NetworkSnapshot;
use crate::network::model::{NetworkNodeKind, TieKind};
use crate::network::news::News;
use crate::network::view::{Found, View};
use crate::organisations::model::OrganisationKind;

/// What changed in a part of the network by a change of the data, as the caller may see it [variazione della rete].
///
/// Lists hold up to 1,000 items when records are asked for; else as many as make 32 MiB of JSON.
#[derive(Description)]
pub struct NetworkChange {
    before: Arc<View>,
    now: Arc<View>,
    news: News,
}

#[Object(use_type_description)]
impl NetworkChange {
    /// Data version since which it is so.
    async fn version(&self) -> i64 {
        self.now.snapshot.version
    }

    /// Nodes that were not in it before.
    async fn appeared_nodes(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.now, &self.news.nodes.appeared)
    }

    /// Nodes that are in it no more, as they were.
    async fn ended_nodes(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.before, &self.news.nodes.ended)
    }

    /// Nodes that are told otherwise now, such as by another name; as they are now.
    async fn changed_nodes(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.now, &self.news.nodes.changed)
    }

    /// Ties that were not in it before.
    async fn appeared_edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.now, &self.news.ties.appeared)
    }

    /// Ties that are in it no more, as they were.
    async fn ended_edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.before, &self.news.ties.ended)
    }

    /// Ties that are told otherwise now, such as with another end; as they are now.
    async fn changed_edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.now, &self.news.ties.changed)
    }
}

/// What the network tells as it happens.
#[derive(Default)]
pub struct NetworkSubscription;

#[Subscription]
impl NetworkSubscription {
    /// What changes in a part of the network while the caller listens: first, without any change, the version from which
    /// they are told, then each change of the data that changes something in it for this caller. It is the network of
    /// the day on which the caller began to listen; several changes at once may come as one [variazioni della rete].
    #[allow(clippy::too_many_arguments)]
    async fn network_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one part of the network.")] scope: NetworkScope,
        #[graphql(desc = "Steps from the centre or the territory, 1 to 3; 1 when left out.")] hops: Option<i32>,
        #[graphql(desc = "Only these kinds of nodes.")] node_kinds: Option<Vec<NetworkNodeKind>>,
        #[graphql(desc = "Only these kinds of ties.")] tie_kinds: Option<Vec<TieKind>>,
        #[graphql(desc = "Of the bodies only these kinds.")] organisation_kinds: Option<Vec<OrganisationKind>>,
        #[graphql(desc = "Of the projects only those on this node of a programme's tree or below it.")]
        programme: Option<String>,
        #[graphql(desc = "Global id of a territorial plan.")] plan: Option<ID>,
    ) -> Result<impl Stream<Item = NetworkChange> + use<>> {
        let narrowing = Narrowing { hops, as_of: None, node_kinds, tie_kinds, organisation_kinds, programme, plan };
        let graph = Graph::of(ctx).clone();
        let mut changes = graph.hub.followed::<NetworkSnapshot>();
        let first = hub::typed::<NetworkSnapshot>(&changes.borrow_and_update());
        let (mut view, mut found) = state(&graph, first, &scope, &narrowing)?.ok_or_else(nothing)?;
        Ok(async_stream::stream! {
            yield NetworkChange { before: view.clone(), now: view.clone(), news: News::default() };
            while changes.changed().await.is_ok() {
                let snapshot = hub::typed::<NetworkSnapshot>(&changes.borrow_and_update());
                // What names nothing any more is empty until it is there again.
                let state = state(&graph, snapshot.clone(), &scope, &narrowing).ok().flatten();
                let (now, now_found) = state.unwrap_or_else(|| (Arc::new(view.over(snapshot)), Found::default()));
                let news = News::between((&view, &found), (&now, &now_found));
                let before = std::mem::replace(&mut view, now.clone());
                found = now_found;
                if !news.is_empty() {
                    yield NetworkChange { before, now, news };
                }
            }
        })
    }
}

/// The part that is listened to, as it stands in a snapshot.
fn state(
    graph: &Graph,
    snapshot: Arc<NetworkSnapshot>,
    scope: &NetworkScope,
    narrowing: &Narrowing,
) -> Result<Option<(Arc<View>, Found)>> {
    let today = Narrowing { as_of: Some(crate::graphql::scalars::Date(graph.today)), ..narrowing.clone() };
    let view = question::view_of(graph, snapshot, &today)?.0;
    let Some(part) = question::part(graph, &view.snapshot, scope, narrowing)? else { return Ok(None) };
    let Some(view) = view.from(&part) else { return Ok(None) };
    let found = view.find(&part);
    Ok(Some((Arc::new(view), found)))
}

fn nothing() -> Error {
    Error::BadInput(Message::new(
        "Non c'è nulla da seguire: l'ambito indicato non esiste.",
        "There is nothing to follow: the scope names nothing.",
    ))
}
