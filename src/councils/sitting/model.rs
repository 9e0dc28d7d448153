//! Sittings and their parts.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::organisations::model::Visibility;
use crate::{columns, text_enum};

text_enum! {
    /// Where a sitting stands [stato della seduta].
    pub enum SittingStatus {
        /// Being prepared; nobody has been called yet [in preparazione].
        Planned = "planned",
        /// Who sits in the council has been called [convocata].
        Convened = "convened",
        /// It was held [svolta].
        Held = "held",
        /// Its minutes are drafted [verbale in bozza].
        MinutesDrafted = "minutes_drafted",
        /// Its minutes are approved: it changes no more [verbale approvato].
        MinutesApproved = "minutes_approved",
        /// It was called off [annullata].
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What a body answers to an invitation [risposta all'invito].
    pub enum InvitationAnswer {
        /// It has not answered [nessuna risposta].
        Unknown = "unknown",
        /// It will come [presenza confermata].
        Yes = "yes",
        /// It will not come [assenza comunicata].
        No = "no",
    }
}

text_enum! {
    /// What a resolution is [tipo di deliberazione].
    pub enum ResolutionKind {
        /// Opinion on a territorial plan [parere sul piano territoriale].
        OpinionOnPlan = "opinion_on_plan",
        /// Proposal to the central department [proposta al Dipartimento].
        ProposalToDlci = "proposal_to_dlci",
        /// Any other [altra deliberazione].
        Other = "other",
    }
}

text_enum! {
    /// How a resolution turned out [esito della deliberazione].
    pub enum ResolutionOutcome {
        /// In favour [favorevole].
        Favourable = "favourable",
        /// In favour, with remarks [favorevole con osservazioni].
        WithRemarks = "with_remarks",
        /// Against [contrario].
        Unfavourable = "unfavourable",
        /// Adopted [approvata].
        Adopted = "adopted",
    }
}

columns! {
    /// A sitting, without its parts.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct SittingRow as "g" {
        id: Uuid,
        council_id: Uuid,
        office_id: Uuid,
        owner_number: i32,
        province_code: String,
        status: SittingStatus,
        title: String,
        starts_at: DateTime<Utc>,
        ends_at: Option<DateTime<Utc>>,
        place: Option<String>,
        remote_address: Option<String>,
        convened_on: Option<NaiveDate>,
        minutes: Option<String>,
        minutes_approved_on: Option<NaiveDate>,
        cancelled_on: Option<NaiveDate>,
        cancellation_reason: Option<String>,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        source: String,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

impl SittingRow {
    /// Its day, where the hub is.
    pub fn day(&self) -> NaiveDate {
        day(self.starts_at)
    }
}

/// The day of an instant, where the hub is.
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&chrono::Local).date_naive()
}

/// An item of the agenda.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    pub id: Uuid,
    pub sitting_id: Uuid,
    pub ordinal: i32,
    pub title: String,
    pub text: Option<String>,
    pub plan_id: Option<Uuid>,
}

/// A body that is called to a sitting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvitationRow {
    pub id: Uuid,
    pub sitting_id: Uuid,
    pub organisation_id: Uuid,
    /// Members' seats that it holds on the day.
    pub seats: i32,
    /// Whether it is called without holding a seat of any kind.
    #[serde(default)]
    pub is_guest: bool,
    pub answer: InvitationAnswer,
    pub answered_on: Option<NaiveDate>,
    pub attended: Option<bool>,
    pub represented_by: Option<String>,
}

columns! {
    /// What the council resolved.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct ResolutionRow as "q" {
        id: Uuid,
        sitting_id: Uuid,
        ordinal: i32,
        kind: ResolutionKind,
        title: String,
        text: String,
        outcome: ResolutionOutcome,
        votes_for: Option<i32>,
        votes_against: Option<i32>,
        votes_abstained: Option<i32>,
        plan_id: Option<Uuid>,
    }
}

/// A resolution as lists show it.
#[derive(Clone, Debug)]
pub struct Resolution {
    pub row: Arc<ResolutionRow>,
    /// When its sitting begins.
    pub starts_at: DateTime<Utc>,
}

/// What a list of resolutions is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResolutionFilter {
    pub kinds: Vec<ResolutionKind>,
    pub council: Option<Uuid>,
}

/// Members' seats of a sitting, as far as the quorum asks for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quorum {
    /// Called.
    pub seats: i32,
    /// Whose holders came.
    pub present: i32,
}

impl Quorum {
    pub fn of<'a>(invitations: impl IntoIterator<Item = &'a InvitationRow>) -> Self {
        invitations.into_iter().fold(Self::default(), |sum, row| Self {
            seats: sum.seats + row.seats,
            present: sum.present + if row.attended == Some(true) { row.seats } else { 0 },
        })
    }

    /// Seats that must be present: more than half of those called.
    pub fn needed(self) -> i32 {
        self.seats / 2 + 1
    }

    pub fn is_reached(self) -> bool {
        self.present >= self.needed()
    }
}

/// What a list of sittings is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SittingFilter {
    pub statuses: Vec<SittingStatus>,
    /// Not before this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
    /// A body that is called, by its id.
    pub called: Option<Uuid>,
}

/// Order of a list of sittings.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum SittingOrder {
    /// The latest first.
    #[default]
    LatestFirst,
    /// The earliest first.
    EarliestFirst,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(seats: i32, attended: Option<bool>) -> InvitationRow {
        InvitationRow {
            id: Uuid::nil(),
            sitting_id: Uuid::nil(),
            organisation_id: Uuid::nil(),
            seats,
            is_guest: false,
            answer: InvitationAnswer::Unknown,
            answered_on: None,
            attended,
            represented_by: None,
        }
    }

    #[test]
    fn a_quorum_is_more_than_half_of_the_members_seats_called() {
        let half = [came(1, Some(true)), came(1, Some(false)), came(0, Some(true))];
        assert!(!Quorum::of(&half).is_reached());
        let more = [came(2, Some(true)), came(1, None), came(0, Some(false))];
        assert_eq!((Quorum::of(&more).needed(), Quorum::of(&more).present), (2, 2));
        assert!(Quorum::of(&more).is_reached() && !Quorum::of(&[]).is_reached());
    }
}
