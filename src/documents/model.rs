//! Documents, as deeds change them.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Action, Room, Viewer, rules};
use crate::columns;
use crate::deeds::{Aggregate, Part};
use crate::organisations::model::Visibility;

/// Kind of the global ids of documents.
pub const DOCUMENT: &str = "Document";

/// Kinds, as in global ids, of the records that documents are attached to; councils are organisations. The table
/// `document_kind` has the same: a test holds one against the other.
pub const KINDS: [&str; 9] = [
    "TerritorialPlan",
    CONTRIBUTION,
    "Project",
    "Agreement",
    "FundingCall",
    COUNCIL,
    "CouncilSeat",
    "CouncilSitting",
    "WorkingTable",
];
/// The kind of contributions to plans.
pub const CONTRIBUTION: &str = "PlanContribution";
/// The kind of councils.
pub const COUNCIL: &str = "Organisation";

columns! {
    /// A file attached to a record. From `owner_id` to `audience` it has what the record has.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct DocumentRow as "d" {
        id: Uuid,
        record_kind: String,
        record_id: Uuid,
        room: Room,
        title: String,
        file_name: String,
        content_type: String,
        size: i64,
        sha256: String,
        stored_at: DateTime<Utc>,
        uploaded_by: Uuid,
        owner_id: Uuid,
        owner_number: i32,
        visibility: Visibility,
        province_code: Option<String>,
        group_number: Option<i32>,
        audience: i32,
        is_current: bool,
        removed_on: Option<NaiveDate>,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

/// A document alone: it has no parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentRecord {
    pub document: Arc<DocumentRow>,
}

impl Aggregate for DocumentRecord {
    const KIND: &'static str = DOCUMENT;
    /// Of most; each has its record's.
    const ROOM: Room = Room::Plans;
    const ROOT: &'static str = "document";
    const PARTS: &'static [Part] = &[];

    fn id(&self) -> Uuid {
        self.document.id
    }

    fn room(&self) -> Room {
        self.document.room
    }

    fn version(&self) -> i32 {
        self.document.version
    }

    fn audience(&self) -> i32 {
        self.document.audience
    }

    fn owner_number(&self) -> i32 {
        self.document.owner_number
    }

    /// Whoever attached it, and the record's owner.
    fn owner(&self, _action: Action, viewer: &Viewer) -> Uuid {
        let uploader = rules::makes_for(viewer, self.document.room).filter(|own| *own == self.document.uploaded_by);
        uploader.unwrap_or(self.document.owner_id)
    }
}
