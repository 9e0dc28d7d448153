use std::sync::Arc;

use async_graphql::{Description, Object, SimpleObject};

use super::{Network, NetworkEdge, NetworkNode, question};
use crate::graphql::Result;
use crate::graphql::flat::FlatList;
use crate::network::analysis::density;
use crate::network::model::{NetworkMetric, TieKind};
use crate::network::shape::Shape;

/// How a part of the network holds together, over what the caller may see [struttura]. Kept until the data change.
#[derive(Description)]
pub struct NetworkStructure {
    pub network: Network,
    pub shape: Arc<Shape>,
}

/// A group whose members are tied more to each other than to the rest [comunità].
#[derive(SimpleObject)]
pub struct NetworkCommunity {
    /// Its number, as the metric `COMMUNITY` gives it; 0 is the largest.
    number: usize,
    /// How many members it has.
    size: u32,
    /// Its members with the most connections, at most five: what it gathers around.
    heart: Vec<NetworkNode>,
}

impl NetworkStructure {
    fn node(&self, number: u32) -> NetworkNode {
        NetworkNode { view: self.network.view.clone(), index: self.shape.found.nodes[number as usize] }
    }
}

#[Object(use_type_description)]
impl NetworkStructure {
    /// Share, 0 to 1, of all pairs of nodes that are tied [densità].
    async fn density(&self) -> f64 {
        density::density(&self.shape.topology)
    }

    /// How many pairs of nodes are tied.
    async fn pair_count(&self) -> usize {
        self.shape.topology.edge_count()
    }

    /// Of how many parts it consists between which there is no tie [componenti].
    async fn component_count(&self) -> Result<usize> {
        Ok(self.shape.components().await?.sizes.len())
    }

    /// How many nodes the largest part has.
    async fn largest_component(&self) -> Result<u32> {
        Ok(self.shape.components().await?.sizes.first().copied().unwrap_or(0))
    }

    /// How many nodes have no tie at all [isolati].
    async fn isolated_count(&self) -> Result<usize> {
        Ok(self.shape.components().await?.sizes.iter().filter(|size| **size == 1).count())
    }

    /// The densest group: the most ties within a group that each of its members has [nucleo].
    async fn deepest_core(&self) -> Result<f64> {
        let cores = self.shape.measure(NetworkMetric::Core).await?;
        Ok(cores.values.iter().copied().fold(0.0, f64::max))
    }

    /// How many communities there are [comunità].
    async fn community_count(&self) -> Result<usize> {
        Ok(self.shape.communities().await?.sizes.len())
    }

    /// How clearly the communities are set apart: how much more of the ties lies within them than chance would put there,
    /// below 1 [modularità].
    async fn modularity(&self) -> Result<f64> {
        Ok(self.shape.communities().await?.modularity)
    }

    /// The largest communities, by the Leiden method; the same ones each time [comunità].
    async fn communities(
        &self,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
    ) -> Result<Vec<NetworkCommunity>> {
        const HEART: usize = 5;
        let first = question::first(first, 100)?;
        let communities = self.shape.communities().await?;
        let mut hearts: Vec<Vec<u32>> = vec![Vec::new(); first.min(communities.sizes.len())];
        let degree = |node: &u32| std::cmp::Reverse(self.shape.topology.neighbours(*node).len());
        for (node, community) in (0..).zip(&communities.of) {
            let Some(heart) = hearts.get_mut(*community as usize) else { continue };
            let place = heart.partition_point(|other| degree(other) <= degree(&node));
            if place < HEART {
                heart.insert(place, node);
                heart.truncate(HEART);
            }
        }
        let community = |(number, heart): (usize, Vec<u32>)| NetworkCommunity {
            number,
            size: communities.sizes[number],
            heart: heart.into_iter().map(|node| self.node(node)).collect(),
        };
        Ok(hearts.into_iter().enumerate().map(community).collect())
    }

    /// The ties without which two parts would not hold together: all ties of each pair of nodes that alone joins them
    /// [ponti].
    async fn bridges(&self) -> Result<FlatList<NetworkEdge>> {
        let cuts = self.shape.cuts().await?;
        let nodes = &self.shape.found.nodes;
        let ties = cuts
            .bridges
            .iter()
            .flat_map(|(one, other)| self.network.view.between(nodes[*one as usize], nodes[*other as usize]));
        Ok(NetworkEdge::list(&self.network.view, &ties.collect::<Vec<_>>()))
    }

    /// The nodes without which two parts would not hold together [punti di articolazione].
    async fn cut_nodes(&self) -> Result<FlatList<NetworkNode>> {
        let cuts = self.shape.cuts().await?;
        let nodes: Vec<u32> = cuts.nodes.iter().map(|node| self.shape.found.nodes[*node as usize]).collect();
        Ok(NetworkNode::list(&self.network.view, &nodes))
    }

    /// Share, 0 to 1, of the ties of a kind between two nodes that are answered by one of the same kind in the other
    /// direction; null where there is no such tie [reciprocità].
    async fn reciprocity(&self, #[graphql(desc = "The kind of ties.")] tie_kind: TieKind) -> Option<f64> {
        let ties = self.shape.found.ties.iter().map(|tie| self.network.view.snapshot.tie(*tie));
        density::reciprocity(ties.filter(|tie| tie.kind == tie_kind).map(|tie| (tie.from, tie.to)))
    }
}
