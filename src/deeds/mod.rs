//! Deeds [operazioni]: how callers change records.
//!
//! A record that callers change is an [`Aggregate`]: a row with the rows of its parts, held as one typed document. Every
//! deed goes the same way ([`alter`], [`make`]), in one transaction under the caller's own rights: claim the caller's
//! idempotency key, lock and read the record, ask the rules, let the record's model change the document, hold that against
//! what others changed meanwhile, write the rows that differ, then commit with the audit's entry and the event.
//! A dry run goes the whole way and is taken back at the end.
//!
//! The event holds what changed, field by field, so that it serves three uses: the record's history, the record as it
//! stood at a time ([`past`]), and what subscribers are told.
//!
//! Tables owned: `record_event`, `idempotency_key`.

mod aggregate;
mod changes;
mod claim;
pub mod event;
pub mod given;
mod manner;
pub mod news;
mod past;
mod payload;
mod run;
mod step;
mod store;
mod whole;

pub use aggregate::{Aggregate, Group, Part};
pub use changes::{FieldChange, Row, RowChange, referred, told};
pub use claim::{claimed, keep, settle};
pub use manner::{Manner, key, said};
pub use past::{as_of, at_version};
pub use run::{Deed, Told, alter, make, make_in};
pub use step::Named;
pub use whole::Whole;

/// What differs between two states of a record, field by field.
pub fn difference<A: Aggregate>(before: &A, after: &A) -> Vec<FieldChange> {
    changes::told(&changes::between(Some(before), after))
}
