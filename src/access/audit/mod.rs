//! The audit: what was done, by whom, for whom. Entries are only ever added, and each holds the hash of the one before
//! it (`add_to_audit()` in the database). No name, address or other personal data stands in it: people are opaque ids.
//!
//! What the chain proves and what it does not: `docs/adr/0017-audit-and-rules.md`.
//!
//! Tables owned: `audit_entry`, `audit_change`, `audit_chain`.

mod anchor;
mod entry;
mod keeping;
mod record;
mod store;
mod verify;

pub use anchor::{Anchor, Hash};
pub use entry::{BY_OPERATOR, Changes, Entry, Outcome, Subject};
pub use keeping::{keep, let_go};
pub use record::Record;
pub use store::{add, head, subject_of_organisation, told};
pub use verify::{Flaw, Verified, verify};
