//! History in the graph.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access::{Action, rules};
use crate::audit::loader::PersonName;
use crate::deeds::event::Event;
use crate::deeds::{self, FieldChange};
use crate::graphql::list::{self, List};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// What was done to a record at a time: one deed, by one caller [operazione].
#[derive(Description)]
pub struct RecordEvent(pub Arc<Event>);

/// What was done to a record, the last first, as far as the caller might have seen it then.
pub async fn history(
    graph: &Graph,
    record: Uuid,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<RecordEvent>> {
    let list = List { within: Some(((), record.to_string())), filter: (), order: () };
    list::page(graph, list, first, after, RecordEvent).await
}

#[Object(use_type_description)]
impl RecordEvent {
    /// Its number, in decimal digits: later events have greater ones [numero].
    async fn seq(&self) -> String {
        self.0.row.seq.to_string()
    }

    /// When it was done.
    async fn at(&self) -> DateTime<Utc> {
        self.0.row.at
    }

    /// What was done; null for an action that this version of the hub does not know [azione].
    async fn action(&self) -> Option<Action> {
        self.0.row.action.parse().ok()
    }

    /// Global id of the record.
    async fn record_id(&self) -> ID {
        NodeId::new(&self.0.row.record_kind, self.0.row.record_id).id()
    }

    /// The record's version since [versione].
    async fn version(&self) -> i32 {
        self.0.row.version
    }

    /// What it changed, field by field; what was new has no value before [modifiche]. Null where the caller might not have
    /// seen what the record was until then, as when it was published.
    async fn changes(&self) -> Option<Vec<FieldChange>> {
        self.0.changes().map(deeds::told)
    }

    /// The body for which it was done [ente]; null where the caller may not see it.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let Some(organisation) = self.0.row.organisation_id else { return Ok(None) };
        organisations::organisation(Graph::of(ctx), organisation).await
    }

    /// Name of the person who did it, for whom may read the persons of that body; name of the demonstration's caller
    /// [persona].
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let graph = Graph::of(ctx);
        match (self.0.row.account_id, self.0.row.organisation_id) {
            (Some(account), Some(organisation))
                if rules::may(&graph.viewer, Action::ReadPersons, Some(organisation)).is_ok() =>
            {
                graph.load(PersonName { account, organisation }).await
            }
            (Some(_), _) => Ok(None),
            (None, _) => Ok(self.0.row.persona.clone()),
        }
    }

    /// Whether a program did it, not a person [client].
    async fn is_by_program(&self) -> bool {
        self.0.row.client_id.is_some()
    }
}
