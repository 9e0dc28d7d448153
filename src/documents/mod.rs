//! Documents [documenti]: files attached to records: what they are, who may attach them, where their content is kept.
//!
//! Invariants: a document is seen by whom its record is seen by, which the database keeps equal; what it is follows from its
//! content, not from its name; a row is there only with its content, and content without a row is swept away. Tables owned:
//! `document`, `document_kind`. A room whose records are to have documents says so in a migration, `select keep_documents(…)`,
//! and in [`model::KINDS`].

mod archive;
mod attaching;
mod file_type;
mod incoming;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod store;

pub use attaching::{Attachment, Target, attach, target};
pub use file_type::{FileType, TypeRefusal, file_type};
pub use incoming::{Broken, Received, receive};
