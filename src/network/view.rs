//! What one viewer sees of the network on one day. Every question walks through here, so that nothing hidden counts.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use super::NetworkSnapshot;
use super::model::{Day, NetworkNodeKind, Node, Tie, TieKind};
use crate::access::{Room, Sight, Viewer, audience};
use crate::organisations::model::OrganisationKind;

/// The network as a viewer may see it on a day, narrowed to what they ask for.
#[derive(Clone)]
pub struct View {
    pub snapshot: Arc<NetworkSnapshot>,
    viewer: Viewer,
    sees_public: bool,
    day: Day,
    wanted: Wanted,
    /// Stays whatever kind of node it is.
    centre: Option<u32>,
    /// Of the plan asked for: its interventions and the projects that carry them out, which the viewer may see.
    of_plan: Option<Arc<HashSet<u32>>>,
    /// The programmes asked for, as places in the snapshot's list of them.
    programmes: Option<Vec<u16>>,
}

/// What a view is narrowed to, also to walk over; `None` leaves all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub nodes: Option<Vec<NetworkNodeKind>>,
    pub ties: Option<Vec<TieKind>>,
    pub organisations: Option<Vec<OrganisationKind>>,
    /// Of the projects those on these programmes, by code.
    pub programmes: Option<Vec<String>>,
    /// Of the interventions those of this plan, of the projects those that carry them out.
    pub plan: Option<Uuid>,
}

/// A part of the network that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What lies within so many steps of a node, which itself always stays.
    Around { centre: u32, hops: u32 },
    /// What is seated, placed or meant in these provinces, with the offices competent for them, and what lies within
    /// so many steps.
    Within { provinces: Vec<u16>, hops: u32 },
    /// Everything, also what has no tie.
    Whole,
}

/// An answer: places of nodes and ties in the snapshot, in its order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub nodes: Vec<u32>,
    pub ties: Vec<u32>,
}

impl View {
    pub fn new(snapshot: Arc<NetworkSnapshot>, viewer: Viewer, day: Day) -> Self {
        let sees_public = Room::ALL.iter().all(|room| viewer.holds(*room, audience::PUBLIC));
        Self {
            snapshot,
            viewer,
            sees_public,
            day,
            wanted: Wanted::default(),
            centre: None,
            of_plan: None,
            programmes: None,
        }
    }

    /// Leaves only what is wanted.
    pub fn narrowed(mut self, wanted: Wanted) -> Self {
        self.of_plan = wanted.plan.map(|plan| Arc::new(self.of_plan(plan)));
        let programmes = wanted.programmes.as_ref().map(|codes| self.snapshot.programmes_coded(codes));
        self.programmes = programmes;
        self.wanted = wanted;
        self
    }

    /// The same on another day.
    pub fn on(&self, day: Day) -> Self {
        Self { day, ..self.clone() }
    }

    /// What may be seen here: two views with the same sight of the same snapshot tell the same.
    pub fn sight(&self) -> &Sight {
        &self.viewer.sight
    }

    /// Of the same viewer on the same day, over another snapshot.
    pub fn over(&self, snapshot: Arc<NetworkSnapshot>) -> Self {
        Self::new(snapshot, self.viewer.clone(), self.day)
    }

    pub fn day(&self) -> Day {
        self.day
    }

    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The view from a part, which is there for this viewer; `None` where they may not see its centre.
    pub fn from(self, part: &Part) -> Option<Self> {
        match part {
            Part::Around { centre, .. } if !self.knows(*centre) => None,
            Part::Around { centre, .. } => Some(Self { centre: Some(*centre), ..self }),
            _ => Some(self),
        }
    }

    /// What belongs to a part.
    pub fn find(&self, part: &Part) -> Found {
        match part {
            Part::Around { centre, hops } => self.reach(vec![*centre], *hops),
            Part::Within { provinces, hops } => self.within(provinces.iter().copied(), *hops),
            Part::Whole => self.whole(),
        }
    }

    /// The interventions of a plan that the viewer may see, and the projects that carry them out.
    fn of_plan(&self, plan: Uuid) -> HashSet<u32> {
        let Some(plan) = self.snapshot.find_plan(plan) else { return HashSet::new() };
        let interventions = self.snapshot.of_kind(NetworkNodeKind::Intervention);
        let mut found: HashSet<u32> =
            interventions.filter(|node| self.snapshot.node(*node).plan == Some(plan) && self.knows(*node)).collect();
        let carried = found.iter().flat_map(|intervention| self.snapshot.incoming(*intervention));
        let carried: Vec<u32> = carried
            .map(|tie| self.snapshot.tie(*tie))
            .filter(|tie| tie.kind == TieKind::CarriesOut && self.may_see(tie.record_kind.room(), tie.audience))
            .map(|tie| tie.from)
            .collect();
        found.extend(carried);
        found
    }

    fn may_see(&self, room: Room, key: i32) -> bool {
        (key == audience::PUBLIC && self.sees_public) || self.viewer.holds(room, key)
    }

    /// Whether the viewer may see this node's record at all, whatever the day.
    pub fn knows(&self, node: u32) -> bool {
        let node = self.snapshot.node(node);
        self.may_see(node.kind.room(), node.audience)
    }

    /// Whether a node is there on the day, visible and of the kinds wanted.
    pub fn has_node(&self, index: u32) -> bool {
        self.snapshot.node(index).period.includes(self.day) && self.admits(index)
    }

    /// The same on whatever day.
    pub fn admits(&self, index: u32) -> bool {
        let node = self.snapshot.node(index);
        (self.is_wanted(index, node) || self.centre == Some(index)) && self.may_see(node.kind.room(), node.audience)
    }

    fn is_wanted(&self, index: u32, node: &Node) -> bool {
        fn among<T: PartialEq>(wanted: &Option<Vec<T>>, value: T) -> bool {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(&value))
        }
        among(&self.wanted.nodes, node.kind)
            && node.organisation.is_none_or(|kind| among(&self.wanted.organisations, kind))
            && match node.kind {
                NetworkNodeKind::Project => self.is_on_wanted(node) && self.is_of_plan(index),
                NetworkNodeKind::Intervention => self.is_of_plan(index),
                _ => true,
            }
    }

    fn is_on_wanted(&self, project: &Node) -> bool {
        let is_among = |wanted: &Vec<u16>| project.programme.is_some_and(|programme| wanted.contains(&programme));
        self.programmes.as_ref().is_none_or(is_among)
    }

    fn is_of_plan(&self, index: u32) -> bool {
        self.of_plan.as_ref().is_none_or(|of_plan| of_plan.contains(&index))
    }

    /// Whether a tie is there on the day, visible and of the kinds wanted; its ends are asked for apart.
    fn has_tie(&self, tie: &Tie) -> bool {
        tie.period.includes(self.day) && self.admits_tie(tie)
    }

    /// The same on whatever day.
    pub fn admits_tie(&self, tie: &Tie) -> bool {
        self.wanted.ties.as_ref().is_none_or(|wanted| wanted.contains(&tie.kind))
            && self.may_see(tie.record_kind.room(), tie.audience)
    }

    /// Whether a tie of any kind is there on the day, and visible.
    fn holds(&self, tie: &Tie) -> bool {
        tie.period.includes(self.day) && self.may_see(tie.record_kind.room(), tie.audience)
    }

    /// Each tie of a node with its other end; a pair of nodes with several ties comes several times.
    pub fn steps(&self, node: u32) -> impl Iterator<Item = (u32, u32)> {
        let from_here = self.snapshot.outgoing(node).map(|tie| (tie, self.snapshot.tie(tie).to));
        let to_here = self.snapshot.incoming(node).iter().map(|tie| (*tie, self.snapshot.tie(*tie).from));
        let is_here = self.has_node(node);
        from_here
            .chain(to_here)
            .filter(move |_| is_here)
            .filter(|(tie, other)| self.has_tie(self.snapshot.tie(*tie)) && self.has_node(*other))
    }

    /// How many ties a node has.
    pub fn degree(&self, node: u32) -> usize {
        self.steps(node).count()
    }

    /// What lies around a node, which itself always stays; `None` where the viewer may not see it.
    pub fn around(self, centre: u32, hops: u32) -> Option<(Self, Found)> {
        let part = Part::Around { centre, hops };
        let view = self.from(&part)?;
        let found = view.find(&part);
        Some((view, found))
    }

    /// What is seated, placed or meant in these provinces, with the offices competent for them, and what lies around.
    /// Who is competent does not depend on the kinds of ties that are wanted.
    pub fn within(&self, provinces: impl IntoIterator<Item = u16>, hops: u32) -> Found {
        let mut core = Vec::new();
        for province in provinces {
            core.extend(self.snapshot.placed_in(province));
        }
        let is_competent = |tie: &&u32| {
            let tie = self.snapshot.tie(**tie);
            let is_there = self.snapshot.node(tie.to).period.includes(self.day);
            tie.kind == TieKind::CompetentFor && self.holds(tie) && is_there
        };
        let offices = |node: u32| {
            self.snapshot.incoming(node).iter().filter(is_competent).map(|tie| self.snapshot.tie(*tie).from)
        };
        core.extend(core.iter().flat_map(|node| offices(*node)).collect::<Vec<_>>());
        core.retain(|node| self.has_node(*node));
        self.reach(core, hops)
    }

    /// Everything, also what has no tie.
    pub fn whole(&self) -> Found {
        let is_in: Vec<bool> = (0..self.snapshot.nodes().len() as u32).map(|node| self.has_node(node)).collect();
        let nodes = (0..is_in.len() as u32).filter(|node| is_in[*node as usize]).collect();
        self.among(nodes, |node| is_in[node as usize])
    }

    /// The nodes within so many steps of these, and all ties among them.
    fn reach(&self, start: Vec<u32>, hops: u32) -> Found {
        let mut is_in = vec![false; self.snapshot.nodes().len()];
        let mut enter = |node: u32| !std::mem::replace(&mut is_in[node as usize], true);
        let mut frontier: Vec<u32> = start.into_iter().filter(|node| enter(*node)).collect();
        let mut nodes = frontier.clone();
        for _ in 0..hops {
            let mut next = Vec::new();
            for node in frontier {
                next.extend(self.steps(node).map(|(_, other)| other).filter(|other| enter(*other)));
            }
            nodes.extend_from_slice(&next);
            frontier = next;
        }
        nodes.sort_unstable();
        self.among(nodes, |node| is_in[node as usize])
    }

    /// All ties among these nodes, of which those that have ties are there on the day.
    fn among(&self, nodes: Vec<u32>, is_in: impl Fn(u32) -> bool) -> Found {
        let mut ties = Vec::new();
        for node in nodes.iter().filter(|node| self.has_node(**node)) {
            ties.extend(self.snapshot.outgoing(*node).filter(|tie| {
                let tie = self.snapshot.tie(*tie);
                is_in(tie.to) && self.has_tie(tie) && self.has_node(tie.to)
            }));
        }
        Found { nodes, ties }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::access::Sight;
    use crate::network::snapshot::tests::network;

    /// A viewer who holds these keys, on some day.
    pub fn view(network: NetworkSnapshot, keys: &[i32]) -> View {
        View::new(
            Arc::new(network),
            Viewer { sight: Sight::everywhere(keys.iter().copied()), ..Viewer::public() },
            730_000,
        )
    }

    /// 1 – 2 – 3 – 4, where 3 is for key 9 alone, and 1 – 4 by a tie for key 8 alone.
    fn chain() -> NetworkSnapshot {
        network(&[0, 0, 9, 0], &[(1, 2, 0), (3, 2, 0), (3, 4, 0), (4, 1, 8)])
    }

    fn around(keys: &[i32], centre: u32, hops: u32) -> Option<Found> {
        view(chain(), keys).around(centre, hops).map(|(_, found)| found)
    }

    #[test]
    fn what_lies_around_grows_with_the_steps() {
        let nodes = |hops| around(&[0, 9], 0, hops).unwrap().nodes;
        assert_eq!([nodes(1), nodes(2), nodes(3)], [vec![0, 1], vec![0, 1, 2], vec![0, 1, 2, 3]]);
        // Among the nodes found every tie is told, also the one that closes the ring.
        let found = around(&[0, 8, 9], 1, 2).unwrap();
        assert_eq!((found.nodes.len(), found.ties.len()), (4, 4));
    }

    #[test]
    fn a_hidden_node_neither_appears_nor_connects() {
        assert_eq!(around(&[0], 1, 3).unwrap().nodes, [0, 1]);
        assert_eq!(around(&[0], 2, 3), None);
        assert_eq!(view(chain(), &[0]).whole(), Found { nodes: vec![0, 1, 3], ties: vec![0] });
    }

    #[test]
    fn a_hidden_tie_neither_appears_nor_connects() {
        assert_eq!(around(&[0], 3, 1).unwrap().nodes, [3]);
        assert_eq!(around(&[0, 8], 3, 1).unwrap().nodes, [0, 3]);
        assert_eq!((view(chain(), &[0]).degree(3), view(chain(), &[0, 8, 9]).degree(3)), (0, 2));
    }

    #[test]
    fn a_viewer_without_keys_sees_nothing() {
        assert_eq!(view(chain(), &[]).whole(), Found::default());
    }

    #[test]
    fn the_centre_stays_when_its_kind_is_not_wanted() {
        let narrow = |ties| {
            let wanted = Wanted { ties, organisations: Some(vec![]), ..Wanted::default() };
            view(chain(), &[0]).narrowed(wanted).around(0, 2).unwrap().1
        };
        assert_eq!(narrow(None), Found { nodes: vec![0], ties: vec![] });
        let ties = Wanted { ties: Some(vec![TieKind::Leads]), ..Wanted::default() };
        let ties = view(chain(), &[0]).narrowed(ties).around(0, 2).unwrap().1;
        assert_eq!(ties, Found { nodes: vec![0], ties: vec![] });
    }

    #[test]
    fn a_territory_is_its_nodes_and_what_they_are_tied_to() {
        // Odd organisations are seated in 002, even ones in 001.
        let found = view(chain(), &[0, 9]).within([1], 1);
        assert_eq!(found, Found { nodes: vec![0, 1, 2, 3], ties: vec![0, 1, 2] });
        assert_eq!(view(chain(), &[0]).within([1], 0).nodes, [1, 3]);
    }
}
