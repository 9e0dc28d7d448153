use async_graphql::{Context, ID, InputObject, Object, OneofObject};

use super::{AGREEMENT, Agreement, AgreementParty, PARTY, agreement, party};
use crate::agreements::loader::AgreementByReference;
use crate::agreements::model::{AgreementFilter, AgreementOrder, AgreementStatus};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::territory::Territory;

/// Finds one agreement by exactly one of its keys.
#[derive(OneofObject)]
pub enum AgreementBy {
    /// Global id.
    Id(ID),
    /// Reference of the act [numero di protocollo].
    Reference(String),
}

/// What a list of agreements is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct AgreementFilterInput {
    /// Of this province: abbreviation or ISTAT code.
    province: Option<String>,
    /// Of this region: ISTAT code.
    region: Option<String>,
    /// In force on this day.
    in_force_on: Option<Date>,
    /// In any of these states.
    statuses: Option<Vec<AgreementStatus>>,
    /// Only synthetic, or only real, records.
    is_synthetic: Option<bool>,
}

/// Agreements of the graph.
#[derive(Default)]
pub struct AgreementQuery;

#[Object]
impl AgreementQuery {
    /// One agreement by a key [protocollo d'intesa]; null where there is none that the caller may see.
    #[graphql(name = "agreement")]
    async fn one(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: AgreementBy,
    ) -> Result<Option<Agreement>> {
        let graph = Graph::of(ctx);
        match by {
            AgreementBy::Id(id) => agreement(graph, NodeId::uuid(AGREEMENT, &id)?).await,
            AgreementBy::Reference(reference) => {
                Ok(graph.load(AgreementByReference(reference)).await?.map(Agreement::of))
            }
        }
    }

    /// Agreements, narrowed and ordered [protocolli d'intesa].
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<AgreementFilterInput>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<AgreementOrder>,
    ) -> Result<Page<Agreement>> {
        let graph = Graph::of(ctx);
        let input = filter.unwrap_or_default();
        let territory = graph.reference::<Territory>();
        let filter = AgreementFilter {
            provinces: territory.codes_within(input.province.as_deref(), input.region.as_deref(), graph.today),
            in_force_on: input.in_force_on.map(|day| day.0),
            statuses: input.statuses.unwrap_or_default(),
            today: graph.today,
            is_synthetic: input.is_synthetic,
        };
        let list = List { within: None, filter, order: order_by.unwrap_or_default() };
        list::page(graph, list, first, after, Agreement::of).await
    }

    #[graphql(entity)]
    async fn agreement_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Agreement>> {
        agreement(Graph::of(ctx), NodeId::uuid(AGREEMENT, &id)?).await
    }

    #[graphql(entity)]
    async fn agreement_party_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<AgreementParty>> {
        party(Graph::of(ctx), NodeId::uuid(PARTY, &id)?).await
    }

    #[graphql(entity)]
    async fn agreement_entity_by_reference(&self, ctx: &Context<'_>, reference: String) -> Result<Option<Agreement>> {
        Ok(Graph::of(ctx).load(AgreementByReference(reference)).await?.map(Agreement::of))
    }
}
