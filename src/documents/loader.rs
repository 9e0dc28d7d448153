//! Documents by key, batched.

use std::sync::Arc;

use super::model::DocumentRow;
use super::store;
use crate::batched_by_uuid;

batched_by_uuid! {
    /// A document that was not removed.
    DocumentById => Arc<DocumentRow>, store::by_ids
}
