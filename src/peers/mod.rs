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

use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::hub::Reference;
use model::Profile;

/// What the profiles of all offices are computed from: data version, version of the network, day.
pub type Moment = (i64, i64, NaiveDate);

/// The profiles of all offices at the moments last asked for. They hold public data alone.
#[derive(Default)]
pub struct Profiles(Mutex<Vec<(Moment, Arc<[Profile]>)>>);

/// Moments that are kept.
const MOST: usize = 8;

impl Profiles {
    pub fn known(&self, moment: Moment) -> Option<Arc<[Profile]>> {
        let known = self.0.lock().expect("no panic while held");
        known.iter().find(|(of, _)| *of == moment).map(|(_, profiles)| profiles.clone())
    }

    /// Keeps profiles in the place of the oldest.
    pub fn keep(&self, moment: Moment, profiles: &Arc<[Profile]>) {
        let mut known = self.0.lock().expect("no panic while held");
        known.retain(|(of, _)| *of != moment);
        let surplus = (known.len() + 1).saturating_sub(MOST);
        known.drain(..surplus);
        known.push((moment, profiles.clone()));
    }
}

impl Reference for Profiles {
    /// Each moment names the versions that it was computed from: no change makes it wrong.
    const TABLES: &'static [&'static str] = &[];

    async fn load(_: &mut PgConnection) -> sqlx::Result<Self> {
        Ok(Self::default())
    }
}
