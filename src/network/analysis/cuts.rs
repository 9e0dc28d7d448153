//! Where the network hangs on one tie or one node [ponti e punti di articolazione].

use super::Topology;

const UNSEEN: u32 = u32::MAX;

/// What parts the network further when it is taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Pairs of nodes whose ties alone join two parts, however many ties they are; the smaller node first, in order.
    pub bridges: Vec<(u32, u32)>,
    /// Nodes that alone join two parts, in order.
    pub nodes: Vec<u32>,
}

/// After Hopcroft and Tarjan (1973), in linear time and without recursion.
pub fn cuts(topology: &Topology) -> Cuts {
    let mut search = Search {
        entered: vec![UNSEEN; topology.len()],
        lowest: vec![UNSEEN; topology.len()],
        is_cut: vec![false; topology.len()],
        bridges: Vec::new(),
        clock: 0,
    };
    for root in topology.nodes() {
        if search.entered[root as usize] == UNSEEN {
            search.part(topology, root);
        }
    }
    search.bridges.sort_unstable();
    Cuts { bridges: search.bridges, nodes: topology.nodes().filter(|node| search.is_cut[*node as usize]).collect() }
}

struct Search {
    /// When each node was come to.
    entered: Vec<u32>,
    /// When the earliest node was come to that its branch leads back to.
    lowest: Vec<u32>,
    is_cut: Vec<bool>,
    bridges: Vec<(u32, u32)>,
    clock: u32,
}

/// A node on the way down, and how far its neighbours have been looked at.
struct Step {
    node: u32,
    parent: u32,
    next: usize,
}

impl Search {
    fn enter(&mut self, node: u32, parent: u32) -> Step {
        self.entered[node as usize] = self.clock;
        self.lowest[node as usize] = self.clock;
        self.clock += 1;
        Step { node, parent, next: 0 }
    }

    /// Goes through the component of a node.
    fn part(&mut self, topology: &Topology, root: u32) {
        let mut branches_of_root = 0;
        let mut way = vec![self.enter(root, UNSEEN)];
        while let Some(step) = way.last_mut() {
            let (node, parent) = (step.node, step.parent);
            if let Some(other) = topology.neighbours(node).get(step.next).copied() {
                step.next += 1;
                if self.entered[other as usize] == UNSEEN {
                    branches_of_root += u32::from(node == root);
                    let step = self.enter(other, node);
                    way.push(step);
                } else if other != parent {
                    self.leads_back(node, self.entered[other as usize]);
                }
                continue;
            }
            way.pop();
            if parent == UNSEEN {
                continue;
            }
            let (lowest, above) = (self.lowest[node as usize], self.entered[parent as usize]);
            self.leads_back(parent, lowest);
            if lowest > above {
                self.bridges.push((node.min(parent), node.max(parent)));
            }
            if lowest >= above && parent != root {
                self.is_cut[parent as usize] = true;
            }
        }
        self.is_cut[root as usize] = branches_of_root > 1;
    }

    fn leads_back(&mut self, node: u32, to: u32) {
        let lowest = &mut self.lowest[node as usize];
        *lowest = (*lowest).min(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rings_joined_by_a_tie_hang_on_it_and_on_its_ends() {
        let ties = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3), (2, 3), (6, 5)];
        let found = cuts(&Topology::new(8, ties));
        assert_eq!(found.bridges, [(2, 3), (5, 6)]);
        assert_eq!(found.nodes, [2, 3, 5]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let length = 300_000;
        let found = cuts(&Topology::new(length, (1..length as u32).map(|node| (node - 1, node))));
        assert_eq!((found.bridges.len(), found.nodes.len()), (length - 1, length - 2));
    }
}
