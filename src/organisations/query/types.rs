//! The kinds of organisation as GraphQL types behind one interface.

#![allow(clippy::duplicated_attributes, reason = "two fields of an interface may have the same type")]

use std::ops::Deref;
use std::sync::Arc;

use async_graphql::{Context, ID, Interface, MergedObject, Object};

use super::{Body, Contact, RegisterEntry, organisations_of};
use crate::access::{Level, Role};
use crate::accounts::query::{Delegation, Invitation, Membership};
use crate::agreements::model::AgreementOrder;
use crate::agreements::query::Agreement;
use crate::clients::query::Client;
use crate::councils::query::{CouncilSeat, TerritorialCouncilFields};
use crate::funding::model::{CallOrder, CallsOf};
use crate::funding::query::{self as funding, FundingCall};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Page, Result};
use crate::network::model::TieKind;
use crate::network::query::Network;
use crate::organisations::Directory;
use crate::organisations::model::{
    OfficeKind, OrganisationKind, OrganisationOrder, OrganisationRow, OrganisationsOf, Visibility,
};
use crate::peers::query::{self as peers, OfficePeer};
use crate::plans::model::{PlanOrder, PlanStatus, PlansOf};
use crate::plans::query::{self as plans, TerritorialPlan};
use crate::projects::model::{ProjectOrder, ProjectStatus};
use crate::projects::query::Project;
use crate::territory::query::{self as territory, Municipality, Province};

/// A body of the network [ente].
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global id."),
    field(name = "kind", ty = "OrganisationKind", desc = "Kind of body [tipo di ente]."),
    field(name = "level", ty = "Level", desc = "Level of governance that it acts at [livello]."),
    field(name = "name", ty = "&str", desc = "Official name [denominazione]."),
    field(name = "short_name", ty = "Option<&str>", desc = "Name in short [denominazione breve]."),
    field(name = "description", ty = "Option<&str>", desc = "What it does, in a few sentences."),
    field(name = "fiscal_code", ty = "Option<&str>", desc = "Fiscal code of the body, 11 digits [codice fiscale]."),
    field(name = "ipa_code", ty = "Option<&str>", desc = "Code in the index of public administrations [codice IPA]."),
    field(name = "vat_number", ty = "Option<&str>", desc = "VAT number, 11 digits [partita IVA]."),
    field(name = "website", ty = "Option<&str>", desc = "Web site."),
    field(name = "province", ty = "Option<Province>", desc = "Province of the seat [provincia della sede]."),
    field(name = "municipality", ty = "Option<Municipality>", desc = "Municipality of the seat [comune della sede]."),
    field(
        name = "parent",
        ty = "Result<Option<Organisation>>",
        desc = "The body that this one belongs to [ente sovraordinato]."
    ),
    field(name = "valid_from", ty = "Option<Date>", desc = "First day of existence, where known."),
    field(name = "valid_until", ty = "Option<Date>", desc = "Last day of existence; null while it exists."),
    field(
        name = "contact",
        ty = "Result<Option<Contact>>",
        desc = "How to reach it [recapiti]; null for callers outside the network."
    ),
    field(
        name = "register_entries",
        ty = "Result<Vec<RegisterEntry>>",
        desc = "Entries in the register of art. 42 TUI that the caller may see [registro]."
    ),
    field(
        name = "council_seats",
        ty = "Result<Vec<CouncilSeat>>",
        desc = "Seats in territorial councils that it holds on a day [componente del Consiglio territoriale].",
        arg(name = "as_of", ty = "Option<Date>", desc = "Day; today when left out.")
    ),
    field(
        name = "projects",
        ty = "Result<Page<Project>>",
        desc = "Projects that it leads or takes part in [progetti].",
        arg(name = "first", ty = "Option<i32>", desc = "Items wanted, 1 to 100; 20 when left out."),
        arg(name = "after", ty = "Option<String>", desc = "Cursor of the item after which the page begins."),
        arg(name = "statuses", ty = "Option<Vec<ProjectStatus>>", desc = "Only in these states."),
        arg(
            name = "order_by",
            ty = "Option<ProjectOrder>",
            desc = "Order of the list; the first of its values when left out."
        )
    ),
    field(
        name = "agreements",
        ty = "Result<Page<Agreement>>",
        desc = "Agreements that it promotes or is party to [protocolli d'intesa].",
        arg(name = "first", ty = "Option<i32>", desc = "Items wanted, 1 to 100; 20 when left out."),
        arg(name = "after", ty = "Option<String>", desc = "Cursor of the item after which the page begins."),
        arg(name = "in_force_on", ty = "Option<Date>", desc = "Only those in force on this day."),
        arg(
            name = "order_by",
            ty = "Option<AgreementOrder>",
            desc = "Order of the list; the first of its values when left out."
        )
    ),
    field(
        name = "network",
        ty = "Result<Option<Network>>",
        desc = "What lies around it in the coordination network on a day, as the caller may see it [rete di coordinamento].",
        arg(name = "hops", ty = "Option<i32>", desc = "Steps from it, 1 to 3; 1 when left out."),
        arg(name = "as_of", ty = "Option<Date>", desc = "Day; today when left out."),
        arg(name = "tie_kinds", ty = "Option<Vec<TieKind>>", desc = "Only these kinds of ties, also to walk over.")
    ),
    field(
        name = "memberships",
        ty = "Result<Page<Membership>>",
        desc = "Its members in force, in the order of their beginning; none for who does not act for it [persone].",
        arg(name = "first", ty = "Option<i32>", desc = "Items wanted, 1 to 100; 20 when left out."),
        arg(name = "after", ty = "Option<String>", desc = "Cursor of the item after which the page begins."),
        arg(name = "role", ty = "Option<Role>", desc = "Only those with this role.")
    ),
    field(
        name = "invitations",
        ty = "Result<Page<Invitation>>",
        desc = "Its invitations, the newest first; none for who does not act for it [inviti].",
        arg(name = "first", ty = "Option<i32>", desc = "Items wanted, 1 to 100; 20 when left out."),
        arg(name = "after", ty = "Option<String>", desc = "Cursor of the item after which the page begins.")
    ),
    field(
        name = "delegations",
        ty = "Result<Page<Delegation>>",
        desc = "Delegations that it gave or holds, the last begun first; only those that the caller's own body gave or holds, too [deleghe].",
        arg(name = "first", ty = "Option<i32>", desc = "Items wanted, 1 to 100; 20 when left out."),
        arg(name = "after", ty = "Option<String>", desc = "Cursor of the item after which the page begins.")
    ),
    field(
        name = "clients",
        ty = "Result<Option<Page<Client>>>",
        desc = "Its programs, the newest first, to its heads and administrators; none for who does not act for it [client].",
        arg(name = "first", ty = "Option<i32>", desc = "Items wanted, 1 to 100; 20 when left out."),
        arg(name = "after", ty = "Option<String>", desc = "Cursor of the item after which the page begins.")
    ),
    field(name = "visibility", ty = "Visibility", desc = "Who may see this record [visibilità]."),
    field(name = "is_synthetic", ty = "bool", desc = "Whether this is made-up demonstration data [dato sintetico]."),
    field(name = "source", ty = "&str", desc = "Where the record comes from [fonte].")
)]
pub enum Organisation {
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
}

impl From<Arc<OrganisationRow>> for Organisation {
    fn from(row: Arc<OrganisationRow>) -> Self {
        match row.kind {
            OrganisationKind::CentralAuthority => Self::CentralAuthority(CentralAuthority::of(row)),
            OrganisationKind::Prefecture => Self::Prefecture(Prefecture::of(row)),
            OrganisationKind::TerritorialCouncil => Self::TerritorialCouncil(TerritorialCouncil::of(row)),
            OrganisationKind::LocalAuthority => Self::LocalAuthority(LocalAuthority::of(row)),
            OrganisationKind::PublicBody => Self::PublicBody(PublicBody::of(row)),
            OrganisationKind::ThirdSectorOrganisation => {
                Self::ThirdSectorOrganisation(ThirdSectorOrganisation::of(row))
            }
            OrganisationKind::SocialPartner => Self::SocialPartner(SocialPartner::of(row)),
            OrganisationKind::ForeignersAssociation => Self::ForeignersAssociation(ForeignersAssociation::of(row)),
            OrganisationKind::EconomicBody => Self::EconomicBody(EconomicBody::of(row)),
            OrganisationKind::ReligiousBody => Self::ReligiousBody(ReligiousBody::of(row)),
            OrganisationKind::OtherOrganisation => Self::OtherOrganisation(OtherOrganisation::of(row)),
        }
    }
}

/// One concrete type: the common fields and, where there are any, its own.
macro_rules! organisation_type {
    ($(#[$doc:meta])* $name:ident $(+ $own:ident)?) => {
        $(#[$doc])*
        #[derive(MergedObject)]
        pub struct $name(Body<$name> $(, $own)?);

        impl $name {
            pub fn of(row: Arc<OrganisationRow>) -> Self {
                Self(Body::of(row.clone()) $(, $own(row))?)
            }
        }

        // The interface calls the common fields on the concrete types.
        impl Deref for $name {
            type Target = Body<$name>;
            fn deref(&self) -> &Body<$name> {
                &self.0
            }
        }
    };
}

organisation_type! {
    /// The central department or one of its directorates [Dipartimento, direzione centrale].
    CentralAuthority + CentralAuthorityFields
}
organisation_type! {
    /// An office of the prefect: hub of its province's network [Prefettura – Ufficio territoriale del Governo].
    Prefecture + PrefectureFields
}
organisation_type! {
    /// A territorial council for immigration, art. 57 DPR 394/1999 [Consiglio territoriale per l'immigrazione].
    TerritorialCouncil + TerritorialCouncilFields
}
organisation_type! {
    /// A region, province or municipality as a body [ente locale].
    LocalAuthority
}
organisation_type! {
    /// Another public body [ente pubblico].
    PublicBody
}
organisation_type! {
    /// A third-sector organisation [ente del terzo settore].
    ThirdSectorOrganisation + ThirdSectorFields
}
organisation_type! {
    /// A trade union or employers' association [parte sociale].
    SocialPartner
}
organisation_type! {
    /// An association of foreigners [associazione di stranieri].
    ForeignersAssociation
}
organisation_type! {
    /// A chamber of commerce or enterprise [organismo economico].
    EconomicBody
}
organisation_type! {
    /// A diocese, religious community or its charity [ente religioso].
    ReligiousBody
}
organisation_type! {
    /// Any other body: research institute, contractor [altro ente].
    OtherOrganisation
}

/// What only the central level has.
pub struct CentralAuthorityFields(Arc<OrganisationRow>);

#[Object]
impl CentralAuthorityFields {
    /// Its central directorates, by name [direzioni centrali].
    async fn directorates(&self, ctx: &Context<'_>) -> Vec<CentralAuthority> {
        let children = Graph::of(ctx).reference::<Directory>().children(self.0.id);
        children
            .into_iter()
            .filter(|body| body.kind == OrganisationKind::CentralAuthority)
            .map(CentralAuthority::of)
            .collect()
    }

    /// Calls that it issued [avvisi].
    async fn calls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<CallOrder>,
    ) -> Result<Page<FundingCall>> {
        funding::calls_of(Graph::of(ctx), CallsOf::Issuer, self.0.id.to_string(), order_by, first, after).await
    }

    /// The offices that it supervises, by name [Prefetture – UTG].
    async fn offices(&self, ctx: &Context<'_>) -> Vec<Prefecture> {
        let children = Graph::of(ctx).reference::<Directory>().children(self.0.id);
        children.into_iter().filter(|body| body.kind == OrganisationKind::Prefecture).map(Prefecture::of).collect()
    }
}

/// What only offices of the prefect have.
pub struct PrefectureFields(Arc<OrganisationRow>);

#[Object]
impl PrefectureFields {
    /// Code of the office in this graph, e.g. `PREF-BO`.
    async fn office_code(&self) -> &str {
        self.0.office_code.as_deref().unwrap_or_default()
    }

    /// Which of the three kinds of addressee it is [tipo di ufficio].
    async fn office_kind(&self) -> OfficeKind {
        self.0.office_kind.unwrap_or(OfficeKind::Prefecture)
    }

    /// Provinces that it is competent for on that day [province di competenza].
    async fn provinces(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Vec<Province> {
        let graph = Graph::of(ctx);
        let codes = graph.reference::<Directory>().provinces_of(self.0.id, as_of.map_or(graph.today, |day| day.0));
        codes.iter().filter_map(|code| territory::province(graph, code)).collect()
    }

    /// The province's territorial council, which the prefect chairs [Consiglio territoriale per l'immigrazione].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        let graph = Graph::of(ctx);
        let council = graph.reference::<crate::councils::Councils>().of_office(self.0.id)?;
        Some(TerritorialCouncil::of(graph.reference::<Directory>().body(council.organisation_id)?))
    }

    /// The offices most like it on a day by their public records, the likest first, each with what the likeness is made
    /// of and what both do about the same needs [uffici affini].
    async fn peers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Offices wanted, 1 to 100; 5 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only offices whose territory borders on its own, or only the others; all when left out.")]
        bordering: Option<bool>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Result<Vec<OfficePeer>> {
        peers::peers_of(Graph::of(ctx), self.0.id, first, bordering, as_of).await
    }

    /// Its territorial plans, every edition that the caller may see [piani territoriali].
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only in these states.")] statuses: Option<Vec<PlanStatus>>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<PlanOrder>,
    ) -> Result<Page<TerritorialPlan>> {
        let key = self.0.id.to_string();
        plans::plans_of(Graph::of(ctx), PlansOf::Office, key, statuses, order_by, first, after).await
    }

    /// Bodies seated in its provinces today [enti del territorio].
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only these kinds.")] kinds: Option<Vec<OrganisationKind>>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<
            OrganisationOrder,
        >,
    ) -> Result<Page<Organisation>> {
        let graph = Graph::of(ctx);
        organisations_of(graph, OrganisationsOf::Office, self.0.id.to_string(), kinds, order_by, first, after).await
    }
}

/// What only third-sector organisations have.
pub struct ThirdSectorFields(Arc<OrganisationRow>);

#[Object]
impl ThirdSectorFields {
    /// Number in the national register of the third sector [numero RUNTS].
    async fn runts_number(&self) -> Option<&str> {
        self.0.runts_number.as_deref()
    }

    /// Section of that register, e.g. `ODV`, `APS` [sezione RUNTS].
    async fn runts_section(&self) -> Option<&str> {
        self.0.runts_section.as_deref()
    }
}
