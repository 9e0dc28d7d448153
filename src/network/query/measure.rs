use std::sync::Arc;

use async_graphql::{Description, Object, SimpleObject};

use super::{NetworkNode, question};
use crate::graphql::Result;
use crate::network::analysis::betweenness::Accuracy;
use crate::network::model::NetworkMetric;
use crate::network::shape::Measure;
use crate::network::view::{Found, View};

/// A value for each node of a part of the network [misura].
#[derive(Description)]
pub struct NetworkMeasure {
    pub view: Arc<View>,
    pub found: Arc<Found>,
    pub metric: NetworkMetric,
    pub measure: Arc<Measure>,
}

/// A node with its place in a ranking [posizione].
#[derive(SimpleObject)]
pub struct RankedNode {
    /// Place, from 1; nodes of the same value share one.
    rank: usize,
    /// The value.
    value: f64,
    /// The node.
    node: NetworkNode,
}

#[Object(use_type_description)]
impl NetworkMeasure {
    /// What was measured.
    async fn metric(&self) -> NetworkMetric {
        self.metric
    }

    /// Its name, in the caller's language.
    async fn label(&self) -> String {
        self.metric.texts().0.to_string()
    }

    /// What it says in words, in the caller's language.
    async fn explanation(&self) -> String {
        self.metric.texts().1.to_string()
    }

    /// Whether the values are exact: betweenness is estimated beyond 5,000 nodes.
    async fn is_exact(&self) -> bool {
        self.measure.accuracy == Accuracy::Exact
    }

    /// Of an estimate: from how many nodes, drawn by chance but always the same ones, it was worked out.
    async fn sampled_sources(&self) -> Option<usize> {
        match self.measure.accuracy {
            Accuracy::Sampled { sources, .. } => Some(sources),
            Accuracy::Exact => None,
        }
    }

    /// Of an estimate: the greatest of all nodes' standard errors, in the values' own units [errore standard].
    async fn standard_error(&self) -> Option<f64> {
        match self.measure.accuracy {
            Accuracy::Sampled { standard_error, .. } => Some(standard_error),
            Accuracy::Exact => None,
        }
    }

    /// The values, in the order of the network's `nodes`.
    async fn values(&self) -> &[f64] {
        &self.measure.values
    }

    /// The nodes with the highest values, each with its place.
    async fn top(&self, #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32) -> Result<Vec<RankedNode>> {
        let values = &self.measure.values;
        let mut order: Vec<usize> = (0..values.len()).collect();
        // Nodes of the same value keep the network's order.
        order.sort_by(|one, other| values[*other].total_cmp(&values[*one]));
        let mut ranked: Vec<RankedNode> = Vec::new();
        for (place, number) in order.into_iter().take(question::first(first, 100)?).enumerate() {
            let value = values[number];
            let rank = ranked.last().filter(|before| before.value == value).map_or(place + 1, |before| before.rank);
            ranked.push(RankedNode {
                rank,
                value,
                node: NetworkNode { view: self.view.clone(), index: self.found.nodes[number] },
            });
        }
        Ok(ranked)
    }
}
