//! The bare shape of a network: who is tied to whom, and by how many ties.

/// Undirected, weighted, simple: what measures and layouts are computed on. Nodes are numbered from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Topology {
    /// Where each node's neighbours begin; one more than there are nodes.
    starts: Box<[u32]>,
    /// Each node's, in order.
    neighbours: Box<[u32]>,
    weights: Box<[f32]>,
}

impl Topology {
    /// Parallel pairs make one of their number as weight; loops are dropped, direction is ignored.
    ///
    /// # Panics
    /// Where a pair names a node that is not there.
    pub fn new(nodes: usize, pairs: impl IntoIterator<Item = (u32, u32)>) -> Self {
        Self::weighted(nodes, pairs.into_iter().map(|(one, other)| (one, other, 1.0)))
    }

    /// The same where pairs bring weights, which add up.
    pub fn weighted(nodes: usize, pairs: impl IntoIterator<Item = (u32, u32, f32)>) -> Self {
        let mut arcs = Vec::new();
        for (one, other, weight) in pairs {
            if one != other {
                arcs.extend([(one, other, weight), (other, one, weight)]);
            }
        }
        // By end, then by start: afterwards each node's neighbours lie together and in order.
        let arcs = sorted(nodes, &sorted(nodes, &arcs, |arc| arc.1), |arc| arc.0);
        let (mut starts, mut neighbours) = (vec![0; nodes + 1], Vec::with_capacity(arcs.len()));
        let mut weights: Vec<f32> = Vec::with_capacity(arcs.len());
        let mut last = None;
        for (from, to, weight) in arcs {
            if last == Some((from, to)) {
                *weights.last_mut().expect("the arc before") += weight;
            } else {
                neighbours.push(to);
                weights.push(weight);
                starts[from as usize + 1] += 1;
                last = Some((from, to));
            }
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        Self { starts: starts.into(), neighbours: neighbours.into(), weights: weights.into() }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of pairs of nodes that are tied.
    pub fn edge_count(&self) -> usize {
        self.neighbours.len() / 2
    }

    pub fn nodes(&self) -> std::ops::Range<u32> {
        0..self.len() as u32
    }

    fn arcs(&self, node: u32) -> std::ops::Range<usize> {
        self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize
    }

    /// In order, each once.
    pub fn neighbours(&self, node: u32) -> &[u32] {
        &self.neighbours[self.arcs(node)]
    }

    /// Of the pairs with each neighbour, in the same order.
    pub fn weights(&self, node: u32) -> &[f32] {
        &self.weights[self.arcs(node)]
    }

    /// Each neighbour with its weight.
    pub fn ties(&self, node: u32) -> impl Iterator<Item = (u32, f32)> {
        self.neighbours(node).iter().copied().zip(self.weights(node).iter().copied())
    }

    pub fn degree(&self, node: u32) -> usize {
        self.arcs(node).len()
    }
}

type Arc = (u32, u32, f32);

/// Stable, in linear time.
fn sorted(nodes: usize, arcs: &[Arc], key: impl Fn(&Arc) -> u32) -> Vec<Arc> {
    let mut next = vec![0_u32; nodes + 1];
    for arc in arcs {
        next[key(arc) as usize + 1] += 1;
    }
    for node in 0..nodes {
        next[node + 1] += next[node];
    }
    let mut sorted = vec![(0, 0, 0.0); arcs.len()];
    for arc in arcs {
        let place = &mut next[key(arc) as usize];
        sorted[*place as usize] = *arc;
        *place += 1;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_pairs_add_up_and_loops_and_directions_do_not_count() {
        let topology = Topology::new(4, [(2, 0), (0, 2), (3, 3), (1, 2), (0, 1)]);
        assert_eq!((topology.len(), topology.edge_count()), (4, 3));
        assert_eq!((topology.neighbours(0), topology.weights(0)), (&[1, 2][..], &[1.0, 2.0][..]));
        assert_eq!((topology.neighbours(2), topology.weights(2)), (&[0, 1][..], &[2.0, 1.0][..]));
        assert_eq!(topology.degree(3), 0);
        assert_eq!(topology, Topology::weighted(4, [(0, 1, 1.0), (0, 2, 0.5), (2, 0, 1.5), (2, 1, 1.0)]));
    }

    #[test]
    fn nothing_is_a_topology_too() {
        let topology = Topology::new(0, []);
        assert!(topology.is_empty() && topology.edge_count() == 0 && topology.nodes().is_empty());
    }
}
