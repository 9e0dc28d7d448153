//! All SQL of people.

pub mod account;
pub mod delegation;
pub mod invitation;
pub mod membership;
pub mod session;
