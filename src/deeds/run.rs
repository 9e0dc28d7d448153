//! The way of every deed.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

use super::aggregate::{self, Aggregate};
use super::changes::{self, FieldChange, RowChange};
use super::{Manner, claim, past, said, store};
use crate::access::audit::{Changes, Entry, Hash};
use crate::access::{Action, Room, rules};
use crate::graphql::mutation::Stop;
use crate::graphql::{Change, Error, Graph, Outcome, UserError};
use crate::locale::Message;

/// What a caller asks to be done to a record.
#[derive(Clone, Copy)]
pub struct Deed<'a> {
    pub action: Action,
    pub manner: &'a Manner,
    /// The record, and the input's field that names it.
    pub record: (Uuid, &'static str),
    /// The version that the caller has read.
    pub expected: i32,
    /// Whether it rests on the whole record as the caller has read it, as a decision does: then whatever changed since
    /// stands in its way. Otherwise only what it would overwrite.
    pub is_step: bool,
}

/// What became of a record.
pub struct Told<A> {
    pub record: A,
    /// Whether nothing was changed, as asked.
    pub is_dry_run: bool,
    /// Whether it was done by an earlier request with the same key.
    pub is_repeated: bool,
}

/// Does something to a record: `change` makes the new state from the one that stands, by the rules of its model.
///
/// # Errors
/// `NOT_FOUND` for a record that the caller does not see; the rule that refuses; what the model refuses;
/// `CHANGED_MEANWHILE` with what changed; `IDEMPOTENCY_KEY_REUSED`.
pub async fn alter<A: Aggregate>(
    ctx: &Context<'_>,
    deed: Deed<'_>,
    change: impl FnOnce(&mut A) -> Outcome<()> + Send,
) -> Outcome<Told<A>> {
    let graph = Graph::of(ctx);
    let (id, field) = deed.record;
    let said = said(ctx, deed.manner)?;
    let mut writing = graph.change().await?;
    if let Some(done) = claim::claimed(graph, &mut writing, deed.action, said.as_ref()).await? {
        return repeated(graph, writing, done).await;
    }
    lock::<A>(graph, &mut writing, id).await?.ok_or_else(|| UserError::not_found(field))?;
    let before: A = read(&mut writing, id).await?;
    let owner = before.owner(deed.action, &graph.viewer);
    if let Err(refusal) = rules::may_in(&graph.viewer, deed.action, Some(before.room()), Some(owner)) {
        drop(writing);
        graph.allow_in((deed.action, before.room()), owner, Some(before.subject())).await??;
        return Err(refusal.into());
    }
    let mut after = before.clone();
    let outcome = change(&mut after);
    let changes = changes::between(Some(&before), &after);
    if deed.expected != before.version() {
        let stands_in_the_way = |since: &RowChange| deed.is_step || changes.iter().any(|mine| mine.meets(since));
        let since = store::since(writing.statement(), A::KIND, id, deed.expected.saturating_add(1)).await?;
        // What is missing is hidden from the caller, or was changed otherwise: then nothing is known of it.
        let is_known = (1..before.version()).contains(&deed.expected)
            && i64::from(before.version()) - i64::from(deed.expected) == since.len() as i64
            && since.iter().all(|step| step.changes.is_some());
        let all = || since.iter().rev().filter_map(|step| step.changes.as_ref()).flat_map(|changes| changes.iter());
        if !is_known || outcome.is_err() || all().any(stands_in_the_way) {
            let told = changes::told(all());
            return Err(meanwhile(told, outcome.err()));
        }
    }
    outcome?;
    if changes.is_empty() {
        return Ok(Told { record: before, is_dry_run: deed.manner.dry_run, is_repeated: false });
    }
    let changes = match share(&mut writing, Some(&before), &mut after).await? {
        true => changes::between(Some(&before), &after),
        false => changes,
    };
    let changes = (&changes[..], Some(before.audience()));
    finish(graph, writing, (deed.action, deed.manner), &after, changes, said).await
}

/// Makes a record that belongs to `owner`.
///
/// # Errors
/// The rule that refuses; what the model refuses; `IDEMPOTENCY_KEY_REUSED`.
pub async fn make<A: Aggregate>(
    ctx: &Context<'_>,
    (action, manner): (Action, &Manner),
    owner: Uuid,
    new: impl FnOnce() -> Outcome<A> + Send,
) -> Outcome<Told<A>> {
    make_in(Graph::of(ctx), (action, manner), (owner, A::ROOM), said(ctx, manner)?, new).await
}

/// The same in a room, for what is asked otherwise than by a mutation: with what the caller said, if it gave that a key.
///
/// # Errors
/// As [`make`].
pub async fn make_in<A: Aggregate>(
    graph: &Arc<Graph>,
    (action, manner): (Action, &Manner),
    (owner, room): (Uuid, Room),
    said: Option<(String, Hash)>,
    new: impl FnOnce() -> Outcome<A> + Send,
) -> Outcome<Told<A>> {
    graph.allow_in((action, room), owner, None).await??;
    let mut writing = graph.change().await?;
    // What was done is told again whatever has become of the rules since.
    if let Some(done) = claim::claimed(graph, &mut writing, action, said.as_ref()).await? {
        return repeated(graph, writing, done).await;
    }
    let mut record = new()?;
    share(&mut writing, None, &mut record).await?;
    let changes = changes::between(None, &record);
    finish(graph, writing, (action, manner), &record, (&changes, None), said).await
}

/// Makes or changes the group of bodies that share the record; whether it did. From then on this transaction holds the
/// group's key, which the caller did not come with; and so does what the request reads later, for one of its members.
async fn share<A: Aggregate>(writing: &mut Change<'_>, before: Option<&A>, after: &mut A) -> Outcome<bool> {
    let (owner_number, room, follows_others) = (after.owner_number(), after.room(), after.follows_others());
    let Some(group) = after.group() else { return Ok(false) };
    let mut known = before.cloned();
    let known = known.as_mut().and_then(A::group).filter(|known| known.number.is_some());
    let sorted = |bodies: &[Uuid]| bodies.iter().copied().collect::<BTreeSet<_>>();
    let is_same =
        known.is_some_and(|known| known.province == group.province && sorted(&known.bodies) == sorted(&group.bodies));
    let held = writing.held(room);
    if is_same {
        let made = group.number.filter(|_| follows_others);
        let Some(number) = made else { return Ok(false) };
        if store::sharing(writing.statement(), number, owner_number).await? == sorted(&group.bodies) {
            return Ok(false);
        }
    }
    let made = store::set_group(writing.statement(), room, &held, owner_number, &group).await?;
    *group.number = Some(made.number);
    let is_member = made.members.iter().any(|key| held.contains(key));
    writing.note_group(room, is_member.then_some(made.number));
    Ok(true)
}

/// Locks a record; `None` where the caller does not see it. Whoever was waited for may have made a group for it, whose key
/// the caller did not come with.
async fn lock<A: Aggregate>(graph: &Graph, writing: &mut Change<'_>, id: Uuid) -> Outcome<Option<i32>> {
    if let Some(version) = store::lock::<A>(writing.statement(), id).await? {
        return Ok(Some(version));
    }
    let held = writing.held(A::ROOM);
    let Some(key) = store::regain::<A>(writing.statement(), id, &held).await? else { return Ok(None) };
    graph.hold(A::ROOM, Some(key));
    Ok(store::lock::<A>(writing.statement(), id).await?)
}

async fn read<A: Aggregate>(writing: &mut Change<'_>, id: Uuid) -> Outcome<A> {
    made(store::find::<A>(writing.statement(), id).await?)
}

fn made<A: Aggregate>(found: Option<serde_json::Value>) -> Outcome<A> {
    let found = found.ok_or_else(|| fault("a record just written is not seen"))?;
    Ok(aggregate::read(found).map_err(|error| Error::Internal(Arc::new(error)))?)
}

/// Writes what changed, reads the record as it stands then, and commits with the audit's entry and the event; `before` is the
/// key that the record had, if it was there. A dry run ends before the commit, and leaves nothing.
async fn finish<A: Aggregate>(
    graph: &Arc<Graph>,
    mut writing: Change<'_>,
    (action, manner): (Action, &Manner),
    record: &A,
    (changes, before): (&[RowChange], Option<i32>),
    said: Option<(String, Hash)>,
) -> Outcome<Told<A>> {
    store::save(writing.statement(), record, changes).await?;
    record.beside(&mut writing).await?;
    if manner.dry_run {
        return Ok(Told { record: read(&mut writing, record.id()).await?, is_dry_run: true, is_repeated: false });
    }
    let entry = writing.entry(&Entry::done(action, record.subject(), listed(changes::told(changes))));
    let caller = claim::caller(&graph.viewer);
    let claimed = said.as_ref().map(|(key, _)| (caller.as_str(), key.as_str()));
    let left = store::left(record, entry, (changes, before), claimed);
    let record = made(store::find_leaving::<A>(writing.statement(), record.id(), left).await?)?;
    writing.commit_deed().await?;
    let mut tables: Vec<&str> = changes.iter().map(|change| change.part.as_str()).collect();
    tables.dedup();
    tables.into_iter().for_each(|table| graph.hub.note_change(table));
    Ok(Told { record, is_dry_run: false, is_repeated: false })
}

/// What changed, as the audit writes it down.
fn listed(changes: Vec<FieldChange>) -> Changes {
    let given = |value: Option<serde_json::Value>| value.unwrap_or_default();
    changes.into_iter().fold(Changes::new(), |all, change| {
        all.field(
            &format!("{}:{}.{}", change.kind, *change.id, change.field),
            given(change.before),
            given(change.after),
        )
    })
}

/// The answer of the first time: the record as it was then.
async fn repeated<A: Aggregate>(graph: &Graph, mut writing: Change<'_>, done: claim::Done) -> Outcome<Told<A>> {
    // It may have been done while this request waited for it, which has read already and holds no group made since.
    let held = writing.held(A::ROOM);
    if let Some(group) = done.audience.filter(|key| !held.contains(key))
        && store::is_in_group(writing.statement(), &held, group).await?
    {
        graph.hold(A::ROOM, Some(group));
    }
    drop(writing);
    graph.renew().await;
    let record = past::at_version::<A>(graph, done.record, done.version).await?;
    let record = record.ok_or_else(|| UserError::not_found(""))?;
    Ok(Told { record, is_dry_run: false, is_repeated: true })
}

fn meanwhile(changes: Vec<FieldChange>, refusal: Option<Stop>) -> Stop {
    let message = Message::new(
        "Nel frattempo il record è cambiato: vedere le modifiche, rileggerlo e riprovare.",
        "The record has changed meanwhile: see what changed, read it again and retry.",
    );
    let mut error = UserError::conflict("expectedVersion", "CHANGED_MEANWHILE", message);
    error.changes = changes;
    let mut all = vec![error];
    match refusal {
        Some(Stop::Refused(errors)) => all.extend(errors),
        Some(failed) => return failed,
        None => {}
    }
    Stop::Refused(all)
}

pub(super) fn fault(message: &'static str) -> Error {
    let error: Box<dyn std::error::Error + Send + Sync> = message.into();
    Error::Internal(error.into())
}
