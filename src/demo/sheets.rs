//! Rows on their way into the tables, in PostgreSQL's COPY text format.

use std::io::Write as _;

use anyhow::Context as _;
use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// A value of a row.
pub trait Cell {
    fn write(&self, out: &mut Vec<u8>);
}

macro_rules! plain_cells {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            fn write(&self, out: &mut Vec<u8>) {
                write!(out, "{self}").expect("memory takes every write");
            }
        }
    )*};
}
plain_cells!(i32, i64, u32, bool, NaiveDate, Uuid);

impl Cell for &str {
    fn write(&self, out: &mut Vec<u8>) {
        for byte in self.bytes() {
            match byte {
                b'\\' => out.extend(b"\\\\"),
                b'\t' => out.extend(b"\\t"),
                b'\n' => out.extend(b"\\n"),
                b'\r' => out.extend(b"\\r"),
                byte => out.push(byte),
            }
        }
    }
}

impl Cell for String {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_str().write(out);
    }
}

impl<T: Cell> Cell for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend(b"\\N"),
        }
    }
}

/// The rows for one table.
pub struct Sheet {
    pub table: &'static str,
    columns: &'static str,
    text: Vec<u8>,
}

impl Sheet {
    fn new(table: &'static str, columns: &'static str) -> Self {
        Self { table, columns, text: Vec::new() }
    }

    /// Adds a row: its values in the order of the columns.
    pub fn row(&mut self, cells: &[&dyn Cell]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.text.push(b'\t');
            }
            cell.write(&mut self.text);
        }
        self.text.push(b'\n');
    }

    /// Writes the rows into the table and forgets them. Returns how many there were.
    async fn empty_into(&mut self, connection: &mut PgConnection) -> anyhow::Result<u64> {
        let statement = format!("copy {} ({}) from stdin", self.table, self.columns);
        let mut copy = connection.copy_in_raw(&statement).await.context(self.table)?;
        for part in self.text.chunks(1 << 16) {
            copy.send(part).await?;
        }
        self.text.clear();
        copy.finish().await.context(self.table)
    }
}

macro_rules! sheets {
    ($($name:ident: $table:literal ($($column:literal),+ $(,)?)),+ $(,)?) => {
        /// A sheet for every table that the demonstration fills; what is referred to stands first.
        pub struct Sheets {
            $(pub $name: Sheet),+
        }

        impl Sheets {
            pub const TABLES: &'static [&'static str] = &[$($table),+];

            pub fn new() -> Self {
                Self { $($name: Sheet::new($table, concat_columns!($($column),+))),+ }
            }

            fn in_order(&mut self) -> Vec<&mut Sheet> {
                vec![$(&mut self.$name),+]
            }
        }
    };
}
macro_rules! concat_columns {
    ($first:literal $(, $rest:literal)*) => { concat!($first $(, ", ", $rest)*) };
}

sheets! {
    organisations: "organisation" (
        "id", "number", "kind", "name", "short_name", "description", "fiscal_code", "vat_number", "ipa_code",
        "runts_number", "runts_section", "province_code", "municipality_code", "valid_from", "valid_until",
        "visibility", "is_synthetic", "source", "updated_at",
    ),
    contacts: "organisation_contact" ("organisation_id", "owner_number", "email", "certified_email", "visibility"),
    register: "organisation_register_entry" (
        "organisation_id", "section", "entry_number", "registered_on", "removed_on", "visibility",
    ),
    groups: "audience_group" ("number", "purpose"),
    group_members: "audience_group_member" ("group_number", "member"),
    seats: "council_seat" (
        "id", "council_id", "organisation_id", "category", "side", "role", "valid_from", "valid_until",
        "province_code", "owner_number", "visibility", "is_synthetic", "source", "updated_at",
    ),
    calls: "funding_call" (
        "id", "reference", "title", "programme_code", "issuer_id", "owner_number", "opens_on", "closes_on", "budget",
        "eligible_kinds", "max_partners", "requires_intervention", "province_code", "visibility", "is_synthetic",
        "source", "updated_at", "summary", "min_partners",
    ),
    sittings: "council_sitting" (
        "id", "council_id", "office_id", "owner_number", "province_code", "status", "title", "starts_at", "ends_at",
        "place", "convened_on", "minutes", "minutes_approved_on", "cancelled_on", "cancellation_reason", "visibility",
        "is_synthetic", "source", "updated_at", "version",
    ),
    invitations: "sitting_invitation" (
        "id", "sitting_id", "audience", "organisation_id", "seats", "answer", "answered_on", "attended",
        "represented_by",
    ),
    plans: "territorial_plan" (
        "id", "office_id", "owner_number", "council_id", "province_code", "title", "edition", "previous_edition_id",
        "status", "period_from", "period_until", "endorsed_on", "adopted_on", "context_analysis", "objectives",
        "resources", "visibility", "is_synthetic", "source", "updated_at", "submitted_on", "council_remarks",
        "started_on", "closed_on", "closing_report", "withdrawn_on", "withdrawal_reason", "version",
    ),
    needs: "plan_need" (
        "id", "plan_id", "audience", "ordinal", "topic", "title", "description", "indicator", "indicator_value",
        "indicator_on", "indicator_source", "is_synthetic", "found_at_id",
    ),
    priorities: "plan_priority" (
        "id", "plan_id", "audience", "need_id", "ordinal", "title", "description", "is_synthetic",
    ),
    interventions: "plan_intervention" (
        "id", "plan_id", "audience", "priority_id", "ordinal", "title", "description", "responsible_id", "starts_on",
        "ends_on", "budget", "expected_results", "is_synthetic",
    ),
    plan_indicators: "plan_indicator" (
        "id", "plan_id", "audience", "ordinal", "name", "value", "unit", "measured_on", "indicator_source",
        "is_synthetic",
    ),
    plan_partners: "plan_partner" ("plan_id", "audience", "intervention_id", "organisation_id", "task"),
    plan_measures: "plan_measure" (
        "id", "plan_id", "audience", "intervention_id", "ordinal", "name", "unit", "baseline", "target", "is_synthetic",
    ),
    plan_measurements: "plan_measurement" ("plan_id", "audience", "measure_id", "measured_on", "value", "value_source"),
    contributions: "plan_contribution" (
        "id", "plan_id", "office_id", "owner_number", "province_code", "organisation_id", "section", "status",
        "question", "plan_title", "section_text", "opens_on", "closes_on", "comment", "submitted_on", "outcome",
        "answer", "answered_on", "group_number", "updated_at",
    ),
    sitting_items: "sitting_item" ("id", "sitting_id", "audience", "ordinal", "title", "text", "plan_id"),
    resolutions: "council_resolution" (
        "id", "sitting_id", "audience", "ordinal", "kind", "title", "text", "outcome", "votes_for", "votes_against",
        "votes_abstained", "plan_id",
    ),
    tables: "working_table" (
        "id", "council_id", "office_id", "owner_number", "province_code", "name", "topic", "mandate", "opens_on",
        "closed_on", "closing_report", "visibility", "is_synthetic", "source", "updated_at",
    ),
    table_members: "table_member" (
        "id", "working_table_id", "audience", "organisation_id", "is_coordinator", "member_from", "member_until",
    ),
    table_meetings: "table_meeting" (
        "id", "working_table_id", "audience", "starts_at", "ends_at", "place", "notes", "outcome", "is_cancelled",
    ),
    projects: "project" (
        "id", "title", "summary", "status", "cup", "local_code", "starts_on", "ends_on", "lead_id", "owner_number",
        "programme_code", "call_id", "province_code", "public_funding", "total_cost", "visibility", "group_number",
        "is_synthetic", "source", "updated_at", "requested_funding", "submitted_on", "decided_on", "decision_reasons",
        "funded_on", "started_on", "suspended_on", "suspension_reason", "closed_on", "closing_report", "revoked_on",
        "revocation_reason", "version",
    ),
    participations: "project_participation" (
        "id", "project_id", "audience", "organisation_id", "role", "valid_from", "valid_until", "budget_share",
        "is_synthetic", "source",
    ),
    places: "project_place" ("project_id", "audience", "province_code", "municipality_code"),
    contracts: "project_contract" (
        "id", "project_id", "audience", "cig", "subject", "amount", "signed_on", "is_synthetic", "source",
    ),
    project_interventions: "project_intervention" ("project_id", "audience", "intervention_id"),
    project_invitations: "project_invitation" (
        "id", "project_id", "audience", "organisation_id", "role", "status", "invited_on", "answered_on", "reason",
    ),
    budgets: "project_budget" ("project_id", "audience", "organisation_id", "year", "amount"),
    spending: "project_spending" (
        "id", "project_id", "audience", "organisation_id", "spent_on", "amount", "description", "declared_on",
    ),
    deadlines: "project_deadline" ("id", "project_id", "audience", "title", "due_on", "done_on"),
    project_indicators: "project_indicator" (
        "id", "project_id", "audience", "ordinal", "name", "unit", "baseline", "target",
    ),
    project_values: "project_value" (
        "project_id", "audience", "indicator_id", "measured_on", "value", "value_source",
    ),
    amendments: "project_amendment" ("id", "project_id", "audience", "ordinal", "amended_on", "reason"),
    agreements: "agreement" (
        "id", "reference", "title", "subject", "promoter_id", "owner_number", "province_code", "signed_on",
        "valid_from", "valid_until", "visibility", "is_synthetic", "source", "updated_at", "status", "group_number",
        "visibility_in_force", "opened_on",
    ),
    parties: "agreement_party" (
        "id", "agreement_id", "audience", "organisation_id", "signed_on", "withdrew_on", "is_synthetic", "source",
        "withdrawal_reason",
    ),
    events: "record_event" (
        "seq", "id", "at", "room", "record_kind", "record_id", "version", "action", "organisation_id", "audience",
    ),
    event_changes: "record_event_change" ("seq", "room", "changes", "audience"),
}

impl Sheets {
    /// Writes all rows, table by table, and forgets them; `after_table` hears of each table that is done.
    pub async fn empty_into(
        &mut self,
        connection: &mut PgConnection,
        mut after_table: impl FnMut(),
    ) -> anyhow::Result<u64> {
        let mut rows = 0;
        for sheet in self.in_order() {
            rows += sheet.empty_into(connection).await?;
            after_table();
        }
        Ok(rows)
    }
}

/// Takes FORCE ROW LEVEL SECURITY off the tables and returns those that had it, for [`restore_force`]. Where the
/// hub's role is no superuser, PostgreSQL refuses COPY into a table whose policies bind the role.
pub async fn lift_force(connection: &mut PgConnection) -> sqlx::Result<Vec<&'static str>> {
    let mut lifted = Vec::new();
    for table in Sheets::TABLES {
        let binds = sqlx::query_scalar("select row_security_active($1::text)").bind(*table);
        if binds.fetch_one(&mut *connection).await? {
            set_force(connection, table, "no force").await?;
            lifted.push(*table);
        }
    }
    Ok(lifted)
}

/// Undoes [`lift_force`].
pub async fn restore_force(connection: &mut PgConnection, tables: &[&'static str]) -> sqlx::Result<()> {
    for table in tables {
        set_force(connection, table, "force").await?;
    }
    Ok(())
}

async fn set_force(connection: &mut PgConnection, table: &str, force: &str) -> sqlx::Result<()> {
    let statement = format!("alter table {table} {force} row level security");
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}
