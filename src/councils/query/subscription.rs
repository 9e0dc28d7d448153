use async_graphql::{Context, Description, ID, Object, Subscription, Union};
use futures_util::Stream;

use super::seat::{CouncilSeat, SEAT, seat};
use super::sitting::{CouncilSitting, SITTING, sitting};
use super::table::{TABLE, WorkingTable, working_table};
use crate::councils::Councils;
use crate::councils::record::{CouncilRecordKind, Record};
use crate::deeds::news;
use crate::graphql::{Apart, Error, Graph, NodeId, Result};
use crate::history::query::RecordEvent;
use crate::organisations::Directory;
use crate::organisations::query::{NODE, TerritorialCouncil};

/// A record in which a council works [atto del Consiglio].
#[derive(Union)]
pub enum CouncilRecord {
    CouncilSeat(CouncilSeat),
    CouncilSitting(CouncilSitting),
    WorkingTable(WorkingTable),
}

impl From<Record> for CouncilRecord {
    fn from(record: Record) -> Self {
        match record {
            Record::Seat(seat) => Self::CouncilSeat((*seat).clone().into()),
            Record::Sitting(sitting) => Self::CouncilSitting(CouncilSitting::told(sitting)),
            Record::Table(table) => Self::WorkingTable(WorkingTable::told(table)),
        }
    }
}

/// Something that was done to a record of a territorial council [evento del Consiglio].
#[derive(Description)]
pub struct CouncilEvent(RecordEvent, Record);

#[Object(use_type_description)]
impl CouncilEvent {
    /// What was done, and what it changed [operazione].
    async fn event(&self) -> &RecordEvent {
        &self.0
    }

    /// The council [Consiglio territoriale].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        Graph::of(ctx).reference::<Directory>().body(self.1.council()).map(TerritorialCouncil::of)
    }

    /// The record as it stands since [atto].
    async fn record(&self) -> CouncilRecord {
        self.1.clone().into()
    }
}

/// What councils tell as it happens.
#[derive(Default)]
pub struct CouncilSubscription;

#[Subscription]
impl CouncilSubscription {
    /// What is done to the seats, sittings and working tables of territorial councils while the caller listens, each event
    /// told with the rights that the caller has at that moment [modifiche ai Consigli territoriali]. A stream about one record
    /// ends when the caller may see it no more.
    async fn council_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this council, by its global id.")] council_id: Option<ID>,
        #[graphql(desc = "Only this seat, sitting or working table, by its global id.")] id: Option<ID>,
        #[graphql(desc = "Only records of these kinds.")] kinds: Option<Vec<CouncilRecordKind>>,
    ) -> Result<impl Stream<Item = Apart<CouncilEvent>> + use<>> {
        let graph = Graph::of(ctx).clone();
        let council = council_id.map(|id| NodeId::uuid(NODE, &id)).transpose()?;
        if council.is_some_and(|council| graph.reference::<Councils>().council(council).is_none()) {
            return Err(Error::nothing_to_follow());
        }
        let of = match id {
            Some(id) => {
                let node = NodeId::parse(&id)?;
                let is_seen = match node.kind.as_str() {
                    SEAT => Box::pin(seat(&graph, node.as_uuid()?)).await?.is_some(),
                    SITTING => Box::pin(sitting(&graph, node.as_uuid()?)).await?.is_some(),
                    TABLE => Box::pin(working_table(&graph, node.as_uuid()?)).await?.is_some(),
                    _ => false,
                };
                Some(if is_seen { node.as_uuid()? } else { return Err(Error::nothing_to_follow()) })
            }
            None => None,
        };
        Box::pin(graph.renew()).await;
        let is_wanted = move |record: &Record| {
            council.is_none_or(|council| council == record.council())
                && kinds.as_ref().is_none_or(|kinds| kinds.contains(&record.kind()))
        };
        Ok(news::stream(graph, of, is_wanted, |event, record| Apart(CouncilEvent(RecordEvent(event), record))))
    }
}
