use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{MeetingRow, MemberRow, TableRow};
use crate::access::{Action, Room, Viewer};
use crate::deeds::{Aggregate, Part};

/// Kinds of the global ids of working tables and their parts.
pub const TABLE: &str = "WorkingTable";
pub const MEMBER: &str = "TableMember";
pub const MEETING: &str = "TableMeeting";

/// A working table with all of its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableDocument {
    pub working_table: Arc<TableRow>,
    pub table_member: Vec<Arc<MemberRow>>,
    pub table_meeting: Vec<Arc<MeetingRow>>,
}

const fn part(table: &'static str, kind: &'static str, order: &'static str) -> Part {
    Part { table, kind, key: &["id"], of: "working_table_id", order }
}

impl Aggregate for TableDocument {
    const KIND: &'static str = TABLE;
    const ROOM: Room = Room::Councils;
    const ROOT: &'static str = "working_table";
    const PARTS: &'static [Part] =
        &[part("table_member", MEMBER, "member_from, id"), part("table_meeting", MEETING, "starts_at, id")];

    fn id(&self) -> Uuid {
        self.working_table.id
    }

    fn version(&self) -> i32 {
        self.working_table.version
    }

    fn audience(&self) -> i32 {
        self.working_table.audience
    }

    fn owner_number(&self) -> i32 {
        self.working_table.owner_number
    }

    /// The council where it acts itself, else the office that chairs it.
    fn owner(&self, _action: Action, viewer: &Viewer) -> Uuid {
        let table = &self.working_table;
        if viewer.organisation == Some(table.council_id) { table.council_id } else { table.office_id }
    }
}

impl TableDocument {
    /// The table's own row, to be changed.
    pub fn table(&mut self) -> &mut TableRow {
        Arc::make_mut(&mut self.working_table)
    }
}
