//! Access: who the caller is ([`Viewer`]), which rows that makes visible ([`audience`], [`Sight`]), what it lets them do
//! ([`rules`]) and what was done ([`audit`]).
//!
//! Rows are decided in PostgreSQL by the policy that `protect()` sets; this module only says which audience keys a
//! viewer holds in which room. Verbs are decided by one table, [`rules::TABLE`]. Nothing else in the product decides
//! what may be seen or done.

pub mod action;
pub mod audience;
pub mod audit;
pub mod clients;
pub mod keys;
pub mod links;
pub mod people;
pub mod persona;
pub mod rules;
pub mod scope;
pub mod secret;
pub mod token;

mod remote;
mod room;
mod settings;
mod viewer;

pub use action::Action;
pub use room::{Room, Sight};
pub use settings::{Issuer, IssuerKind, MappingRule, Provider, Settings};
pub use viewer::{Caller, Client, Delegation, DelegationMode, Level, Membership, Person, Role, Viewer};
