//! Viewer: the caller's own entry point, by the level that they act at. Owns no tables.

pub mod query;
