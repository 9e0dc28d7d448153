//! Makes a snapshot: from nothing, or from the one before and the records that were touched since.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use super::{NetworkSnapshot, NodeRow, TieRow, find, province_number};
use crate::network::model::{NetworkNodeKind, Node, Period, Tie, TieKind, TieRecordKind};

/// The nodes that are read again, with all ties that lead to them; of projects also those that start from them.
pub type Touched = HashSet<(NetworkNodeKind, Uuid)>;

/// Of a node that is there no more.
const GONE: u32 = u32::MAX;

/// Takes the touched nodes that still exist, by kind and id, among those that stay as they were.
pub struct NodesBuilder<'a> {
    old: &'a NetworkSnapshot,
    touched: &'a Touched,
    /// New places of the old nodes passed so far.
    moved: Vec<u32>,
    nodes: Vec<Node>,
    names: String,
    name_ends: Vec<u32>,
    places: Vec<(u16, u32)>,
    programmes: Interned<String>,
    plans: Interned<Uuid>,
}

/// Takes the ties of the touched nodes, in any order.
pub struct TiesBuilder<'a> {
    old: &'a NetworkSnapshot,
    touched: &'a Touched,
    moved: Vec<u32>,
    snapshot: NetworkSnapshot,
    places: Vec<(u16, u32)>,
    ties: Vec<Tie>,
}

/// Values that many nodes share, each once.
struct Interned<T> {
    values: Vec<T>,
    places: HashMap<T, usize>,
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn of(values: &[T]) -> Self {
        Self { values: values.to_vec(), places: values.iter().cloned().zip(0..).collect() }
    }

    fn place(&mut self, value: T) -> usize {
        *self.places.entry(value.clone()).or_insert_with(|| {
            self.values.push(value);
            self.values.len() - 1
        })
    }
}

/// A place as the snapshot keeps it.
pub fn place(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than four thousand million records")
}

type TieOrder = (u32, TieKind, u32, Period, Uuid);

fn order(tie: &Tie) -> TieOrder {
    (tie.from, tie.kind, tie.to, tie.period, tie.record)
}

impl<'a> NodesBuilder<'a> {
    pub fn over(old: &'a NetworkSnapshot, touched: &'a Touched) -> Self {
        Self {
            old,
            touched,
            moved: Vec::with_capacity(old.nodes.len()),
            nodes: Vec::with_capacity(old.nodes.len()),
            names: String::with_capacity(old.names.len()),
            name_ends: Vec::with_capacity(old.nodes.len()),
            places: Vec::with_capacity(old.places.len()),
            programmes: Interned::of(&old.programmes),
            plans: Interned::of(&old.plans),
        }
    }

    pub fn node(&mut self, kind: NetworkNodeKind, row: NodeRow) {
        self.pass(Some((kind, row.id)));
        let province = row.province_code.as_deref().and_then(province_number);
        self.places.extend(province.map(|province| (province, place(self.nodes.len()))));
        let programme = row.programme_code.map(|code| self.programmes.place(code));
        let plan = row.plan_id.map(|plan| place(self.plans.place(plan)));
        self.push(
            Node {
                id: row.id,
                kind,
                organisation: row.organisation_kind,
                province,
                audience: row.audience,
                period: Period::new(row.valid_from, row.valid_until),
                programme: programme.map(|place| u16::try_from(place).expect("programmes are few")),
                plan,
                is_synthetic: row.is_synthetic,
            },
            &row.name,
        );
    }

    /// All nodes are there: what follows are their ties.
    pub fn ties(mut self) -> TiesBuilder<'a> {
        self.pass(None);
        // A project's other places stay with it.
        let stayed = self.old.places.iter().map(|(province, node)| (*province, self.moved[*node as usize]));
        self.places.extend(stayed.filter(|(_, node)| *node != GONE));
        TiesBuilder {
            old: self.old,
            touched: self.touched,
            moved: self.moved,
            places: self.places,
            ties: Vec::new(),
            snapshot: NetworkSnapshot {
                nodes: self.nodes.into(),
                names: self.names.into(),
                name_ends: self.name_ends.into(),
                programmes: self.programmes.values.into(),
                plans: self.plans.values.into(),
                ..NetworkSnapshot::empty()
            },
        }
    }

    /// Copies the old nodes that stand before this one and were not touched; all that are left for `None`.
    fn pass(&mut self, next: Option<(NetworkNodeKind, Uuid)>) {
        while let Some(node) = self.old.nodes.get(self.moved.len()) {
            let key = (node.kind, node.id);
            if next.is_some_and(|next| key > next) {
                return;
            }
            let old = place(self.moved.len());
            if self.touched.contains(&key) {
                self.moved.push(GONE);
            } else {
                self.moved.push(place(self.nodes.len()));
                self.push(node.clone(), self.old.name(old));
            }
        }
    }

    fn push(&mut self, node: Node, name: &str) {
        self.names.push_str(name);
        self.name_ends.push(place(self.names.len()));
        self.nodes.push(node);
    }
}

impl TiesBuilder<'_> {
    /// Leaves out a tie to or from a record that is no node: a refused project, a withdrawn plan's intervention.
    pub fn tie(&mut self, kind: TieKind, record_kind: TieRecordKind, row: TieRow) {
        let nodes = &self.snapshot.nodes;
        let (from, to) = (find(nodes, kind.starts_from(), row.from_id), find(nodes, kind.leads_to(), row.to_id));
        let (Some(from), Some(to)) = (from, to) else { return };
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

    /// A touched project works in this province.
    pub fn project_place(&mut self, project: Uuid, province: &str) {
        let found = find(&self.snapshot.nodes, NetworkNodeKind::Project, project);
        self.places.extend(province_number(province).zip(found));
    }

    pub fn finish(mut self, version: i64, moment: &str) -> NetworkSnapshot {
        self.ties.sort_unstable_by_key(order);
        let ties = merged(self.stayed(), self.ties.drain(..));
        let mut places = self.places;
        places.sort_unstable();
        places.dedup();
        let nodes = self.snapshot.nodes.len();
        let outgoing = starts(nodes, ties.iter().map(|tie| tie.from));
        let ends = starts(nodes, ties.iter().map(|tie| tie.to));
        NetworkSnapshot {
            version,
            moment: moment.into(),
            read_at: Instant::now(),
            incoming: (by_end(&ties, &ends), ends),
            ties: ties.into(),
            outgoing,
            places: places.into(),
            ..self.snapshot
        }
    }

    /// The old ties that were not read again and of which both ends are still there. They keep their order, as places
    /// grow with places.
    fn stayed(&self) -> Vec<Tie> {
        let is_touched = |node: u32| {
            let node = self.old.node(node);
            self.touched.contains(&(node.kind, node.id))
        };
        let mut end_touched: Vec<Option<bool>> = vec![None; self.old.nodes.len()];
        let mut stays = |tie: &Tie| {
            let by_end = *end_touched[tie.to as usize].get_or_insert_with(|| is_touched(tie.to));
            !(by_end || tie.kind.starts_from() == NetworkNodeKind::Project && is_touched(tie.from))
        };
        let mut stayed = Vec::with_capacity(self.old.ties.len());
        for tie in self.old.ties.iter().filter(|tie| stays(tie)) {
            // A body that was read again is at its new place.
            let at = |old: u32| match self.moved[old as usize] {
                GONE => find(&self.snapshot.nodes, self.old.node(old).kind, self.old.node(old).id),
                place => Some(place),
            };
            let (Some(from), Some(to)) = (at(tie.from), at(tie.to)) else { continue };
            stayed.push(Tie { from, to, ..tie.clone() });
        }
        stayed
    }
}

/// Two lists in order, as one.
fn merged(stayed: Vec<Tie>, fresh: impl ExactSizeIterator<Item = Tie>) -> Vec<Tie> {
    if stayed.is_empty() {
        return fresh.collect();
    }
    let mut all = Vec::with_capacity(stayed.len() + fresh.len());
    let mut stayed = stayed.into_iter().peekable();
    for tie in fresh {
        let place = order(&tie);
        while let Some(before) = stayed.next_if(|other| order(other) <= place) {
            all.push(before);
        }
        all.push(tie);
    }
    all.extend(stayed);
    all
}

/// Where each node's share begins in a list that is ordered by node.
fn starts(nodes: usize, of: impl Iterator<Item = u32>) -> Arc<[u32]> {
    let mut starts = vec![0; nodes + 1];
    for node in of {
        starts[node as usize + 1] += 1;
    }
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    starts.into()
}

/// The places of the ties, by the node that they lead to.
fn by_end(ties: &[Tie], ends: &[u32]) -> Arc<[u32]> {
    let mut next = ends.to_vec();
    let mut by_end = vec![0; ties.len()];
    for (tie, at) in ties.iter().zip(0..) {
        let slot = &mut next[tie.to as usize];
        by_end[*slot as usize] = at;
        *slot += 1;
    }
    by_end.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{network, node, tie};
    use super::*;

    const KIND: NetworkNodeKind = NetworkNodeKind::Organisation;

    /// What a snapshot tells, whatever its history.
    fn told(network: &NetworkSnapshot) -> String {
        let names: Vec<_> = (0..place(network.nodes.len())).map(|node| network.name(node)).collect();
        format!("{:?}", (&network.nodes, names, &network.ties, &network.outgoing, &network.incoming, &network.places))
    }

    /// What `old` becomes when these nodes were touched, those with an audience still exist, and these ties lead to them.
    fn amended(old: &NetworkSnapshot, nodes: &[(u128, Option<i32>)], ties: &[(u128, u128, i32)]) -> NetworkSnapshot {
        let touched: Touched = nodes.iter().map(|(id, _)| (KIND, Uuid::from_u128(*id))).collect();
        let mut builder = NodesBuilder::over(old, &touched);
        for (id, audience) in nodes {
            if let Some(audience) = audience {
                builder.node(KIND, node(*id, *audience));
            }
        }
        let mut builder = builder.ties();
        for (from, to, audience) in ties {
            builder.tie(TieKind::MemberOf, TieRecordKind::CouncilSeat, tie(*from, *to, *audience));
        }
        builder.finish(8, "")
    }

    #[test]
    fn amending_gives_what_building_anew_would() {
        let old = network(&[0, 0, 9, 0], &[(1, 2, 0), (3, 2, 0), (3, 4, 0), (4, 1, 8)]);
        let same = amended(&old, &[], &[]);
        assert_eq!(told(&same), told(&old));
        // 3 is read again and seen by all; its tie to 4 is not read again, and stays.
        let seen = amended(&old, &[(3, Some(0))], &[]);
        assert_eq!(told(&seen), told(&network(&[0, 0, 0, 0], &[(1, 2, 0), (3, 2, 0), (3, 4, 0), (4, 1, 8)])));
        // The ties that lead to 2 are others now.
        let other = amended(&old, &[(2, Some(0))], &[(4, 2, 7)]);
        assert_eq!(told(&other), told(&network(&[0, 0, 9, 0], &[(4, 2, 7), (3, 4, 0), (4, 1, 8)])));
        // 3 is gone, and with it what it was tied to; 5 is new, at the end.
        let gone = amended(&old, &[(3, None), (5, Some(0))], &[(1, 5, 0)]);
        assert_eq!((gone.nodes.len(), gone.ties.len()), (4, 3));
        assert!(gone.ties.iter().all(|tie| tie.from != tie.to && gone.node(tie.to).kind == KIND));
        let nodes = [(2, Some(0)), (3, Some(9)), (4, Some(0)), (5, None)];
        let back = amended(&gone, &nodes, &[(1, 2, 0), (3, 2, 0), (3, 4, 0)]);
        assert_eq!(told(&back), told(&old));
    }
}
