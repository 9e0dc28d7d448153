use std::sync::Arc;

use async_graphql::{Context, Description, ID, InputObject, Object, OneofObject};

use super::programme::{ProgrammeNode, programme};
use crate::documents::query::{self as documents, Document};
use crate::funding::Programmes;
pub use crate::funding::document::CALL;
use crate::funding::document::CallDocument;
use crate::funding::loader::{CallById, CallByReference};
use crate::funding::model::{Call, CallFilter, CallOrder, CallsOf};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::model::{OrganisationKind, Visibility};
use crate::organisations::query::{self as organisations, Organisation};
use crate::projects::model::{ProjectOrder, ProjectsOf};
use crate::projects::query::{self as projects, Project};
use crate::territory::Territory;
use crate::territory::query::{self as territory, Province};

/// A call for proposals on a node of a funding programme [avviso].
#[derive(Description)]
pub struct FundingCall(pub Arc<Call>);

impl From<CallDocument> for FundingCall {
    fn from(call: CallDocument) -> Self {
        Self(Arc::new(Call { row: call.funding_call, issuer: None }))
    }
}

/// A call that a record names; `None` where the viewer may not see it.
pub async fn call(graph: &Graph, id: uuid::Uuid) -> Result<Option<FundingCall>> {
    Ok(graph.load(CallById(id)).await?.map(FundingCall))
}

/// The calls below a parent, as its type shows them.
pub async fn calls_of(
    graph: &Graph,
    parent: CallsOf,
    key: String,
    order: Option<CallOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<FundingCall>> {
    let list = List { within: Some((parent, key)), filter: CallFilter::default(), order: order.unwrap_or_default() };
    list::page(graph, list, first, after, FundingCall).await
}

#[Object(use_type_description)]
impl FundingCall {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(CALL, self.0.row.id).id()
    }

    /// Reference of the act [numero dell'avviso].
    async fn reference(&self) -> &str {
        &self.0.row.reference
    }

    /// Title [titolo].
    async fn title(&self) -> &str {
        &self.0.row.title
    }

    /// The node of the funding programme that it opens [nodo della programmazione].
    async fn programme_node(&self, ctx: &Context<'_>) -> Option<ProgrammeNode> {
        programme(Graph::of(ctx), &self.0.row.programme_code)
    }

    /// The body that issues it [amministrazione]; null where the caller may not see it.
    async fn issuer(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match &self.0.issuer {
            Some(issuer) => Ok(Some(issuer.clone().into())),
            None => organisations::organisation(Graph::of(ctx), self.0.row.issuer_id).await,
        }
    }

    /// What it is for, in a few sentences [sintesi].
    async fn summary(&self) -> Option<&str> {
        self.0.row.summary.as_deref()
    }

    /// First day for proposals [apertura].
    async fn opens_on(&self) -> Date {
        Date(self.0.row.opens_on)
    }

    /// Last day for proposals; null while there is none [scadenza].
    async fn closes_on(&self) -> Option<Date> {
        self.0.row.closes_on.map(Date)
    }

    /// Whether proposals may be handed in on that day.
    async fn is_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> bool {
        let day = as_of.map_or(Graph::of(ctx).today, |day| day.0);
        let is_cancelled = self.0.row.cancelled_on.is_some_and(|cancelled| cancelled <= day);
        !is_cancelled && self.0.row.opens_on <= day && self.0.row.closes_on.is_none_or(|last| day <= last)
    }

    /// Money of the call, euros [dotazione].
    async fn budget(&self) -> Option<Euro> {
        self.0.row.budget.map(Euro)
    }

    /// Kinds of body that may lead a proposal; empty: any [soggetti ammissibili].
    async fn eligible_kinds(&self) -> Vec<OrganisationKind> {
        self.0.row.eligible_kinds.iter().filter_map(|kind| kind.parse().ok()).collect()
    }

    /// Partners that a proposal may have at the most; null: no limit.
    async fn max_partners(&self) -> Option<i32> {
        self.0.row.max_partners
    }

    /// Partners that a proposal must have at the least.
    async fn min_partners(&self) -> i32 {
        self.0.row.min_partners
    }

    /// Day on which it was cancelled; null where it was not [annullamento].
    async fn cancelled_on(&self) -> Option<Date> {
        self.0.row.cancelled_on.map(Date)
    }

    /// Why it was cancelled [motivo dell'annullamento].
    async fn cancellation_reason(&self) -> Option<&str> {
        self.0.row.cancellation_reason.as_deref()
    }

    /// Whether a proposal must carry out an intervention of an adopted territorial plan.
    async fn requires_intervention(&self) -> bool {
        self.0.row.requires_intervention
    }

    /// The province that it is for; null: the whole country.
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), self.0.row.province_code.as_deref()?)
    }

    /// Projects proposed to it that the caller may see [progetti].
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<ProjectOrder>,
    ) -> Result<Page<Project>> {
        let key = self.0.row.id.to_string();
        projects::projects_of(Graph::of(ctx), ProjectsOf::Call, key, None, order_by, first, after).await
    }

    /// Its documents, such as the text of the act, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), CALL, self.0.row.id, first, after).await
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

/// Finds one call by exactly one of its keys.
#[derive(OneofObject)]
pub enum FundingCallBy {
    /// Global id.
    Id(ID),
    /// Reference of the act [numero dell'avviso].
    Reference(String),
}

/// What a list of calls is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct FundingCallFilterInput {
    /// On this node of a programme or below it, by code.
    programme: Option<String>,
    /// Open for proposals on this day.
    open_on: Option<Date>,
    /// For this province (abbreviation or ISTAT code) or for the whole country.
    province: Option<String>,
    /// Only synthetic, or only real, records.
    is_synthetic: Option<bool>,
}

/// Calls of the graph.
#[derive(Default)]
pub struct CallQuery;

#[Object]
impl CallQuery {
    /// One call by a key [avviso]; null where there is none that the caller may see.
    async fn funding_call(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Exactly one key.")] by: FundingCallBy,
    ) -> Result<Option<FundingCall>> {
        let graph = Graph::of(ctx);
        match by {
            FundingCallBy::Id(id) => call(graph, NodeId::uuid(CALL, &id)?).await,
            FundingCallBy::Reference(reference) => Ok(graph.load(CallByReference(reference)).await?.map(FundingCall)),
        }
    }

    /// Calls, narrowed and ordered [avvisi].
    async fn funding_calls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Conditions that all hold.")] filter: Option<FundingCallFilterInput>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<CallOrder>,
    ) -> Result<Page<FundingCall>> {
        let graph = Graph::of(ctx);
        let input = filter.unwrap_or_default();
        let province = match input.province {
            // An unknown province has no calls of its own.
            Some(name) => {
                let found = graph.reference::<Territory>().province_named(&name, graph.today);
                Some(found.map_or(name, |province| province.code.clone()))
            }
            None => None,
        };
        let filter = CallFilter {
            programmes: input.programme.map(|code| graph.reference::<Programmes>().subtree(&code)),
            open_on: input.open_on.map(|day| day.0),
            province,
            is_synthetic: input.is_synthetic,
        };
        let list = List { within: None, filter, order: order_by.unwrap_or_default() };
        list::page(graph, list, first, after, FundingCall).await
    }

    #[graphql(entity)]
    async fn funding_call_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<FundingCall>> {
        call(Graph::of(ctx), NodeId::uuid(CALL, &id)?).await
    }

    #[graphql(entity)]
    async fn funding_call_entity_by_reference(
        &self,
        ctx: &Context<'_>,
        reference: String,
    ) -> Result<Option<FundingCall>> {
        Ok(Graph::of(ctx).load(CallByReference(reference)).await?.map(FundingCall))
    }
}
