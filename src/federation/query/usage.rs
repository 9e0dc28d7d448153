use std::sync::Arc;

use async_graphql::{Context, Description, Object, SimpleObject};
use uuid::Uuid;

use crate::access::{Room, audience};
use crate::federation::composer::Weight;
use crate::federation::usage::loader::{CallersOf, OperationsOf};
use crate::federation::usage::model::{CallerRow, FieldCallerKind, FieldOperationKind, OperationRow, Totals, UseOf};
use crate::federation::usage::{WINDOW, Weighed};
use crate::graphql::page::{Cursor, Total, bounded};
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, Page, PageArgs, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// Whether the caller may know who calls: the central department does.
pub fn knows_callers(graph: &Graph) -> bool {
    graph.viewer.holds(Room::Federation, audience::OVERSIGHT)
}

/// The time that is looked at: the last 90 days, unless the caller says otherwise.
pub fn window(graph: &Graph, since: Option<Date>, until: Option<Date>, coordinates: Vec<String>) -> UseOf {
    let since = since.map_or(graph.today - WINDOW, |since| since.0);
    UseOf { coordinates, since, until: until.map(|until| until.0) }
}

/// How some of the graph was used: operations that asked for any of these coordinates, when they were answered [uso]. What a
/// router answers without asking the hub is not in it.
#[derive(Description)]
pub struct FieldUsage(UseOf, Option<Totals>);

impl FieldUsage {
    pub fn of(usage: UseOf) -> Self {
        Self(usage, None)
    }

    async fn totals(&self, ctx: &Context<'_>) -> Result<Totals> {
        match self.1 {
            Some(totals) => Ok(totals),
            None => Ok(Graph::of(ctx).load(self.0.clone()).await?.unwrap_or_default()),
        }
    }
}

#[Object(use_type_description)]
impl FieldUsage {
    /// Schema coordinates: `Type.field`, `Type.field(argument:)`, `Type` for fragments on it [coordinate].
    async fn coordinates(&self) -> &[String] {
        &self.0.coordinates
    }

    /// First day that is looked at [dal].
    async fn since(&self) -> Date {
        Date(self.0.since)
    }

    /// Last day that is looked at; null for today [al].
    async fn until(&self) -> Option<Date> {
        self.0.until.map(Date)
    }

    /// Operations that were answered [chiamate].
    async fn calls(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.totals(ctx).await?.calls)
    }

    /// Callers who sent them: programs, each as one; people who signed in, all as one; the public as one [utilizzatori].
    async fn caller_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.totals(ctx).await?.callers)
    }

    /// Different operations among them [operazioni].
    async fn operation_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.totals(ctx).await?.operations)
    }

    /// The last day on which there was one; null where there was none [ultimo uso].
    async fn last_used_on(&self, ctx: &Context<'_>) -> Result<Option<Date>> {
        Ok(self.totals(ctx).await?.last_used_on.map(Date))
    }

    /// Who they are, the most frequent first; null for everybody but the central department [elenco degli utilizzatori].
    async fn callers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Option<Page<FieldCaller>>> {
        let graph = Graph::of(ctx);
        if !knows_callers(graph) {
            return Ok(None);
        }
        let args = PageArgs::new(first, after, ORDER)?;
        let after = args.after.as_ref().map(place).transpose()?;
        let usage = self.0.clone();
        let rows = graph.load(CallersOf { usage: usage.clone(), after, limit: args.limit() }).await?;
        let rows = rows.map_or_else(Vec::new, |rows| rows.to_vec());
        let total = Total::new(move |graph| {
            let usage = usage.clone();
            async move { Ok(graph.load(usage).await?.unwrap_or_default().callers) }
        });
        let cursor = |row: &CallerRow| Cursor { order: ORDER.into(), value: Some(row.calls.to_string()), id: row.id };
        let item = |row| FieldCaller { row, usage: self.0.clone() };
        Ok(Some(args.page(rows, total, cursor, item)))
    }
}

/// The order of callers, in cursors.
const ORDER: &str = "-calls";

fn place(cursor: &Cursor) -> Result<(i64, Uuid)> {
    let calls = cursor.value.as_deref().and_then(|value| value.parse().ok());
    let calls = calls.ok_or_else(|| Error::bad_input("Il cursore non è valido.", "The cursor is not valid."))?;
    Ok((calls, cursor.id))
}

/// Who used some of the graph [utilizzatore].
#[derive(Description)]
pub struct FieldCaller {
    row: CallerRow,
    usage: UseOf,
}

#[Object(use_type_description)]
impl FieldCaller {
    /// What kind of caller it is [tipo].
    async fn kind(&self) -> FieldCallerKind {
        self.row.kind
    }

    /// Of a program: what its organisation calls it [client].
    async fn client_name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// Of a program: the body that answers for it [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match self.row.organisation_id {
            Some(id) => organisations::organisation(Graph::of(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Operations of its that were answered [chiamate].
    async fn calls(&self) -> i64 {
        self.row.calls
    }

    /// The last day on which there was one [ultimo uso].
    async fn last_used_on(&self) -> Date {
        Date(self.row.last_used_on)
    }

    /// Its operations, the most frequent first [operazioni].
    async fn operations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Vec<FieldOperation>> {
        let first = bounded(first)?;
        let key = OperationsOf { usage: self.usage.clone(), caller: self.row.id };
        let rows: Option<Arc<[OperationRow]>> = Graph::of(ctx).load(key).await?;
        let told = |row: &OperationRow| FieldOperation {
            hash: row.id.simple().to_string(),
            kind: row.kind,
            name: row.name.clone(),
            calls: row.calls,
            last_used_on: Date(row.last_used_on),
        };
        Ok(rows.iter().flat_map(|rows| rows.iter()).take(first).map(told).collect())
    }
}

/// An operation by which some of the graph was used; values in it are never kept [operazione].
#[derive(SimpleObject)]
pub struct FieldOperation {
    /// By what it is known: the same for all operations that differ in values and aliases alone [impronta].
    hash: String,
    /// What kind of operation it is [tipo].
    kind: FieldOperationKind,
    /// Its name; a router may have added to it; null where it has none [nome].
    name: Option<String>,
    /// How often it was answered [chiamate].
    calls: i64,
    /// The last day on which it was [ultimo uso].
    last_used_on: Date,
}

/// One difference between two schemas [modifica dello schema].
#[derive(Description)]
pub struct SchemaChange(Weighed);

impl SchemaChange {
    pub fn of(weighed: Weighed) -> Self {
        Self(weighed)
    }
}

#[Object(use_type_description)]
impl SchemaChange {
    /// How much it means to callers [peso].
    async fn weight(&self) -> Weight {
        self.0.change.weight
    }

    /// What changed, in English [messaggio].
    async fn message(&self) -> &str {
        &self.0.change.message
    }

    /// What changed, e.g. `Query.projects.first`.
    async fn path(&self) -> Option<&str> {
        self.0.change.path.as_deref()
    }

    /// The library's name of the change, e.g. `FIELD_REMOVED`.
    async fn kind(&self) -> &str {
        &self.0.change.kind
    }

    /// Of a breaking change: how what it concerns was used in the last 90 days; null for others, and where what it concerns cannot
    /// be told [uso].
    async fn usage(&self) -> Option<FieldUsage> {
        let (usage, totals) = self.0.usage.clone()?;
        Some(FieldUsage(usage, Some(totals)))
    }

    /// Of a breaking change: whether it waits for the central department, since what it concerns was used in the last 90 days, or
    /// that cannot be told; as long as use is recorded for less than that, every such change does. Null for others [conta come
    /// in uso].
    async fn counts_as_used(&self) -> Option<bool> {
        self.0.counts_as_used
    }
}
