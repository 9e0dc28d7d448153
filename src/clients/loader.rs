//! Programs by key, batched.

use std::sync::Arc;

use super::model::{ClientRow, SecretRow};
use super::store;
use crate::batched_by_uuid;

batched_by_uuid! {
    /// A program, seen by whoever acts for its organisation.
    ClientById => Arc<ClientRow>, store::by_ids
}
batched_by_uuid! {
    /// A program's secrets that are in force, the newest first.
    SecretsOf => Arc<[SecretRow]>, store::secrets_of
}
