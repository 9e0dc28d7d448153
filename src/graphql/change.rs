//! How a mutation changes the data: one transaction, which cannot be committed without its entry in the audit.

use std::sync::Arc;

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Error, Graph, Result};
use crate::access::audit::{self, Entry, Subject};
use crate::access::{Action, Caller, Room, rules};
use crate::db::Writing;

/// A transaction on behalf of the viewer, or of the hub itself.
pub struct Change<'a> {
    graph: &'a Arc<Graph>,
    writing: Writing,
    /// Groups of bodies that it makes or changes; the key where the caller is a member.
    groups: Vec<(Room, Option<i32>)>,
}

impl Graph {
    /// Opens a change with the viewer's own rights: it writes only what the viewer sees.
    pub async fn change(self: &Arc<Self>) -> Result<Change<'_>> {
        let writing = self.hub.database.write(&self.settings()).await?;
        Ok(Change { graph: self, writing, groups: Vec::new() })
    }

    /// Opens a change that the hub makes for a caller who cannot see yet what it is about, e.g. somebody invited.
    pub async fn change_by_hub(self: &Arc<Self>) -> Result<Change<'_>> {
        Ok(Change { graph: self, writing: self.hub.database.write_for_hub().await?, groups: Vec::new() })
    }

    /// Whether the viewer may do this to what belongs to `owner`; a refusal is written into the audit, as one about the
    /// owner itself where no subject is given.
    pub async fn allow(
        self: &Arc<Self>,
        action: Action,
        owner: Option<Uuid>,
        subject: Option<Subject>,
    ) -> Result<Result<(), rules::Refusal>> {
        self.heed(rules::may(&self.viewer, action, owner), action, owner, subject).await
    }

    /// The same of something in a room, for an action that is done in several.
    pub async fn allow_in(
        self: &Arc<Self>,
        (action, room): (Action, Room),
        owner: Uuid,
        subject: Option<Subject>,
    ) -> Result<Result<(), rules::Refusal>> {
        self.heed(rules::may_in(&self.viewer, action, Some(room), Some(owner)), action, Some(owner), subject).await
    }

    /// Writes a refusal into the audit.
    async fn heed(
        self: &Arc<Self>,
        answer: Result<rules::Grant, rules::Refusal>,
        action: Action,
        owner: Option<Uuid>,
        subject: Option<Subject>,
    ) -> Result<Result<(), rules::Refusal>> {
        let Err(refusal) = answer else { return Ok(Ok(())) };
        // What the public tries is no act of anybody: it would only let strangers fill the audit.
        if self.viewer.caller != Caller::Public {
            let mut writing = self.hub.database.write_for_hub().await?;
            let subject = match (subject, owner) {
                (None, Some(owner)) => {
                    self.session.count();
                    audit::subject_of_organisation(writing.connection(), owner).await?
                }
                (subject, _) => subject,
            };
            self.write_down(writing, &Entry::refused(action, refusal.code(), subject)).await?;
        }
        Ok(Err(refusal))
    }

    /// Writes an entry of its own into the audit, for what changes no record.
    pub async fn note(&self, entry: &Entry) -> Result<()> {
        self.write_down(self.hub.database.write_for_hub().await?, entry).await
    }

    async fn write_down(&self, mut writing: Writing, entry: &Entry) -> Result<()> {
        self.session.count();
        audit::add(writing.connection(), &self.viewer, &self.request_id, entry).await?;
        Ok(writing.commit().await?)
    }
}

impl Change<'_> {
    /// The connection for one statement, which is counted.
    pub fn statement(&mut self) -> &mut PgConnection {
        self.graph.session.count();
        self.writing.connection()
    }

    /// The keys that the caller holds in a room.
    pub fn held(&self, room: Room) -> Vec<i32> {
        self.graph.held(room)
    }

    /// Notes that it makes or changes a group of bodies: when it is committed, what follows from the members is worked out
    /// anew, and what this request reads from then on is seen with the group's key, where one is given.
    pub fn note_group(&mut self, room: Room, key: Option<i32>) {
        self.groups.push((room, key));
    }

    /// Writes the entry and commits. What is read afterwards sees the change.
    pub async fn commit(mut self, entry: &Entry) -> Result<()> {
        let (graph, statement) = (self.graph, self.statement());
        audit::add(statement, &graph.viewer, &graph.request_id, entry).await?;
        self.writing.commit().await?;
        Self::ended(graph, self.groups).await
    }

    /// An entry of this caller and request, as the database reads it.
    pub fn entry(&self, entry: &Entry) -> Value {
        audit::told(&self.graph.viewer, &self.graph.request_id, entry)
    }

    /// Commits with the entry that a deed left in the transaction. It is written by a statement that comes with the commit:
    /// the audit's chain, on which all others wait, is never held while the database waits for the hub.
    pub async fn commit_deed(self) -> Result<()> {
        let graph = self.graph;
        graph.session.count();
        self.writing.commit_after("select enter_deed()").await?;
        Self::ended(graph, self.groups).await
    }

    async fn ended(graph: &Arc<Graph>, groups: Vec<(Room, Option<i32>)>) -> Result<()> {
        if !groups.is_empty() {
            graph.hub.note_change("audience_group_member");
            groups.into_iter().for_each(|(room, key)| graph.hold(room, key));
        }
        graph.renew().await;
        Ok(())
    }
}

impl From<rules::Refusal> for Error {
    fn from(refusal: rules::Refusal) -> Self {
        Self::Forbidden(refusal)
    }
}
