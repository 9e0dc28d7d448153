//! Plans [piani territoriali degli interventi]: needs, the priorities that answer them, the interventions that
//! carry these out, and the projects that pay for them.
//!
//! Invariants: the office owns its plan; a plan that is not adopted is not public; all parts carry the plan's
//! audience. Chain: need → priority → intervention → project. An adopted edition is never edited: a revision is a new one.
//! Tables owned: `territorial_plan`, `plan_need`, `plan_priority`, `plan_intervention`, `plan_indicator`, `plan_partner`,
//! `plan_measure`, `plan_measurement`, `plan_contribution`.

mod contribution;
mod coverage;
mod document;
mod drafting;
mod life;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
mod revision;
mod store;
