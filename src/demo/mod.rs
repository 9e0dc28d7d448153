//! The demonstration: a synthetic network on the real ground.
//!
//! Everything that it writes is marked (`is_synthetic`, source `synthetic`), follows from the size and the seed alone
//! and is dated 2015–2026, told from 2026-11-24. It is written one country at a time, each in memory as COPY text:
//! memory does not grow with the multiple.

mod agreements;
mod bodies;
mod calls;
mod contributions;
mod councils;
mod dice;
mod events;
mod ground;
mod identifiers;
mod names;
mod plan_life;
mod plan_parts;
mod plans;
mod project_course;
mod project_work;
mod projects;
mod scribe;
mod sheets;
mod sitting_course;
mod sittings;
mod tables;
mod topics;

use std::str::FromStr;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::db::Database;
use crate::integration::reference;
use dice::Dice;
use ground::Ground;
use scribe::{Counters, Scribe};
use sheets::Sheets;

/// Name of this part in `data_load`.
const PART: &str = "demonstration";

/// How much synthetic data there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Three regions, about 1,500 organisations.
    Small,
    /// The whole country so many times: each time about 20,000 organisations and 5,000 projects.
    /// The institutions and the councils' seats exist once.
    National(u32),
}

impl Size {
    fn countries(self) -> u32 {
        match self {
            Self::Small => 1,
            Self::National(times) => times,
        }
    }

    /// Organisations of one country.
    fn organisations(self) -> u32 {
        match self {
            Self::Small => 1_500,
            Self::National(_) => 20_000,
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let times = |text: &str| text.strip_suffix('x')?.parse().ok().filter(|times| (1..=100).contains(times));
        match text {
            "small" => Ok(Self::Small),
            "national" => Ok(Self::National(1)),
            _ => times(text).map(Self::National).ok_or_else(|| "small, national, or 2x to 100x".into()),
        }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Small => f.write_str("small"),
            Self::National(1) => f.write_str("national"),
            Self::National(times) => write!(f, "{times}x"),
        }
    }
}

/// What a load came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// This demonstration was there already: nothing was touched.
    Before,
    /// So many rows were written.
    Now { rows: u64 },
}

/// Loads the demonstration, after the reference data: all of it or nothing.
///
/// `progress` is told the part that is done, in thousandths. Fails when the database holds a demonstration of another
/// size or seed, with a message that says how to start anew.
pub async fn load(
    database: &Database,
    size: Size,
    seed: u64,
    mut progress: impl FnMut(u64) + Send,
) -> anyhow::Result<Loaded> {
    let mut connection = database.maintenance().await?;
    reference::load(&mut connection).await?;
    let edition = format!("{size}, seed {seed}");
    let mut transaction = connection.begin().await?;
    // Two hubs may start at once: the second waits here, then finds the work done.
    transaction.execute("lock table data_load in share row exclusive mode").await?;
    match reference::loaded_edition(&mut transaction, PART).await? {
        Some(held) if held == edition => return Ok(Loaded::Before),
        Some(held) => anyhow::bail!(
            "this database holds the demonstration \"{held}\", not \"{edition}\"; for another one start on a new data \
             directory (RACCORDO_DATA_DIR) or an empty database (DATABASE_URL)"
        ),
        None => {}
    }
    let lifted = sheets::lift_force(&mut transaction).await?;
    let rows = write(&mut transaction, size, seed, &mut progress).await?;
    sheets::restore_force(&mut transaction, &lifted).await?;
    reference::note_edition(&mut transaction, PART, &edition).await?;
    transaction.commit().await?;
    let analyze = format!("analyze {}", Sheets::TABLES.join(", "));
    connection.execute(sqlx::raw_sql(AssertSqlSafe(analyze))).await?;
    Ok(Loaded::Now { rows })
}

async fn write(
    connection: &mut PgConnection,
    size: Size,
    seed: u64,
    progress: &mut (impl FnMut(u64) + Send),
) -> anyhow::Result<u64> {
    let ground = Ground::read(connection, size).await?;
    let steps = u64::from(size.countries()) * Sheets::TABLES.len() as u64;
    let (mut rows, mut done) = (0, 0);
    let mut counters = first_numbers(&ground);
    let mut sheets = Sheets::new();
    for country in 0..size.countries() {
        let (dice, beside) = (Dice::new(seed, country), Dice::beside(seed, country));
        let mut scribe = Scribe { country, dice, beside, sheets, counters };
        generate(&mut scribe, &ground, size);
        Scribe { sheets, counters, .. } = scribe;
        let after_table = || {
            done += 1;
            progress(done * 1000 / steps);
        };
        rows += sheets.empty_into(connection, after_table).await?;
    }
    // What is added later by hand goes on after the generated numbers.
    connection
        .execute(
            "select setval(pg_get_serial_sequence('organisation', 'number'), max(number)) from organisation;
             select setval(pg_get_serial_sequence('audience_group', 'number'), max(number)) from audience_group
             having max(number) is not null",
        )
        .await?;
    Ok(rows)
}

fn first_numbers(ground: &Ground) -> Counters {
    Counters {
        organisation: ground.next_number,
        group: ground.next_group,
        project: 0,
        contract: 0,
        call: 0,
        agreement: 0,
        event: events::FIRST,
    }
}

/// One country: every sheet filled.
fn generate(scribe: &mut Scribe, ground: &Ground, size: Size) {
    let territories = bodies::make(scribe, ground, size.organisations());
    // The councils, like the institutions, exist once.
    let seats = if scribe.country == 0 { councils::make(scribe, &territories) } else { Vec::new() };
    let sittings = if scribe.country == 0 { sittings::call(scribe, &territories) } else { Vec::new() };
    let calls = calls::make(scribe, ground, &territories);
    let (interventions, plans) = plans::make(scribe, &territories, &sittings);
    let context = projects::Context { ground, territories: &territories, calls: &calls, interventions: &interventions };
    projects::make(scribe, &context);
    agreements::make(scribe, &territories);
    for (index, seats) in seats.iter().enumerate() {
        sittings::hold(scribe, &territories[index], seats, &sittings[index], &plans[index]);
        tables::make(scribe, &territories[index], seats);
    }
    contributions::make(scribe, &territories, &plans);
    agreements::being_signed(scribe, &territories);
}
