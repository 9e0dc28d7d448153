use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{InvitationRow, ItemRow, Quorum, ResolutionRow, SittingRow};
use crate::access::{Action, Room, Viewer};
use crate::councils::model::{SeatCategory, SeatRole};
use crate::deeds::{Aggregate, Group, Part};

/// Kinds of the global ids of sittings and their parts.
pub const SITTING: &str = "CouncilSitting";
pub const ITEM: &str = "SittingItem";
pub const RESOLUTION: &str = "CouncilResolution";

/// A sitting with all of its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SittingDocument {
    pub council_sitting: Arc<SittingRow>,
    pub sitting_item: Vec<Arc<ItemRow>>,
    pub sitting_invitation: Vec<Arc<InvitationRow>>,
    pub council_resolution: Vec<Arc<ResolutionRow>>,
    #[serde(default, skip_serializing)]
    pub facts: Facts,
}

/// What the steps of a sitting ask of other records.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Facts {
    /// The council's seats of every date, while nobody has been called.
    pub seats: Option<Vec<SeatFact>>,
}

/// A seat, as far as it tells who is called.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SeatFact {
    pub organisation_id: Uuid,
    pub category: SeatCategory,
    pub role: SeatRole,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
}

impl SeatFact {
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|last| day <= last)
    }

    /// Whether it counts for the quorum.
    pub fn is_members(&self) -> bool {
        self.role == SeatRole::Member && self.category.is_members()
    }
}

const fn part(table: &'static str, kind: &'static str, order: &'static str) -> Part {
    Part { table, kind, key: &["id"], of: "sitting_id", order }
}

impl Aggregate for SittingDocument {
    const KIND: &'static str = SITTING;
    const ROOM: Room = Room::Councils;
    const ROOT: &'static str = "council_sitting";
    const PARTS: &'static [Part] = &[
        part("sitting_item", ITEM, "ordinal"),
        part("sitting_invitation", "SittingInvitation", "organisation_id"),
        part("council_resolution", RESOLUTION, "ordinal"),
    ];
    const FACTS: Option<&'static str> = Some(
        "jsonb_build_object('seats', case when r.status = 'planned' then
           (select coalesce(jsonb_agg(to_jsonb(s)), '[]') from council_seat s where s.council_id = r.council_id) end)",
    );

    fn id(&self) -> Uuid {
        self.council_sitting.id
    }

    fn version(&self) -> i32 {
        self.council_sitting.version
    }

    fn audience(&self) -> i32 {
        self.council_sitting.audience
    }

    fn owner_number(&self) -> i32 {
        self.council_sitting.owner_number
    }

    /// The council where it acts itself, else the office that chairs it; an invitation is answered by the body invited.
    fn owner(&self, action: Action, viewer: &Viewer) -> Uuid {
        let sitting = &self.council_sitting;
        let is = |body: Uuid| viewer.organisation == Some(body);
        if action == Action::AnswerSittingInvitation {
            let own = self.sitting_invitation.iter().map(|row| row.organisation_id).find(|body| is(*body));
            return own.unwrap_or(sitting.council_id);
        }
        if is(sitting.council_id) { sitting.council_id } else { sitting.office_id }
    }

    /// The bodies of the province, and guests, who may be of another one; without guests the province's key is enough.
    fn group(&mut self) -> Option<Group<'_>> {
        let bodies: Vec<Uuid> = self.guests().collect();
        let province = Some(self.council_sitting.province_code.clone());
        let is_needed = !bodies.is_empty() || self.council_sitting.group_number.is_some();
        is_needed.then(|| Group { number: &mut self.sitting().group_number, bodies, province })
    }
}

impl SittingDocument {
    /// The sitting's own row, to be changed.
    pub fn sitting(&mut self) -> &mut SittingRow {
        Arc::make_mut(&mut self.council_sitting)
    }

    /// The bodies that are called without holding a seat.
    pub fn guests(&self) -> impl Iterator<Item = Uuid> {
        self.sitting_invitation.iter().filter(|row| row.is_guest).map(|row| row.organisation_id)
    }

    pub fn quorum(&self) -> Quorum {
        Quorum::of(self.sitting_invitation.iter().map(|row| &**row))
    }
}
