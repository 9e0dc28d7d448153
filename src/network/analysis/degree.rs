//! How many others a node is tied to [grado].

use super::Topology;

/// Number of neighbours of each node.
pub fn degrees(topology: &Topology) -> Vec<u32> {
    topology.nodes().map(|node| topology.degree(node) as u32).collect()
}

/// Sum of the weights of each node's pairs: where weights are numbers of ties, its ties [grado pesato].
pub fn weighted_degrees(topology: &Topology) -> Vec<f64> {
    topology.nodes().map(|node| topology.weights(node).iter().map(|weight| f64::from(*weight)).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_ties_count_once_in_the_degree_and_each_in_the_weighted_one() {
        let topology = Topology::new(4, [(0, 1), (1, 0), (1, 2)]);
        assert_eq!(degrees(&topology), [1, 2, 1, 0]);
        assert_eq!(weighted_degrees(&topology), [2.0, 3.0, 1.0, 0.0]);
    }
}
