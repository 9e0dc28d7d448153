//! Territory [territorio]: regions, provinces and municipalities, each with its validity.
//!
//! Wholly public reference data (ISTAT), kept in memory: naming a province costs no SQL. Provinces changed
//! with the Sardinian reform (107 until 2025-12-31, 110 from 2026-01-01), so every question has a date.
//! Tables owned: `region`, `province`, `municipality`, `province_adjacency`.

pub mod model;
pub mod query;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::hub::Reference;
use model::{MunicipalityRow, ProvinceRow, RegionRow};

/// The whole territory, indexed.
pub struct Territory {
    pub regions: Vec<Arc<RegionRow>>,
    /// By code; of every date.
    pub provinces: Vec<Arc<ProvinceRow>>,
    provinces_by_code: HashMap<String, Arc<ProvinceRow>>,
    municipalities: HashMap<String, Arc<MunicipalityRow>>,
    municipalities_of: HashMap<String, Vec<Arc<MunicipalityRow>>>,
    neighbours: HashMap<String, Vec<String>>,
}

impl Reference for Territory {
    const TABLES: &'static [&'static str] = &["region", "province", "municipality", "province_adjacency"];

    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let regions = store::regions(connection).await?;
        let provinces = store::provinces(connection).await?;
        let mut municipalities = HashMap::new();
        let mut municipalities_of: HashMap<String, Vec<_>> = HashMap::new();
        for municipality in store::municipalities(connection).await? {
            municipalities_of.entry(municipality.province_code.clone()).or_default().push(municipality.clone());
            municipalities.insert(municipality.code.clone(), municipality);
        }
        let mut neighbours: HashMap<String, Vec<String>> = HashMap::new();
        for (a, b) in store::adjacency(connection).await? {
            neighbours.entry(a.clone()).or_default().push(b.clone());
            neighbours.entry(b).or_default().push(a);
        }
        let provinces_by_code = provinces.iter().map(|province| (province.code.clone(), province.clone())).collect();
        Ok(Self { regions, provinces, provinces_by_code, municipalities, municipalities_of, neighbours })
    }
}

impl Territory {
    pub fn region(&self, code: &str) -> Option<Arc<RegionRow>> {
        self.regions.iter().find(|region| region.code == code).cloned()
    }

    pub fn province(&self, code: &str) -> Option<Arc<ProvinceRow>> {
        self.provinces_by_code.get(code).cloned()
    }

    /// The province that bears this abbreviation [sigla] on that day.
    pub fn province_by_abbreviation(&self, abbreviation: &str, day: NaiveDate) -> Option<Arc<ProvinceRow>> {
        let named = |province: &&Arc<ProvinceRow>| province.abbreviation.eq_ignore_ascii_case(abbreviation);
        self.provinces.iter().filter(named).find(|province| province.validity().holds_on(day)).cloned()
    }

    /// A province as people name it: its ISTAT code or its abbreviation.
    pub fn province_named(&self, name: &str, day: NaiveDate) -> Option<Arc<ProvinceRow>> {
        self.province(name).or_else(|| self.province_by_abbreviation(name, day))
    }

    /// Codes of a region's provinces, of every date.
    pub fn province_codes_of_region(&self, region: &str) -> Vec<String> {
        self.provinces
            .iter()
            .filter(|province| province.region_code == region)
            .map(|province| province.code.clone())
            .collect()
    }

    /// Codes of the provinces that a filter means; `None` where it names no place. An unknown place has no provinces.
    pub fn codes_within(&self, province: Option<&str>, region: Option<&str>, day: NaiveDate) -> Option<Vec<String>> {
        let of_province =
            province.map(|name| Vec::from_iter(self.province_named(name, day).map(|found| found.code.clone())));
        match (of_province, region.map(|code| self.province_codes_of_region(code))) {
            (Some(province), Some(region)) => Some(province.into_iter().filter(|code| region.contains(code)).collect()),
            (province, region) => province.or(region),
        }
    }

    pub fn municipality(&self, code: &str) -> Option<Arc<MunicipalityRow>> {
        self.municipalities.get(code).cloned()
    }

    /// The municipality that bears this cadastral code [codice catastale] on that day.
    pub fn municipality_by_cadastral_code(&self, cadastral_code: &str, day: NaiveDate) -> Option<Arc<MunicipalityRow>> {
        let named =
            |municipality: &&Arc<MunicipalityRow>| municipality.cadastral_code.eq_ignore_ascii_case(cadastral_code);
        self.municipalities.values().filter(named).find(|municipality| municipality.validity().holds_on(day)).cloned()
    }

    /// A province's municipalities of every date, by name.
    pub fn municipalities_of(&self, province: &str) -> &[Arc<MunicipalityRow>] {
        self.municipalities_of.get(province).map_or(&[], Vec::as_slice)
    }

    /// Codes of the provinces that share a land border with this one, of every date.
    pub fn neighbours(&self, province: &str) -> &[String] {
        self.neighbours.get(province).map_or(&[], Vec::as_slice)
    }
}
