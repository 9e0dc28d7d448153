use super::{Placed, Points, Position, Rank, Seed, country, rings};
use crate::network::analysis::{Deadline, Stopped, Topology};
use crate::network::model::{NetworkNodeKind, Node};
use crate::network::view::{Found, View};
use crate::organisations::model::OrganisationKind;

/// From how high the network is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Of the country, a region or a province: on the map.
    Country,
    /// Around one node, by its place in the snapshot: in rings.
    Around(u32),
}

/// Where the nodes of an answer are drawn, in their order; from what the answer shows and nothing else.
pub fn positions(view: &View, found: &Found, at: At, deadline: &Deadline) -> Result<Vec<Position>, Stopped> {
    deadline.check()?;
    let place = |node: u32| found.nodes.binary_search(&node).map(|place| place as u32).ok();
    let pairs = found.ties.iter().filter_map(|tie| {
        let tie = view.snapshot.tie(*tie);
        place(tie.from).zip(place(tie.to))
    });
    let topology = Topology::new(found.nodes.len(), pairs);
    match at {
        At::Around(centre) => Ok(place(centre).map_or_else(Vec::new, |centre| rings(&topology, centre))),
        At::Country => {
            let nodes: Vec<Placed> = found.nodes.iter().map(|node| placed(view.snapshot.node(*node))).collect();
            country(&nodes, &topology, Points::embedded(), deadline)
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
