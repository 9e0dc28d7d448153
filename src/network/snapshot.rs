//! The whole network of every date: flat arrays, ties by their start and by their end.

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{NetworkNodeKind, Node, Period, Tie, TieKind, TieRecordKind};
use crate::councils::model::SeatCategory;
use crate::organisations::model::OrganisationKind;
use crate::projects::model::ProjectRole;

/// The network as it stood at one data version. Holds records of every audience: read it through a [`super::view::View`].
pub struct NetworkSnapshot {
    /// Data version of the moment that it shows.
    pub version: i64,
    /// By kind and id.
    nodes: Box<[Node]>,
    /// All names, one after the other.
    names: Box<str>,
    /// Where each node's name ends.
    name_ends: Box<[u32]>,
    /// By start, kind, end, period and record.
    ties: Box<[Tie]>,
    /// Where each node's ties begin in `ties`; one more than there are nodes.
    outgoing: Box<[u32]>,
    /// Ties by their end, as places in `ties`, and where each node's begin.
    incoming: (Box<[u32]>, Box<[u32]>),
    /// Number of a province and a node that is seated, placed or meant there, in order.
    places: Box<[(u16, u32)]>,
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

/// Makes a snapshot: first the nodes by kind and id, then the rest in any order.
#[derive(Default)]
pub struct Builder {
    nodes: Vec<Node>,
    names: String,
    name_ends: Vec<u32>,
    ties: Vec<Tie>,
    places: Vec<(u16, u32)>,
}

/// The number of a province's three-digit code; `None` for any other text.
pub fn province_number(code: &str) -> Option<u16> {
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    code.parse().ok().filter(|_| is_code)
}

fn place(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than four thousand million records")
}

fn find(nodes: &[Node], kind: NetworkNodeKind, id: Uuid) -> Option<u32> {
    nodes.binary_search_by_key(&(kind, id), |node| (node.kind, node.id)).ok().map(place)
}

impl Builder {
    pub fn node(&mut self, kind: NetworkNodeKind, row: NodeRow) {
        let province = row.province_code.as_deref().and_then(province_number);
        self.places.extend(province.map(|province| (province, place(self.nodes.len()))));
        self.names.push_str(&row.name);
        self.name_ends.push(place(self.names.len()));
        self.nodes.push(Node {
            id: row.id,
            kind,
            organisation: row.organisation_kind,
            province,
            audience: row.audience,
            period: Period::new(row.valid_from, row.valid_until),
            is_synthetic: row.is_synthetic,
        });
    }

    /// Leaves out a tie to a record that is no node: a refused project, a withdrawn plan's intervention.
    pub fn tie(&mut self, kind: TieKind, record_kind: TieRecordKind, row: TieRow) {
        let from = find(&self.nodes, NetworkNodeKind::Organisation, row.from_id);
        let (Some(from), Some(to)) = (from, find(&self.nodes, kind.leads_to(), row.to_id)) else { return };
        self.ties.push(Tie {
            kind,
            from,
            to,
            record_kind,
            record: row.record_id,
            audience: row.audience,
            period: Period::new(row.valid_from, row.valid_until),
            category: row.category,
            role: row.role,
            is_synthetic: row.is_synthetic,
        });
    }

    /// A project works in this province.
    pub fn project_place(&mut self, project: Uuid, province: &str) {
        let found = find(&self.nodes, NetworkNodeKind::Project, project);
        self.places.extend(province_number(province).zip(found));
    }

    pub fn finish(self, version: i64) -> NetworkSnapshot {
        let Self { nodes, names, name_ends, mut ties, mut places } = self;
        ties.sort_unstable_by_key(|tie| (tie.from, tie.kind, tie.to, tie.period, tie.record));
        places.sort_unstable();
        places.dedup();
        let mut by_end: Vec<u32> = (0..place(ties.len())).collect();
        by_end.sort_by_key(|tie| ties[*tie as usize].to);
        let outgoing = starts(nodes.len(), ties.iter().map(|tie| tie.from));
        let ends = starts(nodes.len(), by_end.iter().map(|tie| ties[*tie as usize].to));
        NetworkSnapshot {
            version,
            nodes: nodes.into(),
            names: names.into(),
            name_ends: name_ends.into(),
            ties: ties.into(),
            outgoing,
            incoming: (by_end.into(), ends),
            places: places.into(),
        }
    }
}

/// Where each node's share begins in a list that is ordered by node.
fn starts(nodes: usize, ordered: impl Iterator<Item = u32>) -> Box<[u32]> {
    let mut starts = vec![0; nodes + 1];
    for node in ordered {
        starts[node as usize + 1] += 1;
    }
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    starts.into()
}

impl NetworkSnapshot {
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

    /// Nodes that are seated, placed or meant in a province.
    pub fn placed_in(&self, province: u16) -> impl Iterator<Item = u32> {
        let start = self.places.partition_point(|(at, _)| *at < province);
        self.places[start..].iter().take_while(move |(at, _)| *at == province).map(|(_, node)| *node)
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
        let mut builder = Builder::default();
        for (audience, id) in audiences.iter().zip(1..) {
            builder.node(NetworkNodeKind::Organisation, node(id, *audience));
        }
        for (from, to, audience) in ties {
            builder.tie(TieKind::MemberOf, TieRecordKind::CouncilSeat, tie(*from, *to, *audience));
        }
        builder.finish(7)
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
