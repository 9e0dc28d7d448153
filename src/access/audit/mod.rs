//! The audit: what was done, by whom, for whom. Entries are only ever added, and each holds the hash of the one before
//! it (`add_to_audit()` in the database). No name, address or other personal data stands in it: people are opaque ids.
//!
//! Tables owned: `audit_entry`, `audit_change`, `audit_chain`.

mod entry;
mod store;

pub use entry::{BY_OPERATOR, Changes, Entry, Outcome, Subject};
pub use store::add;
