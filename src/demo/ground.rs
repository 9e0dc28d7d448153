//! The real ground that the demonstration is built on, as the database holds it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Size;
use crate::access::persona::stable_id;

/// The regions of the small demonstration: Emilia-Romagna, Toscana, Lazio. Bologna lies between the first two.
const SMALL: [&str; 3] = ["08", "09", "12"];

/// A record's owner: its id and its number (see migration `organisations`).
#[derive(Clone, Copy)]
pub struct Owner {
    pub id: Uuid,
    pub number: i32,
}

/// A municipality in force today.
pub struct Town {
    pub code: String,
    pub name: String,
    pub cadastral_code: String,
    pub province: String,
    pub population: u32,
}

/// An office with its council and the territory that it is competent for today.
pub struct Office {
    pub owner: Owner,
    pub code: String,
    /// Short name, e.g. Bologna.
    pub name: String,
    pub council: Owner,
    pub province: String,
    pub region: String,
    pub is_region_capital: bool,
    /// Kind of its province as a local authority, e.g. `citta_metropolitana`.
    pub province_kind: String,
    /// The seat first, then by falling population.
    pub towns: Vec<Town>,
    pub population: u32,
    /// Positions in [`Ground::offices`] of those that border on it.
    pub neighbours: Vec<usize>,
}

/// All of it.
pub struct Ground {
    pub dlci: Owner,
    pub offices: Vec<Office>,
    /// First number that no organisation holds.
    pub next_number: i32,
    /// First number that no audience group holds.
    pub next_group: i32,
}

type OfficeRow = (Uuid, i32, String, String, Uuid, i32, String, String, String, String, bool);

impl Ground {
    /// Reads the ground; the reference data must be loaded.
    pub async fn read(connection: &mut PgConnection, size: Size) -> anyhow::Result<Self> {
        let rows: Vec<OfficeRow> = sqlx::query_as(
            r#"select o.id, o.number, o.office_code, coalesce(o.short_name, o.name), council.id, council.number,
                      o.province_code, o.municipality_code, region.name, province.kind,
                      (select cadastral_code from municipality where code = region.capital_code)
                        = (select cadastral_code from municipality where code = o.municipality_code)
               from organisation o
               join council c on c.office_id = o.id
               join organisation council on council.id = c.organisation_id
               join province on province.code = o.province_code
               join region on region.code = province.region_code
               where region.code = any($1) or $1 = '{}'
               order by o.office_code collate "C""#,
        )
        .bind(if size == Size::Small { SMALL.as_slice() } else { &[] })
        .fetch_all(&mut *connection)
        .await?;
        let mut towns = towns(connection).await?;
        let mut offices = Vec::with_capacity(rows.len());
        for (
            id,
            number,
            code,
            name,
            council,
            council_number,
            province,
            seat,
            region,
            province_kind,
            is_region_capital,
        ) in rows
        {
            let mut towns = towns.remove(&id).with_context(|| format!("{code} is competent for no municipality"))?;
            towns.sort_by_key(|town| (town.code != seat, std::cmp::Reverse(town.population)));
            offices.push(Office {
                owner: Owner { id, number },
                council: Owner { id: council, number: council_number },
                population: towns.iter().map(|town| town.population).sum(),
                neighbours: Vec::new(),
                code,
                name,
                province,
                region,
                is_region_capital,
                province_kind,
                towns,
            });
        }
        mark_neighbours(connection, &mut offices).await?;
        let dlci = stable_id("authority:DLCI");
        let (dlci_number, next_number, next_group) = sqlx::query_as(
            "select (select number from organisation where id = $1),
                    (select greatest(max(number) + 1, 10000) from organisation),
                    (select greatest(max(number) + 1, 1000000000) from audience_group)",
        )
        .bind(dlci)
        .fetch_one(connection)
        .await?;
        Ok(Self { dlci: Owner { id: dlci, number: dlci_number }, offices, next_number, next_group })
    }
}

/// The municipalities of today by the office competent today.
async fn towns(connection: &mut PgConnection) -> anyhow::Result<BTreeMap<Uuid, Vec<Town>>> {
    let rows: Vec<(Uuid, String, String, String, String, Option<i32>)> = sqlx::query_as(
        r#"select c.office_id, m.code, m.name, m.cadastral_code, m.province_code, m.population
           from office_competence c join municipality m on m.province_code = c.province_code
           where c.valid_until is null and m.valid_until is null
           order by m.code collate "C""#,
    )
    .fetch_all(connection)
    .await?;
    let mut towns = BTreeMap::<_, Vec<Town>>::new();
    for (office, code, name, cadastral_code, province, population) in rows {
        let population = population.unwrap_or(0).unsigned_abs();
        towns.entry(office).or_default().push(Town { code, name, cadastral_code, province, population });
    }
    Ok(towns)
}

async fn mark_neighbours(connection: &mut PgConnection, offices: &mut [Office]) -> anyhow::Result<()> {
    let positions: BTreeMap<String, usize> =
        offices.iter().enumerate().map(|(index, office)| (office.province.clone(), index)).collect();
    let borders: Vec<(String, String)> = sqlx::query_as(
        r#"select province_a, province_b from province_adjacency order by province_a collate "C", province_b collate "C""#,
    )
    .fetch_all(connection)
    .await?;
    for (a, b) in borders {
        if let (Some(&a), Some(&b)) = (positions.get(&a), positions.get(&b)) {
            offices[a].neighbours.push(b);
            offices[b].neighbours.push(a);
        }
    }
    Ok(())
}
