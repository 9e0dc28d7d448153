//! Projects [progetti, progettualità]: what bodies do together with public money.
//!
//! Invariants: the lead owns the record; what has not been admitted is not public; partners, places, contracts and
//! links to interventions carry their project's audience. Identifiers: CUP (project), CIG (contract).
//! A body takes part once it has accepted; who issued the call decides; places and money are not the lead's to change once
//! the money is agreed, since sight of a territory follows from them.
//! Tables owned: `project`, `project_participation`, `project_place`, `project_contract`, `project_intervention`,
//! `project_invitation`, `project_budget`, `project_spending`, `project_deadline`, `project_indicator`, `project_value`,
//! `project_amendment`.

mod check;
mod document;
mod life;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
mod store;
