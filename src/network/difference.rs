//! What changed between two days: who and what appeared, what ended, what is tied otherwise.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::NetworkSnapshot;
use super::model::TieKind;
use super::view::Found;

/// Places in the snapshot, in its order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub appeared_nodes: Vec<u32>,
    pub ended_nodes: Vec<u32>,
    pub appeared_ties: Vec<u32>,
    pub ended_ties: Vec<u32>,
    /// Two nodes tied by the same kind of tie then and now, by another record or in another category or role.
    pub changed_ties: Vec<(u32, u32)>,
}

impl Difference {
    /// Between two answers from one snapshot.
    pub fn between(snapshot: &NetworkSnapshot, then: &Found, now: &Found) -> Self {
        let (ended_nodes, appeared_nodes) = apart(&then.nodes, &now.nodes);
        let (mut ended_ties, mut appeared_ties) = apart(&then.ties, &now.ties);
        let ends = |tie: u32| -> (u32, u32, TieKind) {
            let tie = snapshot.tie(tie);
            (tie.from, tie.to, tie.kind)
        };
        let mut successors: HashMap<_, Vec<u32>> = HashMap::new();
        for tie in appeared_ties.iter().rev() {
            successors.entry(ends(*tie)).or_default().push(*tie);
        }
        let mut changed_ties = Vec::new();
        ended_ties.retain(|tie| match successors.get_mut(&ends(*tie)).and_then(Vec::pop) {
            Some(successor) => {
                changed_ties.push((*tie, successor));
                false
            }
            None => true,
        });
        appeared_ties.retain(|tie| successors.get(&ends(*tie)).is_some_and(|left| left.contains(tie)));
        Self { appeared_nodes, ended_nodes, appeared_ties, ended_ties, changed_ties }
    }
}

/// What is in one of two lists in order, and not in the other.
pub fn apart(one: &[u32], other: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut in_one, mut in_other) = (Vec::new(), Vec::new());
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(a), Some(b)) => match a.cmp(b) {
                Ordering::Less => in_one.extend(left.next()),
                Ordering::Greater => in_other.extend(right.next()),
                Ordering::Equal => {
                    left.next();
                    right.next();
                }
            },
            (Some(_), None) => in_one.extend(left.next()),
            (None, Some(_)) => in_other.extend(right.next()),
            (None, None) => return (in_one, in_other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::snapshot::tests::network;

    #[test]
    fn a_tie_by_another_record_between_the_same_two_is_a_change() {
        // Twice from 1 to 2, once from 1 to 3.
        let network = network(&[0; 3], &[(1, 2, 0), (1, 2, 7), (1, 3, 0)]);
        let found = |nodes: &[u32], ties: &[u32]| Found { nodes: nodes.to_vec(), ties: ties.to_vec() };
        let difference = Difference::between(&network, &found(&[0, 1], &[0]), &found(&[0, 2], &[1, 2]));
        let expected = Difference {
            appeared_nodes: vec![2],
            ended_nodes: vec![1],
            appeared_ties: vec![2],
            ended_ties: vec![],
            changed_ties: vec![(0, 1)],
        };
        assert_eq!(difference, expected);
    }

    #[test]
    fn what_stays_is_in_neither_list() {
        assert_eq!(apart(&[1, 2, 4], &[2, 3, 4, 5]), (vec![1], vec![3, 5]));
        assert_eq!(apart(&[], &[1]), (vec![], vec![1]));
    }
}
