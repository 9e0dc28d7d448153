//! Regions, provinces, municipalities and which provinces border on each other.
//!
//! The Sardinian reform took force on 2026-01-01: five provinces and the codes of 377 municipalities ended the day
//! before, eight provinces and new codes began. Both generations are kept, each with its validity.

use std::collections::HashMap;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::files::table;
use super::upsert::upsert;
use crate::access::persona::stable_id;

/// First day of the Sardinian reform.
pub const REFORM: &str = "2026-01-01";
/// Last day before it.
pub const BEFORE_REFORM: &str = "2025-12-31";

#[derive(Deserialize)]
struct Region {
    istat_code: String,
    name: String,
    statute: String,
    nuts2_2024: String,
    ripartizione: String,
    capital_istat: String,
    population_2023: Option<i32>,
}

#[derive(Deserialize)]
struct Province {
    istat_code: String,
    uts_code: String,
    name: String,
    sigla: String,
    /// Only in the table of 2026.
    sigla_status: Option<String>,
    region_istat: String,
    /// Only in the table of 2024.
    nuts3_2024: Option<String>,
    uts_type: String,
    population_2023: Option<i32>,
    area_km2_approx: f64,
}

impl Province {
    fn row(&self, valid_from: Option<&str>, valid_until: Option<&str>) -> Value {
        json!({
            "code": self.istat_code,
            "node_id": stable_id(&format!("province:{}", self.istat_code)),
            "uts_code": self.uts_code,
            "name": self.name,
            "abbreviation": self.sigla,
            "is_abbreviation_provisional": self.sigla_status.as_deref().is_some_and(|status| status != "established"),
            "region_code": self.region_istat,
            "kind": self.uts_type,
            "nuts3": self.nuts3_2024,
            "population": self.population_2023,
            "area_km2": self.area_km2_approx,
            "valid_from": valid_from,
            "valid_until": valid_until,
        })
    }
}

#[derive(Deserialize)]
struct Municipality {
    istat_code: String,
    name: String,
    name_other_language: Option<String>,
    province_istat: String,
    cadastral_code: String,
    is_province_capital: bool,
    istat_code_2026: String,
    province_istat_2026: String,
    population_2023: Option<i32>,
    lat: f64,
    lon: f64,
    area_km2_approx: f64,
}

impl Municipality {
    fn row(&self, code: &str, province: &str, valid_from: Option<&str>, valid_until: Option<&str>) -> Value {
        json!({
            "code": code,
            "name": self.name,
            "other_language_name": self.name_other_language,
            "cadastral_code": self.cadastral_code,
            "province_code": province,
            "is_province_capital": self.is_province_capital,
            "population": self.population_2023,
            "latitude": self.lat,
            "longitude": self.lon,
            "area_km2": self.area_km2_approx,
            "valid_from": valid_from,
            "valid_until": valid_until,
        })
    }
}

#[derive(Deserialize)]
struct Border {
    province_a: String,
    province_b: String,
}

pub async fn load(connection: &mut PgConnection) -> anyhow::Result<()> {
    let regions = table::<Region>("regions.csv")?;
    upsert(connection, "region", "code", regions.iter().map(region_row).collect()).await?;
    upsert(connection, "province", "code", provinces()?).await?;
    upsert(connection, "municipality", "code", municipalities()?).await?;
    let mut borders = table::<Border>("province_adjacency.csv")?;
    borders.extend(table::<Border>("province_adjacency_2026.csv")?);
    let borders = borders
        .iter()
        .map(|Border { province_a, province_b }| json!({"province_a": province_a, "province_b": province_b}));
    upsert(connection, "province_adjacency", "province_a, province_b", borders.collect()).await
}

fn region_row(region: &Region) -> Value {
    json!({
        "code": region.istat_code,
        "name": region.name,
        "statute": region.statute,
        "nuts2": region.nuts2_2024,
        "macro_area": region.ripartizione,
        "capital_code": region.capital_istat,
        "population": region.population_2023,
    })
}

fn provinces() -> anyhow::Result<Vec<Value>> {
    let before = table::<Province>("provinces.csv")?;
    let after = table::<Province>("provinces_2026.csv")?;
    let after: HashMap<&str, &Province> =
        after.iter().map(|province| (province.istat_code.as_str(), province)).collect();
    let mut rows: Vec<Value> = before
        .iter()
        .map(|province| {
            let continues = after.contains_key(province.istat_code.as_str());
            province.row(None, (!continues).then_some(BEFORE_REFORM))
        })
        .collect();
    let known: Vec<&str> = before.iter().map(|province| province.istat_code.as_str()).collect();
    let mut new: Vec<&&Province> =
        after.values().filter(|province| !known.contains(&province.istat_code.as_str())).collect();
    new.sort_by_key(|province| &province.istat_code);
    rows.extend(new.iter().map(|province| province.row(Some(REFORM), None)));
    Ok(rows)
}

fn municipalities() -> anyhow::Result<Vec<Value>> {
    let mut rows = Vec::new();
    for municipality in table::<Municipality>("municipalities.csv").context("municipalities")? {
        let Municipality { istat_code, province_istat, istat_code_2026, province_istat_2026, .. } = &municipality;
        if istat_code == istat_code_2026 {
            rows.push(municipality.row(istat_code, province_istat, None, None));
        } else {
            rows.push(municipality.row(istat_code, province_istat, None, Some(BEFORE_REFORM)));
            rows.push(municipality.row(istat_code_2026, province_istat_2026, Some(REFORM), None));
        }
    }
    Ok(rows)
}

/// The municipality that carries this code from 2026 on, for a code of before.
pub fn codes_of_today() -> anyhow::Result<HashMap<String, (String, String)>> {
    Ok(table::<Municipality>("municipalities.csv")?
        .into_iter()
        .map(|row| (row.istat_code, (row.istat_code_2026, row.province_istat_2026)))
        .collect())
}
