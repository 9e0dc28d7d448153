//! Around one node: a ring for each distance, on which those stand together that were reached from the same inner node.

use super::Position;
use crate::network::analysis::Topology;

/// Not reached yet.
const FAR: u32 = u32::MAX;
/// How often the order on the rings is made better.
const SWEEPS: usize = 4;

/// Places around the centre, which is at (0, 0): a node's distance from there is its number of steps from the centre. What
/// cannot be reached stands outside of all rings.
pub fn rings(topology: &Topology, centre: u32) -> Vec<Position> {
    let mut tree = Tree::grown(topology, centre);
    for _ in 0..SWEEPS {
        tree.turn(topology);
    }
    let place = |(ring, turn): (&u32, &f64)| {
        let (sine, cosine) = (std::f64::consts::TAU * turn).sin_cos();
        let radius = f64::from(*ring);
        [(radius * cosine) as f32, (radius * sine) as f32]
    };
    tree.ring.iter().zip(&tree.turn).map(place).collect()
}

struct Tree {
    centre: u32,
    /// Steps from the centre; one more than the last ring's for what is out of reach.
    ring: Vec<u32>,
    /// The inner node that a node stands with; the centre for what is out of reach.
    parent: Vec<u32>,
    /// By ring.
    order: Vec<u32>,
    /// How many nodes without children stand on a node: it needs so much of the circle.
    leaves: Vec<u32>,
    /// Where on the circle, from 0 to 1.
    turn: Vec<f64>,
}

impl Tree {
    fn grown(topology: &Topology, centre: u32) -> Self {
        let count = topology.len();
        let (mut ring, mut parent) = (vec![FAR; count], vec![centre; count]);
        ring[centre as usize] = 0;
        let mut order = vec![centre];
        let mut at = 0;
        while let Some(node) = order.get(at).copied() {
            for other in topology.neighbours(node) {
                if ring[*other as usize] == FAR {
                    ring[*other as usize] = ring[node as usize] + 1;
                    order.push(*other);
                }
            }
            at += 1;
        }
        let outside = ring[order[order.len() - 1] as usize] + 1;
        for node in 0..count as u32 {
            if ring[node as usize] == FAR {
                ring[node as usize] = outside;
                order.push(node);
                continue;
            }
            // Of several inner nodes the one with the most ties; of equals the first.
            let inner = topology.ties(node).filter(|(other, _)| ring[*other as usize] < ring[node as usize]);
            let best = inner.fold(None, |best: Option<(u32, f32)>, tie| match best {
                Some(best) if best.1 >= tie.1 => Some(best),
                _ => Some(tie),
            });
            parent[node as usize] = best.map_or(centre, |(other, _)| other);
        }
        let mut leaves = vec![0; count];
        for node in order.iter().rev().filter(|node| **node != centre) {
            leaves[*node as usize] = leaves[*node as usize].max(1);
            leaves[parent[*node as usize] as usize] += leaves[*node as usize];
        }
        let mut tree = Self { centre, ring, parent, order, leaves, turn: vec![0.0; count] };
        tree.spread();
        tree
    }

    /// Gives every node, in the order that they stand in, its part of its parent's part of the circle.
    fn spread(&mut self) {
        let mut begin = vec![0.0; self.turn.len()];
        let all = f64::from(self.leaves[self.centre as usize].max(1));
        for node in self.order.iter().filter(|node| **node != self.centre) {
            let parent = self.parent[*node as usize] as usize;
            let share = f64::from(self.leaves[*node as usize]) / all;
            let at = begin[parent];
            begin[parent] += share;
            begin[*node as usize] = at;
            self.turn[*node as usize] = at + share / 2.0;
        }
    }

    /// Puts the nodes of each parent in the order of what else they are tied to, then spreads them anew.
    fn turn(&mut self, topology: &Topology) {
        let wish: Vec<f64> = (0..self.turn.len() as u32).map(|node| self.wish(topology, node)).collect();
        let (ring, parent) = (&self.ring, &self.parent);
        let mut order = std::mem::take(&mut self.order);
        order.sort_by(|one, other| {
            let (one, other) = (*one as usize, *other as usize);
            let by_parent = (ring[one], parent[one]).cmp(&(ring[other], parent[other]));
            by_parent.then(wish[one].total_cmp(&wish[other])).then(one.cmp(&other))
        });
        self.order = order;
        self.spread();
    }

    /// Where on the circle a node would stand by its ties on the same ring and the next ones: from half a turn before
    /// its own place to half a turn after it.
    fn wish(&self, topology: &Topology, node: u32) -> f64 {
        let own = self.turn[node as usize];
        let (mut sum, mut total) = (0.0, 0.0);
        for (other, weight) in topology.ties(node) {
            if other == self.parent[node as usize] || other == self.centre {
                continue;
            }
            let away = self.turn[other as usize] - own;
            sum += f64::from(weight) * (away - away.round());
            total += f64::from(weight);
        }
        if total == 0.0 { own } else { own + sum / total }
    }
}
