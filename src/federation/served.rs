//! What routers are served.

use chrono::NaiveDate;

use super::joining::{self, setup};
use super::model::SupergraphRow;
use super::store;
use crate::graphql::{Error, Result};
use crate::hub::Hub;

/// Which graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Whole,
    Public,
    Institutional,
}

/// The hash of the graph that is served on this day, as it is kept; composed anew where it does not fit any more. One statement as long as it
/// does.
///
/// # Errors
/// The database's, and the composer's.
pub async fn hash(hub: &Hub, view: View, today: NaiveDate) -> Result<String> {
    let row = match standing(hub, today).await? {
        Some(row) => row,
        None => {
            joining::settle(hub, today).await?;
            let row = store::supergraph(&mut *hub.database.upkeep().await?, None).await?;
            row.ok_or(Error::Unavailable)?
        }
    };
    Ok(match view {
        View::Whole => row.whole_hash,
        View::Public => row.public_hash,
        View::Institutional => row.institutional_hash,
    })
}

/// The graph with that hash, for routers of this hub.
///
/// # Errors
/// The database's.
pub async fn text(hub: &Hub, hash: &str) -> Result<String> {
    let mut texts = store::texts(&mut *hub.database.upkeep().await?, &[hash.to_owned()]).await?;
    let kept = texts.remove(hash).ok_or(Error::Unavailable)?;
    Ok(setup(hub)?.addressed(&kept))
}

/// By what a router knows that it has the graph with that hash.
///
/// # Errors
/// The hub was lent nothing to compose with.
pub fn tag(hub: &Hub, hash: &str) -> Result<String> {
    Ok(setup(hub)?.tag(hash))
}

/// The last supergraph, if nothing of it is over.
async fn standing(hub: &Hub, today: NaiveDate) -> Result<Option<SupergraphRow>> {
    let own = setup(hub)?;
    let found = store::served_until(&mut *hub.database.upkeep().await?).await?;
    let fits = |(row, until): &(SupergraphRow, Option<NaiveDate>)| {
        row.hub_hash == own.own_hash() && until.is_none_or(|until| today <= until)
    };
    Ok(found.filter(fits).map(|(row, _)| row))
}
