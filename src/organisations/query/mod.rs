//! Organisations in the graph.

mod body;
mod competence;
mod entities;
mod types;

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, OneofObject};

use super::Directory;
use super::loader::{self, OrganisationByKey};
use super::model::{
    NaturalKey, OrganisationFilter, OrganisationKind, OrganisationOrder, OrganisationRow, OrganisationsOf,
};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::territory::Territory;

pub use super::model::KIND as NODE;
pub use body::{Body, Contact, RegisterEntry};
pub use competence::{COMPETENCE, OfficeCompetence, competence};
pub use entities::OrganisationEntities;
pub use types::{
    CentralAuthority, EconomicBody, ForeignersAssociation, LocalAuthority, Organisation, OtherOrganisation, Prefecture,
    PublicBody, ReligiousBody, SocialPartner, TerritorialCouncil, ThirdSectorOrganisation,
};

/// Finds one organisation by exactly one of its keys.
#[derive(OneofObject)]
pub enum OrganisationBy {
    /// Global id.
    Id(ID),
    /// Fiscal code of a body, 11 digits [codice fiscale].
    FiscalCode(String),
    /// Code in the index of public administrations [codice IPA].
    IpaCode(String),
    /// Number in the national register of the third sector [numero RUNTS].
    RuntsNumber(String),
}

/// Finds one office by exactly one of its keys.
#[derive(OneofObject)]
pub enum PrefectureBy {
    /// Global id.
    Id(ID),
    /// Code of the office, e.g. `PREF-BO`.
    OfficeCode(String),
    /// The province that it is competent for today: its abbreviation (`BO`) or ISTAT code (`037`) [provincia].
    Province(String),
}

/// What a list of organisations is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct OrganisationFilterInput {
    /// Only these kinds [tipi di ente].
    kinds: Option<Vec<OrganisationKind>>,
    /// Seated in this province: abbreviation or ISTAT code [provincia della sede].
    province: Option<String>,
    /// Seated in this region: ISTAT code [regione della sede].
    region: Option<String>,
    /// Seated in this municipality: ISTAT code [comune della sede].
    municipality: Option<String>,
    /// Section of the national register of the third sector, e.g. `ODV` [sezione RUNTS].
    runts_section: Option<String>,
    /// Existing on this day.
    exists_on: Option<Date>,
    /// Only synthetic, or only real, records.
    is_synthetic: Option<bool>,
}

impl OrganisationFilterInput {
    fn parse(self, graph: &Graph) -> OrganisationFilter {
        let day = self.exists_on.map_or(graph.today, |day| day.0);
        let territory = graph.reference::<Territory>();
        let provinces = territory.codes_within(self.province.as_deref(), self.region.as_deref(), day);
        OrganisationFilter {
            kinds: self.kinds.unwrap_or_default(),
            provinces,
            municipality: self.municipality,
            runts_section: self.runts_section,
            exists_on: self.exists_on.map(|day| day.0),
            is_synthetic: self.is_synthetic,
        }
    }
}

/// The organisations below a parent, as its type shows them.
pub async fn organisations_of(
    graph: &Graph,
    parent: OrganisationsOf,
    key: String,
    kinds: Option<Vec<OrganisationKind>>,
    order: Option<OrganisationOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Organisation>> {
    let filter = OrganisationFilter { kinds: kinds.unwrap_or_default(), ..OrganisationFilter::default() };
    let list = List { within: Some((parent, key)), filter, order: order.unwrap_or_default() };
    list::page(graph, list, first, after, |row: Arc<OrganisationRow>| Organisation::from(row)).await
}

/// An organisation that a record names; `None` where the viewer may not see it.
pub async fn organisation(graph: &Graph, id: uuid::Uuid) -> Result<Option<Organisation>> {
    Ok(loader::organisation(graph, id).await?.map(Organisation::from))
}

async fn by_key(graph: &Graph, key: NaturalKey) -> Result<Option<Organisation>> {
    Ok(graph.load(OrganisationByKey(key)).await?.map(Organisation::from))
}

/// The office competent for a province on that day.
pub fn office_for(graph: &Graph, province: &str, day: chrono::NaiveDate) -> Option<Prefecture> {
    Some(Prefecture::of(graph.reference::<Directory>().office_for(province, day)?))
}

/// Organisations of the graph.
#[derive(Default)]
pub struct OrganisationQuery;

#[Object]
impl OrganisationQuery {
    /// One organisation by a key [ente]; null where there is none that the caller may see.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: OrganisationBy,
    ) -> Result<Option<Organisation>> {
        let graph = Graph::of(ctx);
        match by {
            OrganisationBy::Id(id) => organisation(graph, NodeId::uuid(NODE, &id)?).await,
            OrganisationBy::FiscalCode(code) => by_key(graph, NaturalKey::FiscalCode(code)).await,
            OrganisationBy::IpaCode(code) => by_key(graph, NaturalKey::IpaCode(code)).await,
            OrganisationBy::RuntsNumber(number) => by_key(graph, NaturalKey::RuntsNumber(number)).await,
        }
    }

    /// Organisations, narrowed and ordered [enti].
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<OrganisationFilterInput>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<
            OrganisationOrder,
        >,
    ) -> Result<Page<Organisation>> {
        let graph = Graph::of(ctx);
        let filter = filter.unwrap_or_default().parse(graph);
        let list = List { within: None, filter, order: order_by.unwrap_or_default() };
        list::page(graph, list, first, after, |row: Arc<OrganisationRow>| Organisation::from(row)).await
    }

    /// One office by a key [Prefettura – UTG].
    async fn prefecture(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: PrefectureBy,
    ) -> Result<Option<Prefecture>> {
        let graph = Graph::of(ctx);
        let directory = graph.reference::<Directory>();
        let office = match by {
            PrefectureBy::Id(id) => directory.body(NodeId::uuid(NODE, &id)?),
            PrefectureBy::OfficeCode(code) => {
                directory.offices().iter().find(|office| office.office_code.as_ref() == Some(&code)).cloned()
            }
            PrefectureBy::Province(name) => graph
                .reference::<Territory>()
                .province_named(&name, graph.today)
                .and_then(|province| directory.office_for(&province.code, graph.today)),
        };
        Ok(office.filter(|office| office.kind == OrganisationKind::Prefecture).map(Prefecture::of))
    }

    #[graphql(entity)]
    async fn office_competence_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<OfficeCompetence>> {
        Ok(competence(Graph::of(ctx), NodeId::uuid(COMPETENCE, &id)?))
    }

    /// All offices of the prefect, by code: 103 prefectures, 2 commissions, 1 regional presidency [Prefetture – UTG].
    async fn prefectures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this region, by ISTAT code.")] region: Option<String>,
    ) -> Vec<Prefecture> {
        let graph = Graph::of(ctx);
        let of_region = region.map(|code| graph.reference::<Territory>().province_codes_of_region(&code));
        let wanted = |office: &&Arc<OrganisationRow>| match &of_region {
            Some(codes) => office.province_code.as_ref().is_some_and(|code| codes.contains(code)),
            None => true,
        };
        graph.reference::<Directory>().offices().iter().filter(wanted).cloned().map(Prefecture::of).collect()
    }
}
