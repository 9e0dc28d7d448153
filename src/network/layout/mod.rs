//! Where the nodes of a network are drawn. Pure functions of what one viewer sees: positions tell nothing of the hidden.
//!
//! Three altitudes ([`At`]): on the map of the country each province has a disc of its own at its place ([`points`]), and
//! inside it its nodes are laid out by themselves ([`disc`]): a change in one province moves nothing in another. Around
//! one node the others stand in rings ([`rings`]).
//!
//! Without memory of earlier drawings the same network is drawn the same on every replica, and nearly the same when a
//! little of it has changed: what a node starts from follows from its id, and every further step is damped.

mod anchors;
mod disc;
mod found;
mod home;
mod points;
mod rings;
mod seed;

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::analysis::{Deadline, Stopped, Topology};
use home::Home;

pub use found::{At, positions};
pub use home::sea;
pub use points::{Disc, Points};
pub use rings::rings;
pub use seed::Seed;

/// How far from the middle of its province a node belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The province itself: its middle.
    Place,
    /// An office, or the central department.
    Office,
    Council,
    Body,
    /// What bodies do together: a project, an agreement, an intervention.
    Work,
}

/// What a node's place depends on, besides its ties.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub seed: Seed,
    pub rank: Rank,
    /// Number of the ISTAT code of the province that it belongs to.
    pub province: Option<u16>,
}

/// A place on the map.
pub type Position = [f32; 2];

/// Where nodes stand on the map of the country: degrees of longitude, Mercator ordinates in degrees.
pub fn country(
    nodes: &[Placed],
    topology: &Topology,
    points: &Points,
    deadline: &Deadline,
) -> Result<Vec<Position>, Stopped> {
    let homes = home::homes(nodes, topology, points);
    let mut by_home: Vec<(Home, u32)> = (0..).zip(&homes).map(|(node, home)| (*home, node)).collect();
    by_home.sort_unstable_by_key(|(home, node)| (home.order(), *node));
    let groups: Vec<&[(Home, u32)]> = by_home.chunk_by(|one, other| one.0.order() == other.0.order()).collect();
    // The largest first: they take longest.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|group| std::cmp::Reverse(groups[*group].len()));
    let laid: Vec<(usize, Vec<Position>)> = order
        .into_par_iter()
        .map(|group| {
            let members: Vec<u32> = groups[group].iter().map(|(_, node)| *node).collect();
            Ok((group, lay(&members, &homes, nodes, topology, points, deadline)?))
        })
        .collect::<Result<_, Stopped>>()?;
    let mut positions = vec![[0.0; 2]; nodes.len()];
    for (group, laid) in laid {
        for ((_, node), position) in groups[group].iter().zip(laid) {
            positions[*node as usize] = position;
        }
    }
    Ok(positions)
}

/// The places of all nodes of one home.
fn lay(
    members: &[u32],
    homes: &[Home],
    nodes: &[Placed],
    topology: &Topology,
    points: &Points,
    deadline: &Deadline,
) -> Result<Vec<Position>, Stopped> {
    let home = homes[members[0] as usize];
    let Some(Disc { centre, radius }) = home.disc(points) else {
        return Ok(members.iter().map(|node| home.beside(nodes[*node as usize].seed)).collect());
    };
    let inside =
        disc::lay(members, nodes, topology, |other| homes[other as usize].direction_from(home, points), deadline)?;
    Ok(inside.into_iter().map(|[x, y]| [centre[0] + radius * x, centre[1] + radius * y]).collect())
}
