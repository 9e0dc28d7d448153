//! Overview [quadro nazionale]: the same few figures for every office, side by side, and for the country.
//!
//! Invariants: all figures of an answer are of one day and one snapshot and come from one statement; a viewer below the
//! national level gets figures of public records alone, so that offices compare and nothing hidden shows. A record in
//! a province belongs to the office competent for it on the day. Owns no tables: it counts the other rooms' records.

pub mod model;
pub mod query;
mod store;
