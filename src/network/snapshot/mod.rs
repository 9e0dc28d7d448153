//! The whole network of every date: flat arrays, ties by their start and by their end.

mod builder;

use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{NetworkNodeKind, Node, Tie};
use super::shape::Shapes;
use crate::councils::model::SeatCategory;
use crate::organisations::model::OrganisationKind;
use crate::projects::model::ProjectRole;

pub use builder::{NodesBuilder, Touched};

/// The network as it stood at one data version. Holds records of every audience: read it through a [`super::view::View`].
#[derive(Clone)]
pub struct NetworkSnapshot {
    /// Data version of the moment that it shows.
    pub version: i64,
    /// Which transactions it shows, as PostgreSQL writes a snapshot: what is not among them is read next.
    pub moment: Arc<str>,
    /// When it was read.
    pub read_at: Instant,
    /// By kind and id.
    nodes: Arc<[Node]>,
    /// All names, one after the other.
    names: Arc<str>,
    /// Where each node's name ends.
    name_ends: Arc<[u32]>,
    /// By start, kind, end, period and record.
    ties: Arc<[Tie]>,
    /// Where each node's ties begin in `ties`; one more than there are nodes.
    outgoing: Arc<[u32]>,
    /// Ties by their end, as places in `ties`, and where each node's begin.
    incoming: (Arc<[u32]>, Arc<[u32]>),
    /// Number of a province and a node that is seated, placed or meant there, in order.
    places: Arc<[(u16, u32)]>,
    /// Codes of the programmes that projects stand on.
    programmes: Arc<[String]>,
    /// Plans that interventions belong to.
    plans: Arc<[Uuid]>,
    /// What was worked out of these records.
    shapes: Arc<Shapes>,
}

/// A record that is a node, as the store reads it.
#[derive(sqlx::FromRow)]
pub struct NodeRow {
    pub id: Uuid,
    pub name: String,
    pub organisation_kind: Option<OrganisationKind>,
    pub province_code: Option<String>,
    pub audience: i32,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// Of a project.
    pub programme_code: Option<String>,
    /// Of an intervention.
    pub plan_id: Option<Uuid>,
    pub is_synthetic: bool,
}

/// A record that is a tie, as the store reads it.
#[derive(sqlx::FromRow)]
pub struct TieRow {
    pub from_id: Uuid,
    pub to_id: Uuid,
    pub record_id: Uuid,
    pub audience: i32,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub category: Option<SeatCategory>,
    pub role: Option<ProjectRole>,
    pub is_synthetic: bool,
}

/// The number of a province's three-digit code; `None` for any other text.
pub fn province_number(code: &str) -> Option<u16> {
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    code.parse().ok().filter(|_| is_code)
}

fn find(nodes: &[Node], kind: NetworkNodeKind, id: Uuid) -> Option<u32> {
    nodes.binary_search_by_key(&(kind, id), |node| (node.kind, node.id)).ok().map(builder::place)
}

impl NetworkSnapshot {
    /// Of no record.
    pub fn empty() -> Self {
        Self {
            version: 0,
            moment: "".into(),
            read_at: Instant::now(),
            nodes: [].into(),
            names: "".into(),
            name_ends: [].into(),
            ties: [].into(),
            outgoing: [0].into(),
            incoming: ([].into(), [0].into()),
            places: [].into(),
            programmes: [].into(),
            plans: [].into(),
            shapes: Arc::default(),
        }
    }

    /// The same records, known to stand unchanged at a later moment.
    pub fn at(&self, version: i64, moment: &str) -> Self {
        Self { version, moment: moment.into(), read_at: Instant::now(), ..self.clone() }
    }

    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub fn ties(&self) -> &[Tie] {
        &self.ties
    }

    pub fn node(&self, index: u32) -> &Node {
        &self.nodes[index as usize]
    }

    pub fn tie(&self, index: u32) -> &Tie {
        &self.ties[index as usize]
    }

    pub fn name(&self, node: u32) -> &str {
        let node = node as usize;
        let start = node.checked_sub(1).map_or(0, |before| self.name_ends[before]);
        &self.names[start as usize..self.name_ends[node] as usize]
    }

    /// The place of a record's node.
    pub fn find(&self, kind: NetworkNodeKind, id: Uuid) -> Option<u32> {
        find(&self.nodes, kind, id)
    }

    /// The place of a province's node.
    pub fn find_province(&self, code: &str) -> Option<u32> {
        let number = province_number(code)?;
        let is_it = |node: &u32| self.node(*node).kind == NetworkNodeKind::Province;
        self.placed_in(number).find(is_it)
    }

    /// What was worked out of these records.
    pub fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// The code of the programme that a project stands on.
    pub fn programme(&self, node: &Node) -> Option<&str> {
        node.programme.map(|place| &*self.programmes[usize::from(place)])
    }

    /// The plan that an intervention belongs to.
    pub fn plan(&self, node: &Node) -> Option<Uuid> {
        node.plan.map(|place| self.plans[place as usize])
    }

    /// Places of the programmes with these codes, for [`Node::programme`].
    pub fn programmes_coded(&self, codes: &[String]) -> Vec<u16> {
        let known = self.programmes.iter().zip(0..);
        known.filter(|(code, _)| codes.contains(code)).map(|(_, place)| place).collect()
    }

    /// Place of a plan, for [`Node::plan`]; `None` where no intervention belongs to it.
    pub fn find_plan(&self, id: Uuid) -> Option<u32> {
        self.plans.iter().position(|plan| *plan == id).map(builder::place)
    }

    /// The nodes of a kind, as places.
    pub fn of_kind(&self, kind: NetworkNodeKind) -> std::ops::Range<u32> {
        let start = self.nodes.partition_point(|node| node.kind < kind);
        let end = self.nodes.partition_point(|node| node.kind <= kind);
        builder::place(start)..builder::place(end)
    }

    /// Nodes that are seated, placed or meant in a province.
    pub fn placed_in(&self, province: u16) -> impl Iterator<Item = u32> {
        let start = self.places.partition_point(|(at, _)| *at < province);
        self.places[start..].iter().take_while(move |(at, _)| *at == province).map(|(_, node)| *node)
    }

    /// The one province of each node: its own, else the first where its project works.
    pub fn homes(&self) -> Vec<Option<u16>> {
        let mut homes: Vec<_> = self.nodes.iter().map(|node| node.province).collect();
        for (province, node) in &*self.places {
            homes[*node as usize].get_or_insert(*province);
        }
        homes
    }

    /// Ties that start from a node, as places; in the snapshot's order.
    pub fn outgoing(&self, node: u32) -> std::ops::Range<u32> {
        self.outgoing[node as usize]..self.outgoing[node as usize + 1]
    }

    /// Ties that end at a node, as places; in the snapshot's order.
    pub fn incoming(&self, node: u32) -> &[u32] {
        let (ties, starts) = &self.incoming;
        &ties[starts[node as usize] as usize..starts[node as usize + 1] as usize]
    }

    /// Bytes that it takes, its own fields left out.
    pub fn size(&self) -> usize {
        size_of_val(&*self.nodes)
            + self.names.len()
            + size_of_val(&*self.name_ends)
            + size_of_val(&*self.ties)
            + size_of_val(&*self.outgoing)
            + size_of_val(&*self.incoming.0)
            + size_of_val(&*self.incoming.1)
            + size_of_val(&*self.places)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::network::model::{TieKind, TieRecordKind};

    /// An organisation or a project with this id, seen by these.
    pub fn node(id: u128, audience: i32) -> NodeRow {
        NodeRow {
            id: Uuid::from_u128(id),
            name: format!("node {id}"),
            organisation_kind: Some(OrganisationKind::PublicBody),
            province_code: Some(format!("{:03}", id % 2 + 1)),
            audience,
            valid_from: None,
            valid_until: None,
            programme_code: None,
            plan_id: None,
            is_synthetic: true,
        }
    }

    pub fn tie(from: u128, to: u128, audience: i32) -> TieRow {
        TieRow {
            from_id: Uuid::from_u128(from),
            to_id: Uuid::from_u128(to),
            record_id: Uuid::from_u128(from * 1000 + to),
            audience,
            valid_from: None,
            valid_until: None,
            category: None,
            role: None,
            is_synthetic: true,
        }
    }

    /// Organisations 1.. with these keys, tied as members by (from, to, key).
    pub fn network(audiences: &[i32], ties: &[(u128, u128, i32)]) -> NetworkSnapshot {
        let (old, touched) = (NetworkSnapshot::empty(), Touched::default());
        let mut builder = NodesBuilder::over(&old, &touched);
        for (audience, id) in audiences.iter().zip(1..) {
            builder.node(NetworkNodeKind::Organisation, node(id, *audience));
        }
        let mut builder = builder.ties();
        for (from, to, audience) in ties {
            builder.tie(TieKind::MemberOf, TieRecordKind::CouncilSeat, tie(*from, *to, *audience));
        }
        builder.finish(7, "")
    }

    #[test]
    fn each_tie_is_found_from_both_its_ends_and_nowhere_else() {
        let network = network(&[0; 5], &[(5, 1, 0), (1, 2, 0), (3, 1, 0), (1, 4, 0), (1, 2, 9)]);
        for index in 0..5 {
            let out: Vec<u32> = network.outgoing(index).collect();
            let expected: Vec<u32> = (0..5).filter(|tie| network.tie(*tie).from == index).collect();
            assert_eq!(out, expected);
            let expected: Vec<u32> = (0..5).filter(|tie| network.tie(*tie).to == index).collect();
            assert_eq!(network.incoming(index), expected);
        }
    }

    #[test]
    fn names_and_places_belong_to_their_nodes() {
        let network = network(&[0; 4], &[]);
        assert_eq!((0..4).map(|node| network.name(node)).collect::<Vec<_>>(), ["node 1", "node 2", "node 3", "node 4"]);
        assert_eq!(network.placed_in(1).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(network.placed_in(9).count(), 0);
        assert_eq!(network.find(NetworkNodeKind::Organisation, Uuid::from_u128(3)), Some(2));
        assert_eq!(network.find(NetworkNodeKind::Project, Uuid::from_u128(3)), None);
    }

    #[test]
    fn a_tie_to_what_is_no_node_is_left_out() {
        assert_eq!(network(&[0; 2], &[(1, 3, 0), (3, 1, 0)]).ties().len(), 0);
    }
}
