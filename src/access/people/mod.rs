//! People: how an invitation is taken up, and which organisation a code means.

pub mod invitation;

mod store;

pub use store::organisations_by_code;
