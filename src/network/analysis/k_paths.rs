//! Who connects two nodes: the shortest ways, without loops [cammini più brevi].

use std::collections::BTreeSet;

use super::bidirectional::Search;
use super::{Deadline, Stopped};

/// The nodes of the shortest way, both ends included; of several the one whose nodes are the smallest, the first
/// deciding first. `None` where there is no way.
///
/// `neighbours` adds those of a node to a list, in any order and as often as it likes; who is a neighbour of one must
/// have that one as its own. Nodes are numbered below `nodes`.
pub fn shortest_path(
    nodes: usize,
    neighbours: impl Fn(u32, &mut Vec<u32>),
    from: u32,
    to: u32,
    deadline: &Deadline,
) -> Result<Option<Vec<u32>>, Stopped> {
    Search::new(nodes, neighbours).way(from, to, &[], &mut deadline.pace())
}

/// Up to `count` ways, none of which comes to a node twice: the shortest first, and among those of a length the one
/// whose nodes are the smallest. After Yen (1971), with Lawler's (1972) rule that no way is found twice.
pub fn shortest_paths(
    nodes: usize,
    neighbours: impl Fn(u32, &mut Vec<u32>),
    from: u32,
    to: u32,
    count: usize,
    deadline: &Deadline,
) -> Result<Vec<Vec<u32>>, Stopped> {
    let mut search = Search::new(nodes, neighbours);
    let mut pace = deadline.pace();
    let mut found: Vec<Vec<u32>> = Vec::new();
    // By length, then nodes; with where it first departs from the ways that it was made from.
    let mut candidates = BTreeSet::new();
    if count > 0 {
        candidates.extend(search.way(from, to, &[], &mut pace)?.map(|way| (way.len(), way, 0)));
    }
    while let Some((_, way, departs)) = candidates.pop_first() {
        if found.len() + 1 == count {
            found.push(way);
            break;
        }
        found.push(way);
        let way = found.last().expect("the way just found");
        for spur in departs..way.len() - 1 {
            let root = &way[..=spur];
            let taken: Vec<u32> = found.iter().filter(|way| way.starts_with(root)).map(|way| way[spur + 1]).collect();
            search.bar(&root[..spur], true);
            let rest = search.way(way[spur], to, &taken, &mut pace);
            search.bar(&root[..spur], false);
            if let Some(rest) = rest? {
                let whole = [&root[..spur], &rest].concat();
                candidates.insert((whole.len(), whole, spur));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::Topology;
    use super::super::chance::Chance;
    use super::*;

    fn paths(topology: &Topology, from: u32, to: u32, count: usize) -> Vec<Vec<u32>> {
        let neighbours = |node: u32, list: &mut Vec<u32>| list.extend(topology.neighbours(node).iter().rev());
        let found = shortest_paths(topology.len(), neighbours, from, to, count, &Deadline::none()).unwrap();
        let first = shortest_path(topology.len(), neighbours, from, to, &Deadline::none()).unwrap();
        assert_eq!(found.first(), first.as_ref().filter(|_| count > 0));
        found
    }

    /// Every way without a loop.
    fn all(topology: &Topology, way: &mut Vec<u32>, to: u32, ways: &mut Vec<Vec<u32>>) {
        let at = *way.last().unwrap();
        if at == to {
            ways.push(way.clone());
            return;
        }
        for other in topology.neighbours(at) {
            if !way.contains(other) {
                way.push(*other);
                all(topology, way, to, ways);
                way.pop();
            }
        }
    }

    #[test]
    fn ways_are_those_of_all_ways_that_come_first() {
        let mut chance = Chance::new(3);
        for _ in 0..200 {
            let count = 2 + chance.below(7);
            let node = |chance: &mut Chance| chance.below(count) as u32;
            let ties: Vec<_> = (0..chance.below(18)).map(|_| (node(&mut chance), node(&mut chance))).collect();
            let topology = Topology::new(count, ties);
            let (from, to) = (node(&mut chance), node(&mut chance));
            let mut expected = Vec::new();
            all(&topology, &mut vec![from], to, &mut expected);
            expected.sort_by_key(|way| (way.len(), way.clone()));
            let wanted = chance.below(12);
            expected.truncate(wanted);
            assert_eq!(paths(&topology, from, to, wanted), expected, "{topology:?} {from} {to}");
        }
    }

    #[test]
    fn a_node_is_connected_with_itself_and_not_with_what_stands_apart() {
        let topology = Topology::new(3, [(0, 1)]);
        assert_eq!(paths(&topology, 1, 1, 5), [[1]]);
        assert_eq!(paths(&topology, 0, 2, 5), [[0; 0]; 0]);
    }

    #[test]
    fn a_cancelled_search_stops() {
        let deadline = Deadline::none();
        deadline.cancel();
        let everything = |node: u32, list: &mut Vec<u32>| list.extend((0..1000).filter(|other| *other != node));
        assert_eq!(shortest_paths(1000, everything, 0, 1, 1000, &deadline), Err(Stopped::Cancelled));
    }
}
