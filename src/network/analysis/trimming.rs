//! Branches of a network trimmed away: on a branch there is one way only, so what lies between is known.

use super::Topology;
use super::components::components;

/// A topology without its branches.
pub struct Trimmed {
    pub heart: Heart,
    /// For each node of the topology, the node of the heart that it hangs on, or is.
    pub root: Vec<u32>,
    /// For each node of the topology, the ordered pairs of other nodes that it lies between, as far as one of the two is
    /// on a branch of its own.
    pub between: Vec<f64>,
}

/// What is left: rings and what joins them, or one node of what has no ring. Nodes are numbered anew, neighbours near
/// one another.
pub struct Heart {
    /// As the topology numbers them.
    pub nodes: Vec<u32>,
    /// Number of nodes that each stands for: itself and its branches.
    pub stands_for: Vec<f64>,
    starts: Vec<u32>,
    neighbours: Vec<u32>,
}

impl Heart {
    pub fn neighbours(&self, node: u32) -> &[u32] {
        &self.neighbours[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }
}

const NONE: u32 = u32::MAX;

pub fn trim(topology: &Topology) -> Trimmed {
    let components = components(topology);
    let mut left = super::degree::degrees(topology);
    let mut stands_for = vec![1.0; topology.len()];
    let mut between = vec![0.0; topology.len()];
    // The node that each trimmed one hung on, in the order of trimming.
    let mut hangs_on = vec![NONE; topology.len()];
    let mut trimmed: Vec<u32> = topology.nodes().filter(|node| left[*node as usize] == 1).collect();
    let mut at = 0;
    while let Some(node) = trimmed.get(at).copied() {
        at += 1;
        let holds = |other: &&u32| hangs_on[**other as usize] == NONE && left[node as usize] == 1;
        let Some(holder) = topology.neighbours(node).iter().find(holds).copied() else {
            // The last of a tree, which all others hang on.
            continue;
        };
        hangs_on[node as usize] = holder;
        left[holder as usize] -= 1;
        let all = f64::from(components.sizes[components.of[node as usize] as usize]);
        // Everybody on this branch, with everybody but the branches that the holder had before.
        let branch = stands_for[node as usize];
        between[holder as usize] += 2.0 * branch * (all - branch - stands_for[holder as usize]);
        stands_for[holder as usize] += branch;
        if left[holder as usize] == 1 {
            trimmed.push(holder);
        }
    }
    let heart = heart(topology, &hangs_on, &stands_for);
    let mut root = vec![NONE; topology.len()];
    for (place, node) in heart.nodes.iter().enumerate() {
        root[*node as usize] = place as u32;
    }
    for node in trimmed.into_iter().rev().filter(|node| hangs_on[*node as usize] != NONE) {
        root[node as usize] = root[hangs_on[node as usize] as usize];
    }
    Trimmed { heart, root, between }
}

fn heart(topology: &Topology, hangs_on: &[u32], stands_for: &[f64]) -> Heart {
    let mut nodes = Vec::new();
    let mut place = vec![NONE; topology.len()];
    let mut by_degree: Vec<u32> = topology.nodes().filter(|node| hangs_on[*node as usize] == NONE).collect();
    by_degree.sort_by_key(|node| std::cmp::Reverse(topology.degree(*node)));
    let mut at = 0;
    for start in by_degree {
        let mut reach = |node: u32, nodes: &mut Vec<u32>| {
            if place[node as usize] == NONE && hangs_on[node as usize] == NONE {
                place[node as usize] = nodes.len() as u32;
                nodes.push(node);
            }
        };
        reach(start, &mut nodes);
        while at < nodes.len() {
            for other in topology.neighbours(nodes[at]) {
                reach(*other, &mut nodes);
            }
            at += 1;
        }
    }
    let mut heart = Heart { stands_for: Vec::new(), starts: vec![0], neighbours: Vec::new(), nodes };
    for node in &heart.nodes {
        heart.stands_for.push(stands_for[*node as usize]);
        let others = topology.neighbours(*node).iter().map(|other| place[*other as usize]);
        heart.neighbours.extend(others.filter(|other| *other != NONE));
        heart.starts.push(heart.neighbours.len() as u32);
    }
    heart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_ring_with_branches_the_ring_is_left() {
        let topology = Topology::new(7, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (3, 5)]);
        let trimmed = trim(&topology);
        let mut left: Vec<(u32, f64)> = trimmed.heart.nodes.iter().copied().zip(trimmed.heart.stands_for).collect();
        left.sort_by_key(|(node, _)| *node);
        assert_eq!(left, [(0, 1.0), (1, 1.0), (2, 4.0), (6, 1.0)]);
        let root: Vec<u32> = trimmed.root.iter().map(|place| trimmed.heart.nodes[*place as usize]).collect();
        assert_eq!(root, [0, 1, 2, 2, 2, 2, 6]);
        // 3 lies between 4 and 5 and each of them and the ring; 2 between the branch and the rest of the ring.
        assert_eq!(trimmed.between, [0.0, 0.0, 12.0, 14.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn of_a_tree_one_node_is_left() {
        let trimmed = trim(&Topology::new(4, [(0, 1), (0, 2), (0, 3)]));
        assert_eq!((trimmed.heart.nodes, trimmed.heart.stands_for), (vec![0], vec![4.0]));
        assert_eq!(trimmed.between, [6.0, 0.0, 0.0, 0.0]);
    }
}
