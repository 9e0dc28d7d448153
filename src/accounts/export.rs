//! What the product knows of a person, to take home (GDPR, art. 15 and 20).

use std::sync::Arc;

use serde_json::Value;

use super::loader::AccountById;
use super::store;
use crate::access::audit::{Changes, Entry};
use crate::access::{Action, rules};
use crate::graphql::{Graph, Result};

/// Everything about the person who asks; the audit says that it was taken.
///
/// # Errors
/// The outer: something failed. The inner: whoever asks is no person who signed in.
pub async fn own_data(graph: &Arc<Graph>) -> Result<Result<Value, rules::Refusal>> {
    if let Err(refusal) = graph.allow(Action::ExportOwnData, None, None).await? {
        return Ok(Err(refusal));
    }
    let own = match graph.viewer.person() {
        Some(person) => graph.load(AccountById(person.account)).await?,
        None => None,
    };
    let Some(own) = own else { return Ok(Err(rules::Refusal::SignIn)) };
    let mut change = graph.change_by_hub().await?;
    let data = store::account::own_data(change.statement(), own.id).await?;
    change.commit(&Entry::done(Action::ExportOwnData, own.subject(), Changes::new())).await?;
    Ok(Ok(data))
}
