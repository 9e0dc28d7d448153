use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;

use crate::graphql::NodeId;
use crate::plans::document::PlanDocument;
use crate::plans::life::{self, PlanStep};
use crate::plans::model::PlanStatus;

/// Whether a step in the life of a plan can be taken, and what still prevents it [prontezza].
#[derive(SimpleObject)]
pub struct PlanReadiness {
    /// The step [passaggio].
    step: PlanStep,
    /// Where it leads [stato di arrivo].
    leads_to: PlanStatus,
    /// Whether nothing that it asks for is missing.
    is_ready: bool,
    /// What is missing [elementi mancanti].
    missing: Vec<PlanMissing>,
}

/// Something that a step asks for and that is not there [elemento mancante].
#[derive(SimpleObject)]
pub struct PlanMissing {
    /// Stable code of the rule, e.g. `NEED_WITHOUT_PRIORITY` [regola].
    rule: String,
    /// For people, in the caller's language [messaggio].
    message: String,
    /// Global id of the part that lacks it; null where it is the plan itself.
    part: Option<ID>,
}

impl PlanReadiness {
    pub fn of(plan: &PlanDocument, step: PlanStep, today: NaiveDate) -> Self {
        let missing = life::missing(plan, step, today).into_iter().map(|missing| PlanMissing {
            rule: missing.rule.into(),
            message: missing.message.to_string(),
            part: missing.part.map(|(kind, id)| NodeId::new(kind, id).id()),
        });
        let missing: Vec<_> = missing.collect();
        Self { step, leads_to: step.between().1, is_ready: missing.is_empty(), missing }
    }
}
