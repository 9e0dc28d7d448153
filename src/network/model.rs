//! Nodes and ties of the network, as small as memory wants them.

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use crate::access::Room;
use crate::councils::model::SeatCategory;
use crate::locale::Message;
use crate::organisations::model::OrganisationKind;
use crate::projects::model::ProjectRole;
use crate::text_enum;

text_enum! {
    /// What a node of the network stands for [tipo di nodo].
    pub enum NetworkNodeKind {
        /// A body; offices and councils are bodies [ente].
        Organisation = "organisation",
        /// A province or a unit of the same tier [provincia].
        Province = "province",
        /// A project that was not refused [progetto].
        Project = "project",
        /// An agreement [protocollo d'intesa].
        Agreement = "agreement",
        /// An intervention of a territorial plan that was not withdrawn [intervento].
        Intervention = "intervention",
    }
}

impl NetworkNodeKind {
    /// The room whose keys decide who sees a node of this kind.
    pub const fn room(self) -> Room {
        match self {
            Self::Organisation | Self::Province => Room::Organisations,
            Self::Project => Room::Projects,
            Self::Agreement => Room::Agreements,
            Self::Intervention => Room::Plans,
        }
    }
}

text_enum! {
    /// What ties two nodes: each kind follows from one kind of record [tipo di legame].
    pub enum TieKind {
        /// From the central department to its offices and directorates [vigilanza].
        Supervises = "supervises",
        /// From an office to a province, for a period [competenza territoriale].
        CompetentFor = "competent_for",
        /// From the office whose prefect chairs it to the territorial council [presidenza del CTI].
        Chairs = "chairs",
        /// From a body to the territorial council where it holds a seat, with its category [componente del CTI].
        MemberOf = "member_of",
        /// From the lead to its project [capofila].
        Leads = "leads",
        /// From a body to a project where it takes part, with its role; the lead's own parts are told by `LEADS` [partner].
        PartnerIn = "partner_in",
        /// From a contractor to the project that it works for [affidatario].
        ContractedFor = "contracted_for",
        /// To a project that has its money: from the body that issued its call, or set its programme [finanziatore].
        Funds = "funds",
        /// From a body to an agreement that it is party to [firmatario].
        SignatoryOf = "signatory_of",
        /// From a body to the intervention that it answers for [soggetto responsabile].
        ResponsibleFor = "responsible_for",
        /// From a project to the intervention of a plan that it carries out [attuazione].
        CarriesOut = "carries_out",
    }
}

impl TieKind {
    /// Kind of the node that a tie of this kind starts from.
    pub const fn starts_from(self) -> NetworkNodeKind {
        match self {
            Self::CarriesOut => NetworkNodeKind::Project,
            _ => NetworkNodeKind::Organisation,
        }
    }

    /// Kind of the node that a tie of this kind leads to.
    pub const fn leads_to(self) -> NetworkNodeKind {
        match self {
            Self::Supervises | Self::Chairs | Self::MemberOf => NetworkNodeKind::Organisation,
            Self::CompetentFor => NetworkNodeKind::Province,
            Self::Leads | Self::PartnerIn | Self::ContractedFor | Self::Funds => NetworkNodeKind::Project,
            Self::SignatoryOf => NetworkNodeKind::Agreement,
            Self::ResponsibleFor | Self::CarriesOut => NetworkNodeKind::Intervention,
        }
    }
}

text_enum! {
    /// Kind of the record that a tie follows from [tipo di record].
    pub enum TieRecordKind {
        /// The supervised body, or the council [ente].
        Organisation = "organisation",
        /// An office's competence for a province [competenza territoriale].
        OfficeCompetence = "office_competence",
        /// A seat in a council [componente del CTI].
        CouncilSeat = "council_seat",
        /// A project, which names its lead and the interventions that it carries out [progetto].
        Project = "project",
        /// A body's part in a project [partecipazione].
        ProjectParticipation = "project_participation",
        /// A call, on which the project answers [avviso].
        FundingCall = "funding_call",
        /// A party to an agreement [parte firmataria].
        AgreementParty = "agreement_party",
        /// An intervention, which names the body responsible [intervento].
        PlanIntervention = "plan_intervention",
    }
}

impl TieRecordKind {
    /// The room whose keys decide who sees a tie that follows from such a record.
    pub const fn room(self) -> Room {
        match self {
            Self::Organisation | Self::OfficeCompetence => Room::Organisations,
            Self::CouncilSeat => Room::Councils,
            Self::Project | Self::ProjectParticipation => Room::Projects,
            Self::FundingCall => Room::Funding,
            Self::AgreementParty => Room::Agreements,
            Self::PlanIntervention => Room::Plans,
        }
    }
}

text_enum! {
    /// What a node's place in the network is measured by [misura].
    pub enum NetworkMetric {
        /// To how many other nodes it is tied directly [grado].
        Degree = "degree",
        /// How many ties it has in all, several to the same node included [grado pesato].
        WeightedDegree = "weighted_degree",
        /// How often it lies on the shortest way between two others: the share, 0 to 1, of all pairs [intermediazione].
        Betweenness = "betweenness",
        /// How much it is tied to those who are themselves tied to many; all values add up to 1 [PageRank].
        PageRank = "page_rank",
        /// The densest group that it is in, by the fewest ties that a member has within the group [nucleo].
        Core = "core",
        /// Number of the group whose members are tied more to each other than to the rest; 0 is the largest [comunità].
        Community = "community",
        /// Number of the part that holds together, apart from all others; 0 is the largest [componente].
        Component = "component",
    }
}

impl NetworkMetric {
    /// Its name, and what it says in words, for people who are no analysts.
    pub fn texts(self) -> (Message, Message) {
        let texts = |it: [&str; 2], en: [&str; 2]| (Message::new(it[0], en[0]), Message::new(it[1], en[1]));
        match self {
            Self::Degree => texts(
                ["Collegamenti diretti", "A quanti altri è collegato direttamente."],
                ["Direct connections", "To how many others it is connected directly."],
            ),
            Self::WeightedDegree => texts(
                ["Legami in tutto", "Quanti legami ha in tutto: più legami con lo stesso ente contano ciascuno."],
                ["Ties in all", "How many ties it has in all: several with the same body count each."],
            ),
            Self::Betweenness => texts(
                [
                    "Ruolo di ponte",
                    "Quanto spesso sta sul percorso più breve tra altri due: senza di lui sarebbero più lontani.",
                ],
                [
                    "Role as a bridge",
                    "How often it stands on the shortest way between two others: without it they would be further apart.",
                ],
            ),
            Self::PageRank => texts(
                ["Centralità", "Quanto è collegato a chi, a sua volta, è molto collegato."],
                ["Centrality", "How much it is connected to those who are themselves well connected."],
            ),
            Self::Core => texts(
                [
                    "Nucleo",
                    "Il gruppo più fitto di cui fa parte: ogni membro vi ha almeno tanti collegamenti con gli altri.",
                ],
                [
                    "Core",
                    "The densest group that it is part of: each member has at least so many connections within it.",
                ],
            ),
            Self::Community => texts(
                ["Comunità", "Il gruppo i cui membri sono collegati più tra loro che con gli altri."],
                ["Community", "The group whose members are connected more to each other than to the rest."],
            ),
            Self::Component => texts(
                ["Parte connessa", "La parte della rete in cui da ciascuno si raggiungono tutti gli altri."],
                ["Connected part", "The part of the network in which each can reach all others."],
            ),
        }
    }
}

/// A day as a number that orders like it.
pub type Day = i32;

pub fn day(date: NaiveDate) -> Day {
    date.num_days_from_ce()
}

/// The days in which something holds, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    from: Day,
    until: Day,
}

impl Period {
    /// An end that is `None` is open.
    pub fn new(from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        Self { from: from.map_or(Day::MIN, day), until: until.map_or(Day::MAX, day) }
    }

    pub fn includes(self, day: Day) -> bool {
        self.from <= day && day <= self.until
    }

    /// The days that are in both; `None` where there is none.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (both.from <= both.until).then_some(both)
    }

    /// First and last day, as numbers; the ends of all time where open.
    pub const fn days(self) -> (Day, Day) {
        (self.from, self.until)
    }

    pub fn from(self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.from)
    }

    pub fn until(self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.until)
    }
}

/// A node, without its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: Uuid,
    pub kind: NetworkNodeKind,
    /// Of an organisation.
    pub organisation: Option<OrganisationKind>,
    /// Number of the ISTAT code: where it is seated, is for, or what it is.
    pub province: Option<u16>,
    pub audience: i32,
    pub period: Period,
    /// Of a project: its programme, as a place in the snapshot's list of codes.
    pub programme: Option<u16>,
    /// Of an intervention: its plan, as a place in the snapshot's list of plans.
    pub plan: Option<u32>,
    pub is_synthetic: bool,
}

/// A tie between two nodes, which are named by their places in the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    pub kind: TieKind,
    pub from: u32,
    pub to: u32,
    pub record_kind: TieRecordKind,
    pub record: Uuid,
    /// Key of the record; the ends have keys of their own.
    pub audience: i32,
    pub period: Period,
    /// Of a seat.
    pub category: Option<SeatCategory>,
    /// Of a part in a project.
    pub role: Option<ProjectRole>,
    pub is_synthetic: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_period_has_no_ends_and_includes_every_day() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let open = Period::new(None, None);
        assert_eq!((open.from(), open.until()), (None, None));
        assert!(open.includes(day(date("1900-01-01"))));
        let closed = Period::new(Some(date("2019-01-01")), Some(date("2019-12-31")));
        assert!(closed.includes(day(date("2019-12-31"))) && !closed.includes(day(date("2020-01-01"))));
        assert_eq!(closed.until(), Some(date("2019-12-31")));
    }

    #[test]
    fn nodes_and_ties_stay_small() {
        // Tens of thousands of each are kept: measure with benches/network.rs before they grow.
        assert!(size_of::<Node>() <= 48 && size_of::<Tie>() <= 48, "{} {}", size_of::<Node>(), size_of::<Tie>());
    }
}
