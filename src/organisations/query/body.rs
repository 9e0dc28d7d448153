//! What all organisations have in common.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, OutputType, SimpleObject, TypeName};

use super::Organisation;
use crate::access::{Level, Role};
use crate::accounts::query::{self as accounts, Delegation, Invitation, Membership};
use crate::agreements::model::{AgreementOrder, AgreementsOf};
use crate::agreements::query::{self as agreements, Agreement};
use crate::clients::query::{self as clients, Client};
use crate::councils::query::{self as councils, CouncilSeat};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Page, Result};
use crate::network::model::TieKind;
use crate::network::query::{self as network, Narrowing, Network};
use crate::organisations::loader::{self, ContactOf, RegisterEntriesOf};
use crate::organisations::model::{OrganisationKind, OrganisationRow, Visibility};
use crate::projects::model::{ProjectOrder, ProjectStatus, ProjectsOf};
use crate::projects::query::{self as projects, Project};
use crate::territory::query::{self as territory, Municipality, Province};

/// How to reach a body [recapiti]. Never public.
#[derive(SimpleObject)]
pub struct Contact {
    /// E-mail address of the office, not of a person.
    email: Option<String>,
    /// Certified e-mail [PEC].
    certified_email: Option<String>,
    /// Telephone of the switchboard.
    phone: Option<String>,
}

/// Entry in the register of bodies that work for immigrants [registro, art. 42 TUI].
#[derive(SimpleObject)]
pub struct RegisterEntry {
    /// First section: integration; second: protection programmes, never public [sezione].
    section: i32,
    /// Number of the entry.
    number: String,
    /// Day of registration.
    registered_on: Date,
    /// Day of removal, if removed.
    removed_on: Option<Date>,
}

/// The fields that every kind of organisation has, as part of the kind's own type `K`.
///
/// One type for each kind: the framework fills a type that reaches itself only once, so that kinds which share
/// one `Body` would get its fields before it has any.
pub struct Body<K>(pub Arc<OrganisationRow>, PhantomData<fn() -> K>);

impl<K> Body<K> {
    pub fn of(row: Arc<OrganisationRow>) -> Self {
        Self(row, PhantomData)
    }
}

impl<K: OutputType> TypeName for Body<K> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Body", K::type_name()).into()
    }
}

#[Object(name_type)]
impl<K: OutputType> Body<K> {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(super::NODE, self.0.id).id()
    }

    /// Kind of body [tipo di ente].
    pub async fn kind(&self) -> OrganisationKind {
        self.0.kind
    }

    /// Level of governance that it acts at [livello].
    pub async fn level(&self) -> Level {
        self.0.kind.level()
    }

    /// Official name [denominazione].
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name in short [denominazione breve].
    pub async fn short_name(&self) -> Option<&str> {
        self.0.short_name.as_deref()
    }

    /// What it does, in a few sentences.
    pub async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Fiscal code of the body, 11 digits [codice fiscale].
    pub async fn fiscal_code(&self) -> Option<&str> {
        self.0.fiscal_code.as_deref()
    }

    /// VAT number, 11 digits [partita IVA].
    pub async fn vat_number(&self) -> Option<&str> {
        self.0.vat_number.as_deref()
    }

    /// Code in the index of public administrations [codice IPA].
    pub async fn ipa_code(&self) -> Option<&str> {
        self.0.ipa_code.as_deref()
    }

    /// Web site.
    pub async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// Province of the seat [provincia della sede].
    pub async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), self.0.province_code.as_deref()?)
    }

    /// Municipality of the seat [comune della sede].
    pub async fn municipality(&self, ctx: &Context<'_>) -> Option<Municipality> {
        territory::municipality(Graph::of(ctx), self.0.municipality_code.as_deref()?)
    }

    /// The body that this one belongs to [ente sovraordinato].
    pub async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let Some(parent) = self.0.parent_id else { return Ok(None) };
        Ok(loader::organisation(Graph::of(ctx), parent).await?.map(Organisation::from))
    }

    /// First day of existence, where known.
    pub async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// Last day of existence; null while it exists.
    pub async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// How to reach it [recapiti]; null for callers outside the network.
    pub async fn contact(&self, ctx: &Context<'_>) -> Result<Option<Contact>> {
        let contact = Graph::of(ctx).load(ContactOf(self.0.id)).await?;
        Ok(contact.map(|row| Contact {
            email: row.email.clone(),
            certified_email: row.certified_email.clone(),
            phone: row.phone.clone(),
        }))
    }

    /// Entries in the register of art. 42 TUI that the caller may see [registro].
    pub async fn register_entries(&self, ctx: &Context<'_>) -> Result<Vec<RegisterEntry>> {
        let entries = Graph::of(ctx).load(RegisterEntriesOf(self.0.id)).await?;
        let entry = |row: &crate::organisations::model::RegisterEntryRow| RegisterEntry {
            section: row.section,
            number: row.entry_number.clone(),
            registered_on: Date(row.registered_on),
            removed_on: row.removed_on.map(Date),
        };
        Ok(entries.iter().flat_map(|rows| rows.iter()).map(entry).collect())
    }

    /// Seats in territorial councils that it holds on a day [componente del Consiglio territoriale].
    pub async fn council_seats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Result<Vec<CouncilSeat>> {
        councils::seats_held_by(Graph::of(ctx), self.0.id, as_of).await
    }

    /// Projects that it leads or takes part in [progetti].
    pub async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only in these states.")] statuses: Option<Vec<ProjectStatus>>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<ProjectOrder>,
    ) -> Result<Page<Project>> {
        let key = self.0.id.to_string();
        projects::projects_of(Graph::of(ctx), ProjectsOf::Organisation, key, statuses, order_by, first, after).await
    }

    /// Agreements that it promotes or is party to [protocolli d'intesa].
    pub async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only those in force on this day.")] in_force_on: Option<Date>,
        #[graphql(desc = "Order of the list; the first of its values when left out.")] order_by: Option<AgreementOrder>,
    ) -> Result<Page<Agreement>> {
        let key = self.0.id.to_string();
        let parent = AgreementsOf::Organisation;
        agreements::agreements_of(Graph::of(ctx), parent, key, in_force_on, order_by, first, after).await
    }

    /// What lies around it in the coordination network on a day, as the caller may see it [rete di coordinamento].
    pub async fn network(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Steps from it, 1 to 3; 1 when left out.")] hops: Option<i32>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Only these kinds of ties, also to walk over.")] tie_kinds: Option<Vec<TieKind>>,
    ) -> Result<Option<Network>> {
        let narrowing = Narrowing { hops, as_of, tie_kinds, ..Narrowing::default() };
        network::around(Graph::of(ctx), self.0.id, narrowing).await
    }

    /// Its members in force, in the order of their beginning; none for who does not act for it [persone].
    pub async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only those with this role.")] role: Option<Role>,
    ) -> Result<Page<Membership>> {
        accounts::memberships_of(Graph::of(ctx), self.0.id, role, first, after).await
    }

    /// Its invitations, the newest first; none for who does not act for it [inviti].
    pub async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Invitation>> {
        accounts::invitations_of(Graph::of(ctx), self.0.id, first, after).await
    }

    /// Delegations that it gave or holds, the last begun first; only those that the caller's own body gave or holds, too
    /// [deleghe].
    pub async fn delegations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<Delegation>> {
        accounts::delegations_of(Graph::of(ctx), self.0.id, first, after).await
    }

    /// Its programs, the newest first, to its heads and administrators; none for who does not act for it [client].
    pub async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Option<Page<Client>>> {
        clients::clients_of(Graph::of(ctx), self.0.id, first, after).await
    }

    /// Who may see this record [visibilità].
    pub async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    pub async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }

    /// Where the record comes from [fonte].
    pub async fn source(&self) -> &str {
        &self.0.source
    }
}
