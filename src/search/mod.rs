//! Search [ricerca]: records by the words of their names, titles and texts, the best first, under the caller's rights.
//!
//! Invariants: a document is derived from its record by triggers and never written otherwise; it carries the record's
//! audience; it is read through one function, which applies the audience test before it ranks or counts.
//! Tables owned: `search_document`, `search_word`, which grant nothing to the application role.

pub mod model;
pub mod query;
mod store;
