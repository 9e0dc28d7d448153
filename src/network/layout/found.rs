use super::{Placed, Points, Position, Rank, Seed, country, rings};
use crate::network::NetworkSnapshot;
use crate::network::analysis::{Deadline, Stopped, Topology};
use crate::network::model::{NetworkNodeKind, Node};
use crate::network::view::{Found, Part};
use crate::organisations::model::OrganisationKind;

/// From how high the network is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Of the country, a region or a province: on the map.
    Country,
    /// Around one node, by its place in the snapshot: in rings.
    Around(u32),
}

impl From<&Part> for At {
    fn from(part: &Part) -> Self {
        match part {
            Part::Around { centre, .. } => Self::Around(*centre),
            Part::Within { .. } | Part::Whole => Self::Country,
        }
    }
}

/// Where the nodes found are drawn, in their order; the topology numbers them so.
pub fn positions(
    network: &NetworkSnapshot,
    found: &Found,
    topology: &Topology,
    at: At,
    deadline: &Deadline,
) -> Result<Vec<Position>, Stopped> {
    deadline.check()?;
    match at {
        At::Around(centre) => match found.nodes.binary_search(&centre) {
            Ok(number) => Ok(rings(topology, number as u32)),
            Err(_) => Ok(Vec::new()),
        },
        At::Country => {
            let nodes: Vec<Placed> = found.nodes.iter().map(|node| placed(network.node(*node))).collect();
            country(&nodes, topology, Points::embedded(), deadline)
        }
    }
}

fn placed(node: &Node) -> Placed {
    let rank = match (node.kind, node.organisation) {
        (NetworkNodeKind::Province, _) => Rank::Place,
        (_, Some(OrganisationKind::CentralAuthority | OrganisationKind::Prefecture)) => Rank::Office,
        (_, Some(OrganisationKind::TerritorialCouncil)) => Rank::Council,
        (NetworkNodeKind::Organisation, _) => Rank::Body,
        _ => Rank::Work,
    };
    Placed { seed: Seed::of(node.id), rank, province: node.province }
}
