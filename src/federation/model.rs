//! Partners' subgraphs, their versions, and the supergraphs that were composed of them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::organisations::model::Visibility;
use crate::{columns, text_enum};

text_enum! {
    /// State of a subgraph [stato del sottografo].
    pub enum SubgraphStatus {
        /// Handed in, nothing of it approved yet [proposto].
        Proposed = "proposed",
        /// A version of it was approved: its owner may publish others [approvato].
        Approved = "approved",
        /// What was handed in was refused, and nothing approved [respinto].
        Refused = "refused",
        /// It takes part no more [ritirato].
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// State of a version of a subgraph [stato della versione].
    pub enum SubgraphVersionStatus {
        /// Waits for the central department [in esame].
        Proposed = "proposed",
        /// May stand in the graph [approvata].
        Approved = "approved",
        /// The central department said no [respinta].
        Refused = "refused",
        /// Another was handed in before this one was decided on [sostituita].
        Superseded = "superseded",
    }
}

text_enum! {
    /// Why a supergraph was composed [causa].
    pub enum SupergraphCause {
        /// The hub's own subgraph is another [nuova versione dell'hub].
        Hub = "hub",
        /// A version of a subgraph was published [pubblicazione].
        Publication = "publication",
        /// A subgraph was withdrawn [ritiro].
        Withdrawal = "withdrawal",
        /// The terms of a subgraph ended [termine dell'accordo sui dati].
        Terms = "terms",
        /// An earlier one was put back [ripristino].
        RollBack = "roll_back",
    }
}

columns! {
    /// A subgraph.
    #[derive(Serialize, Deserialize, PartialEq, Eq)]
    pub struct SubgraphRow as "s" {
        id: Uuid,
        name: String,
        organisation_id: Uuid,
        owner_number: i32,
        description: String,
        contact: String,
        status: SubgraphStatus,
        withdrawn_on: Option<NaiveDate>,
        withdrawal_reason: Option<String>,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

columns! {
    /// A version of a subgraph: what was handed in, and what became of it.
    #[derive(Serialize, Deserialize, PartialEq, Eq)]
    pub struct VersionRow as "v" {
        id: Uuid,
        subgraph_id: Uuid,
        number: i32,
        routing_url: String,
        sdl_hash: String,
        term_fields: Vec<String>,
        term_purpose: String,
        term_until: NaiveDate,
        status: SubgraphVersionStatus,
        submitted_on: NaiveDate,
        decided_on: Option<NaiveDate>,
        decision_reason: Option<String>,
    }
}

columns! {
    /// A supergraph, with its texts by their hashes.
    #[derive(PartialEq, Eq)]
    pub struct SupergraphRow as "g" {
        number: i32,
        composed_at: DateTime<Utc>,
        cause: SupergraphCause,
        like_number: Option<i32>,
        hub_hash: String,
        whole_hash: String,
        public_hash: String,
        institutional_hash: String,
        schema_hash: String,
    }
}

columns! {
    /// A subgraph as it takes part in a supergraph.
    #[derive(Serialize, PartialEq, Eq)]
    pub struct MemberRow as "m" {
        number: i32,
        subgraph_id: Uuid,
        version_id: Uuid,
        name: String,
        version_number: i32,
        organisation_id: Uuid,
    }
}

/// A subgraph that takes part, with what it is composed of.
#[derive(Clone, Debug)]
pub struct Member {
    pub row: MemberRow,
    pub url: String,
    pub sdl: String,
    /// Last day on which it may be sent what its terms name.
    pub until: NaiveDate,
}

/// What a list of subgraphs is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SubgraphFilter {
    /// Any of these; empty: all.
    pub statuses: Vec<SubgraphStatus>,
    /// With a version that waits for a decision.
    pub is_pending: Option<bool>,
}
