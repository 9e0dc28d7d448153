//! Councils [Consigli territoriali per l'immigrazione, CTI]: who sits in them, in which category, since when.
//!
//! Legal base: art. 3 c. 6 TUI (D.Lgs. 286/1998), art. 57 DPR 394/1999, DPCM 18 December 1999. A member is an
//! organisation that holds a seat in a category for a period, through a designated representative's office;
//! persons are not recorded. A council is itself an organisation, chaired by the office of its province.
//! The office fills the seats and ends them; the council's secretariat, or the office, keeps its sittings and tables, which
//! the bodies of the territory see, and a sitting's guests from elsewhere see that sitting; minutes that are approved change
//! no more.
//! Tables owned: `council`, `council_seat`, `council_sitting`, `sitting_item`, `sitting_invitation`, `council_resolution`,
//! `working_table`, `table_member`, `table_meeting`, `calendar_feed`.

pub mod feed;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
mod record;
mod seat;
mod sitting;
mod store;
mod table;

use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::hub::Reference;
use model::CouncilRow;

/// All councils: one for each province that has an office.
pub struct Councils(Vec<Arc<CouncilRow>>);

impl Reference for Councils {
    const TABLES: &'static [&'static str] = &["council"];

    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        Ok(Self(store::councils(connection).await?))
    }
}

impl Councils {
    /// The council with this organisation id.
    pub fn council(&self, id: Uuid) -> Option<Arc<CouncilRow>> {
        self.0.iter().find(|council| council.organisation_id == id).cloned()
    }

    /// The council that an office chairs.
    pub fn of_office(&self, office: Uuid) -> Option<Arc<CouncilRow>> {
        self.0.iter().find(|council| council.office_id == office).cloned()
    }
}
