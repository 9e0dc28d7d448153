//! How much of what could be tied is tied [densità], and how often a tie is returned [reciprocità].

use super::Topology;

/// Share of all pairs of nodes that are tied: 0 to 1. 0 where there is no pair.
pub fn density(topology: &Topology) -> f64 {
    let nodes = topology.len() as f64;
    if topology.len() < 2 { 0.0 } else { topology.edge_count() as f64 / (nodes * (nodes - 1.0) / 2.0) }
}

/// Share of the ties `(from, to)` that a tie the other way answers: 0 to 1. Parallel ties count once and loops do not;
/// `None` where no tie is left.
pub fn reciprocity(ties: impl IntoIterator<Item = (u32, u32)>) -> Option<f64> {
    let mut ties: Vec<(u32, u32)> = ties.into_iter().filter(|(from, to)| from != to).collect();
    ties.sort_unstable();
    ties.dedup();
    let returned = ties.iter().filter(|(from, to)| ties.binary_search(&(*to, *from)).is_ok()).count();
    (!ties.is_empty()).then(|| returned as f64 / ties.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn density_is_the_share_of_tied_pairs() {
        assert_eq!(density(&Topology::new(4, [(0, 1), (1, 0), (1, 2), (2, 3)])), 0.5);
        assert_eq!(density(&Topology::new(1, [])), 0.0);
        assert_eq!(density(&Topology::new(0, [])), 0.0);
    }

    #[test]
    fn reciprocity_is_the_share_of_ties_returned() {
        assert_eq!(reciprocity([(0, 1), (1, 0), (1, 0), (1, 2), (2, 3), (3, 3)]), Some(0.5));
        assert_eq!(reciprocity([(0, 0)]), None);
    }
}
