//! Agreements and their parties.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::locale::Message;
use crate::organisations::model::{OrganisationRow, Visibility};
use crate::{columns, text_enum};

text_enum! {
    /// Where an agreement stands [stato del protocollo].
    pub enum AgreementStatus {
        /// Being drafted by its promoter [bozza].
        Draft = "draft",
        /// The parties sign, one by one [alla firma].
        Signing = "signing",
        /// All parties have signed [in vigore].
        InForce = "in_force",
        /// Its period is over, or it was ended before [concluso].
        Ended = "ended",
        /// Given up before all had signed [ritirato].
        Withdrawn = "withdrawn",
    }
}

impl AgreementStatus {
    /// Name for people.
    pub fn name(self) -> Message {
        let (it, en) = match self {
            Self::Draft => ("bozza", "draft"),
            Self::Signing => ("alla firma", "being signed"),
            Self::InForce => ("in vigore", "in force"),
            Self::Ended => ("concluso", "ended"),
            Self::Withdrawn => ("ritirato", "withdrawn"),
        };
        Message::new(it, en)
    }
}

columns! {
    /// An agreement, without its promoter.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct AgreementRow as "a" {
        id: Uuid,
        reference: Option<String>,
        title: String,
        subject: Option<String>,
        promoter_id: Uuid,
        owner_number: i32,
        province_code: Option<String>,
        status: AgreementStatus,
        renews_id: Option<Uuid>,
        opened_on: Option<NaiveDate>,
        signed_on: Option<NaiveDate>,
        valid_from: NaiveDate,
        valid_until: Option<NaiveDate>,
        ended_on: Option<NaiveDate>,
        end_reason: Option<String>,
        visibility: Visibility,
        visibility_in_force: Option<Visibility>,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        source: String,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

impl AgreementRow {
    /// Where it stands on a day: one whose period is over has ended, whoever wrote that down or not.
    pub fn status_on(&self, day: NaiveDate) -> AgreementStatus {
        match self.status {
            AgreementStatus::InForce if self.valid_until.is_some_and(|last| last < day) => AgreementStatus::Ended,
            status => status,
        }
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
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct PartyRow as "b" {
        id: Uuid,
        agreement_id: Uuid,
        organisation_id: Uuid,
        signed_on: Option<NaiveDate>,
        withdrew_on: Option<NaiveDate>,
        withdrawal_reason: Option<String>,
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
    /// Any of these, as they stand on the day; empty is all.
    pub statuses: Vec<AgreementStatus>,
    /// The day.
    pub today: NaiveDate,
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
