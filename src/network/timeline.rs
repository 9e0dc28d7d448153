//! How the network grew: how many nodes and ties there are, month by month.

use chrono::{Datelike as _, Months, NaiveDate};

use super::analysis::{Deadline, Stopped};
use super::difference::apart;
use super::model::{Day, Period, day};
use super::view::{Found, View};

/// How the network stands on the first day of a month, and what came and went since the first of the month before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub nodes: usize,
    pub ties: usize,
    pub appeared_nodes: usize,
    pub ended_nodes: usize,
    pub appeared_ties: usize,
    pub ended_ties: usize,
}

/// The first days of the months from the first to the last, these included.
pub fn months(first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
    let start = first.with_day(1).expect("every month has a first day");
    (0..).map_while(|months| start.checked_add_months(Months::new(months))).take_while(|month| *month <= last).collect()
}

impl View {
    /// The country in each of these months, which are in order. Each node and tie is looked at once.
    pub fn timeline(&self, months: &[NaiveDate], deadline: &Deadline) -> Result<Vec<Standing>, Stopped> {
        let days: Vec<Day> = months.iter().map(|month| day(*month)).collect();
        let mut nodes = Sweep::new(days.len());
        let mut ties = Sweep::new(days.len());
        for index in 0..self.snapshot.nodes().len() as u32 {
            if index % 4096 == 0 {
                deadline.check()?;
            }
            if !self.admits(index) {
                continue;
            }
            let node = self.snapshot.node(index);
            nodes.add(&days, node.period);
            for tie in self.snapshot.outgoing(index).map(|tie| self.snapshot.tie(tie)) {
                let lasts = tie.period.overlap(node.period);
                let lasts = lasts.and_then(|period| period.overlap(self.snapshot.node(tie.to).period));
                if let Some(period) = lasts.filter(|_| self.admits_tie(tie) && self.admits(tie.to)) {
                    ties.add(&days, period);
                }
            }
        }
        let standing = |((nodes, appeared_nodes, ended_nodes), (ties, appeared_ties, ended_ties))| Standing {
            nodes,
            ties,
            appeared_nodes,
            ended_nodes,
            appeared_ties,
            ended_ties,
        };
        Ok(nodes.counts().zip(ties.counts()).map(standing).collect())
    }
}

/// A part of the network in each of these months: what belongs to it is found anew each time.
pub fn timeline_of_part(
    months: &[NaiveDate],
    found: impl Fn(Day) -> Found,
    deadline: &Deadline,
) -> Result<Vec<Standing>, Stopped> {
    let mut before: Option<Found> = None;
    let mut standings = Vec::with_capacity(months.len());
    for month in months {
        deadline.check()?;
        let now = found(day(*month));
        let mut standing = Standing { nodes: now.nodes.len(), ties: now.ties.len(), ..Standing::default() };
        if let Some(before) = &before {
            let (ended, appeared) = apart(&before.nodes, &now.nodes);
            (standing.ended_nodes, standing.appeared_nodes) = (ended.len(), appeared.len());
            let (ended, appeared) = apart(&before.ties, &now.ties);
            (standing.ended_ties, standing.appeared_ties) = (ended.len(), appeared.len());
        }
        standings.push(standing);
        before = Some(now);
    }
    Ok(standings)
}

/// At which of the days things begin, and after which they are gone.
struct Sweep {
    begin: Vec<usize>,
    end: Vec<usize>,
}

impl Sweep {
    fn new(days: usize) -> Self {
        Self { begin: vec![0; days + 1], end: vec![0; days + 1] }
    }

    fn add(&mut self, days: &[Day], period: Period) {
        let (from, until) = period.days();
        let first = days.partition_point(|day| *day < from);
        let gone = days.partition_point(|day| *day <= until);
        if first < gone {
            self.begin[first] += 1;
            self.end[gone] += 1;
        }
    }

    /// On each day: how many there are, how many came and went since the day before; on the first none came or went.
    fn counts(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let mut there = 0;
        let days = self.begin.len() - 1;
        self.begin.iter().zip(&self.end).take(days).enumerate().map(move |(index, (begun, ended))| {
            there = there + begun - ended;
            if index == 0 { (there, 0, 0) } else { (there, *begun, *ended) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_with_their_first_day() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let found = months(date("2025-11-20"), date("2026-01-01"));
        assert_eq!(found, [date("2025-11-01"), date("2025-12-01"), date("2026-01-01")]);
        assert_eq!(months(date("2026-02-01"), date("2026-01-01")), []);
    }

    #[test]
    fn what_lasts_less_than_the_time_between_two_days_is_on_none() {
        let days = [10, 20, 30];
        let mut sweep = Sweep::new(3);
        let date = |day| NaiveDate::from_num_days_from_ce_opt(day);
        for (from, until) in [(None, None), (Some(15), Some(20)), (Some(21), Some(29)), (Some(1), Some(10))] {
            sweep.add(&days, Period::new(from.and_then(date), until.and_then(date)));
        }
        assert_eq!(sweep.counts().collect::<Vec<_>>(), [(2, 0, 0), (2, 1, 1), (1, 0, 1)]);
    }
}
