use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::councils::table::model::{MeetingRow, MemberRow, TableFilter, TableRow};
use crate::councils::table::{MEETING, MEMBER, TableDocument};
use crate::deeds::Whole;
use crate::documents::query::{self as documents, Document};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::Directory;
use crate::organisations::model::Visibility;
use crate::organisations::query::{self as organisations, Organisation, TerritorialCouncil};

pub use crate::councils::table::TABLE;

/// A working table of a territorial council: bodies that work on a topic between its sittings [tavolo di lavoro].
#[derive(Description, Clone)]
pub struct WorkingTable(Arc<TableRow>, Option<Arc<TableDocument>>);

impl From<TableDocument> for WorkingTable {
    fn from(table: TableDocument) -> Self {
        Self::told(Arc::new(table))
    }
}

impl WorkingTable {
    /// As a deed, or what happened, tells it.
    pub(super) fn told(table: Arc<TableDocument>) -> Self {
        Self(table.working_table.clone(), Some(table))
    }

    /// The table with all of its parts.
    async fn whole(&self, graph: &Graph) -> Result<Option<Arc<TableDocument>>> {
        match &self.1 {
            Some(told) => Ok(Some(told.clone())),
            None => graph.load(Whole::of(self.0.id)).await,
        }
    }
}

/// A working table by its id; `None` where the viewer may not see it.
pub async fn working_table(graph: &Graph, id: Uuid) -> Result<Option<WorkingTable>> {
    Ok(graph.load(Whole::of(id)).await?.map(WorkingTable::told))
}

/// The working tables of a council, as its type shows them.
pub async fn tables_of(
    graph: &Graph,
    council: Uuid,
    is_open: Option<bool>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<WorkingTable>> {
    let list = List { within: Some(((), council.to_string())), filter: TableFilter { is_open }, order: () };
    list::page(graph, list, first, after, |row| WorkingTable(row, None)).await
}

/// A body that takes part in a working table [componente del tavolo].
#[derive(Description)]
pub struct TableMember(Arc<MemberRow>);

#[Object(use_type_description)]
impl TableMember {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(MEMBER, self.0.id).id()
    }

    /// The body [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// Whether it coordinates the table [coordinatore].
    async fn is_coordinator(&self) -> bool {
        self.0.is_coordinator
    }

    /// First day.
    async fn member_from(&self) -> Date {
        Date(self.0.member_from)
    }

    /// Last day; null while it takes part.
    async fn member_until(&self) -> Option<Date> {
        self.0.member_until.map(Date)
    }
}

/// A meeting of a working table, planned or held [incontro del tavolo].
#[derive(Description)]
pub struct TableMeeting(Arc<MeetingRow>);

#[Object(use_type_description)]
impl TableMeeting {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(MEETING, self.0.id).id()
    }

    /// When it begins.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// When it ends.
    async fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.ends_at
    }

    /// Where it takes place [luogo].
    async fn place(&self) -> Option<&str> {
        self.0.place.as_deref()
    }

    /// What was said, or is to be [appunti].
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// What came of it [esito].
    async fn outcome(&self) -> Option<&str> {
        self.0.outcome.as_deref()
    }

    /// Whether it was called off [annullato].
    async fn is_cancelled(&self) -> bool {
        self.0.is_cancelled
    }
}

#[Object(use_type_description)]
impl WorkingTable {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(TABLE, self.0.id).id()
    }

    /// The council [Consiglio territoriale].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        Graph::of(ctx).reference::<Directory>().body(self.0.council_id).map(TerritorialCouncil::of)
    }

    /// What it is called [nome].
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Topic, e.g. school, health, housing, work [ambito].
    async fn topic(&self) -> &str {
        &self.0.topic
    }

    /// What it is to do [mandato].
    async fn mandate(&self) -> Option<&str> {
        self.0.mandate.as_deref()
    }

    /// First day.
    async fn opens_on(&self) -> Date {
        Date(self.0.opens_on)
    }

    /// Day by which it is to be done.
    async fn closes_on(&self) -> Option<Date> {
        self.0.closes_on.map(Date)
    }

    /// Day on which it was closed; null while it works [chiusura].
    async fn closed_on(&self) -> Option<Date> {
        self.0.closed_on.map(Date)
    }

    /// What came of it, said when it was closed [relazione finale].
    async fn closing_report(&self) -> Option<&str> {
        self.0.closing_report.as_deref()
    }

    /// Bodies that take part, or did [componenti].
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that take part on this day.")] as_of: Option<Date>,
    ) -> Result<Vec<TableMember>> {
        let whole = self.whole(Graph::of(ctx)).await?;
        let members = whole.iter().flat_map(|whole| whole.table_member.iter());
        let members = members.filter(|row| as_of.is_none_or(|day| row.is_in_force(day.0)));
        Ok(members.cloned().map(TableMember).collect())
    }

    /// Its meetings, the earliest first [incontri].
    async fn meetings(&self, ctx: &Context<'_>) -> Result<Vec<TableMeeting>> {
        let whole = self.whole(Graph::of(ctx)).await?;
        Ok(whole.iter().flat_map(|whole| whole.table_meeting.iter().cloned()).map(TableMeeting).collect())
    }

    /// Its documents, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), TABLE, self.0.id, first, after).await
    }

    /// What was done to it, the last first [cronologia].
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<RecordEvent>> {
        history::history(Graph::of(ctx), self.0.id, first, after).await
    }

    /// Grows by one with each change: what a mutation expects [versione].
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Who may see this record [visibilità].
    async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }

    /// Where the record comes from [fonte].
    async fn source(&self) -> &str {
        &self.0.source
    }
}
