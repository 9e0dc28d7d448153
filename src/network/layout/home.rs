//! Which province a node is drawn in.

use super::{Disc, Placed, Points, Position, Rank, Seed};
use crate::network::analysis::Topology;

/// Bodies of the whole country and what belongs nowhere: in the Tyrrhenian Sea, where no province is.
const SEA: Disc = Disc { centre: [11.55, 45.1], radius: 1.15 };

/// How far from the middle of its bodies' provinces a work of several provinces may stand.
const BESIDE: f32 = 0.12;

/// Where bodies of the whole country are drawn.
pub const fn sea() -> Disc {
    SEA
}

/// Where a node is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Home {
    Province(u16),
    Sea,
    /// In the middle of the provinces of its bodies.
    Between(Position),
}

/// The home of every node.
pub fn homes(nodes: &[Placed], topology: &Topology, points: &Points) -> Vec<Home> {
    let own = |node: u32| nodes[node as usize].province.filter(|province| points.of(*province).is_some());
    let home = |node: u32| match own(node) {
        Some(province) => Home::Province(province),
        None if nodes[node as usize].rank == Rank::Work => {
            among(topology.ties(node).filter_map(|(body, weight)| Some((own(body)?, weight))), points)
        }
        None => Home::Sea,
    };
    (0..nodes.len() as u32).map(home).collect()
}

/// The home of a work whose bodies belong to these provinces, each with the weight of its ties.
fn among(provinces: impl Iterator<Item = (u16, f32)>, points: &Points) -> Home {
    let (mut first, mut is_alone) = (None, true);
    let (mut sum, mut total) = ([0.0; 2], 0.0);
    for (province, weight) in provinces {
        is_alone &= *first.get_or_insert(province) == province;
        let Disc { centre: [x, y], .. } = points.of(province).expect("asked before");
        sum = [sum[0] + weight * x, sum[1] + weight * y];
        total += weight;
    }
    match first {
        None => Home::Sea,
        Some(province) if is_alone => Home::Province(province),
        Some(_) => Home::Between(sum.map(|sum| sum / total)),
    }
}

impl Home {
    /// Homes that are laid out together have the same.
    pub fn order(self) -> u32 {
        match self {
            Self::Province(province) => u32::from(province),
            Self::Sea => u32::MAX - 1,
            Self::Between(_) => u32::MAX,
        }
    }

    /// The disc that a home fills; `None` for one between provinces, whose nodes do not heed each other.
    pub fn disc(self, points: &Points) -> Option<Disc> {
        match self {
            Self::Province(province) => points.of(province),
            Self::Sea => Some(SEA),
            Self::Between(_) => None,
        }
    }

    fn middle(self, points: &Points) -> Position {
        match self {
            Self::Between(middle) => middle,
            home => home.disc(points).map_or(SEA.centre, |disc| disc.centre),
        }
    }

    /// A place near the middle, of a node's own.
    pub fn beside(self, seed: Seed) -> Position {
        let Self::Between([x, y]) = self else { return SEA.centre };
        let ([dx, dy], away) = (seed.direction(), BESIDE * seed.share(0).sqrt());
        [x + away * dx, y + away * dy]
    }

    /// Which way this home lies, seen from another; nowhere seen from itself or over the sea.
    pub fn direction_from(self, other: Self, points: &Points) -> Option<Position> {
        if self.order() == other.order() || [self, other].contains(&Self::Sea) {
            return None;
        }
        let ([fx, fy], [tx, ty]) = (other.middle(points), self.middle(points));
        let (dx, dy) = (tx - fx, ty - fy);
        let length = (dx * dx + dy * dy).sqrt();
        (length > f32::EPSILON).then(|| [dx / length, dy / length])
    }
}
