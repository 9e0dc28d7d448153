//! Who mediates between whom: brokerage roles between groups [ruoli di intermediazione].

use super::{Deadline, Stopped};

/// How often a node stands between two that are not tied themselves, by the groups of the three (Gould and Fernandez,
/// 1989). On directed ties the way goes from the first over the broker to the third.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// All three are of one group [coordinatore].
    pub coordinator: u64,
    /// The first is of another group: the broker lets it in [gatekeeper].
    pub gatekeeper: u64,
    /// The third is of another group: the broker speaks to it for the first [rappresentante].
    pub representative: u64,
    /// The broker alone is of another group [consulente].
    pub consultant: u64,
    /// All three are of different groups [collegamento].
    pub liaison: u64,
}

impl Roles {
    pub fn total(&self) -> u64 {
        self.coordinator + self.gatekeeper + self.representative + self.consultant + self.liaison
    }

    fn role(&mut self, first: u16, broker: u16, third: u16) -> &mut u64 {
        match (first == broker, broker == third) {
            (true, true) => &mut self.coordinator,
            (false, true) => &mut self.gatekeeper,
            (true, false) => &mut self.representative,
            (false, false) if first == third => &mut self.consultant,
            (false, false) => &mut self.liaison,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Directed,
    /// Each pair of nodes mediated between counts once; who lets in also speaks for, so that both roles count alike.
    Ignored,
}

/// The roles of each node, whose groups are given; parallel ties count once, loops do not.
///
/// All ways over a node are counted by groups, then those are taken off whose ends are tied: time grows with the ties
/// and, for each, the smaller degree of its ends, never with the square of a degree.
pub fn brokerage(
    groups: &[u16],
    ties: impl IntoIterator<Item = (u32, u32)>,
    direction: Direction,
    deadline: &Deadline,
) -> Result<Vec<Roles>, Stopped> {
    let mut ties: Vec<(u32, u32)> = ties.into_iter().filter(|(from, to)| from != to).collect();
    if direction == Direction::Ignored {
        ties.extend_from_within(..);
        let half = ties.len() / 2;
        ties[half..].iter_mut().for_each(|(from, to)| std::mem::swap(from, to));
    }
    let onward = Lists::new(groups.len(), &mut ties);
    ties.iter_mut().for_each(|(from, to)| std::mem::swap(from, to));
    let backward = Lists::new(groups.len(), &mut ties);

    let mut roles = vec![Roles::default(); groups.len()];
    let mut pace = deadline.pace();
    let mut counts = Counts::new(groups);
    for (broker, roles) in roles.iter_mut().enumerate() {
        let (from, to) = (backward.of(broker as u32), onward.of(broker as u32));
        *roles = counts.ways(groups, groups[broker], from, to);
        pace.spend(from.len() + to.len())?;
    }
    for first in 0..groups.len() as u32 {
        for third in onward.of(first) {
            let (to, from) = (onward.of(first), backward.of(*third));
            pace.spend(to.len().min(from.len()) + 1)?;
            in_both(to, from, |broker| {
                let [first, broker_group, third] = [first, broker, *third].map(|node| groups[node as usize]);
                *roles[broker as usize].role(first, broker_group, third) -= 1;
            });
        }
    }
    if direction == Direction::Ignored {
        for roles in &mut roles {
            roles.coordinator /= 2;
            roles.consultant /= 2;
            roles.liaison /= 2;
        }
    }
    Ok(roles)
}

/// Numbers of ties with each group, kept between nodes so as not to be made anew.
struct Counts {
    from: Vec<u64>,
    to: Vec<u64>,
    mutual: Vec<u64>,
}

impl Counts {
    fn new(groups: &[u16]) -> Self {
        let count = groups.iter().max().map_or(0, |most| usize::from(*most) + 1);
        Self { from: vec![0; count], to: vec![0; count], mutual: vec![0; count] }
    }

    /// All ways over a broker from one node to another, tied themselves or not.
    fn ways(&mut self, groups: &[u16], own: u16, from: &[u32], to: &[u32]) -> Roles {
        let group = |node: &u32| usize::from(groups[*node as usize]);
        from.iter().for_each(|node| self.from[group(node)] += 1);
        to.iter().for_each(|node| self.to[group(node)] += 1);
        let mut mutual = 0;
        in_both(from, to, |node| {
            self.mutual[group(&node)] += 1;
            mutual += 1;
        });

        let own = usize::from(own);
        let (all_from, all_to) = (from.len() as u64, to.len() as u64);
        let mut roles = Roles {
            coordinator: self.from[own] * self.to[own] - self.mutual[own],
            gatekeeper: (all_from - self.from[own]) * self.to[own],
            representative: self.from[own] * (all_to - self.to[own]),
            ..Roles::default()
        };
        let own_mutual = self.mutual[own];
        let mut between_others = (all_from - self.from[own]) * (all_to - self.to[own]) - (mutual - own_mutual);
        (self.from[own], self.mutual[own]) = (0, 0);
        for node in from {
            let group = group(node);
            let count = std::mem::take(&mut self.from[group]);
            roles.consultant += count * self.to[group] - std::mem::take(&mut self.mutual[group]);
        }
        to.iter().for_each(|node| self.to[group(node)] = 0);
        between_others -= roles.consultant;
        roles.liaison = between_others;
        roles
    }
}

/// Each node's neighbours in one direction, in order, each once.
struct Lists {
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Lists {
    fn new(nodes: usize, ties: &mut Vec<(u32, u32)>) -> Self {
        ties.sort_unstable();
        ties.dedup();
        let mut starts = vec![0; nodes + 1];
        for (from, _) in ties.iter() {
            starts[*from as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        Self { starts, nodes: ties.iter().map(|(_, to)| *to).collect() }
    }

    fn of(&self, node: u32) -> &[u32] {
        &self.nodes[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }
}

/// Tells what two ordered lists have in common; costs little where one is short.
fn in_both(one: &[u32], other: &[u32], mut tell: impl FnMut(u32)) {
    let (short, mut long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    for node in short {
        if long.len() > 8 * short.len() {
            long = &long[long.partition_point(|other| other < node)..];
        } else {
            long = &long[long.iter().position(|other| other >= node).unwrap_or(long.len())..];
        }
        if long.first() == Some(node) {
            tell(*node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::chance::Chance;
    use super::*;

    /// Goes through all threes.
    fn counted(groups: &[u16], ties: &[(u32, u32)]) -> Vec<Roles> {
        let nodes = 0..groups.len() as u32;
        let mut roles = vec![Roles::default(); groups.len()];
        for (first, broker, third) in nodes
            .clone()
            .flat_map(|a| nodes.clone().flat_map(move |b| (0..groups.len() as u32).map(move |c| (a, b, c))))
        {
            let is_broker = first != third && first != broker && broker != third;
            let tied = |from, to| ties.contains(&(from, to));
            if is_broker && tied(first, broker) && tied(broker, third) && !tied(first, third) {
                let [a, b, c] = [first, broker, third].map(|node| groups[node as usize]);
                *roles[broker as usize].role(a, b, c) += 1;
            }
        }
        roles
    }

    #[test]
    fn roles_are_as_when_all_threes_are_gone_through() {
        let mut chance = Chance::new(7);
        for _ in 0..60 {
            let count = 1 + chance.below(14);
            let groups: Vec<u16> = (0..count).map(|_| chance.below(4) as u16).collect();
            let node = |chance: &mut Chance| chance.below(count) as u32;
            let ties: Vec<(u32, u32)> = (0..chance.below(70)).map(|_| (node(&mut chance), node(&mut chance))).collect();
            let directed = brokerage(&groups, ties.iter().copied(), Direction::Directed, &Deadline::none()).unwrap();
            assert_eq!(directed, counted(&groups, &ties), "{groups:?} {ties:?}");

            let both: Vec<(u32, u32)> = ties.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
            let mut expected = counted(&groups, &both);
            for roles in &mut expected {
                roles.coordinator /= 2;
                roles.consultant /= 2;
                roles.liaison /= 2;
            }
            let ignored = brokerage(&groups, ties, Direction::Ignored, &Deadline::none()).unwrap();
            assert_eq!(ignored, expected);
        }
    }

    #[test]
    fn an_office_between_levels_has_each_role_by_name() {
        // 0 the department, 1 and 2 offices, 3 and 4 partners; 1 passes on from the department, and from office 2.
        let roles = brokerage(
            &[0, 1, 1, 2, 2],
            [(0, 1), (2, 1), (1, 3), (1, 4), (3, 1)],
            Direction::Directed,
            &Deadline::none(),
        );
        let expected = Roles { liaison: 2, representative: 2, consultant: 1, ..Roles::default() };
        assert_eq!(roles.unwrap()[1], expected);
        assert_eq!(expected.total(), 5);
    }
}
