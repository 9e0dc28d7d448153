//! What a whole plan is made of, and what becomes of it.

use async_graphql::{ID, InputObject};

use crate::deed_payload;
use crate::deeds::Manner;
use crate::graphql::scalars::{Date, Euro};
use crate::plans::query::TerritorialPlan;

/// An indicator of the context, with its source and day [indicatore di contesto].
#[derive(InputObject)]
pub struct PlanIndicatorInput {
    /// What is measured.
    pub(in super::super) name: String,
    /// Its value, in the unit.
    pub(in super::super) value: f64,
    /// Unit of the value [unità di misura].
    pub(in super::super) unit: String,
    /// Day that the value is of.
    pub(in super::super) measured_on: Date,
    /// Where it comes from [fonte].
    pub(in super::super) source: String,
}

/// What is to show the progress of an intervention [indicatore di risultato].
#[derive(InputObject)]
pub struct PlanMeasureInput {
    /// What is measured.
    pub(in super::super) name: String,
    /// Unit of its values [unità di misura].
    pub(in super::super) unit: String,
    /// Value from which the intervention starts; left out: from nothing [valore iniziale].
    pub(in super::super) baseline: Option<f64>,
    /// Value that is to be reached [valore atteso].
    pub(in super::super) target: f64,
}

/// A body that carries an intervention out with the one responsible [partner].
#[derive(InputObject)]
pub struct PlanPartnerInput {
    /// Global id of the body.
    pub(in super::super) organisation_id: ID,
    /// What it does in the intervention [compito].
    pub(in super::super) task: Option<String>,
}

/// An intervention with its partners and measures [intervento].
#[derive(InputObject)]
pub struct PlanInterventionInput {
    /// The intervention in one line.
    pub(super) title: String,
    /// The intervention in full.
    pub(super) description: Option<String>,
    /// Global id of the body responsible [soggetto responsabile].
    pub(super) responsible_id: Option<ID>,
    /// First day of the work planned.
    pub(super) starts_on: Option<Date>,
    /// Last day of the work planned.
    pub(super) ends_on: Option<Date>,
    /// Money planned, euros [risorse previste].
    pub(super) budget: Option<Euro>,
    /// What should come of it [risultati attesi].
    pub(super) expected_results: Option<String>,
    /// Bodies that carry it out with the one responsible.
    #[graphql(default)]
    pub(super) partners: Vec<PlanPartnerInput>,
    /// What is to show its progress.
    #[graphql(default)]
    pub(super) measures: Vec<PlanMeasureInput>,
}

/// A priority with the interventions that carry it out [priorità].
#[derive(InputObject)]
pub struct PlanPriorityInput {
    /// The priority in one line.
    pub(super) title: String,
    /// The priority in full.
    pub(super) description: Option<String>,
    /// The interventions that carry it out.
    #[graphql(default)]
    pub(super) interventions: Vec<PlanInterventionInput>,
}

/// A need with the priorities that answer it [fabbisogno].
#[derive(InputObject)]
pub struct PlanNeedInput {
    /// Topic, e.g. school, health, housing, work [ambito].
    pub(super) topic: String,
    /// The need in one line.
    pub(super) title: String,
    /// The need in full.
    pub(super) description: Option<String>,
    /// What is measured to show it [indicatore].
    pub(super) indicator: Option<String>,
    /// The indicator's value, in the unit that it names.
    pub(super) indicator_value: Option<f64>,
    /// Day that the value is of.
    pub(super) indicator_on: Option<Date>,
    /// Where the value comes from [fonte].
    pub(super) indicator_source: Option<String>,
    /// Global id of the sitting of the plan's council at which it emerged [emerso nella seduta].
    pub(super) found_at_id: Option<ID>,
    /// The priorities that answer it.
    #[graphql(default)]
    pub(super) priorities: Vec<PlanPriorityInput>,
}

/// A new plan of the caller's office, with as many of its parts as are known: all of it is made, or nothing.
#[derive(InputObject)]
pub struct CreateTerritorialPlanInput {
    /// Title [titolo].
    pub(super) title: String,
    /// First day of its period.
    pub(super) period_from: Date,
    /// Last day of its period.
    pub(super) period_until: Date,
    /// The province that it is for: abbreviation or ISTAT code; the office's own when left out.
    pub(super) province: Option<String>,
    /// Whether drafting begins at once, without a time of listening to the stakeholders before.
    #[graphql(default)]
    pub(super) is_draft: bool,
    /// Analysis of the context [analisi di contesto].
    pub(super) context_analysis: Option<String>,
    /// Objectives [obiettivi].
    pub(super) objectives: Option<String>,
    /// Resources that can be activated [risorse attivabili].
    pub(super) resources: Option<String>,
    /// Indicators of the context.
    #[graphql(default)]
    pub(super) indicators: Vec<PlanIndicatorInput>,
    /// Needs with their priorities and interventions.
    #[graphql(default)]
    pub(super) needs: Vec<PlanNeedInput>,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

/// Which adopted plan is revised.
#[derive(InputObject)]
pub struct ReviseTerritorialPlanInput {
    /// Global id of the plan.
    pub(super) plan_id: ID,
    /// How it is to be done.
    #[graphql(flatten)]
    pub(super) manner: Manner,
}

deed_payload! {
    /// What became of a new plan.
    pub struct CreateTerritorialPlanPayload {
        /// The new plan.
        territorial_plan: TerritorialPlan
    }

    /// What became of a revision.
    pub struct ReviseTerritorialPlanPayload {
        /// The new edition, a draft that starts from the one revised.
        territorial_plan: TerritorialPlan
    }
}
