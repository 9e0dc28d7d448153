//! Whether anybody would notice a change: breaking changes are held against what was used.

use chrono::{Days, NaiveDate};

use super::concern::Before;
use super::keeping::write_down;
use super::model::{Totals, UseOf};
use crate::federation::composer::{SchemaChange, Weight};
use crate::federation::store;
use crate::graphql::Result;
use crate::hub::Hub;

/// Days for which something must not have been used to count as unused.
pub const WINDOW: Days = Days::new(90);

/// A change with the coordinates that it concerns; `None`: that cannot be told, or nobody asks.
pub type Traced = (SchemaChange, Option<Vec<String>>);

/// A change, and whether anybody would notice it.
#[derive(Clone, Debug)]
pub struct Weighed {
    pub change: SchemaChange,
    /// Of a breaking change whose coordinates can be told: how they were used.
    pub usage: Option<(UseOf, Totals)>,
    /// Of a breaking change: whether it counts as noticed.
    pub counts_as_used: Option<bool>,
}

impl Weighed {
    /// Whether a valid operation that somebody has may become invalid.
    pub fn is_felt(&self) -> bool {
        self.counts_as_used == Some(true)
    }
}

/// Finds what breaking changes concern in the schema that callers saw before.
pub fn trace(before: &str, changes: Vec<SchemaChange>) -> Vec<Traced> {
    if changes.iter().all(|change| change.weight != Weight::Breaking) {
        return changes.into_iter().map(|change| (change, None)).collect();
    }
    let before = Before::read(before).inspect_err(|error| {
        tracing::error!(%error, "the graph's own schema cannot be read: every change counts as noticed");
    });
    let traced = |change: SchemaChange| {
        let asked = before.as_ref().ok().filter(|_| change.weight == Weight::Breaking);
        let concerned = asked.and_then(|before| before.concerned(&change));
        (change, concerned)
    };
    changes.into_iter().map(traced).collect()
}

/// Holds changes against what was used up to this day, whoever asks. What cannot be told, and all as long as nothing is known of
/// the whole window, counts as used.
///
/// # Errors
/// The database's.
pub async fn weigh(hub: &Hub, today: NaiveDate, changes: Vec<Traced>) -> Result<Vec<Weighed>> {
    let since = today - WINDOW;
    let asked: Vec<UseOf> = changes
        .iter()
        .filter_map(|(_, coordinates)| Some(UseOf { coordinates: coordinates.clone()?, since, until: None }))
        .collect();
    let is_breaking = |(change, _): &Traced| change.weight == Weight::Breaking;
    let (mut totals, mut is_known) = (Vec::new().into_iter(), false);
    if changes.iter().any(is_breaking) {
        write_down(hub, today).await?;
        let mut connection = hub.database.upkeep().await?;
        is_known = store::usage::recorded_since(&mut connection).await?.is_some_and(|begun| begun <= since);
        totals = store::usage::totals(&mut connection, &asked).await?.into_iter();
    }
    let mut asked = asked.into_iter();
    let weighed = |traced: Traced| {
        let is_breaking = is_breaking(&traced);
        let (change, coordinates) = traced;
        let usage = coordinates.and_then(|_| asked.next().zip(totals.next()));
        let is_used = !is_known || usage.as_ref().is_none_or(|(_, totals)| totals.calls > 0);
        Weighed { change, usage, counts_as_used: is_breaking.then_some(is_used) }
    };
    Ok(changes.into_iter().map(weighed).collect())
}
