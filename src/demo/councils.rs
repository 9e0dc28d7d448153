//! Seats of the territorial councils by the categories of art. 57 DPR 394/1999, over three terms.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::bodies::{Body, PERSONA, Sort, Territory};
use super::scribe::{SOURCE, Scribe, TODAY, UPDATED_AT, date};
use crate::access::persona::stable_id;

/// The councils' terms of office; the last is under way.
const TERMS: [(NaiveDate, Option<NaiveDate>); 3] = [
    (date(2015, 3, 1), Some(date(2018, 12, 31))),
    (date(2019, 1, 1), Some(date(2022, 12, 31))),
    (date(2023, 1, 1), None),
];

/// Who may sit: category, side, sorts, fewest and most seats, and out of a thousand councils how many leave it empty.
type Rule = (&'static str, Option<&'static str>, &'static [Sort], u32, u32, u32);

const RULES: [Rule; 11] = [
    ("a", None, &[Sort::Police, Sort::SchoolOffice, Sort::LabourInspectorate], 2, 3, 20),
    ("b", None, &[Sort::Province], 1, 1, 40),
    ("c", None, &[Sort::Region], 1, 1, 60),
    ("d", None, &[Sort::Town], 1, 6, 10),
    ("e", None, &[Sort::Chamber], 1, 1, 60),
    ("f", Some("workers"), &[Sort::Workers], 1, 3, 30),
    ("f", Some("employers"), &[Sort::Employers], 1, 3, 90),
    ("g", None, &[Sort::Foreigners], 1, 4, 80),
    ("h", None, &[Sort::ThirdSector, Sort::Religious], 2, 7, 20),
    ("invited", None, &[Sort::Health], 1, 1, 200),
    ("invited", None, &[Sort::Insurance, Sort::AdultSchool, Sort::University], 1, 3, 300),
];

/// A seat: who may be called to a sitting.
pub struct Seat {
    pub body: Uuid,
    /// Whether it counts for the quorum.
    pub is_members: bool,
    from: NaiveDate,
    until: Option<NaiveDate>,
}

impl Seat {
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|last| day <= last)
    }
}

/// Seats the bodies of the first country, by council.
pub fn make(scribe: &mut Scribe, territories: &[Territory]) -> Vec<Vec<Seat>> {
    let mut made = Vec::new();
    for territory in territories {
        let mut of_council = Vec::new();
        for term in TERMS {
            for rule in &RULES {
                seats(scribe, territories, territory, term, rule, &mut of_council);
            }
        }
        made.push(of_council);
    }
    made
}

fn seats(
    scribe: &mut Scribe,
    territories: &[Territory],
    territory: &Territory,
    (from, until): (NaiveDate, Option<NaiveDate>),
    &(category, side, sorts, fewest, most, empty): &Rule,
    made: &mut Vec<Seat>,
) {
    if scribe.dice.chance(empty) {
        return;
    }
    let candidates: Vec<&Body> = match category {
        // One region, many provinces: its seat is in the capital's territory.
        "c" => territories
            .iter()
            .filter(|other| other.office.region == territory.office.region)
            .flat_map(|other| other.public(sorts))
            .collect(),
        _ => territory.public(sorts),
    };
    let persona = stable_id(PERSONA);
    let sits = |body: &&Body| body.lives(from, until.unwrap_or(from)) && body.owner.id != persona;
    let candidates: Vec<&Body> = candidates.into_iter().filter(sits).collect();
    let mut seated: Vec<&Body> = match category {
        // The mayor of the capital always, the mayors of other municipalities case by case.
        "d" => candidates.first().copied().into_iter().collect(),
        _ => Vec::new(),
    };
    if category == "h" && from >= date(2019, 1, 1) {
        seated.extend(territory.bodies.iter().find(|body| body.owner.id == persona));
    }
    if !candidates.is_empty() {
        for _ in 0..scribe.dice.between(fewest, most) {
            let body = *scribe.dice.pick_skewed(&candidates);
            if seated.iter().all(|other| other.owner.id != body.owner.id) {
                seated.push(body);
            }
        }
    }
    for body in seated {
        let (mut from, mut until) = (from, until.or(body.valid_until));
        // Some come later than the term begins, some leave before it ends.
        if body.owner.id != persona && scribe.dice.chance(200) {
            from = scribe.dice.day(from, from + Days::new(400));
        }
        if body.owner.id != persona && scribe.dice.chance(80) {
            until = Some(scribe.dice.day(from, until.unwrap_or(TODAY).min(TODAY)));
        }
        seat(scribe, territory, body, category, side, from, until);
        made.push(Seat { body: body.owner.id, is_members: category != "invited", from, until });
    }
}

fn seat(
    scribe: &mut Scribe,
    territory: &Territory,
    body: &Body,
    category: &'static str,
    side: Option<&'static str>,
    from: NaiveDate,
    until: Option<NaiveDate>,
) {
    let office = territory.office;
    let id = scribe.dice.id();
    scribe.sheets.seats.row(&[
        &id,
        &office.council.id,
        &body.owner.id,
        &category,
        &side,
        &"member",
        &from,
        &until,
        &office.province,
        &office.council.number,
        &"public",
        &true,
        &SOURCE,
        &UPDATED_AT,
    ]);
}
