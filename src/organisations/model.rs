//! Organisations, their kinds and what identifies them.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::access::Level;
use crate::territory::model::Validity;
use crate::{columns, text_enum};

/// Kind of the global ids of all organisations.
pub const KIND: &str = "Organisation";

text_enum! {
    /// Kind of a body [tipo di ente].
    pub enum OrganisationKind {
        /// The central department and its directorates [autorità centrale].
        CentralAuthority = "central_authority",
        /// Office of the prefect [Prefettura – Ufficio territoriale del Governo].
        Prefecture = "prefecture",
        /// Territorial council for immigration [Consiglio territoriale per l'immigrazione].
        TerritorialCouncil = "territorial_council",
        /// Region, province or municipality [ente locale].
        LocalAuthority = "local_authority",
        /// Other public body: health authority, school office, police headquarters, social security [ente pubblico].
        PublicBody = "public_body",
        /// Third-sector organisation [ente del terzo settore].
        ThirdSectorOrganisation = "third_sector_organisation",
        /// Trade union or employers' association [parte sociale].
        SocialPartner = "social_partner",
        /// Association of foreigners [associazione di stranieri].
        ForeignersAssociation = "foreigners_association",
        /// Chamber of commerce or enterprise [organismo economico].
        EconomicBody = "economic_body",
        /// Diocese, religious community or its charity [ente religioso].
        ReligiousBody = "religious_body",
        /// Any other body: research institute, contractor [altro ente].
        OtherOrganisation = "other_organisation",
    }
}

impl OrganisationKind {
    /// Level of governance that a body of this kind acts at.
    pub fn level(self) -> Level {
        match self {
            Self::CentralAuthority => Level::National,
            Self::Prefecture => Level::Prefecture,
            Self::TerritorialCouncil => Level::Council,
            _ => Level::Partner,
        }
    }
}

text_enum! {
    /// Who may see a record [visibilità].
    pub enum Visibility {
        /// Anyone [pubblico].
        Public = "public",
        /// Any signed-in body of the network [rete].
        Network = "network",
        /// Bodies seated or active in the record's province [territorio].
        Territory = "territory",
        /// Offices and the central department [istituzionale].
        Institutional = "institutional",
        /// The organisation that owns it, and those with a role in it [titolare].
        Owner = "owner",
    }
}

text_enum! {
    /// Which of the three kinds of addressee an office is [tipo di ufficio].
    pub enum OfficeKind {
        /// Prefettura – Ufficio territoriale del Governo.
        Prefecture = "prefettura_utg",
        /// Commissariato del Governo (Trento, Bolzano).
        GovernmentCommission = "commissariato_del_governo",
        /// Presidency of the Region with the prefect's functions (Valle d'Aosta) [Presidenza della Regione].
        RegionalPresidency = "presidenza_regione_funzioni_prefettizie",
    }
}

columns! {
    /// A body of the network.
    pub struct OrganisationRow as "o" {
        id: Uuid,
        number: i32,
        kind: OrganisationKind,
        name: String,
        short_name: Option<String>,
        description: Option<String>,
        parent_id: Option<Uuid>,
        fiscal_code: Option<String>,
        vat_number: Option<String>,
        ipa_code: Option<String>,
        runts_number: Option<String>,
        runts_section: Option<String>,
        office_code: Option<String>,
        office_kind: Option<OfficeKind>,
        province_code: Option<String>,
        municipality_code: Option<String>,
        website: Option<String>,
        valid_from: Option<NaiveDate>,
        valid_until: Option<NaiveDate>,
        visibility: Visibility,
        is_synthetic: bool,
        source: String,
        sort_key: String,
    }
}

/// An office's competence for a province.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Competence {
    pub id: Uuid,
    pub office_id: Uuid,
    pub province_code: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

impl Competence {
    pub fn validity(&self) -> Validity {
        Validity::new(self.valid_from, self.valid_until)
    }
}

/// How to reach a body. Never public.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ContactRow {
    pub organisation_id: Uuid,
    pub email: Option<String>,
    pub certified_email: Option<String>,
    pub phone: Option<String>,
}

/// An entry in the register of art. 42 TUI.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RegisterEntryRow {
    pub organisation_id: Uuid,
    pub section: i32,
    pub entry_number: String,
    pub registered_on: NaiveDate,
    pub removed_on: Option<NaiveDate>,
}

/// A natural key that finds one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NaturalKey {
    FiscalCode(String),
    IpaCode(String),
    RuntsNumber(String),
    OfficeCode(String),
}

impl NaturalKey {
    /// Column and value.
    pub fn column(&self) -> (&'static str, &str) {
        match self {
            Self::FiscalCode(value) => ("fiscal_code", value),
            Self::IpaCode(value) => ("ipa_code", value),
            Self::RuntsNumber(value) => ("runts_number", value),
            Self::OfficeCode(value) => ("office_code", value),
        }
    }
}

/// What a list of organisations is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OrganisationFilter {
    pub kinds: Vec<OrganisationKind>,
    /// Codes; `None` is any.
    pub provinces: Option<Vec<String>>,
    pub municipality: Option<String>,
    pub runts_section: Option<String>,
    pub exists_on: Option<NaiveDate>,
    pub is_synthetic: Option<bool>,
}

/// Order of a list of organisations.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum OrganisationOrder {
    /// By name, without regard to case and accents.
    #[default]
    Name,
    /// By name, backwards.
    NameDescending,
}

/// What a list of organisations stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrganisationsOf {
    /// A province, by ISTAT code: seated there.
    Province,
    /// An office, by id: seated where it is competent today.
    Office,
}
