//! A topology whose nodes may have been merged.

use super::super::{Pace, Stopped, Topology};

pub struct Graph {
    starts: Vec<u32>,
    neighbours: Vec<u32>,
    weights: Vec<f32>,
    /// Sum of each node's weights; what a merged node holds within itself counts twice.
    pub strengths: Vec<f64>,
    /// Sum of all strengths.
    pub total: f64,
}

impl Graph {
    pub fn of(topology: &Topology) -> Self {
        let mut graph = Self::sized(topology.len(), topology.edge_count() * 2);
        for node in topology.nodes() {
            graph.neighbours.extend_from_slice(topology.neighbours(node));
            graph.weights.extend_from_slice(topology.weights(node));
            graph.starts.push(graph.neighbours.len() as u32);
        }
        graph.strengths = super::super::degree::weighted_degrees(topology);
        graph.total = graph.strengths.iter().sum();
        graph
    }

    fn sized(nodes: usize, arcs: usize) -> Self {
        let mut starts = Vec::with_capacity(nodes + 1);
        starts.push(0);
        let (neighbours, weights) = (Vec::with_capacity(arcs), Vec::with_capacity(arcs));
        Self { starts, neighbours, weights, strengths: Vec::with_capacity(nodes), total: 0.0 }
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Each neighbour of a node, and the weight between them.
    pub fn ties(&self, node: u32) -> impl Iterator<Item = (u32, f64)> {
        let arcs = self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize;
        let weights = self.weights[arcs.clone()].iter().map(|weight| f64::from(*weight));
        self.neighbours[arcs].iter().copied().zip(weights)
    }

    pub fn degree(&self, node: u32) -> usize {
        (self.starts[node as usize + 1] - self.starts[node as usize]) as usize
    }

    /// Makes one node of each part.
    pub fn merged(&self, part_of: &[u32], parts: usize, pace: &mut Pace) -> Result<Self, Stopped> {
        let members = Members::of(part_of, parts);
        let mut merged = Self::sized(parts, 0);
        let mut weights = Weights::new(parts);
        for part in 0..parts as u32 {
            let mut strength = 0.0;
            for node in members.of_group(part) {
                strength += self.strengths[*node as usize];
                for (other, weight) in self.ties(*node) {
                    weights.add(part_of[other as usize], weight);
                }
                pace.spend(self.degree(*node) + 1)?;
            }
            weights.drain(|other, weight| {
                if other != part {
                    merged.neighbours.push(other);
                    merged.weights.push(weight as f32);
                }
            });
            merged.strengths.push(strength);
            merged.starts.push(merged.neighbours.len() as u32);
        }
        merged.total = self.total;
        Ok(merged)
    }
}

/// Nodes by the group that they are in.
pub struct Members {
    ends: Vec<u32>,
    nodes: Vec<u32>,
}

impl Members {
    pub fn of(group_of: &[u32], groups: usize) -> Self {
        let mut ends = vec![0; groups + 1];
        for group in group_of {
            ends[*group as usize + 1] += 1;
        }
        for group in 0..groups {
            ends[group + 1] += ends[group];
        }
        let mut nodes = vec![0; group_of.len()];
        for (node, group) in group_of.iter().enumerate() {
            let place = &mut ends[*group as usize];
            nodes[*place as usize] = node as u32;
            *place += 1;
        }
        Self { ends, nodes }
    }

    /// In order.
    pub fn of_group(&self, group: u32) -> &[u32] {
        let begin = if group == 0 { 0 } else { self.ends[group as usize - 1] };
        &self.nodes[begin as usize..self.ends[group as usize] as usize]
    }
}

/// Sums by group, of which few are used at a time.
pub struct Weights {
    sums: Vec<f64>,
    /// Groups with a sum, in the order in which they came up.
    used: Vec<u32>,
}

impl Weights {
    pub fn new(groups: usize) -> Self {
        Self { sums: vec![0.0; groups], used: Vec::new() }
    }

    /// Weights are above 0.
    pub fn add(&mut self, group: u32, weight: f64) {
        let sum = &mut self.sums[group as usize];
        if *sum == 0.0 {
            self.used.push(group);
        }
        *sum += weight;
    }

    pub fn of(&self, group: u32) -> f64 {
        self.sums[group as usize]
    }

    /// Tells each sum, and forgets it.
    pub fn drain(&mut self, mut tell: impl FnMut(u32, f64)) {
        for group in self.used.drain(..) {
            tell(group, std::mem::take(&mut self.sums[group as usize]));
        }
    }
}
