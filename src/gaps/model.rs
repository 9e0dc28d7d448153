//! Kinds of gaps, the gaps of a day, and how two days compare.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::councils::model::{SeatCategory, SocialSide};
use crate::overview::model::OverviewBasis;
use crate::text_enum;

text_enum! {
    /// Kind of a coordination gap [tipo di lacuna].
    pub enum CoordinationGapKind {
        /// A need of a plan in force that no intervention answers which names a body responsible or is carried out by a
        /// project; those that no intervention answers at all are the overview's uncovered needs [bisogno senza attore].
        NeedWithoutActor = "need_without_actor",
        /// An intervention of a plan in force that no project, admitted or further and not revoked, carries out: the
        /// overview's figure [intervento senza progetto].
        InterventionWithoutProject = "intervention_without_project",
        /// A project active on the day that carries out no intervention of any plan adopted by then, whichever office's and
        /// whether or not its period is over [progetto fuori da ogni piano].
        ProjectOutsidePlan = "project_outside_plan",
        /// A category of art. 57 in which a council that exists on the day lacks seats, or one side of category f)
        /// [componente mancante del Consiglio territoriale].
        EmptySeat = "empty_seat",
        /// A body below the institutional level that on the day has no project, agreement, council seat or intervention
        /// [ente isolato].
        IsolatedOrganisation = "isolated_organisation",
        /// A province whose bodies, offices and councils left out, work together through one: without it a third or
        /// more of those connected would lose the way to the others [provincia che si regge su un solo ente].
        ProvinceOnOneBroker = "province_on_one_broker",
        /// An office that on the day takes part in no project or agreement together with another office
        /// [ufficio senza scambio].
        OfficeWithoutExchange = "office_without_exchange",
    }
}

impl CoordinationGapKind {
    /// Whether it is found in the network and not in the records' tables.
    pub const fn is_of_network(self) -> bool {
        matches!(self, Self::IsolatedOrganisation | Self::ProvinceOnOneBroker | Self::OfficeWithoutExchange)
    }
}

/// What only one kind of gap tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    Plain,
    /// Of a need: whether there is an intervention for it at all.
    Need {
        has_intervention: bool,
    },
    /// Of an empty seat.
    Seats {
        category: SeatCategory,
        missing: usize,
        missing_sides: Vec<SocialSide>,
    },
    /// Of a broker: who would lose the way to the others without it, of how many connected beside it.
    Broker {
        dependents: Vec<Uuid>,
        connected: usize,
    },
}

/// One gap on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub kind: CoordinationGapKind,
    /// Id of the need, intervention, project, council, body or office.
    pub subject: Uuid,
    /// Offices that it belongs to, in order; none where its record lies in no province.
    pub offices: Vec<Uuid>,
    /// ISTAT code.
    pub province: Option<String>,
    pub since: Option<NaiveDate>,
    pub detail: Detail,
}

/// What makes a gap the same one on two days: its record and, where a record has several, the category or province.
pub type Identity = (CoordinationGapKind, Uuid, String);

impl Gap {
    pub fn identity(&self) -> Identity {
        let part = match &self.detail {
            Detail::Seats { category, .. } => category.as_str().to_owned(),
            Detail::Broker { .. } => self.province.clone().unwrap_or_default(),
            Detail::Plain | Detail::Need { .. } => String::new(),
        };
        (self.kind, self.subject, part)
    }
}

/// What gaps are asked for, on any day.
#[derive(Clone, Debug)]
pub struct Scope {
    pub kinds: Vec<CoordinationGapKind>,
    pub basis: OverviewBasis,
    /// Only gaps of these offices; `None` for the country.
    pub offices: Option<Vec<Uuid>>,
}

impl Scope {
    /// Whether a gap of these offices is asked for.
    pub fn includes(&self, offices: &[Uuid]) -> bool {
        self.offices.as_ref().is_none_or(|wanted| offices.iter().any(|office| wanted.contains(office)))
    }
}

/// How many gaps there are, and what became of them between two days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub now: i64,
    /// On the day compared with; 0 where none is.
    pub then: i64,
    pub appeared: i64,
    pub resolved: i64,
}

/// The gaps of a day, in their order, held against those of an earlier one.
#[derive(Debug, Default)]
pub struct Findings {
    pub now: Vec<Gap>,
    /// Gaps of now that were none then.
    pub appeared: Vec<Gap>,
    /// Gaps of then that are none now, as they were then.
    pub resolved: Vec<Gap>,
    /// By kind and office; `None` for the country, where a gap of several offices counts once.
    tallies: HashMap<(CoordinationGapKind, Option<Uuid>), Tally>,
}

impl Findings {
    pub fn new(now: Vec<Gap>, then: Option<Vec<Gap>>) -> Self {
        let then_known = then.is_some();
        let (now, then) = (in_order(now), in_order(then.unwrap_or_default()));
        let identities = |gaps: &[Gap]| gaps.iter().map(Gap::identity).collect::<HashSet<_>>();
        let (of_now, of_then) = (identities(&now), identities(&then));
        let without = |gaps: &[Gap], known: &HashSet<Identity>| {
            gaps.iter().filter(|gap| !known.contains(&gap.identity())).cloned().collect::<Vec<_>>()
        };
        let appeared = if then_known { without(&now, &of_then) } else { Vec::new() };
        let resolved = without(&then, &of_now);
        let mut tallies: HashMap<_, Tally> = HashMap::new();
        let mut count = |gaps: &[Gap], add: fn(&mut Tally)| {
            for gap in gaps {
                for office in gap.offices.iter().copied().map(Some).chain([None]) {
                    add(tallies.entry((gap.kind, office)).or_default());
                }
            }
        };
        count(&now, |tally| tally.now += 1);
        count(&then, |tally| tally.then += 1);
        count(&appeared, |tally| tally.appeared += 1);
        count(&resolved, |tally| tally.resolved += 1);
        Self { now, appeared, resolved, tallies }
    }

    /// How many there are of an office, or of the country for `None`.
    pub fn tally(&self, kind: CoordinationGapKind, office: Option<Uuid>) -> Tally {
        self.tallies.get(&(kind, office)).copied().unwrap_or_default()
    }
}

/// By kind, province and record: the order of lists and of their cursors.
fn in_order(gaps: Vec<Gap>) -> Vec<Gap> {
    let keyed: BTreeMap<_, _> = gaps.into_iter().map(|gap| (place(&gap), gap)).collect();
    keyed.into_values().collect()
}

/// Where a gap stands in a list.
pub fn place(gap: &Gap) -> (CoordinationGapKind, String, Identity) {
    (gap.kind, gap.province.clone().unwrap_or_default(), gap.identity())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(kind: CoordinationGapKind, subject: u128, offices: &[u128]) -> Gap {
        Gap {
            kind,
            subject: Uuid::from_u128(subject),
            offices: offices.iter().map(|office| Uuid::from_u128(*office)).collect(),
            province: None,
            since: None,
            detail: Detail::Plain,
        }
    }

    #[test]
    fn a_gap_of_two_offices_counts_for_each_and_once_for_the_country() {
        let project = CoordinationGapKind::ProjectOutsidePlan;
        let found = Findings::new(vec![gap(project, 1, &[7, 8]), gap(project, 2, &[7]), gap(project, 3, &[])], None);
        let now = |office: Option<u128>| found.tally(project, office.map(Uuid::from_u128)).now;
        assert_eq!([now(Some(7)), now(Some(8)), now(Some(9)), now(None)], [2, 1, 0, 3]);
        assert!(found.appeared.is_empty(), "nothing appears where no day is compared with");
    }

    #[test]
    fn two_days_compare_by_what_each_gap_is_about() {
        let seat = CoordinationGapKind::EmptySeat;
        let of = |category| Gap {
            detail: Detail::Seats { category, missing: 1, missing_sides: Vec::new() },
            ..gap(seat, 1, &[7])
        };
        let then = vec![of(SeatCategory::Region), of(SeatCategory::Mayors)];
        let found = Findings::new(vec![of(SeatCategory::Region), of(SeatCategory::AidBodies)], Some(then));
        let expected = Tally { now: 2, then: 2, appeared: 1, resolved: 1 };
        assert_eq!((found.tally(seat, Some(Uuid::from_u128(7))), found.tally(seat, None)), (expected, expected));
        assert_eq!(found.resolved[0].identity().2, "d");
        assert_eq!(found.appeared[0].identity().2, "h");
    }
}
