//! Agreements and their parties.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::columns;
use crate::organisations::model::{OrganisationRow, Visibility};

columns! {
    /// An agreement, without its promoter.
    pub struct AgreementRow as "a" {
        id: Uuid,
        reference: Option<String>,
        title: String,
        subject: Option<String>,
        promoter_id: Uuid,
        province_code: Option<String>,
        signed_on: Option<NaiveDate>,
        valid_from: NaiveDate,
        valid_until: Option<NaiveDate>,
        visibility: Visibility,
        is_synthetic: bool,
        source: String,
    }
}

/// An agreement with its promoter, where the viewer may see it.
#[derive(Debug)]
pub struct Agreement {
    pub row: AgreementRow,
    pub promoter: Option<Arc<OrganisationRow>>,
}

columns! {
    /// A party, without its organisation.
    pub struct PartyRow as "b" {
        id: Uuid,
        agreement_id: Uuid,
        organisation_id: Uuid,
        signed_on: Option<NaiveDate>,
        withdrew_on: Option<NaiveDate>,
        is_synthetic: bool,
        source: String,
    }
}

/// A party with its organisation, where the viewer may see it.
#[derive(Clone, Debug)]
pub struct Party {
    pub row: PartyRow,
    pub organisation: Option<Arc<OrganisationRow>>,
}

/// What a list of agreements is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AgreementFilter {
    /// Codes; `None` is any.
    pub provinces: Option<Vec<String>>,
    pub in_force_on: Option<NaiveDate>,
    pub is_synthetic: Option<bool>,
}

/// What a list of agreements stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgreementsOf {
    /// An organisation that is a party or the promoter, by id.
    Organisation,
    /// A province, by ISTAT code.
    Province,
}

/// Order of a list of agreements.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum AgreementOrder {
    /// The last begun first.
    #[default]
    NewestFirst,
    /// The first begun first.
    OldestFirst,
}
