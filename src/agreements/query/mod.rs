//! Agreements in the graph.

mod party;
mod root;

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use super::document::{AGREEMENT, PARTY};
pub use party::{AgreementParty, party};
pub use root::AgreementQuery;

use super::document::AgreementDocument;
use super::loader::{AgreementById, PartiesOf, RenewalOf};
use super::model::{self, AgreementFilter, AgreementOrder, AgreementStatus, AgreementsOf, PartyRow};
use crate::documents::query::{self as documents, Document};
use crate::graphql::list::{self, List};
use crate::graphql::page::bounded;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::model::Visibility;
use crate::organisations::query::{self as organisations, Organisation};
use crate::territory::query::{self as territory, Province};

/// An agreement between bodies for a period [protocollo d'intesa].
#[derive(Description)]
pub struct Agreement(pub Arc<model::Agreement>, Told);

/// What tells an agreement as it stood at a time, or would stand; `None`: the database, as it stands.
type Told = Option<Arc<AgreementDocument>>;

impl Agreement {
    /// As it stands.
    pub fn of(agreement: Arc<model::Agreement>) -> Self {
        Self(agreement, None)
    }

    /// As it stood at a time, or would stand.
    pub fn told(told: Arc<AgreementDocument>) -> Self {
        let row = told.agreement.as_ref().clone();
        Self(Arc::new(model::Agreement { row, promoter: None }), Some(told))
    }

    async fn all_parties(&self, graph: &Graph) -> Result<Vec<(PartyRow, AgreementParty)>> {
        Ok(match &self.1 {
            Some(told) => {
                told.agreement_party.iter().map(|row| ((**row).clone(), AgreementParty::told(row, told))).collect()
            }
            None => {
                let parties = graph.load(PartiesOf(self.0.row.id)).await?;
                let parties = parties.iter().flat_map(|parties| parties.iter().cloned());
                parties.map(|party| (party.row.clone(), AgreementParty::of(party))).collect()
            }
        })
    }
}

impl From<AgreementDocument> for Agreement {
    fn from(agreement: AgreementDocument) -> Self {
        Self::told(Arc::new(agreement))
    }
}

/// An agreement that a record names; `None` where the viewer may not see it.
pub async fn agreement(graph: &Graph, id: Uuid) -> Result<Option<Agreement>> {
    Ok(graph.load(AgreementById(id)).await?.map(Agreement::of))
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
    list::page(graph, list, first, after, Agreement::of).await
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
    async fn promoter(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match &self.1 {
            Some(_) => organisations::organisation(Graph::of(ctx), self.0.row.promoter_id).await,
            None => Ok(self.0.promoter.clone().map(Organisation::from)),
        }
    }

    /// Where it stands today [stato].
    async fn status(&self, ctx: &Context<'_>) -> AgreementStatus {
        self.0.row.status_on(Graph::of(ctx).today)
    }

    /// The province that it is for; null where it is for no single one [provincia].
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), self.0.row.province_code.as_deref()?)
    }

    /// Day on which it was opened for signature [apertura alla firma].
    async fn opened_on(&self) -> Option<Date> {
        self.0.row.opened_on.map(Date)
    }

    /// Day of signature: of the last one [data di firma].
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
        let parties = self.all_parties(Graph::of(ctx)).await?;
        Ok(parties.into_iter().take(first).map(|(_, party)| party).collect())
    }

    /// How far it is signed, by the parties that have not withdrawn [firme].
    async fn signatures(&self, ctx: &Context<'_>) -> Result<AgreementSignatures> {
        let mut parties = self.all_parties(Graph::of(ctx)).await?;
        parties.retain(|(row, _)| row.withdrew_on.is_none());
        let (signed, missing): (Vec<_>, Vec<_>) = parties.into_iter().partition(|(row, _)| row.signed_on.is_some());
        let party = |(_, party)| party;
        Ok(AgreementSignatures {
            count: i32::try_from(signed.len()).unwrap_or(i32::MAX),
            missing: missing.into_iter().map(party).collect(),
        })
    }

    /// Day on which it was ended or given up [conclusione].
    async fn ended_on(&self) -> Option<Date> {
        self.0.row.ended_on.map(Date)
    }

    /// Why it was ended or given up [motivo della conclusione].
    async fn end_reason(&self) -> Option<&str> {
        self.0.row.end_reason.as_deref()
    }

    /// The agreement that it renews, where the caller may see it [protocollo rinnovato].
    async fn renews(&self, ctx: &Context<'_>) -> Result<Option<Agreement>> {
        match self.0.row.renews_id {
            Some(renewed) => agreement(Graph::of(ctx), renewed).await,
            None => Ok(None),
        }
    }

    /// The agreement that renews it, where the caller may see it; one that was given up does not [rinnovo].
    async fn renewed_by(&self, ctx: &Context<'_>) -> Result<Option<Agreement>> {
        Ok(Graph::of(ctx).load(RenewalOf(self.0.row.id)).await?.map(Agreement::of))
    }

    /// Its documents, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), AGREEMENT, self.0.row.id, first, after).await
    }

    /// What was done to it, the last first [cronologia].
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<RecordEvent>> {
        history::history(Graph::of(ctx), self.0.row.id, first, after).await
    }

    /// Grows by one with each change: what a mutation expects [versione].
    async fn version(&self) -> i32 {
        self.0.row.version
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.row.updated_at
    }

    /// Who may see it once all have signed; null where nothing changes with that [visibilità dopo la firma].
    async fn visibility_in_force(&self) -> Option<Visibility> {
        self.0.row.visibility_in_force
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

/// How far an agreement is signed [stato delle firme].
#[derive(SimpleObject)]
pub struct AgreementSignatures {
    /// Parties that have signed [firme apposte].
    count: i32,
    /// Parties that have not signed yet [firme mancanti].
    missing: Vec<AgreementParty>,
}
