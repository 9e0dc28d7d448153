//! Relay's object identification: any record by its global id. Owns no tables.

pub mod query;
