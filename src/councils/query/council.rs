use std::sync::Arc;

use async_graphql::{Context, ID, Object, OneofObject, SimpleObject};

use super::feed::{CalendarFeed, feeds_of};
use super::resolution::{CouncilResolution, CouncilResolutionFilterInput, RESOLUTION, resolution, resolutions};
use super::seat::{CouncilSeat, SEAT, seat};
use super::sitting::{CouncilSitting, CouncilSittingFilterInput, SITTING, sitting, sittings};
use super::table::{TABLE, WorkingTable, tables_of, working_table};
use crate::councils::Councils;
use crate::councils::loader::SeatsOfCouncil;
use crate::councils::model::{SeatCategory, SocialSide, composition};
use crate::councils::sitting::model::SittingOrder;
use crate::documents::query::{self as documents, Document};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::Directory;
use crate::organisations::model::OrganisationRow;
use crate::organisations::query::{self as organisations, Prefecture, TerritorialCouncil};
use crate::plans::model::{PlanOrder, PlanStatus, PlansOf};
use crate::plans::query::{self as plans, TerritorialPlan};
use crate::territory::Territory;
use crate::territory::query::{self as territory, Province};

/// One category of a council's composition held against art. 57 DPR 394/1999 [composizione].
#[derive(SimpleObject)]
pub struct CouncilCategoryComposition {
    /// Category of art. 57 [categoria].
    category: SeatCategory,
    /// Seats that the rule asks for at the least.
    required: i32,
    /// Seats of members in force that the caller may see.
    held: i32,
    /// Seats still to be filled [posti vacanti].
    missing: i32,
    /// For category f), the sides without a seat; empty for the others [parti mancanti].
    missing_sides: Vec<SocialSide>,
}

/// A council's composition on a day held against art. 57 DPR 394/1999 [composizione].
#[derive(SimpleObject)]
pub struct CouncilComposition {
    /// The day that it is told for.
    as_of: Date,
    /// Whether no category lacks a seat.
    is_complete: bool,
    /// Each lettered category, a) to h).
    categories: Vec<CouncilCategoryComposition>,
}

/// What only territorial councils have.
pub struct TerritorialCouncilFields(pub Arc<OrganisationRow>);

#[Object]
impl TerritorialCouncilFields {
    /// The office whose prefect chairs the council [Prefettura – UTG].
    async fn office(&self, ctx: &Context<'_>) -> Option<Prefecture> {
        let graph = Graph::of(ctx);
        let council = graph.reference::<Councils>().council(self.0.id)?;
        graph.reference::<Directory>().body(council.office_id).map(Prefecture::of)
    }

    /// The province that the council is for [provincia].
    async fn council_province(&self, ctx: &Context<'_>) -> Option<Province> {
        let graph = Graph::of(ctx);
        territory::province(graph, &graph.reference::<Councils>().council(self.0.id)?.province_code)
    }

    /// Day on which it was established, where known.
    async fn established_on(&self, ctx: &Context<'_>) -> Option<Date> {
        Graph::of(ctx).reference::<Councils>().council(self.0.id)?.established_on.map(Date)
    }

    /// Its seats by category: those in force on a day, or of every date [componenti].
    async fn seats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Whether to give the seats of every date instead.", default)] all_dates: bool,
        #[graphql(desc = "Only these categories.")] categories: Option<Vec<SeatCategory>>,
    ) -> Result<Vec<CouncilSeat>> {
        let graph = Graph::of(ctx);
        let day = (!all_dates).then(|| as_of.map_or(graph.today, |day| day.0));
        let seats = graph.load(SeatsOfCouncil(self.0.id, day)).await?;
        let wanted = |category| categories.as_ref().is_none_or(|wanted| wanted.contains(&category));
        let seats = seats.iter().flat_map(|seats| seats.iter()).filter(|seat| wanted(seat.row.category));
        Ok(seats.cloned().map(CouncilSeat::joined).collect())
    }

    /// Territorial plans put before it, every edition that the caller may see [piani territoriali].
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only in these states.")] statuses: Option<Vec<PlanStatus>>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<PlanOrder>,
    ) -> Result<Page<TerritorialPlan>> {
        let key = self.0.id.to_string();
        plans::plans_of(Graph::of(ctx), PlansOf::Council, key, statuses, order_by, first, after).await
    }

    /// Its sittings [sedute].
    async fn sittings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<CouncilSittingFilterInput>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<SittingOrder>,
    ) -> Result<Page<CouncilSitting>> {
        sittings(Graph::of(ctx), Some(self.0.id), filter, order_by, first, after).await
    }

    /// Its working tables, the latest first [tavoli di lavoro].
    async fn working_tables(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only those that work still, or only those that were closed.")] is_open: Option<bool>,
    ) -> Result<Page<WorkingTable>> {
        tables_of(Graph::of(ctx), self.0.id, is_open, first, after).await
    }

    /// The secret addresses of its calendar that the caller's organisation has, the newest first; nobody sees another's
    /// [calendari].
    async fn calendar_feeds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<CalendarFeed>> {
        feeds_of(Graph::of(ctx), self.0.id, first, after).await
    }

    /// Its documents, other than those of its sittings and tables, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), organisations::NODE, self.0.id, first, after).await
    }

    /// Its composition on a day held against art. 57: which category lacks how many [composizione].
    async fn composition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Result<CouncilComposition> {
        let graph = Graph::of(ctx);
        let day = as_of.map_or(graph.today, |day| day.0);
        let seats = graph.load(SeatsOfCouncil(self.0.id, Some(day))).await?;
        let seats: Vec<_> = seats.iter().flat_map(|seats| seats.iter().map(|seat| seat.row.clone())).collect();
        let categories = composition(&seats);
        Ok(CouncilComposition {
            as_of: Date(day),
            is_complete: categories.iter().all(|entry| entry.missing == 0),
            categories: categories
                .into_iter()
                .map(|entry| CouncilCategoryComposition {
                    category: entry.category,
                    required: entry.required as i32,
                    held: entry.held as i32,
                    missing: entry.missing as i32,
                    missing_sides: entry.missing_sides,
                })
                .collect(),
        })
    }
}

/// Finds one territorial council by exactly one of its keys.
#[derive(OneofObject)]
pub enum CouncilBy {
    /// Global id.
    Id(ID),
    /// Its province: abbreviation (`BO`) or ISTAT code (`037`) [provincia].
    Province(String),
}

/// Councils of the graph.
#[derive(Default)]
pub struct CouncilQuery;

#[Object]
impl CouncilQuery {
    /// One territorial council by a key [Consiglio territoriale per l'immigrazione].
    async fn council(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: CouncilBy,
    ) -> Result<Option<TerritorialCouncil>> {
        let graph = Graph::of(ctx);
        let councils = graph.reference::<Councils>();
        let directory = graph.reference::<Directory>();
        let council = match by {
            CouncilBy::Id(id) => councils.council(NodeId::uuid(organisations::NODE, &id)?),
            CouncilBy::Province(name) => graph
                .reference::<Territory>()
                .province_named(&name, graph.today)
                .and_then(|province| directory.office_for(&province.code, graph.today))
                .and_then(|office| councils.of_office(office.id)),
        };
        Ok(council.and_then(|council| directory.body(council.organisation_id)).map(TerritorialCouncil::of))
    }

    /// One sitting by its global id [seduta]; null where there is none that the caller may see.
    async fn council_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Result<Option<CouncilSitting>> {
        sitting(Graph::of(ctx), NodeId::uuid(SITTING, &id)?).await
    }

    /// Sittings of all councils [sedute]; with `filter: { called: … }` those that a body is called to, of whichever territory.
    async fn council_sittings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<CouncilSittingFilterInput>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<SittingOrder>,
    ) -> Result<Page<CouncilSitting>> {
        sittings(Graph::of(ctx), None, filter, order_by, first, after).await
    }

    /// One working table by its global id [tavolo di lavoro]; null where there is none that the caller may see.
    async fn working_table(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Result<Option<WorkingTable>> {
        working_table(Graph::of(ctx), NodeId::uuid(TABLE, &id)?).await
    }

    /// Resolutions of all councils, those of the latest sitting first: opinions on plans, proposals to the central department
    /// [deliberazioni dei Consigli territoriali].
    async fn council_resolutions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<CouncilResolutionFilterInput>,
    ) -> Result<Page<CouncilResolution>> {
        resolutions(Graph::of(ctx), None, filter, first, after).await
    }

    #[graphql(entity)]
    async fn council_resolution_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<CouncilResolution>> {
        resolution(Graph::of(ctx), NodeId::uuid(RESOLUTION, &id)?).await
    }

    #[graphql(entity)]
    async fn council_sitting_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<CouncilSitting>> {
        sitting(Graph::of(ctx), NodeId::uuid(SITTING, &id)?).await
    }

    #[graphql(entity)]
    async fn working_table_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<WorkingTable>> {
        working_table(Graph::of(ctx), NodeId::uuid(TABLE, &id)?).await
    }

    #[graphql(entity)]
    async fn council_seat_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<CouncilSeat>> {
        seat(Graph::of(ctx), NodeId::uuid(SEAT, &id)?).await
    }
}
