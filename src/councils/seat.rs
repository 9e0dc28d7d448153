//! A seat as deeds change it: how a body is appointed, and how its seat ends.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{CouncilRow, SEAT, SOURCE, Seat, SeatCategory, SeatRole, SeatRow, SocialSide};
use crate::access::{Action, Room, Viewer};
use crate::deeds::given::{line, period, required};
use crate::deeds::{Aggregate, Part};
use crate::graphql::mutation::Flaws;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;
use crate::organisations::model::{OrganisationRow, Visibility};

/// Years of a seat at the most, where its end is told at once.
const MOST_YEARS: u32 = 10;

/// A seat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeatDocument {
    pub council_seat: SeatRow,
    #[serde(default, skip_serializing)]
    pub facts: Facts,
}

/// What the rules of a seat ask of other records.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Facts {
    /// The office that chairs the council.
    pub office_id: Uuid,
}

impl Aggregate for SeatDocument {
    const KIND: &'static str = SEAT;
    const ROOM: Room = Room::Councils;
    const ROOT: &'static str = "council_seat";
    const PARTS: &'static [Part] = &[];
    const FACTS: Option<&'static str> = Some(
        "jsonb_build_object('office_id', (select c.office_id from council c where c.organisation_id = r.council_id))",
    );

    fn id(&self) -> Uuid {
        self.council_seat.id
    }

    fn version(&self) -> i32 {
        self.council_seat.version
    }

    fn audience(&self) -> i32 {
        self.council_seat.audience
    }

    fn owner_number(&self) -> i32 {
        self.council_seat.owner_number
    }

    /// The office: its prefect appoints.
    fn owner(&self, _action: Action, _viewer: &Viewer) -> Uuid {
        self.facts.office_id
    }
}

/// Who is appointed, as what, and for how long.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub body: Arc<OrganisationRow>,
    pub category: SeatCategory,
    pub side: Option<SocialSide>,
    pub role: SeatRole,
    pub representative_office: Option<String>,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub designated_by: Option<Uuid>,
}

/// A new seat in a council, whose number is `number`; `held` are its seats of every date.
///
/// # Errors
/// `SIDE_REQUIRED`, `SIDE_UNFIT`: only social partners have a side, and each has one; `BODY_OF_THE_COUNCIL`;
/// `BODY_NOT_IN_FORCE`; `PERIOD_REVERSED`, `PERIOD_TOO_LONG`; `SEAT_HELD_ALREADY`.
pub fn appoint(
    (council, number): (&CouncilRow, i32),
    given: Appointment,
    held: impl IntoIterator<Item = Seat>,
) -> Outcome<SeatDocument> {
    let body = &given.body;
    let is_social = given.category == SeatCategory::SocialPartners;
    let (from, until) = (given.from, given.until);
    let is_in_force =
        body.valid_from.is_none_or(|first| first <= from) && body.valid_until.is_none_or(|last| from <= last);
    let is_short = until.is_none_or(|until| from.checked_add_months(Months::new(12 * MOST_YEARS)) >= Some(until));
    let overlaps = |row: &SeatRow| {
        let begins_in_time = until.is_none_or(|until| row.valid_from <= until);
        let ends_too_late = row.valid_until.is_none_or(|last| last >= from);
        row.organisation_id == body.id && row.category == given.category && begins_in_time && ends_too_late
    };
    Flaws::default()
        .unless(
            !is_social || given.side.is_some() || given.role != SeatRole::Member,
            "side",
            "SIDE_REQUIRED",
            "Per la categoria f) indicare la parte: lavoratori o datori di lavoro.",
            "For category f) say which side: workers or employers.",
        )
        .unless(
            is_social || given.side.is_none(),
            "side",
            "SIDE_UNFIT",
            "Solo la categoria f) ha due parti.",
            "Only category f) has sides.",
        )
        .unless(
            body.id != council.organisation_id && body.id != council.office_id,
            "organisationId",
            "BODY_OF_THE_COUNCIL",
            "Il Consiglio e la Prefettura che lo presiede non vi hanno un seggio.",
            "The council and the office that chairs it hold no seat in it.",
        )
        .unless(
            is_in_force,
            "organisationId",
            "BODY_NOT_IN_FORCE",
            "In quel giorno l'ente non esiste.",
            "There is no such body on that day.",
        )
        .and(period(Some(from), until, "until"))
        .unless(
            is_short,
            "until",
            "PERIOD_TOO_LONG",
            "Un seggio dura al massimo dieci anni.",
            "A seat lasts ten years at the most.",
        )
        .unless(
            !held.into_iter().any(|seat| overlaps(&seat.row)),
            "organisationId",
            "SEAT_HELD_ALREADY",
            "L'ente ha già un seggio in questa categoria in quel periodo.",
            "The body holds a seat in this category already in that period.",
        )
        .and(given.representative_office.as_deref().and_then(|office| line(office, "representativeOffice")))
        .none()?;
    Ok(SeatDocument {
        council_seat: SeatRow {
            id: Uuid::now_v7(),
            council_id: council.organisation_id,
            organisation_id: body.id,
            category: given.category,
            side: given.side,
            role: given.role,
            representative_office: given.representative_office.map(|office| office.trim().to_owned()),
            valid_from: from,
            valid_until: until,
            designated_by_id: given.designated_by.filter(|designated_by| *designated_by != body.id),
            end_reason: None,
            owner_number: number,
            province_code: council.province_code.clone(),
            visibility: Visibility::Public,
            group_number: None,
            audience: 0,
            is_synthetic: false,
            source: SOURCE.into(),
            version: 1,
            updated_at: chrono::Utc::now(),
        },
        facts: Facts { office_id: council.office_id },
    })
}

/// Ends a seat with a day, which may lie ahead; a seat never lasts longer than it was to.
///
/// # Errors
/// `SEAT_ENDED`; `PERIOD_REVERSED`; `SEAT_ENDS_EARLIER`.
pub fn end(seat: &mut SeatDocument, last_day: NaiveDate, reason: &str, today: NaiveDate) -> Outcome<()> {
    let row = &mut seat.council_seat;
    if let Some(ended) = row.valid_until.filter(|last| *last < today) {
        let message = Message::new(
            format!("Il seggio è cessato il {}.", ended.format("%d/%m/%Y")),
            format!("The seat ended on {ended}."),
        );
        return Err(UserError::conflict("seatId", "SEAT_ENDED", message).into());
    }
    Flaws::default()
        .and(period(Some(row.valid_from), Some(last_day), "lastDay"))
        .unless(
            row.valid_until.is_none_or(|until| last_day <= until),
            "lastDay",
            "SEAT_ENDS_EARLIER",
            "Il seggio termina già prima: nominare di nuovo l'ente.",
            "The seat ends earlier already: appoint the body anew.",
        )
        .none()?;
    row.valid_until = Some(last_day);
    row.end_reason = Some(required(reason, "reason")?);
    Ok(())
}
