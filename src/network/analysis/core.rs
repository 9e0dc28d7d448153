//! How firmly a node is held: the k-core [k-core].

use super::Topology;

/// For each node the largest k such that it belongs to a group in which everybody is tied to k others of the group.
/// After Batagelj and Zaveršnik (2003), in linear time.
pub fn core_numbers(topology: &Topology) -> Vec<u32> {
    let mut left: Vec<u32> = super::degree::degrees(topology);
    let most = left.iter().copied().max().unwrap_or(0) as usize;
    // Nodes by how many neighbours are left to them, where each number begins, and each node's place.
    let mut begins = vec![0_u32; most + 2];
    for degree in &left {
        begins[*degree as usize + 1] += 1;
    }
    for degree in 0..=most {
        begins[degree + 1] += begins[degree];
    }
    let mut next = begins.clone();
    let (mut order, mut place) = (vec![0_u32; left.len()], vec![0_u32; left.len()]);
    for node in topology.nodes() {
        let at = &mut next[left[node as usize] as usize];
        (order[*at as usize], place[node as usize]) = (node, *at);
        *at += 1;
    }
    for at in 0..order.len() {
        let node = order[at];
        let core = left[node as usize];
        for other in topology.neighbours(node) {
            let degree = left[*other as usize];
            if degree <= core {
                continue;
            }
            // The neighbour changes places with the first of its number, which then begins one later.
            let (from, first) = (place[*other as usize], begins[degree as usize]);
            let moved = order[first as usize];
            order.swap(from as usize, first as usize);
            (place[*other as usize], place[moved as usize]) = (first, from);
            begins[degree as usize] += 1;
            left[*other as usize] -= 1;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clique_holds_firmer_than_what_hangs_on_it() {
        let ties = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4), (4, 5), (4, 6), (5, 6), (6, 7)];
        assert_eq!(core_numbers(&Topology::new(9, ties)), [3, 3, 3, 3, 2, 2, 2, 1, 0]);
    }
}
