//! How a sitting is prepared: its date, place and agenda.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use uuid::Uuid;

use super::document::{Facts, SittingDocument};
use super::life::refuse;
use super::model::{ItemRow, SittingRow, SittingStatus};
use crate::councils::model::{CouncilRow, SOURCE};
use crate::deeds::given::{LONGEST_LINE, clean, line, text};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::Visibility;

/// Items of an agenda at the most.
const MOST_ITEMS: usize = 100;

/// An item, as it is to be.
#[derive(Clone, Debug)]
pub struct Item {
    /// One that is on the agenda already.
    pub id: Option<Uuid>,
    pub title: String,
    pub text: Option<String>,
    pub plan_id: Option<Uuid>,
}

/// A new sitting of a council, whose number is `number`, without an agenda.
pub fn plan((council, number): (&CouncilRow, i32), title: &str, starts_at: DateTime<Utc>) -> SittingDocument {
    SittingDocument {
        council_sitting: Arc::new(SittingRow {
            id: Uuid::now_v7(),
            council_id: council.organisation_id,
            office_id: council.office_id,
            owner_number: number,
            province_code: council.province_code.clone(),
            status: SittingStatus::Planned,
            title: title.trim().to_owned(),
            starts_at: starts_at.trunc_subsecs(0),
            ends_at: None,
            place: None,
            remote_address: None,
            convened_on: None,
            minutes: None,
            minutes_approved_on: None,
            cancelled_on: None,
            cancellation_reason: None,
            visibility: Visibility::Territory,
            group_number: None,
            audience: 0,
            is_synthetic: false,
            source: SOURCE.into(),
            version: 1,
            updated_at: Utc::now(),
        }),
        sitting_item: Vec::new(),
        sitting_invitation: Vec::new(),
        council_resolution: Vec::new(),
        facts: Facts::default(),
    }
}

/// Changes title, date or place, while the sitting has not been held.
///
/// # Errors
/// `SITTING_NOT_OPEN`; `LINE_REQUIRED`, `LINE_TOO_LONG`; `PERIOD_REVERSED`; for one that was convened `PLACE_MISSING`, and
/// `DATE_PAST` where it is moved back.
pub fn change(sitting: &mut SittingDocument, today: NaiveDate, set: impl FnOnce(&mut SittingRow)) -> Outcome<()> {
    open(sitting)?;
    let row = sitting.sitting();
    let was = row.starts_at;
    set(row);
    row.starts_at = row.starts_at.trunc_subsecs(0);
    row.ends_at = row.ends_at.map(|ends_at| ends_at.trunc_subsecs(0));
    let is_short = |text: &Option<String>| text.as_deref().is_none_or(|text| text.chars().count() <= LONGEST_LINE);
    let (it, en) = ("Al massimo 500 caratteri.", "500 characters at the most.");
    Flaws::default()
        .and(line(&row.title, "title"))
        .unless(is_short(&row.place), "place", "LINE_TOO_LONG", it, en)
        .unless(is_short(&row.remote_address), "remoteAddress", "LINE_TOO_LONG", it, en)
        .unless(
            row.ends_at.is_none_or(|ends_at| row.starts_at <= ends_at),
            "endsAt",
            "PERIOD_REVERSED",
            "La fine viene prima dell'inizio.",
            "The end comes before the beginning.",
        )
        .unless(
            row.status == SittingStatus::Planned || row.starts_at == was || row.day() >= today,
            "startsAt",
            "DATE_PAST",
            "La nuova data è già passata.",
            "The new date has passed already.",
        )
        .unless(
            row.status == SittingStatus::Planned || row.place.is_some() || row.remote_address.is_some(),
            "place",
            "PLACE_MISSING",
            "Una seduta convocata ha un luogo o l'indirizzo del collegamento.",
            "A sitting that was convened has a place or the address of its connection.",
        )
        .none()
}

/// Sets the whole agenda, in this order, while the sitting has not been held.
///
/// # Errors
/// `SITTING_NOT_OPEN`; `TOO_MANY_ITEMS`; `AGENDA_MISSING` for one that was convened; `LINE_REQUIRED`; `TEXT_TOO_LONG`;
/// `NOT_FOUND` for an item that is not on the agenda.
pub fn set_agenda(sitting: &mut SittingDocument, items: Vec<Item>) -> Outcome<()> {
    open(sitting)?;
    if items.len() > MOST_ITEMS {
        let message = Message::new(
            format!("L'ordine del giorno ha al massimo {MOST_ITEMS} punti."),
            format!("An agenda has {MOST_ITEMS} items at the most."),
        );
        return Err(UserError::limit("items", "TOO_MANY_ITEMS", message).into());
    }
    if items.is_empty() && sitting.council_sitting.status == SittingStatus::Convened {
        let (it, en) = ("l'ordine del giorno ha almeno un punto.", "its agenda has at least one item.");
        return Err(refuse(SittingStatus::Convened, "AGENDA_MISSING", it, en));
    }
    let mut known = std::mem::take(&mut sitting.sitting_item);
    let mut flaws = Flaws::default();
    for (place, item) in items.into_iter().enumerate() {
        let at = |field: &str| format!("items.{place}.{field}");
        let id = match item.id {
            None => Uuid::now_v7(),
            Some(id) => {
                let held = known.iter().position(|row| row.id == id);
                known.remove(held.ok_or_else(|| UserError::not_found(&at("itemId")))?).id
            }
        };
        flaws = flaws.and(line(&item.title, &at("title"))).and(text(item.text.as_deref(), &at("text")));
        sitting.sitting_item.push(Arc::new(ItemRow {
            id,
            sitting_id: sitting.council_sitting.id,
            ordinal: place as i32 + 1,
            title: item.title.trim().to_owned(),
            text: clean(item.text),
            plan_id: item.plan_id,
        }));
    }
    flaws.none()
}

fn open(sitting: &SittingDocument) -> Outcome<()> {
    let status = sitting.council_sitting.status;
    if status.is_open() {
        return Ok(());
    }
    let (it, en) = (
        "data, luogo e ordine del giorno si cambiano solo prima che si svolga.",
        "date, place and agenda are changed only before it is held.",
    );
    Err(refuse(status, "SITTING_NOT_OPEN", it, en))
}
