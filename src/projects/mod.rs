//! Projects [progetti, progettualità]: what bodies do together with public money.
//!
//! Invariants: the lead owns the record; what has not been admitted is not public; partners, places, contracts and
//! links to interventions carry their project's audience. Identifiers: CUP (project), CIG (contract).
//! Tables owned: `project`, `project_participation`, `project_place`, `project_contract`, `project_intervention`.

pub mod loader;
pub mod model;
pub mod query;
mod store;
