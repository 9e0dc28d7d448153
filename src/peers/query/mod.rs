//! Peers of an office in the graph.

mod peer;
mod sentence;

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{Likeness, Profile};
use super::profile::Sources;
use super::{Moment, Profiles, store};
use crate::db::changes;
use crate::graphql::page::bounded;
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, Result};
use crate::network::NetworkSnapshot;
use crate::organisations::Directory;
use crate::territory::Territory;

pub use peer::OfficePeer;

/// Peers that are given when `first` is left out.
const USUAL: i32 = 5;

/// The offices most like one, as its type shows them.
pub async fn peers_of(
    graph: &Graph,
    office: Uuid,
    first: Option<i32>,
    bordering: Option<bool>,
    as_of: Option<Date>,
) -> Result<Vec<OfficePeer>> {
    let first = bounded(first.or(Some(USUAL)))?;
    let day = as_of.map_or(graph.today, |day| day.0);
    let profiles = profiles(graph, day).await?;
    let own = profiles.iter().position(|profile| profile.office == office).ok_or_else(|| {
        Error::bad_input(
            format!(
                "Il {} l'ufficio non era competente per alcuna provincia: indicare un'altra data.",
                day.format("%d/%m/%Y")
            ),
            format!("The office was competent for no province on {day}: give another day."),
        )
    })?;
    let territory = graph.reference::<Territory>();
    let borders = |other: &Profile| {
        let neighbours = |code: &String| territory.neighbours(code).iter().any(|code| other.provinces.contains(code));
        profiles[own].provinces.iter().any(neighbours)
    };
    let others = profiles.iter().enumerate().filter(|(place, _)| *place != own);
    let mut found: Vec<(Likeness, usize, bool)> = others
        .map(|(place, other)| (profiles[own].likeness(other), place, borders(other)))
        .filter(|(.., is_bordering)| bordering.is_none_or(|wanted| wanted == *is_bordering))
        .collect();
    // Profiles stand in the order of the offices' codes, which decides between equals.
    found.sort_by(|one, other| other.0.score.total_cmp(&one.0.score).then(one.1.cmp(&other.1)));
    found.truncate(first);
    let peer = |(likeness, place, is_bordering)| OfficePeer {
        profiles: profiles.clone(),
        own,
        theirs: place,
        likeness,
        is_bordering,
    };
    Ok(found.into_iter().map(peer).collect())
}

/// The profiles of all offices on a day: from memory where they are known at this version of the data.
async fn profiles(graph: &Graph, day: NaiveDate) -> Result<Arc<[Profile]>> {
    let known = graph.reference::<Profiles>();
    let snapshot = graph.reference::<NetworkSnapshot>();
    let (territory, directory) = (graph.reference::<Territory>(), graph.reference::<Directory>());
    let moment = Moment {
        data_version: changes::current_version(&mut *graph.statement().await?).await?,
        network_version: snapshot.version,
        day,
        territory: Arc::downgrade(&territory),
        directory: Arc::downgrade(&directory),
    };
    if let Some(profiles) = known.known(&moment) {
        return Ok(profiles);
    }
    let needs = store::needs(&mut *graph.statement().await?, day).await?;
    let sources = Sources { territory, directory, snapshot, needs, day };
    let profiles = NetworkSnapshot::study(move |_| Ok(sources.profiles())).await?;
    known.keep(moment, &profiles);
    Ok(profiles)
}
