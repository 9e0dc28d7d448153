//! Territory in the graph.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, OneofObject};
use chrono::NaiveDate;

use super::Territory;
use super::model::{MunicipalityRow, ProvinceKind, ProvinceRow, RegionRow, RegionStatute};
use crate::agreements::model::{AgreementOrder, AgreementsOf};
use crate::agreements::query::{self as agreements, Agreement};
use crate::graphql::page::{Cursor, Total};
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, NodeId, Page, PageArgs, Result};
use crate::organisations::model::{OrganisationKind, OrganisationOrder, OrganisationsOf};
use crate::organisations::query::{self as organisations, Organisation, Prefecture};
use crate::plans::model::{PlanOrder, PlanStatus, PlansOf};
use crate::plans::query::{self as plans, TerritorialPlan};
use crate::projects::model::{ProjectOrder, ProjectStatus, ProjectsOf};
use crate::projects::query::{self as projects, Project};

/// Kinds of the global ids of territorial units.
pub const REGION: &str = "Region";
pub const PROVINCE: &str = "Province";
pub const MUNICIPALITY: &str = "Municipality";

/// A region [regione].
pub struct Region(pub Arc<RegionRow>);

/// A province or a unit of the same tier, with its validity [provincia, città metropolitana].
pub struct Province(pub Arc<ProvinceRow>);

/// A municipality [comune].
pub struct Municipality(pub Arc<MunicipalityRow>);

/// A province by its code, of whatever date.
pub fn province(graph: &Graph, code: &str) -> Option<Province> {
    graph.reference::<Territory>().province(code).map(Province)
}

/// A region by its code.
pub fn region(graph: &Graph, code: &str) -> Option<Region> {
    graph.reference::<Territory>().region(code).map(Region)
}

/// A municipality by its code, of whatever date.
pub fn municipality(graph: &Graph, code: &str) -> Option<Municipality> {
    graph.reference::<Territory>().municipality(code).map(Municipality)
}

fn day_or_today(graph: &Graph, as_of: Option<Date>) -> NaiveDate {
    as_of.map_or(graph.today, |day| day.0)
}

#[Object]
impl Region {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(REGION, &self.0.code).id()
    }

    /// ISTAT code, two digits.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Ordinary or special statute [statuto].
    async fn statute(&self) -> RegionStatute {
        self.0.statute
    }

    /// NUTS 2 code, classification of 2024.
    async fn nuts2(&self) -> &str {
        &self.0.nuts2
    }

    /// Part of the country [ripartizione geografica].
    async fn macro_area(&self) -> &str {
        &self.0.macro_area
    }

    /// Resident people, early figure of 2023: for proportions, never to quote as official.
    async fn population(&self) -> Option<i32> {
        self.0.population
    }

    /// Municipality that is its capital [capoluogo].
    async fn capital(&self, ctx: &Context<'_>) -> Option<Municipality> {
        municipality(Graph::of(ctx), &self.0.capital_code)
    }

    /// Its provinces on that day, by ISTAT code [province].
    async fn provinces(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Vec<Province> {
        let graph = Graph::of(ctx);
        let day = day_or_today(graph, as_of);
        let territory = graph.reference::<Territory>();
        let here =
            |province: &&Arc<ProvinceRow>| province.region_code == self.0.code && province.validity().holds_on(day);
        territory.provinces.iter().filter(here).cloned().map(Province).collect()
    }
}

#[Object]
impl Province {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PROVINCE, &self.0.code).id()
    }

    /// ISTAT code, three digits.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// ISTAT code of the supra-municipal unit [codice UTS].
    async fn uts_code(&self) -> &str {
        &self.0.uts_code
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Two letters, e.g. `BO` [sigla].
    async fn abbreviation(&self) -> &str {
        &self.0.abbreviation
    }

    /// Whether the abbreviation is not official yet [sigla provvisoria].
    async fn is_abbreviation_provisional(&self) -> bool {
        self.0.is_abbreviation_provisional
    }

    /// Kind of unit.
    async fn kind(&self) -> ProvinceKind {
        self.0.kind
    }

    /// NUTS 3 code, classification of 2024; none for the units of 2026.
    async fn nuts3(&self) -> Option<&str> {
        self.0.nuts3.as_deref()
    }

    /// Resident people, early figure of 2023: for proportions, never to quote as official.
    async fn population(&self) -> Option<i32> {
        self.0.population
    }

    /// Area in square kilometres, approximate.
    async fn area_km2(&self) -> f64 {
        self.0.area_km2.try_into().unwrap_or_default()
    }

    /// First day on which it exists; null where it has always been there.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// Last day on which it exists; null while it does.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// Its region.
    async fn region(&self, ctx: &Context<'_>) -> Result<Region> {
        region(Graph::of(ctx), &self.0.region_code).ok_or_else(|| {
            let missing = std::io::Error::other(format!("province {} without region", self.0.code));
            Error::Internal(Arc::new(missing))
        })
    }

    /// Provinces that share a land border with it on that day [province confinanti].
    async fn neighbours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Vec<Province> {
        let graph = Graph::of(ctx);
        let day = day_or_today(graph, as_of);
        let territory = graph.reference::<Territory>();
        let neighbours = territory.neighbours(&self.0.code).iter().filter_map(|code| territory.province(code));
        neighbours.filter(|province| province.validity().holds_on(day)).map(Province).collect()
    }

    /// The office competent for it on that day [Prefettura – UTG].
    async fn office(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Option<Prefecture> {
        let graph = Graph::of(ctx);
        organisations::office_for(graph, &self.0.code, day_or_today(graph, as_of))
    }

    /// Its municipalities of every date, by name [comuni].
    async fn municipalities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on.")] after: Option<String>,
    ) -> Result<Page<Municipality>> {
        let territory = Graph::of(ctx).reference::<Territory>();
        let all = territory.municipalities_of(&self.0.code);
        let args = PageArgs::new(first, after, "municipality")?;
        let start = match &args.after {
            None => 0,
            Some(cursor) => {
                let last = all.iter().position(|municipality| Some(&municipality.code) == cursor.value.as_ref());
                1 + last.ok_or_else(|| Error::bad_input("Il cursore non è valido.", "The cursor is not valid."))?
            }
        };
        let rows = all.iter().skip(start).take(args.limit() as usize).cloned().collect();
        let count = all.len() as i64;
        let cursor = |row: &Arc<MunicipalityRow>| Cursor {
            order: "municipality".into(),
            value: Some(row.code.clone()),
            id: uuid::Uuid::nil(),
        };
        Ok(args.page(rows, Total::new(move |_| async move { Ok(count) }), cursor, Municipality))
    }

    /// Territorial plans for it, every edition that the caller may see [piani territoriali].
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Only in these states.")] statuses: Option<Vec<PlanStatus>>,
        #[graphql(desc = "Order of the list.")] order_by: Option<PlanOrder>,
    ) -> Result<Page<TerritorialPlan>> {
        let key = self.0.code.clone();
        plans::plans_of(Graph::of(ctx), PlansOf::Province, key, statuses, order_by, first, after).await
    }

    /// Projects that work here [progetti].
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Only in these states.")] statuses: Option<Vec<ProjectStatus>>,
        #[graphql(desc = "Order of the list.")] order_by: Option<ProjectOrder>,
    ) -> Result<Page<Project>> {
        let key = self.0.code.clone();
        projects::projects_of(Graph::of(ctx), ProjectsOf::Province, key, statuses, order_by, first, after).await
    }

    /// Agreements for it [protocolli d'intesa].
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Only those in force on this day.")] in_force_on: Option<Date>,
        #[graphql(desc = "Order of the list.")] order_by: Option<AgreementOrder>,
    ) -> Result<Page<Agreement>> {
        let key = self.0.code.clone();
        agreements::agreements_of(Graph::of(ctx), AgreementsOf::Province, key, in_force_on, order_by, first, after)
            .await
    }

    /// Bodies seated here [enti].
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Only these kinds.")] kinds: Option<Vec<OrganisationKind>>,
        #[graphql(desc = "Order of the list.")] order_by: Option<OrganisationOrder>,
    ) -> Result<Page<Organisation>> {
        let (parent, code) = (OrganisationsOf::Province, self.0.code.clone());
        organisations::organisations_of(Graph::of(ctx), parent, code, kinds, order_by, first, after).await
    }
}

#[Object]
impl Municipality {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(MUNICIPALITY, &self.0.code).id()
    }

    /// ISTAT code, six digits.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name in the area's other official language.
    async fn other_language_name(&self) -> Option<&str> {
        self.0.other_language_name.as_deref()
    }

    /// Cadastral code, which a municipality keeps when its ISTAT code changes [codice catastale].
    async fn cadastral_code(&self) -> &str {
        &self.0.cadastral_code
    }

    /// Whether it is the capital of its province [capoluogo].
    async fn is_province_capital(&self) -> bool {
        self.0.is_province_capital
    }

    /// Resident people, early figure of 2023: for proportions, never to quote as official.
    async fn population(&self) -> Option<i32> {
        self.0.population
    }

    /// Latitude of a point inside it, degrees (WGS 84).
    async fn latitude(&self) -> f64 {
        self.0.latitude
    }

    /// Longitude of a point inside it, degrees (WGS 84).
    async fn longitude(&self) -> f64 {
        self.0.longitude
    }

    /// Area in square kilometres, approximate.
    async fn area_km2(&self) -> f64 {
        self.0.area_km2.try_into().unwrap_or_default()
    }

    /// First day on which it bears this code; null where it always has.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// Last day on which it bears this code; null while it does.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// Its province.
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        province(Graph::of(ctx), &self.0.province_code)
    }
}

/// Finds one region by exactly one of its keys.
#[derive(OneofObject)]
pub enum RegionBy {
    /// Global id.
    Id(ID),
    /// ISTAT code, two digits.
    Code(String),
}

/// Finds one province by exactly one of its keys.
#[derive(OneofObject)]
pub enum ProvinceBy {
    /// Global id.
    Id(ID),
    /// ISTAT code, three digits.
    Code(String),
    /// Abbreviation on that day, e.g. `BO` [sigla].
    Abbreviation(String),
}

/// Finds one municipality by exactly one of its keys.
#[derive(OneofObject)]
pub enum MunicipalityBy {
    /// Global id.
    Id(ID),
    /// ISTAT code, six digits.
    Code(String),
    /// Cadastral code on that day, e.g. `A944` [codice catastale].
    CadastralCode(String),
}

/// Territory of the graph.
#[derive(Default)]
pub struct TerritoryQuery;

#[Object]
impl TerritoryQuery {
    /// All regions, by ISTAT code [regioni].
    async fn regions(&self, ctx: &Context<'_>) -> Vec<Region> {
        Graph::of(ctx).reference::<Territory>().regions.iter().cloned().map(Region).collect()
    }

    /// One region by a key.
    async fn region(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: RegionBy,
    ) -> Result<Option<Region>> {
        Ok(match by {
            RegionBy::Id(id) => region(Graph::of(ctx), &NodeId::parse_as(REGION, &id)?.key),
            RegionBy::Code(code) => region(Graph::of(ctx), &code),
        })
    }

    /// The provinces of that day, by ISTAT code: 107 until 2025-12-31, 110 from 2026-01-01 [province].
    async fn provinces(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Only those of this region, by ISTAT code.")] region: Option<String>,
    ) -> Vec<Province> {
        let graph = Graph::of(ctx);
        let day = day_or_today(graph, as_of);
        let wanted = |province: &&Arc<ProvinceRow>| {
            province.validity().holds_on(day) && region.as_ref().is_none_or(|region| province.region_code == *region)
        };
        graph.reference::<Territory>().provinces.iter().filter(wanted).cloned().map(Province).collect()
    }

    /// One province by a key.
    async fn province(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: ProvinceBy,
        #[graphql(desc = "Day on which the abbreviation is borne; today when left out.")] as_of: Option<Date>,
    ) -> Result<Option<Province>> {
        let graph = Graph::of(ctx);
        Ok(match by {
            ProvinceBy::Id(id) => province(graph, &NodeId::parse_as(PROVINCE, &id)?.key),
            ProvinceBy::Code(code) => province(graph, &code),
            ProvinceBy::Abbreviation(abbreviation) => {
                let day = day_or_today(graph, as_of);
                graph.reference::<Territory>().province_by_abbreviation(&abbreviation, day).map(Province)
            }
        })
    }

    /// One municipality by a key.
    async fn municipality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: MunicipalityBy,
        #[graphql(desc = "Day on which the cadastral code is borne; today when left out.")] as_of: Option<Date>,
    ) -> Result<Option<Municipality>> {
        let graph = Graph::of(ctx);
        Ok(match by {
            MunicipalityBy::Id(id) => municipality(graph, &NodeId::parse_as(MUNICIPALITY, &id)?.key),
            MunicipalityBy::Code(code) => municipality(graph, &code),
            MunicipalityBy::CadastralCode(code) => {
                let day = day_or_today(graph, as_of);
                graph.reference::<Territory>().municipality_by_cadastral_code(&code, day).map(Municipality)
            }
        })
    }

    #[graphql(entity)]
    async fn region_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Region>> {
        Ok(region(Graph::of(ctx), &NodeId::parse_as(REGION, &id)?.key))
    }

    #[graphql(entity)]
    async fn region_entity_by_code(&self, ctx: &Context<'_>, code: String) -> Option<Region> {
        region(Graph::of(ctx), &code)
    }

    #[graphql(entity)]
    async fn province_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Province>> {
        Ok(province(Graph::of(ctx), &NodeId::parse_as(PROVINCE, &id)?.key))
    }

    #[graphql(entity)]
    async fn province_entity_by_code(&self, ctx: &Context<'_>, code: String) -> Option<Province> {
        province(Graph::of(ctx), &code)
    }

    #[graphql(entity)]
    async fn municipality_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Municipality>> {
        Ok(municipality(Graph::of(ctx), &NodeId::parse_as(MUNICIPALITY, &id)?.key))
    }

    #[graphql(entity)]
    async fn municipality_entity_by_code(&self, ctx: &Context<'_>, code: String) -> Option<Municipality> {
        municipality(Graph::of(ctx), &code)
    }
}
