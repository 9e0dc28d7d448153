//! What of a plan is covered: the needs that something answers, and the money of the projects that carry it out. Pure: over
//! a plan's chain and the projects that somebody may see.
//!
//! A project that carries out several interventions tells each of them all of its money: no record says how it is split.
//! Whatever holds several of them (a priority, a need, the plan) counts it once.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::document::PlanDocument;
use crate::projects::model::{ProjectStatus, Work, WorkRow};

/// How far something of a plan is carried through, by the projects that the caller may see [stato di copertura].
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageState {
    /// No priority answers the need [senza priorità].
    NoPriority,
    /// There are priorities, but no intervention that carries one out [senza intervento].
    NoIntervention,
    /// There are interventions, but no project proposed for one of them [senza progetto].
    NoProject,
    /// Projects are proposed, but none is admitted [solo proposte].
    Proposed,
    /// Projects admitted, under way or finished carry out some of it; something below it has none [coperto in parte].
    PartlyCovered,
    /// Projects admitted, under way or finished carry out all that stands below it [coperto].
    Covered,
}

impl CoverageState {
    /// Whether no project does anything for it.
    pub fn is_uncovered(self) -> bool {
        !matches!(self, Self::PartlyCovered | Self::Covered)
    }
}

/// A way from a need by a priority to an intervention, as far as it goes.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ChainRow {
    pub plan_id: Uuid,
    pub need_id: Uuid,
    pub priority_id: Option<Uuid>,
    pub intervention_id: Option<Uuid>,
    /// The intervention's place in the plan.
    pub ordinal: Option<i32>,
    pub budget: Option<Decimal>,
    /// Whether a body is responsible for the intervention.
    pub has_actor: bool,
}

/// The chain of a plan as its document tells it.
pub fn chain(plan: &PlanDocument) -> Arc<[ChainRow]> {
    let mut priorities: HashMap<Uuid, Vec<_>> = HashMap::new();
    let mut interventions: HashMap<Uuid, Vec<_>> = HashMap::new();
    plan.plan_priority.iter().for_each(|row| priorities.entry(row.need_id).or_default().push(row));
    plan.plan_intervention.iter().for_each(|row| interventions.entry(row.priority_id).or_default().push(row));
    let mut chain = Vec::new();
    for need in &plan.plan_need {
        let start = ChainRow {
            plan_id: need.plan_id,
            need_id: need.id,
            priority_id: None,
            intervention_id: None,
            ordinal: None,
            budget: None,
            has_actor: false,
        };
        let Some(priorities) = priorities.get(&need.id) else {
            chain.push(start);
            continue;
        };
        for priority in priorities {
            let way = ChainRow { priority_id: Some(priority.id), ..start.clone() };
            match interventions.get(&priority.id) {
                None => chain.push(way),
                Some(interventions) => chain.extend(interventions.iter().map(|row| ChainRow {
                    intervention_id: Some(row.id),
                    ordinal: Some(row.ordinal),
                    budget: row.budget,
                    has_actor: row.responsible_id.is_some(),
                    ..way.clone()
                })),
            }
        }
    }
    chain.into()
}

/// Something of a plan, with all that stands below it.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    Plan,
    Need(Uuid),
    Priority(Uuid),
    Intervention(Uuid),
}

/// Money planned, asked for, admitted and spent, in euros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// `None` where no intervention says one.
    pub budget: Option<Decimal>,
    pub asked: Decimal,
    pub admitted: Decimal,
    pub spent: Decimal,
    /// Projects whose money it is.
    pub projects: usize,
    /// Those of them that carry out something outside the part, too.
    pub shared: usize,
}

/// A plan's chain, and the projects that carry it out.
#[derive(Clone, Debug)]
pub struct Coverage {
    pub chain: Arc<[ChainRow]>,
    pub work: Arc<Work>,
}

impl Coverage {
    fn ways(&self, part: Part) -> impl Iterator<Item = &ChainRow> {
        self.chain.iter().filter(move |way| match part {
            Part::Plan => true,
            Part::Need(id) => way.need_id == id,
            Part::Priority(id) => way.priority_id == Some(id),
            Part::Intervention(id) => way.intervention_id == Some(id),
        })
    }

    fn projects(&self, intervention: Uuid) -> &[Arc<WorkRow>] {
        self.work.get(&intervention).map_or(&[], Vec::as_slice)
    }

    /// How far a part is carried through.
    pub fn state(&self, part: Part) -> CoverageState {
        let ways: Vec<_> = self.ways(part).collect();
        if ways.iter().all(|way| way.priority_id.is_none()) {
            return CoverageState::NoPriority;
        }
        if ways.iter().all(|way| way.intervention_id.is_none()) {
            return CoverageState::NoIntervention;
        }
        let has = |way: &ChainRow, holds: fn(ProjectStatus) -> bool| {
            way.intervention_id.is_some_and(|id| self.projects(id).iter().any(|project| holds(project.status)))
        };
        let covered = ways.iter().filter(|way| has(way, ProjectStatus::carries_out)).count();
        match covered {
            0 if ways.iter().any(|way| has(way, |status| status == ProjectStatus::Proposed)) => CoverageState::Proposed,
            0 => CoverageState::NoProject,
            covered if covered == ways.len() => CoverageState::Covered,
            _ => CoverageState::PartlyCovered,
        }
    }

    /// The money of a part: each project counts once. What is an idea has asked for nothing yet.
    pub fn money(&self, part: Part) -> Money {
        let mut money = Money::default();
        let mut projects: HashMap<Uuid, (&WorkRow, i64)> = HashMap::new();
        for way in self.ways(part) {
            if let Some(budget) = way.budget {
                *money.budget.get_or_insert_default() += budget;
            }
            let carried = way.intervention_id.map_or(&[][..], |id| self.projects(id));
            for project in carried.iter().filter(|project| project.status != ProjectStatus::Idea) {
                projects.entry(project.project_id).or_insert((project, 0)).1 += 1;
            }
        }
        for (project, interventions) in projects.into_values() {
            money.projects += 1;
            money.shared += usize::from(interventions < project.interventions_in_all);
            money.asked += project.requested_funding.unwrap_or_default();
            money.spent += project.spent;
            if project.status.carries_out() {
                money.admitted += project.public_funding.unwrap_or_default();
            }
        }
        money
    }

    /// Its needs, in the plan's order.
    pub fn needs(&self) -> Vec<Uuid> {
        let mut needs: Vec<_> = self.chain.iter().map(|way| way.need_id).collect();
        needs.dedup();
        needs
    }

    /// Its interventions, in the plan's order.
    pub fn interventions(&self) -> Vec<&ChainRow> {
        let mut found: Vec<_> = self.chain.iter().filter(|way| way.intervention_id.is_some()).collect();
        found.sort_by_key(|way| way.ordinal);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Uuid = Uuid::from_u128(1);

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn way(need: u128, priority: Option<u128>, intervention: Option<(u128, Option<i64>)>) -> ChainRow {
        ChainRow {
            plan_id: PLAN,
            need_id: id(need),
            priority_id: priority.map(id),
            intervention_id: intervention.map(|(number, _)| id(number)),
            ordinal: intervention.map(|(number, _)| number as i32),
            budget: intervention.and_then(|(_, budget)| budget).map(Decimal::from),
            has_actor: true,
        }
    }

    fn coverage(chain: &[ChainRow], projects: &[(ProjectStatus, &[u128], i64)]) -> Coverage {
        let mut work = Work::new();
        for (number, (status, interventions, in_all)) in projects.iter().enumerate() {
            let row = Arc::new(WorkRow {
                plan_id: PLAN,
                project_id: id(1000 + number as u128),
                status: *status,
                requested_funding: Some(Decimal::from(100)),
                public_funding: Some(Decimal::from(80)),
                spent: Decimal::from(30),
                interventions: interventions.iter().copied().map(id).collect(),
                interventions_in_all: *in_all,
            });
            row.interventions.iter().for_each(|id| work.entry(*id).or_default().push(row.clone()));
        }
        Coverage { chain: chain.into(), work: Arc::new(work) }
    }

    #[test]
    fn a_need_is_covered_by_what_stands_below_it() {
        use CoverageState::{Covered, NoIntervention, NoPriority, NoProject, PartlyCovered};
        use ProjectStatus::{Admitted, Closed, Idea, Proposed, Rejected, Revoked, Suspended};
        let two = [way(10, Some(20), Some((30, None))), way(10, Some(21), Some((31, None)))];
        let open = [way(10, Some(20), Some((30, None))), way(10, Some(21), None)];
        for (chain, projects, expected) in [
            (&[way(10, None, None)][..], &[][..], NoPriority),
            (&[way(10, Some(20), None)], &[], NoIntervention),
            (&open, &[], NoProject),
            (&open, &[(Idea, &[30][..], 1), (Rejected, &[30], 1), (Revoked, &[30], 1)], NoProject),
            (&open, &[(Proposed, &[30], 1)], CoverageState::Proposed),
            (&open, &[(Admitted, &[30], 1)], PartlyCovered),
            (&two, &[(Closed, &[30], 1), (Proposed, &[31], 1)], PartlyCovered),
            (&two, &[(Suspended, &[30, 31], 2)], Covered),
        ] {
            let state = coverage(chain, projects).state(Part::Need(id(10)));
            assert_eq!(state, expected, "{chain:?} {projects:?}");
        }
    }

    #[test]
    fn a_project_counts_once_in_all_that_holds_several_of_its_interventions() {
        let chain = [
            way(10, Some(20), Some((30, Some(500)))),
            way(10, Some(20), Some((31, None))),
            way(11, Some(21), Some((32, Some(50)))),
            way(12, Some(22), Some((33, None))),
        ];
        let projects = [
            (ProjectStatus::Running, &[30, 31, 32][..], 3),
            (ProjectStatus::Proposed, &[32], 2),
            (ProjectStatus::Idea, &[30], 1),
        ];
        let coverage = coverage(&chain, &projects);
        let told = |part| {
            let Money { budget, asked, admitted, spent, projects, shared } = coverage.money(part);
            let whole = |money: Decimal| i64::try_from(money).unwrap();
            (budget.map(whole), whole(asked), whole(admitted), whole(spent), projects, shared)
        };
        assert_eq!(told(Part::Intervention(id(31))), (None, 100, 80, 30, 1, 1));
        assert_eq!(told(Part::Priority(id(20))), (Some(500), 100, 80, 30, 1, 1));
        assert_eq!(told(Part::Need(id(11))), (Some(50), 200, 80, 60, 2, 2));
        assert_eq!(told(Part::Need(id(12))), (None, 0, 0, 0, 0, 0));
        assert_eq!(
            told(Part::Plan),
            (Some(550), 200, 80, 60, 2, 1),
            "one carries out another plan's intervention, too"
        );
    }
}
