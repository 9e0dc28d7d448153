//! Working tables and their parts.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::columns;
use crate::organisations::model::Visibility;

columns! {
    /// A working table, without its parts.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct TableRow as "w" {
        id: Uuid,
        council_id: Uuid,
        office_id: Uuid,
        owner_number: i32,
        province_code: String,
        name: String,
        topic: String,
        mandate: Option<String>,
        opens_on: NaiveDate,
        closes_on: Option<NaiveDate>,
        closed_on: Option<NaiveDate>,
        closing_report: Option<String>,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        source: String,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

/// A body that works in a table for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    pub id: Uuid,
    pub working_table_id: Uuid,
    pub organisation_id: Uuid,
    pub is_coordinator: bool,
    pub member_from: NaiveDate,
    /// Last day.
    pub member_until: Option<NaiveDate>,
}

impl MemberRow {
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.member_from <= day && self.member_until.is_none_or(|last| day <= last)
    }
}

/// A meeting of a table, planned or held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeetingRow {
    pub id: Uuid,
    pub working_table_id: Uuid,
    pub starts_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub place: Option<String>,
    pub notes: Option<String>,
    pub outcome: Option<String>,
    pub is_cancelled: bool,
}

/// What a list of tables is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TableFilter {
    pub is_open: Option<bool>,
}
