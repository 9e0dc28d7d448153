//! Bodies and what they take part in: the two-mode network, and who shares how much with whom.

use super::NetworkSnapshot;
use super::analysis::Deadline;
use super::analysis::projection::{ProjectionError, SharedCount, shared_counts};
use super::model::{NetworkNodeKind, Tie, TieKind};
use super::view::Found;
use crate::text_enum;

text_enum! {
    /// What bodies take part in together [affiliazione].
    pub enum Affiliation {
        /// A project: its lead, partners, contractors and funders [progetto].
        Project = "project",
        /// A territorial council: its members and the office that chairs it [consiglio territoriale].
        Council = "council",
        /// An agreement: its parties [protocollo d'intesa].
        Agreement = "agreement",
        /// An intervention of a plan: the body responsible [intervento].
        Intervention = "intervention",
    }
}

impl Affiliation {
    /// What a tie from a body says that the body takes part in.
    fn of(tie: &Tie) -> Option<Self> {
        match tie.kind {
            TieKind::Leads | TieKind::PartnerIn | TieKind::ContractedFor | TieKind::Funds => Some(Self::Project),
            TieKind::MemberOf | TieKind::Chairs => Some(Self::Council),
            TieKind::SignatoryOf => Some(Self::Agreement),
            TieKind::ResponsibleFor => Some(Self::Intervention),
            TieKind::Supervises | TieKind::CompetentFor | TieKind::CarriesOut => None,
        }
    }
}

/// Pairs of bodies that are told at the most.
const MOST_PAIRS: usize = 500_000;

/// Bodies, what they take part in, and the ties between the two; places in the snapshot, in its order.
pub struct TwoMode {
    pub bodies: Vec<u32>,
    pub affiliations: Vec<u32>,
    pub ties: Vec<u32>,
}

impl TwoMode {
    /// Of what was found; a council that bodies take part in is itself no body.
    pub fn of(snapshot: &NetworkSnapshot, found: &Found, through: &[Affiliation]) -> Self {
        let joins = |tie: &u32| Affiliation::of(snapshot.tie(*tie)).is_some_and(|kind| through.contains(&kind));
        let ties: Vec<u32> = found.ties.iter().copied().filter(joins).collect();
        let mut affiliations: Vec<u32> = ties.iter().map(|tie| snapshot.tie(*tie).to).collect();
        affiliations.sort_unstable();
        affiliations.dedup();
        let is_body = |node: &u32| {
            snapshot.node(*node).kind == NetworkNodeKind::Organisation && affiliations.binary_search(node).is_err()
        };
        let bodies = found.nodes.iter().copied().filter(is_body).collect();
        Self { bodies, affiliations, ties }
    }

    /// Who shares how much with whom; bodies by their places in `bodies`.
    pub fn shared(&self, snapshot: &NetworkSnapshot, deadline: &Deadline) -> Result<Vec<SharedCount>, ProjectionError> {
        let number = |list: &[u32], node: u32| list.binary_search(&node).ok().and_then(|at| u32::try_from(at).ok());
        let memberships = self.ties.iter().map(|tie| snapshot.tie(*tie));
        let memberships =
            memberships.filter_map(|tie| number(&self.bodies, tie.from).zip(number(&self.affiliations, tie.to)));
        shared_counts(self.bodies.len(), self.affiliations.len(), memberships, MOST_PAIRS, deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::tests::view;
    use super::*;
    use crate::network::snapshot::tests::network;

    #[test]
    fn bodies_share_the_councils_that_they_are_members_of() {
        // 1, 2 and 3 are members of 4; 1 and 2 of 5 as well, 1 twice.
        let ties = [(1, 4, 0), (2, 4, 0), (3, 4, 0), (1, 5, 0), (1, 5, 0), (2, 5, 0)];
        let view = view(network(&[0; 5], &ties), &[0]);
        let two_mode = TwoMode::of(&view.snapshot, &view.whole(), &[Affiliation::Council]);
        assert_eq!((&*two_mode.bodies, &*two_mode.affiliations), (&[0, 1, 2][..], &[3, 4][..]));
        let shared = two_mode.shared(&view.snapshot, &Deadline::none()).unwrap();
        let shared: Vec<_> = shared.iter().map(|pair| (pair.one, pair.other, pair.count)).collect();
        assert_eq!(shared, [(0, 1, 2), (0, 2, 1), (1, 2, 1)]);
        let none = TwoMode::of(&view.snapshot, &view.whole(), &[Affiliation::Project]);
        assert_eq!((none.bodies.len(), none.ties.len()), (5, 0));
    }
}
