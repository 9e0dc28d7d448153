//! Organisations of every kind, with their contacts and register entries.

use chrono::NaiveDate;

use super::dice::Dice;
use super::ground::{Ground, Office, Owner, Town};
use super::identifiers::fiscal_code;
use super::names;
use super::scribe::{SOURCE, Scribe, UPDATED_AT, date};
use crate::access::persona::stable_id;

/// What a body is, finer than the kinds of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Region,
    Province,
    Town,
    Police,
    SchoolOffice,
    LabourInspectorate,
    Health,
    Insurance,
    AdultSchool,
    University,
    PublicService,
    Chamber,
    Workers,
    Employers,
    Foreigners,
    ThirdSector,
    Religious,
    Economic,
    Other,
}

impl Sort {
    /// Its kind in the graph.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Region | Self::Province | Self::Town => "local_authority",
            Self::Police
            | Self::SchoolOffice
            | Self::LabourInspectorate
            | Self::Health
            | Self::Insurance
            | Self::AdultSchool
            | Self::University
            | Self::PublicService => "public_body",
            Self::Workers | Self::Employers => "social_partner",
            Self::Foreigners => "foreigners_association",
            Self::ThirdSector => "third_sector_organisation",
            Self::Religious => "religious_body",
            Self::Chamber | Self::Economic => "economic_body",
            Self::Other => "other_organisation",
        }
    }

    /// There is one in each place at the most, or few; they are always public.
    fn is_institution(self) -> bool {
        self <= Self::Chamber && self != Self::PublicService
    }
}

/// Bodies of which a territory has a fixed number.
const INSTITUTIONS: [Sort; 16] = [
    Sort::Police,
    Sort::SchoolOffice,
    Sort::LabourInspectorate,
    Sort::Health,
    Sort::Insurance,
    Sort::Insurance,
    Sort::AdultSchool,
    Sort::Chamber,
    Sort::Workers,
    Sort::Workers,
    Sort::Workers,
    Sort::Employers,
    Sort::Employers,
    Sort::Employers,
    Sort::Religious,
    Sort::Town,
];

/// What the others are, by weight.
const OTHERS: [(Sort, u32); 6] = [
    (Sort::ThirdSector, 52),
    (Sort::Foreigners, 20),
    (Sort::PublicService, 8),
    (Sort::Economic, 8),
    (Sort::Religious, 6),
    (Sort::Other, 6),
];

const VISIBILITIES: [(&str, u32); 5] =
    [("public", 940), ("network", 30), ("territory", 15), ("institutional", 10), ("owner", 5)];

/// A generated organisation.
pub struct Body {
    pub owner: Owner,
    pub sort: Sort,
    pub province: String,
    pub town: String,
    pub visibility: &'static str,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
}

impl Body {
    /// Whether it exists throughout this period.
    pub fn lives(&self, from: NaiveDate, until: NaiveDate) -> bool {
        self.valid_from <= from && self.valid_until.is_none_or(|end| end >= until)
    }
}

/// An office's territory with its bodies.
pub struct Territory<'a> {
    pub office: &'a Office,
    pub bodies: Vec<Body>,
}

impl Territory<'_> {
    /// Its bodies of these sorts that everybody may know of.
    pub fn public(&self, sorts: &[Sort]) -> Vec<&Body> {
        self.bodies.iter().filter(|body| body.visibility == "public" && sorts.contains(&body.sort)).collect()
    }
}

/// The organisation of the persona `ong-bologna`.
pub const PERSONA: &str = "persona:ong-bologna";

/// Makes `total` organisations, shared out by the root of the territories' population.
pub fn make<'a>(scribe: &mut Scribe, ground: &'a Ground, total: u32) -> Vec<Territory<'a>> {
    let weights: Vec<u64> = ground.offices.iter().map(|office| office.population.isqrt().into()).collect();
    let sum: u64 = weights.iter().sum();
    let (mut reached, mut made) = (0, 0);
    ground
        .offices
        .iter()
        .zip(weights)
        .map(|(office, weight)| {
            reached += weight;
            let until = (u64::from(total) * reached / sum) as usize;
            let bodies = territory(scribe, office, until - made);
            made = until;
            Territory { office, bodies }
        })
        .collect()
}

fn territory(scribe: &mut Scribe, office: &Office, total: usize) -> Vec<Body> {
    let mut sorts = Vec::with_capacity(total);
    // The institutions exist once, however many countries are generated.
    if scribe.country == 0 {
        sorts.extend(INSTITUTIONS);
        sorts.extend(office.is_region_capital.then_some(Sort::Region));
        sorts.extend((office.code != "REG-AO").then_some(Sort::Province));
        sorts.extend((office.population > 400_000).then_some(Sort::University));
        let towns = (total / 4).min(office.towns.len()).saturating_sub(1);
        sorts.extend(std::iter::repeat_n(Sort::Town, towns));
        sorts.push(Sort::ThirdSector);
    }
    while sorts.len() < total {
        sorts.push(scribe.dice.weighted(&OTHERS));
    }
    let mut turns = [0; Sort::Other as usize + 1];
    let mut bodies = Vec::with_capacity(sorts.len());
    for sort in sorts {
        let turn = turns[sort as usize];
        turns[sort as usize] += 1;
        bodies.push(body(scribe, office, sort, turn));
    }
    bodies
}

/// `turn`: how many of this sort the territory has already.
fn body(scribe: &mut Scribe, office: &Office, sort: Sort, turn: usize) -> Body {
    let number = scribe.next_number();
    let is_persona = scribe.country == 0 && office.code == "PREF-BO" && sort == Sort::ThirdSector && turn == 0;
    let town = match sort {
        Sort::Town => &office.towns[turn],
        _ if sort.is_institution() || is_persona || turn == 0 || scribe.dice.chance(450) => &office.towns[0],
        _ => scribe.dice.pick_skewed(&office.towns),
    };
    let (form, runts_section) = match sort {
        Sort::Province => (province_form(&office.province_kind), None),
        _ => names::form(&mut scribe.dice, sort, turn),
    };
    let name = names::name(&mut scribe.dice, sort, form, &town.name, &office.name, &office.region);
    let visibility = if sort.is_institution() || turn == 0 { "public" } else { scribe.dice.weighted(&VISIBILITIES) };
    let (valid_from, valid_until) = life(&mut scribe.dice, sort, turn);
    let id = scribe.dice.id();
    let body = Body {
        owner: Owner { id: if is_persona { stable_id(PERSONA) } else { id }, number },
        sort,
        province: town.province.clone(),
        town: town.code.clone(),
        visibility,
        valid_from,
        valid_until,
    };
    let name = if is_persona { "Cooperativa sociale Ponte sul Reno".to_owned() } else { name };
    let runts_section = if is_persona { Some("imprese_sociali") } else { runts_section };
    write(scribe, &body, &name, is_persona.then_some("Ponte sul Reno"), runts_section, town);
    body
}

fn province_form(kind: &str) -> &'static str {
    match kind {
        "citta_metropolitana" => "Città metropolitana",
        "provincia_autonoma" => "Provincia autonoma",
        "libero_consorzio_comunale" => "Libero consorzio comunale",
        "unita_non_amministrativa" => "Ente di decentramento regionale",
        _ => "Provincia",
    }
}

fn life(dice: &mut Dice, sort: Sort, turn: usize) -> (NaiveDate, Option<NaiveDate>) {
    if sort.is_institution() || turn == 0 {
        return (date(2001, 1, 1), None);
    }
    let founded = if dice.chance(250) {
        dice.day(date(2015, 1, 1), date(2024, 12, 31))
    } else {
        dice.day(date(1980, 1, 1), date(2014, 12, 31))
    };
    let ended = dice.chance(30).then(|| dice.day(date(2025, 1, 1), date(2026, 10, 31)));
    (founded, ended)
}

fn write(
    scribe: &mut Scribe,
    body: &Body,
    name: &str,
    short_name: Option<&'static str>,
    runts_section: Option<&'static str>,
    town: &Town,
) {
    let Owner { id, number } = body.owner;
    let kind = body.sort.kind();
    let fiscal_code = fiscal_code(number);
    let trades = matches!(body.sort, Sort::Economic | Sort::Other) || runts_section == Some("imprese_sociali");
    let ipa_code = match body.sort {
        Sort::Town => Some(format!("c_{}", town.cadastral_code.to_lowercase())),
        Sort::Chamber => Some(format!("dm{number}")),
        _ if matches!(kind, "local_authority" | "public_body") => Some(format!("dm{number}")),
        _ => None,
    };
    let topic = scribe.topic();
    let description = runts_section.map(|_| {
        format!("Attività nel campo «{}» a favore di cittadini di Paesi terzi, con sede a {}.", topic.name, town.name)
    });
    scribe.sheets.organisations.row(&[
        &id,
        &number,
        &kind,
        &name,
        &short_name,
        &description,
        &fiscal_code,
        &trades.then(|| fiscal_code.clone()),
        &ipa_code,
        &runts_section.map(|_| format!("9{number:07}")),
        &runts_section,
        &body.province,
        &body.town,
        &body.valid_from,
        &body.valid_until,
        &body.visibility,
        &true,
        &SOURCE,
        &UPDATED_AT,
    ]);
    if scribe.dice.chance(700) {
        // Names under .invalid can never be anybody's address (RFC 2606).
        let contact = if scribe.dice.chance(850) { "network" } else { "institutional" };
        scribe.sheets.contacts.row(&[
            &id,
            &number,
            &format!("ente-{number}@example.invalid"),
            &format!("ente-{number}@pec.example.invalid"),
            &contact,
        ]);
    }
    if body.sort == Sort::ThirdSector {
        for (section, per_mille, visibility) in [(1_u32, 350, "public"), (2, 40, "institutional")] {
            if scribe.dice.chance(per_mille) {
                let registered = scribe.dice.day(body.valid_from.max(date(2002, 1, 1)), date(2024, 12, 31));
                let removed = scribe.dice.chance(80).then(|| scribe.dice.day(registered, date(2026, 10, 31)));
                let entry = format!("{section}/{number}/2099/DEMO");
                scribe.sheets.register.row(&[&id, &section, &entry, &registered, &removed, &visibility]);
            }
        }
    }
}
