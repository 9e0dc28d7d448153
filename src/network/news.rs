//! What is new in a part of the network from one snapshot to the next.

use std::cmp::Ordering;

use super::view::{Found, View};

/// Places: of what ended in the former snapshot, of the rest in the present one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub appeared: Vec<u32>,
    pub ended: Vec<u32>,
    pub changed: Vec<u32>,
}

/// What is new for one viewer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    pub nodes: Changes,
    pub ties: Changes,
}

impl News {
    /// Both snapshots keep their nodes and ties in the same order, so that each list is walked once.
    pub fn between(before: (&View, &Found), now: (&View, &Found)) -> Self {
        let node = |view: &View, at: u32| {
            let node = view.snapshot.node(at);
            (node.kind, node.id)
        };
        // Without what only the snapshot knows, such as where a programme's code is kept.
        let told = |view: &View, at: u32| {
            let node = view.snapshot.node(at).clone();
            let texts = (view.snapshot.name(at).to_owned(), view.snapshot.programme(&node).map(String::from));
            (super::model::Node { programme: None, plan: None, audience: 0, ..node }, texts)
        };
        let tie = |view: &View, at: u32| {
            let tie = view.snapshot.tie(at);
            (node(view, tie.from), tie.kind, node(view, tie.to), tie.record)
        };
        let tie_told = |view: &View, at: u32| {
            let tie = view.snapshot.tie(at);
            (tie.period, tie.category, tie.role, tie.record_kind, tie.is_synthetic)
        };
        // Ties of the same two by the same kind are ordered by time; here by their record, which stays.
        let by_record = |view: &View, ties: &[u32]| {
            let mut ties = ties.to_vec();
            ties.sort_by_cached_key(|at| tie(view, *at));
            ties
        };
        let ((before, was), (now, is)) = (before, now);
        Self {
            nodes: merge((&was.nodes, |at| node(before, at)), (&is.nodes, |at| node(now, at)), |then, at| {
                told(before, then) == told(now, at)
            }),
            ties: merge(
                (&by_record(before, &was.ties), |at| tie(before, at)),
                (&by_record(now, &is.ties), |at| tie(now, at)),
                |then, at| tie_told(before, then) == tie_told(now, at),
            ),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn merge<K: Ord>(
    (before, key_before): (&[u32], impl Fn(u32) -> K),
    (now, key_now): (&[u32], impl Fn(u32) -> K),
    is_same: impl Fn(u32, u32) -> bool,
) -> Changes {
    let mut changes = Changes::default();
    let (mut before, mut now) = (before.iter().copied().peekable(), now.iter().copied().peekable());
    loop {
        match (before.peek().copied(), now.peek().copied()) {
            (Some(then), Some(at)) => match key_before(then).cmp(&key_now(at)) {
                Ordering::Less => changes.ended.extend(before.next()),
                Ordering::Greater => changes.appeared.extend(now.next()),
                Ordering::Equal => {
                    if !is_same(then, at) {
                        changes.changed.push(at);
                    }
                    before.next();
                    now.next();
                }
            },
            (Some(_), None) => changes.ended.extend(before.next()),
            (None, Some(_)) => changes.appeared.extend(now.next()),
            (None, None) => return changes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::tests::view;
    use super::*;
    use crate::network::snapshot::tests::network;

    #[test]
    fn what_came_and_went_is_told_for_what_the_viewer_sees() {
        // 2 becomes hidden, 4 is new; 1 and 3 are tied anew.
        let before = view(network(&[0, 0, 0], &[(1, 2, 0), (1, 3, 0)]), &[0]);
        let now = view(network(&[0, 9, 0, 0], &[(1, 2, 0), (3, 1, 0), (1, 3, 0), (1, 4, 9)]), &[0]);
        let news = News::between((&before, &before.whole()), (&now, &now.whole()));
        assert_eq!(news.nodes, Changes { appeared: vec![3], ended: vec![1], changed: vec![] });
        let is = |ties: &[u32], view: &View| {
            ties.iter().map(|tie| view.snapshot.tie(*tie)).map(|tie| (tie.from, tie.to)).collect::<Vec<_>>()
        };
        assert_eq!(is(&news.ties.appeared, &now), [(2, 0)]);
        assert_eq!(is(&news.ties.ended, &before), [(0, 1)]);
        assert!(News::between((&now, &now.whole()), (&now, &now.whole())).is_empty());
    }
}
