//! Agreements in the graph.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, InputObject, Object, OneofObject};
use uuid::Uuid;

use super::loader::{AgreementById, AgreementByReference, PartiesOf, PartyById};
use super::model::{self, AgreementFilter, AgreementOrder, AgreementsOf};
use crate::graphql::list::{self, List};
use crate::graphql::page::bounded;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::organisations::model::Visibility;
use crate::organisations::query::Organisation;
use crate::territory::Territory;
use crate::territory::query::{self as territory, Province};

/// Kinds of the global ids of agreements and of their parties.
pub const AGREEMENT: &str = "Agreement";
pub const PARTY: &str = "AgreementParty";

/// An agreement between bodies for a period [protocollo d'intesa].
#[derive(Description)]
pub struct Agreement(pub Arc<model::Agreement>);

/// A body that is party to an agreement [parte firmataria].
#[derive(Description)]
pub struct AgreementParty(pub model::Party);

/// An agreement that a record names; `None` where the viewer may not see it.
pub async fn agreement(graph: &Graph, id: Uuid) -> Result<Option<Agreement>> {
    Ok(graph.load(AgreementById(id)).await?.map(Agreement))
}

/// A party to an agreement by its id; `None` where the viewer may not see it.
pub async fn party(graph: &Graph, id: Uuid) -> Result<Option<AgreementParty>> {
    Ok(graph.load(PartyById(id)).await?.map(|party| AgreementParty((*party).clone())))
}

/// The agreements below a parent, as its type shows them.
pub async fn agreements_of(
    graph: &Graph,
    parent: AgreementsOf,
    key: String,
    in_force_on: Option<Date>,
    order: Option<AgreementOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Agreement>> {
    let filter = AgreementFilter { in_force_on: in_force_on.map(|day| day.0), ..AgreementFilter::default() };
    let list = List { within: Some((parent, key)), filter, order: order.unwrap_or_default() };
    list::page(graph, list, first, after, Agreement).await
}

#[Object(use_type_description)]
impl Agreement {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(AGREEMENT, self.0.row.id).id()
    }

    /// Reference of the act [numero di protocollo].
    async fn reference(&self) -> Option<&str> {
        self.0.row.reference.as_deref()
    }

    /// Title [titolo].
    async fn title(&self) -> &str {
        &self.0.row.title
    }

    /// What it is about [oggetto].
    async fn subject(&self) -> Option<&str> {
        self.0.row.subject.as_deref()
    }

    /// The body that promotes it and owns the record [ente promotore]; null where the caller may not see it.
    async fn promoter(&self) -> Option<Organisation> {
        self.0.promoter.clone().map(Organisation::from)
    }

    /// The province that it is for; null where it is for no single one [provincia].
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), self.0.row.province_code.as_deref()?)
    }

    /// Day of signature [data di firma].
    async fn signed_on(&self) -> Option<Date> {
        self.0.row.signed_on.map(Date)
    }

    /// First day in force.
    async fn valid_from(&self) -> Date {
        Date(self.0.row.valid_from)
    }

    /// Last day in force; null while open.
    async fn valid_until(&self) -> Option<Date> {
        self.0.row.valid_until.map(Date)
    }

    /// Its parties, in the order of their signatures [parti].
    async fn parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Vec<AgreementParty>> {
        let first = bounded(first)?;
        let parties = Graph::of(ctx).load(PartiesOf(self.0.row.id)).await?;
        Ok(parties.iter().flat_map(|parties| parties.iter()).take(first).cloned().map(AgreementParty).collect())
    }

    /// Who may see this record [visibilità].
    async fn visibility(&self) -> Visibility {
        self.0.row.visibility
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.row.is_synthetic
    }

    /// Where the record comes from [fonte].
    async fn source(&self) -> &str {
        &self.0.row.source
    }
}

#[Object(use_type_description)]
impl AgreementParty {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PARTY, self.0.row.id).id()
    }

    /// The agreement.
    async fn agreement(&self, ctx: &Context<'_>) -> Result<Option<Agreement>> {
        agreement(Graph::of(ctx), self.0.row.agreement_id).await
    }

    /// The body [ente]; null where the caller may not see it.
    async fn organisation(&self) -> Option<Organisation> {
        self.0.organisation.clone().map(Organisation::from)
    }

    /// Day on which it signed; null while it has not [adesione].
    async fn signed_on(&self) -> Option<Date> {
        self.0.row.signed_on.map(Date)
    }

    /// Day on which it withdrew, if it did [recesso].
    async fn withdrew_on(&self) -> Option<Date> {
        self.0.row.withdrew_on.map(Date)
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.row.is_synthetic
    }
}

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
            AgreementBy::Reference(reference) => Ok(graph.load(AgreementByReference(reference)).await?.map(Agreement)),
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
            is_synthetic: input.is_synthetic,
        };
        let list = List { within: None, filter, order: order_by.unwrap_or_default() };
        list::page(graph, list, first, after, Agreement).await
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
        Ok(Graph::of(ctx).load(AgreementByReference(reference)).await?.map(Agreement))
    }
}
