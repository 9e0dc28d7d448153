//! People in the graph [persone]: accounts, for whom they act, invitations, delegations, what is a person's own.
//!
//! Invariants: an organisation never loses its last administrator but by that person's own erasure; a delegation lasts
//! three years at the most and ends by itself; names and addresses are read by whom [`ReadPersons`] lets, and by
//! themselves; an invitation keeps its address no longer than it can be accepted
//! (the hub looks once a minute). What each may do is
//! `access/rules.rs`; how people sign in is `access/people`; what is kept of them, and why: `docs/privacy.md`.
//!
//! What belongs to a person wherever they act (their memberships, the grants to their bodies) is read by the hub on the
//! strength of the session: no policy knows it ([`loader::own_memberships`]).
//!
//! Tables: `account`, `membership`, `invitation`, `delegation`, `browser_session`; the sign-in owns them in common with
//! this room.
//!
//! [`ReadPersons`]: crate::access::Action::ReadPersons

pub mod export;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod operator;
mod persons;
pub mod query;
mod store;
