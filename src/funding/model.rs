//! Programme nodes and calls.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::organisations::model::{OrganisationRow, Visibility};
use crate::{columns, text_enum};

text_enum! {
    /// Kind of a node of a funding programme [livello della programmazione].
    pub enum ProgrammeNodeKind {
        /// The programme itself [programma].
        Programme = "programme",
        /// Specific objective [obiettivo specifico].
        SpecificObjective = "specific_objective",
        /// National objective, 2014–2020 [obiettivo nazionale].
        NationalObjective = "national_objective",
        /// Implementation measure, 2021–2027 [misura di attuazione].
        ImplementationMeasure = "implementation_measure",
        /// Field of application, 2021–2027 [ambito di applicazione].
        FieldOfApplication = "field_of_application",
        /// Intervention, 2021–2027 [intervento].
        Intervention = "intervention",
        /// Lettered action, 2014–2020 [azione].
        Action = "action",
    }
}

columns! {
    /// A node of a funding programme.
    pub struct ProgrammeRow as "g" {
        code: String,
        parent_code: Option<String>,
        kind: ProgrammeNodeKind,
        label: String,
        name: String,
        name_en: Option<String>,
        budget: Option<Decimal>,
        cci: Option<String>,
        legal_basis: Option<String>,
        valid_from: Option<NaiveDate>,
        valid_until: Option<NaiveDate>,
    }
}

columns! {
    /// A call, without its issuer.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct CallRow as "c" {
        id: Uuid,
        reference: String,
        title: String,
        summary: Option<String>,
        programme_code: String,
        issuer_id: Uuid,
        owner_number: i32,
        opens_on: NaiveDate,
        closes_on: Option<NaiveDate>,
        #[serde(with = "crate::db::decimal::optional")]
        budget: Option<Decimal>,
        eligible_kinds: Vec<String>,
        min_partners: i32,
        max_partners: Option<i32>,
        requires_intervention: bool,
        province_code: Option<String>,
        cancelled_on: Option<NaiveDate>,
        cancellation_reason: Option<String>,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        source: String,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

/// A call with its issuer, where the viewer may see it.
#[derive(Debug)]
pub struct Call {
    pub row: CallRow,
    pub issuer: Option<Arc<OrganisationRow>>,
}

/// What a list of calls is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallFilter {
    /// Codes; `None` is any.
    pub programmes: Option<Vec<String>>,
    pub open_on: Option<NaiveDate>,
    pub province: Option<String>,
    pub is_synthetic: Option<bool>,
}

/// What a list of calls stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallsOf {
    /// A programme node, by code.
    Programme,
    /// An organisation that issues them, by id.
    Issuer,
}

/// Order of a list of calls.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum CallOrder {
    /// The last opened first.
    #[default]
    NewestFirst,
    /// The first opened first.
    OldestFirst,
}
