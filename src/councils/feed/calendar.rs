//! What a feed shows (RFC 5545): instants in UTC; a change of a sitting or table raises the sequence of its events.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use futures_util::future::try_join_all;
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};
use uuid::Uuid;

use crate::access::secret::Secret;
use crate::councils::loader::acting_for;
use crate::councils::sitting::SittingDocument;
use crate::councils::sitting::model::SittingStatus;
use crate::councils::store::{self, feed};
use crate::councils::table::TableDocument;
use crate::councils::table::model::MeetingRow;
use crate::deeds::Whole;
use crate::graphql::{Graph, Result};
use crate::hub::Hub;
use crate::locale::Message;
use crate::organisations::Directory;

/// How long a feed goes on showing what was.
const PAST: Days = Days::new(366);
/// Sittings, and tables with their meetings, that a feed shows at the most.
const MOST: i64 = 300;

/// The calendar behind a secret, as its organisation may see it now; `None` for a secret of no feed in force.
pub async fn calendar(hub: &Arc<Hub>, secret: Secret, request_id: &str) -> Result<Option<String>> {
    let found = feed::by_secret(&mut *hub.database.upkeep().await?, &secret.hash()).await?;
    let Some((council, organisation)) = found else { return Ok(None) };
    let today = chrono::Local::now().date_naive();
    let Some(viewer) = acting_for(hub, organisation, today).await? else { return Ok(None) };
    let graph = Graph::open(hub.clone(), viewer, request_id);
    let from = Utc::now() - PAST;
    let sittings = store::sitting::recent(&mut *graph.statement().await?, council, from, MOST).await?;
    let sittings = try_join_all(sittings.into_iter().map(|id| graph.load(Whole::<SittingDocument>::of(id)))).await?;
    let tables = store::table::meeting_since(&mut *graph.statement().await?, council, from, MOST).await?;
    let tables = try_join_all(tables.into_iter().map(|id| graph.load(Whole::<TableDocument>::of(id)))).await?;

    let mut calendar = Calendar::new();
    if let Some(council) = graph.reference::<Directory>().body(council) {
        calendar.name(&plain(&council.name));
    }
    for sitting in sittings.into_iter().flatten() {
        calendar.push(of_sitting(&sitting));
    }
    for table in tables.into_iter().flatten() {
        for meeting in table.table_meeting.iter().filter(|meeting| meeting.starts_at >= from) {
            calendar.push(of_meeting(&table, meeting));
        }
    }
    Ok(Some(calendar.to_string()))
}

fn of_sitting(sitting: &SittingDocument) -> Event {
    let row = &sitting.council_sitting;
    let mut event = event(row.id, (row.version, row.updated_at), &row.title, (row.starts_at, row.ends_at));
    event.status(match row.status {
        SittingStatus::Planned => EventStatus::Tentative,
        SittingStatus::Cancelled => EventStatus::Cancelled,
        _ => EventStatus::Confirmed,
    });
    if let Some(place) = row.place.as_deref().or(row.remote_address.as_deref()) {
        event.location(&plain(place));
    }
    let mut text = String::new();
    if let Some(address) = &row.remote_address {
        let _ = writeln!(text, "{address}");
    }
    if !sitting.sitting_item.is_empty() {
        let _ = writeln!(text, "{}", Message::new("Ordine del giorno:", "Agenda:"));
    }
    for item in &sitting.sitting_item {
        let _ = writeln!(text, "{}. {}", item.ordinal, item.title);
    }
    described(event, &text)
}

fn of_meeting(table: &TableDocument, meeting: &MeetingRow) -> Event {
    let row = &table.working_table;
    let mut event = event(meeting.id, (row.version, row.updated_at), &row.name, (meeting.starts_at, meeting.ends_at));
    event.status(if meeting.is_cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
    if let Some(place) = &meeting.place {
        event.location(&plain(place));
    }
    described(event, &row.topic)
}

fn event(
    id: Uuid,
    (version, changed_at): (i32, DateTime<Utc>),
    title: &str,
    (starts_at, ends_at): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Event {
    let mut event = Event::with_uid(&id.to_string());
    event.sequence(version.unsigned_abs().saturating_sub(1)).timestamp(changed_at).last_modified(changed_at);
    event.summary(&plain(title)).starts(starts_at);
    if let Some(ends_at) = ends_at {
        event.ends(ends_at);
    }
    event
}

fn described(mut event: Event, text: &str) -> Event {
    let text = plain(text.trim_end());
    if !text.is_empty() {
        event.description(&text);
    }
    event
}

/// Without what would end a line of the file.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect()
}
