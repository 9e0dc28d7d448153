//! A partner's service as the hub calls it, on behalf of routers: each call goes through one door (ADR 0026).
//!
//! The caller's token stays here; the partner gets one of the hub's that is bound to it. It is sent the records that the caller
//! may see and the fields that its schema says it needs, no others. What it answers is held against the question and its
//! schema: whatever it does, the rest of the graph stands, and the caller is told who failed.

mod answer;
mod call;
mod failure;
mod health;
mod keys;
mod question;
mod resolver;
mod schema;
mod standing;
mod token;
mod watch;

pub use answer::Answer;
pub use call::{Headers, Way};
pub use failure::Reason;
pub use health::{Health, HealthState};
pub use question::{Question, Unfit};
pub use schema::PartnerSchema;
pub use standing::{Partner, Partners};
pub use token::{DOOR, NotExchanged, exchanged};
pub use watch::watch;
