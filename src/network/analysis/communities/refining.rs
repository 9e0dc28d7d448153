//! Communities fall into parts that are well connected within themselves.

use super::super::chance::Chance;
use super::super::{Pace, Stopped};
use super::graph::{Graph, Members, Weights};

/// The part of each node, numbered from 0, and how many parts there are. Every part lies within a community, of which
/// `count` are given.
pub fn refine(
    graph: &Graph,
    of: &[u32],
    count: usize,
    chance: &mut Chance,
    pace: &mut Pace,
) -> Result<(Vec<u32>, usize), Stopped> {
    let members = Members::of(of, count);
    let mut parts = Parts {
        graph,
        of,
        part: (0..graph.len() as u32).collect(),
        strengths: graph.strengths.clone(),
        outward: vec![0.0; graph.len()],
        is_alone: vec![true; graph.len()],
    };
    let mut weights = Weights::new(graph.len());
    let mut order = Vec::new();
    for community in 0..count as u32 {
        let nodes = members.of_group(community);
        if nodes.len() == 1 {
            continue;
        }
        let strength: f64 = nodes.iter().map(|node| graph.strengths[*node as usize]).sum();
        for node in nodes {
            let within = graph.ties(*node).filter(|(other, _)| of[*other as usize] == community);
            parts.outward[*node as usize] = within.map(|(_, weight)| weight).sum();
        }
        order.clear();
        order.extend_from_slice(nodes);
        chance.draw(&mut order, nodes.len());
        for node in &order {
            pace.spend(2 * graph.degree(*node) + 1)?;
            parts.place(*node, strength, &mut weights);
        }
    }
    Ok(parts.numbered())
}

struct Parts<'a> {
    graph: &'a Graph,
    of: &'a [u32],
    /// Each is called by the node that it grew from.
    part: Vec<u32>,
    strengths: Vec<f64>,
    /// Weight between each part and the rest of its community.
    outward: Vec<f64>,
    /// Whether a node is a part of its own that nobody joined.
    is_alone: Vec<bool>,
}

impl Parts<'_> {
    /// Whether a part is tied to the rest of its community by no less than chance would.
    fn is_well_connected(&self, part: u32, community_strength: f64) -> bool {
        let strength = self.strengths[part as usize];
        self.outward[part as usize] >= strength * (community_strength - strength) / self.graph.total
    }

    /// Joins a node that is alone to the well connected part that gains most by it, if any gains.
    fn place(&mut self, node: u32, community_strength: f64, weights: &mut Weights) {
        if !self.is_alone[node as usize] || !self.is_well_connected(node, community_strength) {
            return;
        }
        for (other, weight) in
            self.graph.ties(node).filter(|(other, _)| self.of[*other as usize] == self.of[node as usize])
        {
            weights.add(self.part[other as usize], weight);
        }
        let strength = self.graph.strengths[node as usize];
        let mut best = (node, 0.0, 0.0);
        weights.drain(|part, weight| {
            let gain = weight - strength * self.strengths[part as usize] / self.graph.total;
            if gain > best.1 && self.is_well_connected(part, community_strength) {
                best = (part, gain, weight);
            }
        });
        let (part, _, weight) = best;
        if part == node {
            return;
        }
        self.part[node as usize] = part;
        self.is_alone[part as usize] = false;
        self.is_alone[node as usize] = false;
        self.strengths[part as usize] += strength;
        self.outward[part as usize] += self.outward[node as usize] - 2.0 * weight;
    }

    fn numbered(mut self) -> (Vec<u32>, usize) {
        let mut numbers = vec![0; self.part.len()];
        let mut count = 0;
        for (node, part) in self.part.iter().enumerate() {
            numbers[node] = count;
            count += u32::from(*part == node as u32);
        }
        for part in &mut self.part {
            *part = numbers[*part as usize];
        }
        (self.part, count as usize)
    }
}
