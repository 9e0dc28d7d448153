//! Agreements [protocolli d'intesa]: who agreed with whom on what, for how long.
//!
//! Invariants: the promoter owns the record and is a party; parties carry its audience. A draft is the promoter's alone; from
//! its opening for signature the parties see it, as a group of their own; it is in force from the last signature on, and its
//! text never changes any more. Tables owned: `agreement`, `agreement_party`.

mod document;
mod drafting;
mod life;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
mod store;
