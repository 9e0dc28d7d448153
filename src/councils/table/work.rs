//! How a working table is opened, worked in and closed.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use uuid::Uuid;

use super::document::TableDocument;
use super::model::{MeetingRow, MemberRow, TableRow};
use crate::councils::model::{CouncilRow, SOURCE};
use crate::deeds::given::{LONGEST_LINE, clean, day_of, line, period, text};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::Visibility;

/// Members and meetings of a table at the most.
const MOST_PARTS: usize = 300;

/// A new table of a council, whose number is `number`.
///
/// # Errors
/// As for [`change`].
pub fn open(
    (council, number): (&CouncilRow, i32),
    opens_on: NaiveDate,
    set: impl FnOnce(&mut TableRow),
) -> Outcome<TableDocument> {
    let row = TableRow {
        id: Uuid::now_v7(),
        council_id: council.organisation_id,
        office_id: council.office_id,
        owner_number: number,
        province_code: council.province_code.clone(),
        name: String::new(),
        topic: String::new(),
        mandate: None,
        opens_on,
        closes_on: None,
        closed_on: None,
        closing_report: None,
        visibility: Visibility::Territory,
        group_number: None,
        audience: 0,
        is_synthetic: false,
        source: SOURCE.into(),
        version: 1,
        updated_at: Utc::now(),
    };
    let mut table = TableDocument { working_table: Arc::new(row), table_member: Vec::new(), table_meeting: Vec::new() };
    change(&mut table, set)?;
    Ok(table)
}

/// Changes name, topic, mandate or period.
///
/// # Errors
/// `TABLE_CLOSED`; `LINE_REQUIRED`; `TEXT_TOO_LONG`; `PERIOD_REVERSED`.
pub fn change(table: &mut TableDocument, set: impl FnOnce(&mut TableRow)) -> Outcome<()> {
    is_open(table)?;
    let row = table.table();
    set(row);
    Flaws::default()
        .and(line(&row.name, "name"))
        .and(line(&row.topic, "topic"))
        .and(text(row.mandate.as_deref(), "mandate"))
        .and(period(Some(row.opens_on), row.closes_on, "closesOn"))
        .none()
}

/// Lets a body take part from a day on; one that takes part already becomes, or is no longer, a coordinator.
///
/// # Errors
/// `TABLE_CLOSED`; `TOO_MANY_PARTS`; `MEMBER_BEFORE_OPENING`; `MEMBER_ALREADY`.
pub fn join(table: &mut TableDocument, body: Uuid, is_coordinator: bool, from: NaiveDate) -> Outcome<()> {
    is_open(table)?;
    let opens_on = table.working_table.opens_on;
    if from < opens_on {
        let message = Message::new(
            format!("Il tavolo si apre il {}.", opens_on.format("%d/%m/%Y")),
            format!("The table opens on {opens_on}."),
        );
        return Err(UserError::invalid("from", "MEMBER_BEFORE_OPENING", message).into());
    }
    let takes_part =
        |row: &&mut Arc<MemberRow>| row.organisation_id == body && row.member_until.is_none_or(|last| last >= from);
    if let Some(known) = table.table_member.iter_mut().find(takes_part) {
        if known.is_coordinator == is_coordinator {
            let message = Message::new("L'ente fa già parte del tavolo.", "The body takes part in the table already.");
            return Err(UserError::conflict("organisationId", "MEMBER_ALREADY", message).into());
        }
        Arc::make_mut(known).is_coordinator = is_coordinator;
        return Ok(());
    }
    room(table.table_member.len())?;
    let row = MemberRow {
        id: Uuid::now_v7(),
        working_table_id: table.working_table.id,
        organisation_id: body,
        is_coordinator,
        member_from: from,
        member_until: None,
    };
    table.table_member.push(Arc::new(row));
    Ok(())
}

/// Ends the part of a member with a day.
///
/// # Errors
/// `TABLE_CLOSED`; `NOT_FOUND`; `PERIOD_REVERSED`; `MEMBER_LEFT`.
pub fn leave(table: &mut TableDocument, member: Uuid, last_day: NaiveDate) -> Outcome<()> {
    is_open(table)?;
    let row = table.table_member.iter_mut().find(|row| row.id == member);
    let row = Arc::make_mut(row.ok_or_else(|| UserError::not_found("memberId"))?);
    Flaws::default()
        .and(period(Some(row.member_from), Some(last_day), "lastDay"))
        .unless(
            row.member_until.is_none_or(|until| last_day <= until),
            "memberId",
            "MEMBER_LEFT",
            "L'ente ha già lasciato il tavolo.",
            "The body has left the table already.",
        )
        .none()?;
    row.member_until = Some(last_day);
    Ok(())
}

/// A meeting, as it is to be.
pub struct Meeting {
    /// One that was recorded already.
    pub id: Option<Uuid>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub place: Option<String>,
    pub notes: Option<String>,
    pub outcome: Option<String>,
    pub is_cancelled: bool,
}

/// Writes a meeting down, planned or held.
///
/// # Errors
/// `TABLE_CLOSED`; `TOO_MANY_PARTS`; `NOT_FOUND`; `PERIOD_REVERSED`; `OUTCOME_AHEAD`; `MEETING_OUTSIDE_TABLE`;
/// `LINE_TOO_LONG`; `TEXT_TOO_LONG`.
pub fn meet(table: &mut TableDocument, given: Meeting, today: NaiveDate) -> Outcome<()> {
    is_open(table)?;
    let day = crate::councils::sitting::model::day(given.starts_at);
    let row = MeetingRow {
        id: given.id.unwrap_or_else(Uuid::now_v7),
        working_table_id: table.working_table.id,
        starts_at: given.starts_at.trunc_subsecs(0),
        ends_at: given.ends_at.map(|ends_at| ends_at.trunc_subsecs(0)),
        place: clean(given.place),
        notes: clean(given.notes),
        outcome: clean(given.outcome),
        is_cancelled: given.is_cancelled,
    };
    Flaws::default()
        .unless(
            row.ends_at.is_none_or(|ends_at| row.starts_at <= ends_at),
            "endsAt",
            "PERIOD_REVERSED",
            "La fine viene prima dell'inizio.",
            "The end comes before the beginning.",
        )
        .unless(
            day >= table.working_table.opens_on,
            "startsAt",
            "MEETING_OUTSIDE_TABLE",
            "Il tavolo non era ancora aperto.",
            "The table was not open yet.",
        )
        .unless(
            row.outcome.is_none() || day <= today,
            "outcome",
            "OUTCOME_AHEAD",
            "Un incontro che deve ancora svolgersi non ha un esito.",
            "A meeting that lies ahead has no outcome.",
        )
        .unless(
            row.place.as_deref().is_none_or(|place| place.chars().count() <= LONGEST_LINE),
            "place",
            "LINE_TOO_LONG",
            "Al massimo 500 caratteri.",
            "500 characters at the most.",
        )
        .and(text(row.notes.as_deref(), "notes"))
        .and(text(row.outcome.as_deref(), "outcome"))
        .none()?;
    match given.id {
        None => {
            room(table.table_meeting.len())?;
            table.table_meeting.push(Arc::new(row));
        }
        Some(id) => {
            let known = table.table_meeting.iter_mut().find(|row| row.id == id);
            *known.ok_or_else(|| UserError::not_found("meetingId"))? = Arc::new(row);
        }
    }
    Ok(())
}

/// Closes the table with a day; who takes part in it leaves it then.
///
/// # Errors
/// `TABLE_CLOSED`; `DAY_IN_FUTURE`, `DAY_TOO_EARLY`; `TEXT_TOO_LONG`.
pub fn close(
    table: &mut TableDocument,
    on: Option<NaiveDate>,
    report: Option<String>,
    today: NaiveDate,
) -> Outcome<()> {
    is_open(table)?;
    let day = day_of(on, "on", Some(table.working_table.opens_on), today)?;
    let row = table.table();
    row.closed_on = Some(day);
    row.closing_report = clean(report);
    Flaws::default().and(text(row.closing_report.as_deref(), "report")).none()?;
    for member in table.table_member.iter_mut().filter(|row| row.is_in_force(day) && row.member_until != Some(day)) {
        Arc::make_mut(member).member_until = Some(day);
    }
    Ok(())
}

fn is_open(table: &TableDocument) -> Outcome<()> {
    let Some(closed_on) = table.working_table.closed_on else { return Ok(()) };
    let message = Message::new(
        format!("Il tavolo è chiuso dal {}: non si modifica più.", closed_on.format("%d/%m/%Y")),
        format!("The table was closed on {closed_on}: it is not changed any more."),
    );
    Err(UserError::conflict("tableId", "TABLE_CLOSED", message).into())
}

fn room(parts: usize) -> Outcome<()> {
    if parts < MOST_PARTS {
        return Ok(());
    }
    let message = Message::new(
        format!("Un tavolo ne ha al massimo {MOST_PARTS}."),
        format!("A table has {MOST_PARTS} of them at the most."),
    );
    Err(UserError::limit("", "TOO_MANY_PARTS", message).into())
}
