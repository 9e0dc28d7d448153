//! From who takes part in what to who has how much in common with whom [proiezione].

use super::{Deadline, Stopped};

/// Two bodies with what they share, the smaller first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedCount {
    pub one: u32,
    pub other: u32,
    /// Number of events that both take part in.
    pub count: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectionError {
    /// Nothing was left out in silence.
    #[error("more than {limit} pairs have something in common")]
    TooManyPairs { limit: usize },
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// All pairs of bodies that share an event, in order. Memberships are pairs of a body and an event, numbered from 0
/// each; who takes part twice does so once.
pub fn shared_counts(
    bodies: usize,
    events: usize,
    memberships: impl IntoIterator<Item = (u32, u32)>,
    limit: usize,
    deadline: &Deadline,
) -> Result<Vec<SharedCount>, ProjectionError> {
    let mut by_body: Vec<(u32, u32)> = memberships.into_iter().collect();
    by_body.sort_unstable();
    by_body.dedup();
    let mut by_event: Vec<(u32, u32)> = by_body.iter().map(|(body, event)| (*event, *body)).collect();
    by_event.sort_unstable();
    let starts = starts(events, by_event.iter().map(|(event, _)| *event));

    let mut pairs = Vec::new();
    let mut pace = deadline.pace();
    let mut counts = vec![0_u32; bodies];
    for events in by_body.chunk_by(|one, other| one.0 == other.0) {
        let body = events[0].0;
        let mut met = Vec::new();
        for (_, event) in events {
            let members = &by_event[starts[*event as usize]..starts[*event as usize + 1]];
            let later = &members[members.partition_point(|(_, member)| *member <= body)..];
            for (_, other) in later {
                if counts[*other as usize] == 0 {
                    met.push(*other);
                }
                counts[*other as usize] += 1;
            }
            pace.spend(later.len() + 1)?;
            if pairs.len() + met.len() > limit {
                return Err(ProjectionError::TooManyPairs { limit });
            }
        }
        met.sort_unstable();
        pace.spend(met.len())?;
        pairs.extend(met.into_iter().map(|other| SharedCount {
            one: body,
            other,
            count: std::mem::take(&mut counts[other as usize]),
        }));
    }
    Ok(pairs)
}

/// Where the items of each group begin, which come in order; one more than there are groups.
fn starts(groups: usize, items: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut starts = vec![0; groups + 1];
    for group in items {
        starts[group as usize + 1] += 1;
    }
    for group in 0..groups {
        starts[group + 1] += starts[group];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(limit: usize) -> Result<Vec<SharedCount>, ProjectionError> {
        // Bodies 0, 1 and 2 at event 0; 0 and 2 at event 1; 3 alone at event 2.
        let memberships = [(0, 0), (1, 0), (2, 0), (2, 1), (0, 1), (0, 1), (3, 2)];
        shared_counts(4, 3, memberships, limit, &Deadline::none())
    }

    #[test]
    fn bodies_that_meet_are_paired_with_how_often_they_do() {
        let pairs: Vec<_> = project(3).unwrap().into_iter().map(|pair| (pair.one, pair.other, pair.count)).collect();
        assert_eq!(pairs, [(0, 1, 1), (0, 2, 2), (1, 2, 1)]);
    }

    #[test]
    fn more_pairs_than_wanted_are_refused() {
        assert_eq!(project(2), Err(ProjectionError::TooManyPairs { limit: 2 }));
    }

    #[test]
    fn a_cancelled_projection_stops() {
        let deadline = Deadline::none();
        deadline.cancel();
        let everybody_at_one = (0..400).map(|body| (body, 0));
        let found = shared_counts(400, 1, everybody_at_one, usize::MAX, &deadline);
        assert_eq!(found, Err(Stopped::Cancelled.into()));
    }
}
