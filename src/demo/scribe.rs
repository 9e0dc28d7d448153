use chrono::{Days, Months, NaiveDate};
use uuid::Uuid;

use super::dice::Dice;
use super::ground::Owner;
use super::sheets::Sheets;
use super::topics::{TOPICS, Topic};
use crate::access::audience;

/// Where every generated record says that it comes from.
pub const SOURCE: &str = "synthetic";
/// When every generated record was last changed.
pub const UPDATED_AT: &str = "2026-11-24 00:00:00+00";
/// The day that the generated data are told from, whatever the clock says.
pub const TODAY: NaiveDate = date(2026, 11, 24);

pub const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

/// A moment of a day, by the clock in Greenwich.
pub fn at(day: NaiveDate, hour: u32) -> String {
    format!("{day} {hour:02}:00:00+00")
}

/// The last day of a period that starts on `from` and lasts so many months.
pub fn end_of(from: NaiveDate, months: u32) -> NaiveDate {
    from + Months::new(months) - Days::new(1)
}

/// Numbers that no two records share; they run on from country to country.
#[derive(Clone)]
pub struct Counters {
    pub organisation: i32,
    pub group: i32,
    pub project: u32,
    pub contract: u32,
    pub call: u32,
    pub agreement: u32,
    /// Of the next event: below zero, for the audit has no entry of what never happened.
    pub event: i64,
}

/// What every part of the generator writes with.
pub struct Scribe {
    /// Which of the generated countries is being written; the first is 0.
    pub country: u32,
    pub dice: Dice,
    /// See [`Dice::beside`].
    pub beside: Dice,
    pub sheets: Sheets,
    pub counters: Counters,
}

impl Scribe {
    pub fn next_number(&mut self) -> i32 {
        next(&mut self.counters.organisation)
    }

    pub fn topic(&mut self) -> &'static Topic {
        self.dice.pick(&TOPICS)
    }

    /// An audience group of these organisations and nobody else.
    pub fn group(&mut self, purpose: &'static str, members: &[Owner]) -> i32 {
        let group = next(&mut self.counters.group);
        self.sheets.groups.row(&[&group, &purpose]);
        let mut numbers: Vec<i32> = members.iter().map(|member| member.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            self.sheets.group_members.row(&[&group, &audience::organisation(number)]);
        }
        group
    }
}

fn next(counter: &mut i32) -> i32 {
    *counter += 1;
    *counter - 1
}

/// A record to which other rows belong, with the audience key that they carry.
#[derive(Clone, Copy)]
pub struct Head {
    pub id: Uuid,
    pub audience: i32,
}

impl Head {
    /// The key that the database's `audience_key` gives a record with these columns.
    pub fn new(id: Uuid, visibility: &str, province: &str, owner: i32, group: Option<i32>) -> Self {
        let audience = match visibility {
            "public" => audience::PUBLIC,
            "network" => audience::NETWORK,
            "institutional" => audience::INSTITUTIONAL,
            "territory" => group.or(audience::province(province)).expect("a province's code is a number"),
            _ => group.unwrap_or(audience::organisation(owner)),
        };
        Self { id, audience }
    }
}
