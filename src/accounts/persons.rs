//! Who reads the names and addresses of an organisation's people.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;
use uuid::Uuid;

use crate::access::audit::Subject;
use crate::access::{Action, rules};
use crate::graphql::{Graph, Result};

/// What the rules said in this request, so that a refused list is one entry of the audit and not one for each person.
#[derive(Default)]
struct Asked(Mutex<HashMap<Uuid, Result<(), rules::Refusal>>>);

/// Whether the caller may read them; `kind` and `audience` are those of the records that name them.
///
/// # Errors
/// `FORBIDDEN`, with the rule.
pub async fn may_read(graph: &Arc<Graph>, organisation: Uuid, record: Subject) -> Result<()> {
    let asked = graph.kept::<Asked>();
    let mut asked = asked.0.lock().await;
    if let Some(known) = asked.get(&organisation) {
        return Ok(known.clone()?);
    }
    let subject = Subject { kind: "Organisation", id: organisation, ..record };
    let allowed = graph.allow(Action::ReadPersons, Some(organisation), Some(subject)).await?;
    asked.insert(organisation, allowed.clone());
    Ok(allowed?)
}
