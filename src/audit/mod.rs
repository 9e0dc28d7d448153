//! The audit in the graph and as a file [registro delle operazioni]: what was done to whose records, by whom.
//!
//! Invariants: an entry is seen by the owner of the record and by the central department; what changed, only with a key
//! of the record itself; a person's name, only by whom may read the persons of the organisation for which they acted, and
//! no longer than the account lives. Reading is `ReadAudit`, a file is `ExportAudit` of `access/rules.rs`.
//!
//! Owns no tables: entries are written by `access::audit`.

pub mod export;
pub mod loader;
pub mod model;
pub mod operator;
pub mod query;
mod store;
