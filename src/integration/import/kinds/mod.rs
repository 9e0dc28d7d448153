//! The kinds of files.

mod agreements;
mod memberships;
mod opencoesione;
mod organisations;
mod programmes;
mod projects;

use super::columns::Spec;
use super::row::Judge;
use crate::identifiers::Broken;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Bodies of the network
    Organisations,
    /// Projects with their lead, partners, places and contracts
    Projects,
    /// Seats in territorial councils
    Memberships,
    /// Memoranda of understanding and their parties
    Agreements,
    /// OpenCoesione's columns of projects
    Opencoesione,
    /// Nodes of the funding programmes
    Programmes,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Organisations,
        Self::Projects,
        Self::Memberships,
        Self::Agreements,
        Self::Opencoesione,
        Self::Programmes,
    ];

    pub fn spec(self) -> &'static Spec {
        match self {
            Self::Organisations => &organisations::SPEC,
            Self::Projects => &projects::SPEC,
            Self::Memberships => &memberships::SPEC,
            Self::Agreements => &agreements::SPEC,
            Self::Opencoesione => &opencoesione::SPEC,
            Self::Programmes => &programmes::SPEC,
        }
    }

    pub fn name(self) -> &'static str {
        self.spec().name
    }
}

type Choices = &'static [(&'static str, &'static [&'static str])];

const VISIBILITIES: Choices = &[
    ("public", &["pubblico", "pubblica"]),
    ("network", &["rete"]),
    ("territory", &["territorio"]),
    ("institutional", &["istituzionale"]),
    ("owner", &["titolare"]),
];

/// A record for a province's bodies needs a province.
fn check_visibility(judge: &mut Judge) {
    if judge.will_be("visibility") == Some("territory") && judge.will_be("province_code").is_none() {
        let (it, en) = ("\"territory\" richiede una provincia", "\"territory\" needs a province");
        judge.refuse("visibility", Broken::new("visibility.province", it, en));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::columns::{Column, Form, MatchBy, fold};
    use super::*;
    use crate::councils::model::{SeatCategory, SeatRole, SocialSide};
    use crate::funding::model::ProgrammeNodeKind;
    use crate::organisations::model::{OrganisationKind, Visibility};
    use crate::projects::model::ProjectStatus;

    #[test]
    fn no_two_columns_of_a_kind_answer_to_one_name() {
        for kind in Kind::ALL {
            let mut seen = HashSet::new();
            for column in kind.spec().columns {
                let names = [column.name].into_iter().chain(column.aliases.iter().copied());
                for name in names.map(fold).collect::<HashSet<_>>() {
                    assert!(seen.insert(name.clone()), "{} of {}", name, kind.name());
                }
            }
        }
    }

    fn column(kind: Kind, name: &str) -> &'static Column {
        kind.spec().columns.iter().find(|column| column.name == name).expect("the column exists")
    }

    #[test]
    fn choices_are_the_graphs_own_values() {
        let texts = |all: &[&'static str]| all.iter().copied().collect::<HashSet<_>>();
        for (kind, name, expected) in [
            (
                Kind::Organisations,
                "kind",
                texts(&OrganisationKind::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>()),
            ),
            (
                Kind::Organisations,
                "visibility",
                texts(&Visibility::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>()),
            ),
            (Kind::Projects, "status", texts(&ProjectStatus::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>())),
            (Kind::Memberships, "category", texts(&SeatCategory::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>())),
            (Kind::Memberships, "side", texts(&SocialSide::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>())),
            (Kind::Memberships, "role", texts(&SeatRole::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>())),
            (Kind::Programmes, "kind", texts(&ProgrammeNodeKind::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>())),
        ] {
            let Form::Choice(choices) = column(kind, name).form else { panic!("{name} is a choice") };
            assert_eq!(choices.iter().map(|(value, _)| *value).collect::<HashSet<_>>(), expected, "{name}");
        }
    }

    #[test]
    fn every_kind_is_recognised_by_fields_that_it_has() {
        for kind in Kind::ALL {
            let spec = kind.spec();
            let fields = spec.fields();
            assert!(spec.match_by.fields().iter().all(|field| fields.contains(field)), "{}", spec.name);
            if let MatchBy::AllOf(keys) = spec.match_by {
                assert!(keys.iter().all(|key| {
                    spec.columns
                        .iter()
                        .any(|it| it.field == Some(*key) && matches!(it.empty, super::super::columns::Empty::Refused))
                }));
            }
        }
    }
}
