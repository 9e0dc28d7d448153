//! Who connects two nodes: the shortest ways over the ties that a viewer sees.

use super::analysis::k_paths::{shortest_path, shortest_paths};
use super::analysis::{Deadline, Stopped};
use super::view::View;

impl View {
    /// The nodes of a shortest way, both ends included; the same one each time where there are several.
    /// `None` where there is none, or an end is not there for the viewer on the day.
    pub fn path(&self, from: u32, to: u32, deadline: &Deadline) -> Result<Option<Vec<u32>>, Stopped> {
        if !self.has_node(from) || !self.has_node(to) {
            return Ok(None);
        }
        shortest_path(self.snapshot.nodes().len(), self.neighbours(), from, to, deadline)
    }

    /// So many ways at the most, none of which comes to a node twice: the shortest first, always the same ones.
    pub fn paths(&self, from: u32, to: u32, count: usize, deadline: &Deadline) -> Result<Vec<Vec<u32>>, Stopped> {
        if !self.has_node(from) || !self.has_node(to) {
            return Ok(Vec::new());
        }
        shortest_paths(self.snapshot.nodes().len(), self.neighbours(), from, to, count, deadline)
    }

    fn neighbours(&self) -> impl Fn(u32, &mut Vec<u32>) {
        |node, list| list.extend(self.steps(node).map(|(_, other)| other))
    }

    /// All ties that make a step between two nodes, whichever way they point.
    pub fn between(&self, one: u32, other: u32) -> Vec<u32> {
        let mut ties: Vec<u32> = self.steps(one).filter(|(_, reached)| *reached == other).map(|(tie, _)| tie).collect();
        ties.sort_unstable();
        ties
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::TieKind;
    use super::super::view::Wanted;
    use super::super::view::tests::view;
    use super::*;
    use crate::network::snapshot::tests::network;

    fn path(view: &View, from: u32, to: u32) -> Option<Vec<u32>> {
        view.path(from, to, &Deadline::none()).unwrap()
    }

    /// Two ways from 1 to 4, over 2 and over 3, of which 3 is for key 9 alone; 5 stands apart.
    const AUDIENCES: [i32; 5] = [0, 0, 9, 0, 0];

    #[test]
    fn a_shortest_way_is_found_and_always_the_same() {
        let ties = [(1, 3, 0), (3, 4, 0), (4, 2, 0), (2, 1, 0), (1, 2, 0)];
        let view = view(network(&AUDIENCES, &ties), &[0, 9]);
        assert_eq!(path(&view, 0, 3), Some(vec![0, 1, 3]));
        assert_eq!(path(&view, 3, 0), Some(vec![3, 1, 0]));
        assert_eq!(path(&view, 2, 2), Some(vec![2]));
        assert_eq!(view.between(0, 1).len(), 2);
        assert_eq!(view.paths(0, 3, 5, &Deadline::none()), Ok(vec![vec![0, 1, 3], vec![0, 2, 3]]));
        assert_eq!(path(&view, 0, 4), None);
    }

    #[test]
    fn no_way_leads_over_what_is_hidden() {
        let ties = [(1, 3, 0), (3, 4, 0)];
        assert_eq!(path(&view(network(&AUDIENCES, &ties), &[0, 9]), 0, 3), Some(vec![0, 2, 3]));
        let public = view(network(&AUDIENCES, &ties), &[0]);
        assert_eq!(path(&public, 0, 3), None);
        assert_eq!(path(&public, 0, 2), None, "as if the end did not exist");
    }

    #[test]
    fn kinds_of_ties_that_are_not_wanted_are_not_walked() {
        let leads = Wanted { ties: Some(vec![TieKind::Leads]), ..Wanted::default() };
        let view = view(network(&AUDIENCES, &[(1, 2, 0)]), &[0]).narrowed(leads);
        assert_eq!(path(&view, 0, 1), None);
    }
}
