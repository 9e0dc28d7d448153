//! The records in which a council works, of whatever kind: what is told of a council as it happens.

use std::sync::Arc;

use uuid::Uuid;

use super::model::SEAT;
use super::seat::SeatDocument;
use super::sitting::{SITTING, SittingDocument};
use super::table::{TABLE, TableDocument};
use crate::access::Room;
use crate::db::Database;
use crate::deeds::news::{Followed, Happened};
use crate::text_enum;

text_enum! {
    /// Kind of a record in which a council works [tipo di atto].
    pub enum CouncilRecordKind {
        /// A seat [seggio].
        Seat = "seat",
        /// A sitting [seduta].
        Sitting = "sitting",
        /// A working table [tavolo di lavoro].
        WorkingTable = "working_table",
    }
}

/// A record of a council with all of its parts.
#[derive(Clone)]
pub enum Record {
    Seat(Arc<SeatDocument>),
    Sitting(Arc<SittingDocument>),
    Table(Arc<TableDocument>),
}

impl Record {
    /// The council that it belongs to.
    pub fn council(&self) -> Uuid {
        match self {
            Self::Seat(seat) => seat.council_seat.council_id,
            Self::Sitting(sitting) => sitting.council_sitting.council_id,
            Self::Table(table) => table.working_table.council_id,
        }
    }

    pub fn kind(&self) -> CouncilRecordKind {
        match self {
            Self::Seat(_) => CouncilRecordKind::Seat,
            Self::Sitting(_) => CouncilRecordKind::Sitting,
            Self::Table(_) => CouncilRecordKind::WorkingTable,
        }
    }
}

impl Followed for Record {
    const ROOM: Room = Room::Councils;

    fn has(kind: &str) -> bool {
        [SEAT, SITTING, TABLE].contains(&kind)
    }

    async fn of(happened: &Happened, database: &Database) -> Option<Self> {
        match happened.event.row.record_kind.as_str() {
            SEAT => happened.whole(database).await.map(Self::Seat),
            SITTING => happened.whole(database).await.map(Self::Sitting),
            TABLE => happened.whole(database).await.map(Self::Table),
            _ => None,
        }
    }

    fn audience(&self) -> i32 {
        match self {
            Self::Seat(seat) => seat.audience(),
            Self::Sitting(sitting) => sitting.audience(),
            Self::Table(table) => table.audience(),
        }
    }
}
