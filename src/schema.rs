//! Merges the rooms' parts of the schema; nothing else.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, SchemaBuilder};

use crate::councils::Councils;
use crate::federation::partner::Partners;
use crate::federation::subgraph;
use crate::funding::Programmes;
use crate::hub::References;
use crate::network::NetworkSnapshot;
use crate::organisations::Directory;
use crate::peers::Profiles;
use crate::territory::Territory;
use crate::{
    accounts, agreements, audit, clients, councils, documents, explain, federation, funding, gaps, hub, network,
    organisations, overview, plans, projects, relay, search, territory, viewer,
};

/// Entry points of the graph [grafo della governance].
#[derive(MergedObject, Default)]
pub struct Query(
    hub::HubQuery,
    relay::query::NodeQuery,
    viewer::query::ViewerQuery,
    territory::query::TerritoryQuery,
    organisations::query::OrganisationQuery,
    organisations::query::OrganisationEntities,
    councils::query::CouncilQuery,
    funding::query::ProgrammeQuery,
    funding::query::CallQuery,
    plans::query::PlanQuery,
    projects::query::ProjectQuery,
    agreements::query::AgreementQuery,
    documents::query::DocumentEntities,
    search::query::SearchQuery,
    overview::query::OverviewQuery,
    gaps::query::GapQuery,
    network::query::NetworkQuery,
    audit::query::AuditQuery,
    explain::query::ExplainQuery,
    federation::query::FederationQuery,
);

/// What callers change. Each field bears the name of its action, answers with a payload of its own, and leaves an entry
/// in the audit; what is refused is told in `userErrors`, and the fields beside it stand.
#[derive(MergedObject, Default)]
pub struct Mutation(
    accounts::mutation::SessionMutation,
    accounts::mutation::InvitationMutation,
    accounts::mutation::MembershipMutation,
    accounts::mutation::DelegationMutation,
    accounts::mutation::PrivacyMutation,
    clients::mutation::RegistrationMutation,
    clients::mutation::ClientMutation,
    plans::mutation::PlanCreation,
    plans::mutation::PlanDrafting,
    plans::mutation::PlanSteps,
    plans::mutation::PlanContributions,
    funding::mutation::CallMutation,
    projects::mutation::ProjectProposals,
    projects::mutation::ProjectDecisions,
    projects::mutation::ProjectWork,
    projects::mutation::ProjectRegistration,
    councils::mutation::SeatMutation,
    councils::mutation::SittingMutation,
    councils::mutation::GuestMutation,
    councils::mutation::ProceedingMutation,
    councils::mutation::TableMutation,
    councils::mutation::FeedMutation,
    agreements::mutation::AgreementDrafting,
    agreements::mutation::AgreementSteps,
    documents::mutation::DocumentMutation,
    federation::mutation::SubgraphPublication,
    federation::mutation::SubgraphDecisions,
    federation::mutation::SubgraphWithdrawal,
    federation::mutation::SupergraphRollBack,
);

/// What the hub tells as it happens.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    hub::HubSubscription,
    network::query::NetworkSubscription,
    plans::query::PlanSubscription,
    projects::query::ProjectSubscription,
    councils::query::CouncilSubscription,
);

/// The whole schema.
pub type RaccordoSchema = Schema<Query, Mutation, Subscription>;

/// The schema without limits: what `schema print` shows.
pub fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    // Routers that can pass subscriptions on do.
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).enable_subscription_in_federation()
}

/// The schema in the definition language: what the repository keeps as `schema/raccordo.graphql`, and with the federation's
/// directives as `schema/raccordo.subgraph.graphql`.
pub fn definition(federation: bool) -> String {
    let options = SDLExportOptions::new().include_specified_by().prefer_single_line_descriptions().use_space_ident();
    let schema = builder().finish();
    match federation {
        true => subgraph::tagged(&schema.sdl_with_options(options.federation().compose_directive())),
        false => schema.sdl_with_options(options),
    }
}

/// The reference data that the rooms keep in memory.
pub fn references() -> References {
    References::default()
        .keep::<Territory>()
        .keep::<Directory>()
        .keep::<Councils>()
        .keep::<Programmes>()
        .keep::<NetworkSnapshot>()
        .keep::<Profiles>()
        .keep::<Partners>()
}
