//! The country from afar: each province with what it holds, and how much ties the provinces to each other.

use std::collections::HashMap;

use super::model::NetworkNodeKind;
use super::view::{Found, View};

/// What a province holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    pub province: u16,
    pub organisations: usize,
    pub projects: usize,
    pub agreements: usize,
    pub interventions: usize,
    /// Ties among its own nodes.
    pub ties_inside: usize,
    /// Ties to nodes of other provinces.
    pub ties_outside: usize,
}

/// Each node counts in one province: its own, else the first where its project works.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Provinces {
    /// By province.
    pub clusters: Vec<Cluster>,
    /// How many ties there are between two provinces, the one with the lower code first; by the codes.
    pub ties: Vec<(u16, u16, usize)>,
    /// Nodes of no province.
    pub unplaced: usize,
}

impl View {
    /// An answer of this view, by province.
    pub fn by_province(&self, found: &Found) -> Provinces {
        let home = self.snapshot.homes();
        let mut clusters: HashMap<u16, Cluster> = HashMap::new();
        let mut between: HashMap<(u16, u16), usize> = HashMap::new();
        let mut unplaced = 0;
        for index in &found.nodes {
            let Some(province) = home[*index as usize] else {
                unplaced += 1;
                continue;
            };
            let cluster = clusters.entry(province).or_default();
            match self.snapshot.node(*index).kind {
                NetworkNodeKind::Organisation => cluster.organisations += 1,
                NetworkNodeKind::Project => cluster.projects += 1,
                NetworkNodeKind::Agreement => cluster.agreements += 1,
                NetworkNodeKind::Intervention => cluster.interventions += 1,
                NetworkNodeKind::Province => {}
            }
        }
        for tie in found.ties.iter().map(|tie| self.snapshot.tie(*tie)) {
            let (Some(one), Some(other)) = (home[tie.from as usize], home[tie.to as usize]) else { continue };
            if one == other {
                clusters.entry(one).or_default().ties_inside += 1;
            } else {
                clusters.entry(one).or_default().ties_outside += 1;
                clusters.entry(other).or_default().ties_outside += 1;
                *between.entry((one.min(other), one.max(other))).or_default() += 1;
            }
        }
        let mut clusters: Vec<_> =
            clusters.into_iter().map(|(province, cluster)| Cluster { province, ..cluster }).collect();
        clusters.sort_unstable_by_key(|cluster| cluster.province);
        let mut ties: Vec<_> = between.into_iter().map(|((one, other), count)| (one, other, count)).collect();
        ties.sort_unstable();
        Provinces { clusters, ties, unplaced }
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::tests::view;
    use super::*;
    use crate::network::snapshot::tests::network;

    #[test]
    fn each_node_and_each_tie_counts_once() {
        // Odd organisations are seated in 002, even ones in 001.
        let view = view(network(&[0, 0, 9, 0], &[(1, 2, 0), (4, 2, 0), (3, 4, 0)]), &[0]);
        let provinces = view.by_province(&view.whole());
        let cluster = |province, organisations, ties_inside| Cluster {
            province,
            organisations,
            ties_inside,
            ties_outside: 1,
            ..Cluster::default()
        };
        assert_eq!(provinces.clusters, [cluster(1, 2, 1), cluster(2, 1, 0)]);
        assert_eq!((provinces.ties, provinces.unplaced), (vec![(1, 2, 1)], 0));
    }
}
