//! Programs of partner organisations in the graph [client]: who registers them, with which rights and until when.
//!
//! Invariants: a secret is told once and kept as a hash alone; two at the most are in force, for a week at the most
//! together; of keys only public ones are kept; a client lasts three years at the most, and ends at once when it is
//! revoked. What each may do is `access/rules.rs`; how a program comes in is `access/token`.
//!
//! Tables: `client`, `client_secret`; the token endpoint owns them in common with this room.

pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
mod store;
