//! `node` and `nodes`.

use async_graphql::{Context, ID, Interface, Object};
use futures_util::future::try_join_all;

use crate::agreements::query::{self as agreements, Agreement, AgreementParty};
use crate::councils::query::{self as councils, CouncilResolution, CouncilSeat, CouncilSitting, WorkingTable};
use crate::documents::query::{self as documents, Document};
use crate::federation::query::{self as federation, Subgraph};
use crate::funding::query::{self as funding, FundingCall, ProgrammeNode};
use crate::graphql::page::MOST;
use crate::graphql::{Error, Graph, NodeId, Result};
use crate::locale::Message;
use crate::organisations::query::{
    self as organisations, CentralAuthority, EconomicBody, ForeignersAssociation, LocalAuthority, OfficeCompetence,
    Organisation, OtherOrganisation, Prefecture, PublicBody, ReligiousBody, SocialPartner, TerritorialCouncil,
    ThirdSectorOrganisation,
};
use crate::plans::query::{self as plans, PlanContribution, PlanIntervention, PlanNeed, PlanPriority, TerritorialPlan};
use crate::projects::query::{self as projects, Project, ProjectParticipation};
use crate::territory::query::{self as territory, Municipality, Province, Region};

/// Any record of the graph.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id."))]
pub enum Node {
    Region(Region),
    Province(Province),
    Municipality(Municipality),
    CentralAuthority(CentralAuthority),
    Prefecture(Prefecture),
    TerritorialCouncil(TerritorialCouncil),
    LocalAuthority(LocalAuthority),
    PublicBody(PublicBody),
    ThirdSectorOrganisation(ThirdSectorOrganisation),
    SocialPartner(SocialPartner),
    ForeignersAssociation(ForeignersAssociation),
    EconomicBody(EconomicBody),
    ReligiousBody(ReligiousBody),
    OtherOrganisation(OtherOrganisation),
    OfficeCompetence(OfficeCompetence),
    CouncilSeat(CouncilSeat),
    CouncilSitting(CouncilSitting),
    CouncilResolution(CouncilResolution),
    WorkingTable(WorkingTable),
    ProgrammeNode(ProgrammeNode),
    FundingCall(FundingCall),
    TerritorialPlan(TerritorialPlan),
    PlanContribution(PlanContribution),
    PlanNeed(PlanNeed),
    PlanPriority(PlanPriority),
    PlanIntervention(PlanIntervention),
    Project(Project),
    ProjectParticipation(ProjectParticipation),
    Agreement(Agreement),
    AgreementParty(AgreementParty),
    Document(Document),
    Subgraph(Subgraph),
}

impl From<Organisation> for Node {
    fn from(organisation: Organisation) -> Self {
        match organisation {
            Organisation::CentralAuthority(body) => Self::CentralAuthority(body),
            Organisation::Prefecture(body) => Self::Prefecture(body),
            Organisation::TerritorialCouncil(body) => Self::TerritorialCouncil(body),
            Organisation::LocalAuthority(body) => Self::LocalAuthority(body),
            Organisation::PublicBody(body) => Self::PublicBody(body),
            Organisation::ThirdSectorOrganisation(body) => Self::ThirdSectorOrganisation(body),
            Organisation::SocialPartner(body) => Self::SocialPartner(body),
            Organisation::ForeignersAssociation(body) => Self::ForeignersAssociation(body),
            Organisation::EconomicBody(body) => Self::EconomicBody(body),
            Organisation::ReligiousBody(body) => Self::ReligiousBody(body),
            Organisation::OtherOrganisation(body) => Self::OtherOrganisation(body),
        }
    }
}

/// The record that an id names; `None` where there is none that the viewer may see.
pub async fn node(graph: &Graph, id: &NodeId) -> Result<Option<Node>> {
    fn found<T: Into<Node>>(record: Option<T>) -> Option<Node> {
        record.map(T::into)
    }
    Ok(match id.kind.as_str() {
        territory::REGION => found(territory::region(graph, &id.key)),
        territory::PROVINCE => found(territory::province(graph, &id.key)),
        territory::MUNICIPALITY => found(territory::municipality(graph, &id.key)),
        funding::PROGRAMME_NODE => found(funding::programme(graph, &id.key)),
        organisations::NODE => found(organisations::organisation(graph, id.as_uuid()?).await?),
        organisations::COMPETENCE => found(organisations::competence(graph, id.as_uuid()?)),
        councils::SEAT => found(councils::seat(graph, id.as_uuid()?).await?),
        councils::SITTING => found(councils::sitting(graph, id.as_uuid()?).await?),
        councils::RESOLUTION => found(councils::resolution(graph, id.as_uuid()?).await?),
        councils::TABLE => found(councils::working_table(graph, id.as_uuid()?).await?),
        funding::CALL => found(funding::call(graph, id.as_uuid()?).await?),
        plans::PLAN => found(plans::plan(graph, id.as_uuid()?).await?),
        plans::CONTRIBUTION => found(plans::contribution(graph, id.as_uuid()?).await?),
        plans::NEED => found(plans::need(graph, id.as_uuid()?).await?),
        plans::PRIORITY => found(plans::priority(graph, id.as_uuid()?).await?),
        plans::INTERVENTION => found(plans::intervention(graph, id.as_uuid()?).await?),
        projects::PROJECT => found(projects::project(graph, id.as_uuid()?).await?),
        projects::PARTICIPATION => found(projects::participation(graph, id.as_uuid()?).await?),
        documents::DOCUMENT => found(documents::document(graph, id.as_uuid()?).await?),
        federation::SUBGRAPH => found(federation::subgraph(graph, id.as_uuid()?).await?),
        agreements::PARTY => found(agreements::party(graph, id.as_uuid()?).await?),
        agreements::AGREEMENT => found(agreements::agreement(graph, id.as_uuid()?).await?),
        _ => return Err(Error::bad_input("L'identificativo non è valido.", "The id is not valid.")),
    })
}

/// Records by global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any record by its global id; null where there is none that the caller may see.
    #[graphql(name = "node")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "Global id.")] id: ID) -> Result<Option<Node>> {
        node(Graph::of(ctx), &NodeId::parse(&id)?).await
    }

    /// Up to 100 records by their global ids, in the order asked; null for each that the caller may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, 100 at the most.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST as usize {
            return Err(Error::LimitExceeded {
                message: Message::new(
                    format!("Si possono chiedere al massimo {MOST} record; ne sono stati chiesti {}.", ids.len()),
                    format!("At most {MOST} records can be asked for; {} were.", ids.len()),
                ),
                limit: MOST as u64,
                requested: ids.len() as u64,
            });
        }
        let graph = Graph::of(ctx);
        let ids = ids.iter().map(|id| NodeId::parse(id)).collect::<Result<Vec<_>>>()?;
        try_join_all(ids.iter().map(|id| node(graph, id))).await
    }
}
