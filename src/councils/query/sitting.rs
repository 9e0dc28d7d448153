use std::sync::Arc;

use async_graphql::{Context, Description, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::resolution::CouncilResolution;
use crate::councils::sitting::model::{
    InvitationAnswer, InvitationRow, ItemRow, SittingFilter, SittingOrder, SittingRow, SittingStatus,
};
use crate::councils::sitting::{ITEM, SittingDocument};
use crate::deeds::Whole;
use crate::documents::query::{self as documents, Document};
use crate::graphql::list::{self, List};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::history::query::{self as history, RecordEvent};
use crate::organisations::Directory;
use crate::organisations::model::Visibility;
use crate::organisations::query::{self as organisations, Organisation, TerritorialCouncil};
use crate::plans::query::{self as plans, PlanNeed, TerritorialPlan};

pub use crate::councils::sitting::SITTING;

/// A sitting of a territorial council [seduta del Consiglio].
#[derive(Description, Clone)]
pub struct CouncilSitting(Arc<SittingRow>, Option<Arc<SittingDocument>>);

impl From<SittingDocument> for CouncilSitting {
    fn from(sitting: SittingDocument) -> Self {
        Self::told(Arc::new(sitting))
    }
}

impl CouncilSitting {
    /// As a deed, or what happened, tells it.
    pub(super) fn told(sitting: Arc<SittingDocument>) -> Self {
        Self(sitting.council_sitting.clone(), Some(sitting))
    }

    /// The sitting with all of its parts.
    async fn whole(&self, graph: &Graph) -> Result<Option<Arc<SittingDocument>>> {
        match &self.1 {
            Some(told) => Ok(Some(told.clone())),
            None => graph.load(Whole::of(self.0.id)).await,
        }
    }
}

/// A sitting by its id; `None` where the viewer may not see it.
pub async fn sitting(graph: &Graph, id: Uuid) -> Result<Option<CouncilSitting>> {
    Ok(graph.load(Whole::of(id)).await?.map(CouncilSitting::told))
}

/// What a list of sittings is narrowed to; all conditions hold together.
#[derive(InputObject, Default)]
pub struct CouncilSittingFilterInput {
    /// Only in these states.
    statuses: Option<Vec<SittingStatus>>,
    /// That begin at this instant or later.
    from: Option<DateTime<Utc>>,
    /// That begin before this instant.
    until: Option<DateTime<Utc>>,
    /// That this body is called to, by its global id.
    called: Option<ID>,
}

/// Sittings, all that the caller may see or those of a council.
pub async fn sittings(
    graph: &Graph,
    council: Option<Uuid>,
    filter: Option<CouncilSittingFilterInput>,
    order: Option<SittingOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<CouncilSitting>> {
    let CouncilSittingFilterInput { statuses, from, until, called } = filter.unwrap_or_default();
    let called = called.map(|id| NodeId::uuid(organisations::NODE, &id)).transpose()?;
    let filter = SittingFilter { statuses: statuses.unwrap_or_default(), from, until, called };
    let within = council.map(|council| ((), council.to_string()));
    let list = List { within, filter, order: order.unwrap_or_default() };
    list::page(graph, list, first, after, |row| CouncilSitting(row, None)).await
}

/// An item of a sitting's agenda [punto all'ordine del giorno].
#[derive(Description)]
pub struct SittingItem(Arc<ItemRow>);

#[Object(use_type_description)]
impl SittingItem {
    /// Global id.
    async fn id(&self) -> ID {
        NodeId::new(ITEM, self.0.id).id()
    }

    /// Its place on the agenda, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// The item in one line [argomento].
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The item in full [relazione].
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// The territorial plan that it is about, where the caller may see it [piano territoriale].
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<TerritorialPlan>> {
        match self.0.plan_id {
            Some(plan) => plans::plan(Graph::of(ctx), plan).await,
            None => Ok(None),
        }
    }
}

/// A body that is called to a sitting, what it answers, and whether it came [invito].
#[derive(Description)]
pub struct SittingInvitation(Arc<InvitationRow>);

#[Object(use_type_description)]
impl SittingInvitation {
    /// The body called [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        organisations::organisation(Graph::of(ctx), self.0.organisation_id).await
    }

    /// Members' seats that it holds on the day: what it counts for the quorum; 0 for guests and the secretariat [seggi].
    async fn seats(&self) -> i32 {
        self.0.seats
    }

    /// Whether it is called without holding a seat; such a body may be of another territory [ospite].
    async fn is_guest(&self) -> bool {
        self.0.is_guest
    }

    /// What it answers [risposta].
    async fn answer(&self) -> InvitationAnswer {
        self.0.answer
    }

    /// Day of the answer.
    async fn answered_on(&self) -> Option<Date> {
        self.0.answered_on.map(Date)
    }

    /// Whether it came; null while that is not recorded [presenza].
    async fn attended(&self) -> Option<bool> {
        self.0.attended
    }

    /// Office that its representative holds, never a person's name [qualifica].
    async fn represented_by(&self) -> Option<&str> {
        self.0.represented_by.as_deref()
    }
}

/// Whether a sitting could resolve: more than half of the members' seats called were present. Guests, the invited of art. 57
/// and the secretariat do not count [numero legale].
#[derive(SimpleObject)]
pub struct SittingQuorum {
    /// Members' seats called [componenti convocati].
    seats: i32,
    /// Those whose holders came [presenti].
    present: i32,
    /// How many must be present.
    needed: i32,
    /// Whether as many were.
    is_reached: bool,
}

#[Object(use_type_description)]
impl CouncilSitting {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(SITTING, self.0.id).id()
    }

    /// The council [Consiglio territoriale].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        Graph::of(ctx).reference::<Directory>().body(self.0.council_id).map(TerritorialCouncil::of)
    }

    /// Where it stands [stato].
    async fn status(&self) -> SittingStatus {
        self.0.status
    }

    /// What it is called [titolo].
    async fn title(&self) -> &str {
        &self.0.title
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

    /// Address of the connection for who takes part from elsewhere [indirizzo del collegamento].
    async fn remote_address(&self) -> Option<&str> {
        self.0.remote_address.as_deref()
    }

    /// Its agenda, in its order [ordine del giorno].
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<SittingItem>> {
        let whole = self.whole(Graph::of(ctx)).await?;
        Ok(whole.iter().flat_map(|whole| whole.sitting_item.iter().cloned()).map(SittingItem).collect())
    }

    /// Day on which it was convened [convocazione].
    async fn convened_on(&self) -> Option<Date> {
        self.0.convened_on.map(Date)
    }

    /// The bodies called, with their answers and attendance [inviti].
    async fn invitations(&self, ctx: &Context<'_>) -> Result<Vec<SittingInvitation>> {
        let whole = self.whole(Graph::of(ctx)).await?;
        Ok(whole.iter().flat_map(|whole| whole.sitting_invitation.iter().cloned()).map(SittingInvitation).collect())
    }

    /// Its quorum; null while nobody has been called [numero legale].
    async fn quorum(&self, ctx: &Context<'_>) -> Result<Option<SittingQuorum>> {
        let whole = self.whole(Graph::of(ctx)).await?;
        Ok(whole.filter(|whole| !whole.sitting_invitation.is_empty()).map(|whole| {
            let quorum = whole.quorum();
            let (needed, is_reached) = (quorum.needed(), quorum.is_reached());
            SittingQuorum { seats: quorum.seats, present: quorum.present, needed, is_reached }
        }))
    }

    /// What the council resolved, in order [deliberazioni].
    async fn resolutions(&self, ctx: &Context<'_>) -> Result<Vec<CouncilResolution>> {
        let whole = self.whole(Graph::of(ctx)).await?;
        Ok(whole.iter().flat_map(|whole| whole.council_resolution.iter().cloned()).map(CouncilResolution).collect())
    }

    /// The needs that plans say emerged at it, where the caller may see the plan [fabbisogni emersi].
    async fn needs(&self, ctx: &Context<'_>) -> Result<Vec<PlanNeed>> {
        plans::needs_found_at(Graph::of(ctx), self.0.id).await
    }

    /// Its minutes, a draft until they are approved [verbale].
    async fn minutes(&self) -> Option<&str> {
        self.0.minutes.as_deref()
    }

    /// Day on which the minutes were approved [approvazione del verbale].
    async fn minutes_approved_on(&self) -> Option<Date> {
        self.0.minutes_approved_on.map(Date)
    }

    /// Day on which it was called off [annullamento].
    async fn cancelled_on(&self) -> Option<Date> {
        self.0.cancelled_on.map(Date)
    }

    /// Why it was called off [motivo dell'annullamento].
    async fn cancellation_reason(&self) -> Option<&str> {
        self.0.cancellation_reason.as_deref()
    }

    /// Its documents, such as what the members should read before, the last attached first [documenti allegati].
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Document>> {
        documents::documents(Graph::of(ctx), SITTING, self.0.id, first, after).await
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
