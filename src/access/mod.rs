//! Access: who the caller is ([`Viewer`]) and which rows that makes visible ([`audience`]).
//!
//! Rows are decided in PostgreSQL by the policy that `protect()` sets; this module only says which
//! audience keys a viewer holds. Nothing else in the product decides what may be seen.

pub mod audience;
pub mod persona;
pub mod token;
mod viewer;

pub use viewer::{Level, Viewer};
