//! Why a caller may or may not do something: the one table of rules, asked before anything is done.
//!
//! Invariant: what the caller may not see is answered as what is not there.

pub mod query;
