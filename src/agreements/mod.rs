//! Agreements [protocolli d'intesa]: who agreed with whom on what, for how long.
//!
//! Invariants: the promoter owns the record; parties carry its audience. Tables owned: `agreement`, `agreement_party`.

pub mod loader;
pub mod model;
pub mod query;
mod store;
