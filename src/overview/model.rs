//! The figures and what they are counted over.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::access::Level;
use crate::text_enum;

/// Over which records an overview counts [base di calcolo].
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverviewBasis {
    /// Every record that the caller may see: the national level's.
    AllVisible,
    /// Public records alone: every other level's, so that the figures of all offices compare.
    Public,
}

impl OverviewBasis {
    pub fn of(level: Level) -> Self {
        if level == Level::National { Self::AllVisible } else { Self::Public }
    }
}

text_enum! {
    /// A figure of the overview.
    pub enum Figure {
        Organisations = "organisations",
        ActiveProjects = "active_projects",
        PlansInForce = "plans_in_force",
        AgreementsInForce = "agreements_in_force",
        CouncilSeatsFilled = "council_seats_filled",
        CouncilSeatsMissing = "council_seats_missing",
        UncoveredNeeds = "uncovered_needs",
        InterventionsWithoutProject = "interventions_without_project",
    }
}

/// What an overview is asked for.
#[derive(Clone, Debug)]
pub struct Scope {
    pub as_of: NaiveDate,
    pub basis: OverviewBasis,
    /// Each province of any date, with the office that its records belong to on the day.
    pub offices: Vec<(String, Uuid)>,
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub of_offices: HashMap<(Figure, Uuid), i64>,
    pub of_country: HashMap<Figure, i64>,
    pub data_version: i64,
}

impl Counts {
    /// A figure of an office, or of the country for `None`.
    pub fn get(&self, figure: Figure, office: Option<Uuid>) -> i64 {
        match office {
            Some(office) => self.of_offices.get(&(figure, office)),
            None => self.of_country.get(&figure),
        }
        .copied()
        .unwrap_or(0)
    }
}
