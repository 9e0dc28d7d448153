//! Peers of an office [uffici affini]: whose territory, needs and network are like its own, and what they do about the
//! same needs.
//!
//! Likeness is nothing but its factors: each says in one sentence what it compares, both values, and its share in the
//! score. Invariants: profiles are made from public records alone, so that every caller finds the same peers and
//! nothing hidden shows; the same data give the same order. Owns no tables: [`Profiles`] keeps what was last computed.

pub mod model;
mod profile;
pub mod query;
mod store;

use std::sync::{Arc, Mutex, Weak};

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::hub::Reference;
use crate::organisations::Directory;
use crate::territory::Territory;
use model::Profile;

/// What the profiles of all offices are computed from. Reference data follow a change of the data a moment later, so that
/// the version alone does not tell which they were.
#[derive(Clone)]
pub struct Moment {
    pub data_version: i64,
    pub network_version: i64,
    pub day: NaiveDate,
    pub territory: Weak<Territory>,
    pub directory: Weak<Directory>,
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        (self.data_version, self.network_version, self.day) == (other.data_version, other.network_version, other.day)
            && self.territory.ptr_eq(&other.territory)
            && self.directory.ptr_eq(&other.directory)
    }
}

/// The profiles of all offices at the moments last asked for. They hold public data alone.
#[derive(Default)]
pub struct Profiles(Mutex<Vec<(Moment, Arc<[Profile]>)>>);

/// Moments that are kept.
const MOST: usize = 8;

impl Profiles {
    pub fn known(&self, moment: &Moment) -> Option<Arc<[Profile]>> {
        let known = self.0.lock().expect("no panic while held");
        known.iter().find(|(of, _)| of == moment).map(|(_, profiles)| profiles.clone())
    }

    /// Keeps profiles in the place of the oldest.
    pub fn keep(&self, moment: Moment, profiles: &Arc<[Profile]>) {
        let mut known = self.0.lock().expect("no panic while held");
        known.retain(|(of, _)| of != &moment);
        let surplus = (known.len() + 1).saturating_sub(MOST);
        known.drain(..surplus);
        known.push((moment, profiles.clone()));
    }
}

impl Reference for Profiles {
    /// Each moment names what it was computed from: no change makes it wrong.
    const TABLES: &'static [&'static str] = &[];

    async fn load(_: &mut PgConnection) -> sqlx::Result<Self> {
        Ok(Self::default())
    }
}
