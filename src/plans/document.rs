//! A plan with all of its parts, as deeds change it and as it stood at a time.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use super::model::PLAN;
use super::model::{
    IndicatorRow, InterventionRow, MeasureRow, MeasurementRow, NeedRow, PartnerRow, PlanRow, PriorityRow,
};
use crate::access::{Action, Room, Viewer};
use crate::deeds::{Aggregate, Part};

/// A plan with all of its parts, each kind in the plan's order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanDocument {
    pub territorial_plan: Arc<PlanRow>,
    pub plan_indicator: Vec<Arc<IndicatorRow>>,
    pub plan_need: Vec<Arc<NeedRow>>,
    pub plan_priority: Vec<Arc<PriorityRow>>,
    pub plan_intervention: Vec<Arc<InterventionRow>>,
    pub plan_partner: Vec<Arc<PartnerRow>>,
    pub plan_measure: Vec<Arc<MeasureRow>>,
    pub plan_measurement: Vec<Arc<MeasurementRow>>,
    #[serde(default, skip_serializing)]
    pub facts: Facts,
}

/// What a plan's steps ask of other records, as far as the caller sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Facts {
    /// Whether they were read at all.
    #[serde(default)]
    pub are_known: bool,
    /// Contributions that were handed in and not answered.
    pub unanswered: i64,
    /// Projects under way that carry out its interventions.
    pub projects_under_way: i64,
}

/// Kinds of the global ids of a plan's parts.
pub const INDICATOR: &str = "PlanIndicator";
pub const NEED: &str = "PlanNeed";
pub const PRIORITY: &str = "PlanPriority";
pub const INTERVENTION: &str = "PlanIntervention";
pub const MEASURE: &str = "PlanMeasure";

const fn part(table: &'static str, kind: &'static str) -> Part {
    Part { table, kind, key: &["id"], of: "plan_id", order: "ordinal" }
}

impl Aggregate for PlanDocument {
    const KIND: &'static str = PLAN;
    const ROOM: Room = Room::Plans;
    const ROOT: &'static str = "territorial_plan";
    // A part stands after those that it belongs to.
    const PARTS: &'static [Part] = &[
        part("plan_indicator", INDICATOR),
        part("plan_need", NEED),
        part("plan_priority", PRIORITY),
        part("plan_intervention", INTERVENTION),
        Part {
            table: "plan_partner",
            kind: "PlanPartner",
            key: &["intervention_id", "organisation_id"],
            of: "plan_id",
            order: "intervention_id, organisation_id",
        },
        Part { order: "intervention_id, ordinal", ..part("plan_measure", MEASURE) },
        Part {
            table: "plan_measurement",
            kind: "PlanMeasurement",
            key: &["measure_id", "measured_on"],
            of: "plan_id",
            order: "measure_id, measured_on",
        },
    ];
    const FACTS: Option<&'static str> = Some(
        "jsonb_build_object('are_known', true,
           'unanswered', (select count(*) from plan_contribution c where c.plan_id = r.id and c.status = 'submitted'),
           'projects_under_way', (select count(distinct j.id) from plan_intervention i
             join project_intervention l on l.intervention_id = i.id join project j on j.id = l.project_id
             where i.plan_id = r.id and j.status in ('admitted', 'funded', 'running', 'suspended')))",
    );

    fn id(&self) -> Uuid {
        self.territorial_plan.id
    }

    fn version(&self) -> i32 {
        self.territorial_plan.version
    }

    fn audience(&self) -> i32 {
        self.territorial_plan.audience
    }

    fn owner_number(&self) -> i32 {
        self.territorial_plan.owner_number
    }

    /// The office; what the council says of it may be written down by the council itself.
    fn owner(&self, action: Action, viewer: &Viewer) -> Uuid {
        let is_councils = matches!(action, Action::EndorseTerritorialPlan | Action::ReturnTerritorialPlan);
        let council = self.territorial_plan.council_id.filter(|council| viewer.organisation == Some(*council));
        council.filter(|_| is_councils).unwrap_or(self.territorial_plan.office_id)
    }
}

impl PlanDocument {
    /// The plan's own row, to be changed.
    pub fn plan(&mut self) -> &mut PlanRow {
        Arc::make_mut(&mut self.territorial_plan)
    }
}
