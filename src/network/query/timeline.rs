use async_graphql::SimpleObject;

use super::{Network, question};
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Result};
use crate::locale::Message;
use crate::network::study::study;
use crate::network::timeline::{Standing, months, timeline_of_part};
use crate::network::view::Part;

/// Months of one answer at the most: fifty years.
const MOST_MONTHS: usize = 600;

/// How a part of the network grew, month by month [serie storica].
#[derive(SimpleObject)]
pub struct NetworkTimeline {
    /// Data version that it shows.
    version: i64,
    /// The months, in order.
    months: Vec<NetworkMonth>,
}

/// How the network stands at the beginning of a month, and what came and went since the beginning of the month before;
/// nothing in the first [mese].
#[derive(SimpleObject)]
pub struct NetworkMonth {
    /// The month's first day.
    month: Date,
    /// Nodes that are there.
    nodes: usize,
    /// Ties that hold.
    ties: usize,
    /// Nodes that are there and were not a month before.
    appeared_nodes: usize,
    /// Nodes that were there a month before and are not.
    ended_nodes: usize,
    /// Ties that hold and did not a month before.
    appeared_ties: usize,
    /// Ties that held a month before and do not.
    ended_ties: usize,
}

pub async fn timeline(network: &Network, from: Date, until: Date) -> Result<NetworkTimeline> {
    let months = months(question::checked(from)?.0, question::checked(until)?.0);
    if months.is_empty() {
        return Err(Error::bad_input(
            format!("Il primo mese ({}) viene dopo l'ultimo ({}).", from.0, until.0),
            format!("The first month ({}) comes after the last ({}).", from.0, until.0),
        ));
    }
    if months.len() > MOST_MONTHS {
        return Err(Error::LimitExceeded {
            message: Message::new(
                format!("I mesi sono al massimo {MOST_MONTHS}; qui sono {}: accorciare il periodo.", months.len()),
                format!("There are at most {MOST_MONTHS} months; here are {}: shorten the period.", months.len()),
            ),
            limit: MOST_MONTHS as u64,
            requested: months.len() as u64,
        });
    }
    let (view, part, days) = (network.view.clone(), network.part.clone(), months.clone());
    let standings = study(move |deadline| match part {
        Part::Whole => view.timeline(&days, deadline),
        part => timeline_of_part(&days, |day| view.on(day).find(&part), deadline),
    })
    .await?;
    let month = |(month, standing): (chrono::NaiveDate, Standing)| NetworkMonth {
        month: Date(month),
        nodes: standing.nodes,
        ties: standing.ties,
        appeared_nodes: standing.appeared_nodes,
        ended_nodes: standing.ended_nodes,
        appeared_ties: standing.appeared_ties,
        ended_ties: standing.ended_ties,
    };
    Ok(NetworkTimeline {
        version: network.view.snapshot.version,
        months: months.into_iter().zip(standings).map(month).collect(),
    })
}
