//! Seats and the composition that art. 57 asks for.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::organisations::model::{OrganisationRow, Visibility};
use crate::{columns, text_enum};

text_enum! {
    /// Category of a seat: the letters of art. 57 c. 1 DPR 394/1999 [categoria].
    pub enum SeatCategory {
        /// a) Peripheral offices of the State [uffici periferici dello Stato].
        StateOffices = "a",
        /// b) President of the province [presidente della provincia].
        ProvincePresident = "b",
        /// c) Representative of the region [rappresentante della regione].
        Region = "c",
        /// d) Mayor of the capital and mayors of municipalities concerned [sindaci].
        Mayors = "d",
        /// e) Chamber of commerce [camera di commercio].
        ChamberOfCommerce = "e",
        /// f) Trade unions and employers' associations [organizzazioni sindacali e datoriali].
        SocialPartners = "f",
        /// g) Foreigners' associations [associazioni di stranieri].
        ForeignersAssociations = "g",
        /// h) Bodies that work locally in aid to immigrants [enti di assistenza agli immigrati].
        AidBodies = "h",
        /// Health authorities and other public bodies, invited [altri invitati].
        Invited = "invited",
    }
}

impl SeatCategory {
    /// Whether who sits in it is a member of the council, and not a guest.
    pub fn is_members(self) -> bool {
        self != Self::Invited
    }

    /// Seats that art. 57 asks for at the least: one each, two of f), g) and h), none of the invited.
    pub fn required(self) -> usize {
        match self {
            Self::Invited => 0,
            Self::SocialPartners | Self::ForeignersAssociations | Self::AidBodies => 2,
            _ => 1,
        }
    }
}

text_enum! {
    /// Side of a social partner [parte].
    pub enum SocialSide {
        /// Trade unions [lavoratori].
        Workers = "workers",
        /// Employers' associations [datori di lavoro].
        Employers = "employers",
    }
}

text_enum! {
    /// Role of a seat [ruolo].
    pub enum SeatRole {
        /// Member [componente].
        Member = "member",
        /// Secretariat [segreteria].
        Secretariat = "secretariat",
    }
}

pub use super::sitting::SITTING;
pub use super::sitting::model::{SittingRow, SittingStatus};

/// Kind of the global ids of seats.
pub const SEAT: &str = "CouncilSeat";

/// Where the record of a caller's own doing says that it comes from.
pub const SOURCE: &str = "Raccordo";

/// A council and the office whose prefect chairs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CouncilRow {
    pub organisation_id: Uuid,
    pub office_id: Uuid,
    pub province_code: String,
    pub established_on: Option<NaiveDate>,
}

columns! {
    /// A seat, without its organisation.
    #[derive(Serialize, Deserialize, PartialEq)]
    pub struct SeatRow as "s" {
        id: Uuid,
        council_id: Uuid,
        organisation_id: Uuid,
        category: SeatCategory,
        side: Option<SocialSide>,
        role: SeatRole,
        representative_office: Option<String>,
        valid_from: NaiveDate,
        valid_until: Option<NaiveDate>,
        designated_by_id: Option<Uuid>,
        end_reason: Option<String>,
        owner_number: i32,
        province_code: String,
        visibility: Visibility,
        group_number: Option<i32>,
        audience: i32,
        is_synthetic: bool,
        source: String,
        version: i32,
        updated_at: DateTime<Utc>,
    }
}

/// A seat with the organisation that holds it, where the viewer may see it.
#[derive(Clone, Debug)]
pub struct Seat {
    pub row: SeatRow,
    pub organisation: Option<Arc<OrganisationRow>>,
}

/// One category of a council's composition held against art. 57.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryComposition {
    pub category: SeatCategory,
    pub required: usize,
    pub held: usize,
    /// Seats still to be filled: also the second side of f) where one side holds all.
    pub missing: usize,
    /// Sides of f) without a seat.
    pub missing_sides: Vec<SocialSide>,
}

/// Holds the seats in force against art. 57: one entry for each lettered category.
pub fn composition<'a>(seats: impl IntoIterator<Item = &'a SeatRow> + Clone) -> Vec<CategoryComposition> {
    let lettered = SeatCategory::ALL.iter().filter(|category| category.required() > 0);
    lettered
        .map(|&category| {
            let of_category =
                || seats.clone().into_iter().filter(|seat| seat.category == category && seat.role == SeatRole::Member);
            let held = of_category().count();
            let missing_sides: Vec<_> = match category {
                SeatCategory::SocialPartners => {
                    let lacks = |side: &&SocialSide| !of_category().any(|seat| seat.side == Some(**side));
                    SocialSide::ALL.iter().filter(lacks).copied().collect()
                }
                _ => Vec::new(),
            };
            let missing = category.required().saturating_sub(held).max(missing_sides.len());
            CategoryComposition { category, required: category.required(), held, missing, missing_sides }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(category: SeatCategory, side: Option<SocialSide>) -> SeatRow {
        SeatRow {
            id: Uuid::nil(),
            council_id: Uuid::nil(),
            organisation_id: Uuid::nil(),
            category,
            side,
            role: SeatRole::Member,
            representative_office: None,
            valid_from: NaiveDate::MIN,
            valid_until: None,
            designated_by_id: None,
            end_reason: None,
            owner_number: 1,
            province_code: "037".into(),
            visibility: Visibility::Public,
            group_number: None,
            audience: 0,
            is_synthetic: true,
            source: String::new(),
            version: 1,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn missing(seats: &[SeatRow], category: SeatCategory) -> (usize, Vec<SocialSide>) {
        let found = composition(seats).into_iter().find(|entry| entry.category == category).unwrap();
        (found.missing, found.missing_sides)
    }

    #[test]
    fn an_empty_council_lacks_every_letter_of_article_57() {
        let missing: usize = composition(&[]).iter().map(|entry| entry.missing).sum();
        assert_eq!(missing, 5 + 3 * 2);
    }

    #[test]
    fn two_trade_unions_do_not_replace_the_employers() {
        let union = seat(SeatCategory::SocialPartners, Some(SocialSide::Workers));
        let seats = [union.clone(), union];
        assert_eq!(missing(&seats, SeatCategory::SocialPartners), (1, vec![SocialSide::Employers]));
    }

    #[test]
    fn the_invited_and_the_secretariat_fill_no_category() {
        let mut secretariat = seat(SeatCategory::Region, None);
        secretariat.role = SeatRole::Secretariat;
        let seats = [secretariat, seat(SeatCategory::Invited, None)];
        assert_eq!(missing(&seats, SeatCategory::Region), (1, vec![]));
        assert!(composition(&seats).iter().all(|entry| entry.category != SeatCategory::Invited));
    }
}
