//! Profiles of offices, and how like one another they are.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::network::model::TieKind;
use crate::organisations::model::OrganisationKind;
use crate::text_enum;

text_enum! {
    /// What the likeness of two offices is told from [fattore di affinità].
    pub enum PeerFactorKind {
        /// Resident people: the smaller over the larger [popolazione].
        Population = "population",
        /// People for each square kilometre: the smaller over the larger [densità abitativa].
        PopulationDensity = "population_density",
        /// Share of the people who live in the capitals: the smaller over the larger [quota nel capoluogo].
        CapitalShare = "capital_share",
        /// An indicator that the plans in force of both give with their needs: the smaller over the larger [indicatore].
        NeedIndicator = "need_indicator",
        /// Topics of the needs of the plans in force: cosine of how often each occurs [bisogni].
        Needs = "needs",
        /// Bodies below the institutional level for 100,000 people: the smaller over the larger [enti per abitante].
        BodiesPerCapita = "bodies_per_capita",
        /// Kinds of these bodies: how far their shares coincide; the values are the third sector's share [tipi di ente].
        BodyKinds = "body_kinds",
        /// Projects that work in the territory for 100,000 people: the smaller over the larger [progetti per abitante].
        ProjectsPerCapita = "projects_per_capita",
        /// Kinds of the bodies' ties: how far their shares coincide; the values are the share of ties to projects
        /// [tipi di legame].
        TieKinds = "tie_kinds",
        /// Ties of a body on average: the smaller over the larger [legami per ente].
        TiesPerBody = "ties_per_body",
    }
}

impl PeerFactorKind {
    /// Parts of a hundred in the score, where all factors can be told: territory 35, needs 30, network 35.
    pub const fn weight(self) -> f64 {
        match self {
            Self::Population => 12.0,
            Self::PopulationDensity => 10.0,
            Self::CapitalShare => 5.0,
            Self::NeedIndicator => 8.0,
            Self::Needs => 30.0,
            Self::BodiesPerCapita => 8.0,
            Self::BodyKinds => 9.0,
            Self::ProjectsPerCapita => 6.0,
            Self::TieKinds => 6.0,
            Self::TiesPerBody => 6.0,
        }
    }
}

/// What an office's plans in force do about a topic: ids, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicWork {
    pub needs: Vec<Uuid>,
    pub interventions: Vec<Uuid>,
    pub projects: Vec<Uuid>,
}

/// An office as it is compared, on a day and over public records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    pub office: Uuid,
    /// ISTAT codes of the provinces that it is competent for.
    pub provinces: Vec<String>,
    /// People; `None` where no figure is known.
    pub population: Option<f64>,
    pub area_km2: f64,
    /// People who live in the capitals of the provinces.
    pub in_capitals: f64,
    /// Needs of the plans in force, by topic.
    pub topics: BTreeMap<String, TopicWork>,
    /// Values of the indicators that these plans give.
    pub indicators: BTreeMap<String, f64>,
    pub bodies: BTreeMap<OrganisationKind, f64>,
    pub projects: f64,
    pub ties: BTreeMap<TieKind, f64>,
}

/// One factor of the likeness of two offices.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    pub kind: PeerFactorKind,
    /// Of [`PeerFactorKind::NeedIndicator`], its name.
    pub indicator: Option<String>,
    pub own: f64,
    pub theirs: f64,
    /// 0 to 1.
    pub similarity: f64,
    /// Share in the score; those of all factors make 1.
    pub weight: f64,
}

/// An office held against another.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    pub office: Uuid,
    /// 0 to 1: the factors' similarities by their weights.
    pub score: f64,
    pub factors: Vec<Factor>,
}

fn ratio(own: f64, theirs: f64) -> f64 {
    let (least, most) = (own.min(theirs), own.max(theirs));
    if most == 0.0 { 1.0 } else { least / most }
}

fn sum<K>(counts: &BTreeMap<K, f64>) -> f64 {
    counts.values().sum()
}

/// How far two compositions coincide: the sum of the smaller shares.
fn overlap<K: Ord>(own: &BTreeMap<K, f64>, theirs: &BTreeMap<K, f64>) -> f64 {
    let (all_own, all_theirs) = (sum(own), sum(theirs));
    own.iter()
        .map(|(kind, count)| (count / all_own).min(theirs.get(kind).map_or(0.0, |other| other / all_theirs)))
        .sum()
}

impl Profile {
    fn density(&self) -> Option<f64> {
        self.population.filter(|_| self.area_km2 > 0.0).map(|people| people / self.area_km2)
    }

    fn in_capitals(&self) -> Option<f64> {
        self.population.filter(|people| *people > 0.0).map(|people| self.in_capitals / people)
    }

    fn for_100_000(&self, count: f64) -> Option<f64> {
        self.population.filter(|people| *people > 0.0).map(|people| count * 100_000.0 / people)
    }

    fn share_of_third_sector(&self) -> Option<f64> {
        let all = sum(&self.bodies);
        let third = self.bodies.get(&OrganisationKind::ThirdSectorOrganisation).copied().unwrap_or(0.0);
        (all > 0.0).then(|| third / all)
    }

    fn share_of_projects(&self) -> Option<f64> {
        let all = sum(&self.ties);
        let to_projects =
            |kind: &&TieKind| matches!(kind, TieKind::Leads | TieKind::PartnerIn | TieKind::ContractedFor);
        let ties: f64 = self.ties.keys().filter(to_projects).map(|kind| self.ties[kind]).sum();
        (all > 0.0).then(|| ties / all)
    }

    fn ties_of_a_body(&self) -> Option<f64> {
        let bodies = sum(&self.bodies);
        (bodies > 0.0).then(|| sum(&self.ties) / bodies)
    }

    fn cosine(&self, other: &Self) -> f64 {
        let count = |profile: &Self, topic: &str| profile.topics.get(topic).map_or(0.0, |work| work.needs.len() as f64);
        let length = |of: &Self| of.topics.keys().map(|topic| count(of, topic).powi(2)).sum::<f64>().sqrt();
        let product: f64 = self.topics.keys().map(|topic| count(self, topic) * count(other, topic)).sum();
        let lengths = length(self) * length(other);
        if lengths == 0.0 { 0.0 } else { product / lengths }
    }

    /// How like this office another is. What cannot be told of both is left out, and the other factors weigh more; an
    /// office without a plan in force shares no need with one that has one.
    pub fn likeness(&self, other: &Self) -> Likeness {
        use PeerFactorKind as Kind;
        let mut factors = Vec::new();
        let mut add = |kind: Kind, values: Option<(f64, f64)>, similarity: &dyn Fn(f64, f64) -> f64| {
            if let Some((own, theirs)) = values {
                let similarity = similarity(own, theirs);
                factors.push(Factor { kind, indicator: None, own, theirs, similarity, weight: kind.weight() });
            }
        };
        add(Kind::Population, self.population.zip(other.population), &ratio);
        add(Kind::PopulationDensity, self.density().zip(other.density()), &ratio);
        add(Kind::CapitalShare, self.in_capitals().zip(other.in_capitals()), &ratio);
        let topics = (self.topics.len() as f64, other.topics.len() as f64);
        add(Kind::Needs, (topics.0 > 0.0).then_some(topics), &|_, _| self.cosine(other));
        let bodies = self.for_100_000(sum(&self.bodies)).zip(other.for_100_000(sum(&other.bodies)));
        add(Kind::BodiesPerCapita, bodies, &ratio);
        let third_sector = self.share_of_third_sector().zip(other.share_of_third_sector());
        add(Kind::BodyKinds, third_sector, &|_, _| overlap(&self.bodies, &other.bodies));
        let projects = self.for_100_000(self.projects).zip(other.for_100_000(other.projects));
        add(Kind::ProjectsPerCapita, projects, &ratio);
        let of_projects = self.share_of_projects().zip(other.share_of_projects());
        add(Kind::TieKinds, of_projects, &|_, _| overlap(&self.ties, &other.ties));
        add(Kind::TiesPerBody, self.ties_of_a_body().zip(other.ties_of_a_body()), &ratio);
        let common: Vec<_> =
            self.indicators.iter().filter_map(|(name, own)| Some((name, *own, *other.indicators.get(name)?))).collect();
        factors.extend(common.iter().map(|(name, own, theirs)| Factor {
            kind: Kind::NeedIndicator,
            indicator: Some((*name).clone()),
            own: *own,
            theirs: *theirs,
            similarity: ratio(own.abs(), theirs.abs()),
            weight: Kind::NeedIndicator.weight() / common.len() as f64,
        }));
        let all: f64 = factors.iter().map(|factor| factor.weight).sum();
        factors.iter_mut().for_each(|factor| factor.weight /= all);
        let score = factors.iter().map(|factor| factor.weight * factor.similarity).sum();
        Likeness { office: other.office, score, factors }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(number: u128, population: f64, topics: &[&str]) -> Profile {
        let work = TopicWork { needs: vec![Uuid::nil()], ..TopicWork::default() };
        Profile {
            office: Uuid::from_u128(number),
            population: Some(population),
            area_km2: 1000.0,
            in_capitals: population / 4.0,
            topics: topics.iter().map(|topic| ((*topic).to_owned(), work.clone())).collect(),
            indicators: [("school".to_owned(), 20.0)].into(),
            bodies: [(OrganisationKind::ThirdSectorOrganisation, 60.0), (OrganisationKind::PublicBody, 40.0)].into(),
            projects: 10.0,
            ties: [(TieKind::Leads, 30.0), (TieKind::MemberOf, 70.0)].into(),
            ..Profile::default()
        }
    }

    #[test]
    fn an_office_is_wholly_like_its_double() {
        let likeness = office(1, 500_000.0, &["health", "work"]).likeness(&office(2, 500_000.0, &["health", "work"]));
        assert!((likeness.score - 1.0).abs() < 1e-12, "{likeness:?}");
        assert_eq!(likeness.factors.len(), PeerFactorKind::ALL.len());
    }

    #[test]
    fn the_weights_make_one_and_the_score_is_nothing_but_its_factors() {
        let all: f64 = PeerFactorKind::ALL.iter().map(|kind| kind.weight()).sum();
        assert_eq!(all, 100.0);
        let mut other = office(2, 900_000.0, &["work", "school"]);
        other.population = None;
        let likeness = office(1, 500_000.0, &["health", "work"]).likeness(&other);
        let weights: f64 = likeness.factors.iter().map(|factor| factor.weight).sum();
        let score: f64 = likeness.factors.iter().map(|factor| factor.weight * factor.similarity).sum();
        assert!((weights - 1.0).abs() < 1e-12 && (score - likeness.score).abs() < 1e-12, "{likeness:?}");
        assert!(likeness.factors.iter().all(|factor| factor.kind != PeerFactorKind::Population));
        let needs = likeness.factors.iter().find(|factor| factor.kind == PeerFactorKind::Needs).unwrap();
        assert!((needs.similarity - 0.5).abs() < 1e-12, "one topic of two is shared: {needs:?}");
    }

    #[test]
    fn without_a_plan_of_its_own_an_office_is_compared_by_the_rest_alone() {
        let compared = |own: &[&str], theirs: &[&str]| {
            let likeness = office(1, 1.0, own).likeness(&office(2, 1.0, theirs));
            likeness.factors.into_iter().find(|factor| factor.kind == PeerFactorKind::Needs)
        };
        assert_eq!(compared(&[], &["work"]), None);
        assert_eq!(compared(&["work"], &[]).unwrap().similarity, 0.0);
    }

    #[test]
    fn compositions_coincide_as_far_as_their_shares_do() {
        let shares = |a: f64, b: f64| BTreeMap::from([("a", a), ("b", b)]);
        assert!((overlap(&shares(1.0, 1.0), &shares(30.0, 10.0)) - 0.75).abs() < 1e-12);
        assert_eq!(overlap(&shares(2.0, 0.0), &shares(0.0, 5.0)), 0.0);
    }
}
