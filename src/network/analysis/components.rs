//! Parts of the network that no tie joins [componenti connesse].

use super::Topology;

/// Which nodes hang together. Numbered from 0 by size, the largest first, then by smallest node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// Number of each node's component.
    pub of: Vec<u32>,
    /// Number of nodes of each component.
    pub sizes: Vec<u32>,
}

pub fn components(topology: &Topology) -> Components {
    let mut of = vec![u32::MAX; topology.len()];
    let mut count = 0;
    let mut reached = Vec::new();
    for node in topology.nodes() {
        if of[node as usize] != u32::MAX {
            continue;
        }
        of[node as usize] = count;
        reached.push(node);
        while let Some(node) = reached.pop() {
            for other in topology.neighbours(node) {
                if of[*other as usize] == u32::MAX {
                    of[*other as usize] = count;
                    reached.push(*other);
                }
            }
        }
        count += 1;
    }
    let sizes = number_by_size(&mut of, count as usize);
    Components { of, sizes }
}

/// Renumbers groups by size, the largest first, then by smallest member, and tells the sizes. Groups are numbered
/// below `count`, none is empty.
pub(super) fn number_by_size(of: &mut [u32], count: usize) -> Vec<u32> {
    let mut groups: Vec<(u32, u32, u32)> = (0..count as u32).map(|group| (0, u32::MAX, group)).collect();
    for (node, group) in of.iter().enumerate() {
        let (size, smallest, _) = &mut groups[*group as usize];
        *size += 1;
        *smallest = (*smallest).min(node as u32);
    }
    groups.sort_unstable_by_key(|(size, smallest, _)| (std::cmp::Reverse(*size), *smallest));
    let mut numbers = vec![0; count];
    for (number, (.., group)) in groups.iter().enumerate() {
        numbers[*group as usize] = number as u32;
    }
    for group in of {
        *group = numbers[*group as usize];
    }
    groups.into_iter().map(|(size, ..)| size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_by_size_and_then_by_their_smallest_node() {
        let found = components(&Topology::new(8, [(6, 7), (2, 4), (4, 5), (0, 3)]));
        assert_eq!(found.of, [1, 3, 0, 1, 0, 0, 2, 2]);
        assert_eq!(found.sizes, [3, 2, 2, 1]);
    }

    #[test]
    fn without_nodes_there_is_no_component() {
        assert_eq!(components(&Topology::new(0, [])), Components { of: vec![], sizes: vec![] });
    }
}
