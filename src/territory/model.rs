//! Territorial units and the period in which something holds.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{columns, text_enum};

/// The days in which something holds, both included; an open end is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Validity {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl Validity {
    pub fn new(from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        Self { from, until }
    }

    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.days_to(day) == 0
    }

    /// How many days lie between the period and that day; 0 for a day in it.
    pub fn days_to(&self, day: NaiveDate) -> i64 {
        let before = self.from.map_or(0, |from| (from - day).num_days());
        let after = self.until.map_or(0, |until| (day - until).num_days());
        before.max(after).max(0)
    }
}

text_enum! {
    /// Kind of a region's statute [statuto].
    pub enum RegionStatute {
        /// Ordinary statute [statuto ordinario].
        Ordinary = "ordinary",
        /// Special statute [statuto speciale].
        Special = "special",
    }
}

text_enum! {
    /// Kind of a supra-municipal unit [unità territoriale sovracomunale].
    pub enum ProvinceKind {
        /// Province [provincia].
        Province = "provincia",
        /// Metropolitan city [città metropolitana].
        MetropolitanCity = "citta_metropolitana",
        /// Autonomous province of Trento or Bolzano [provincia autonoma].
        AutonomousProvince = "provincia_autonoma",
        /// Free consortium of municipalities, in Sicily [libero consorzio comunale].
        FreeConsortium = "libero_consorzio_comunale",
        /// Unit without a body of its own, as in Friuli-Venezia Giulia [unità non amministrativa].
        NonAdministrativeUnit = "unita_non_amministrativa",
    }
}

columns! {
    /// A region.
    pub struct RegionRow as "r" {
        code: String,
        name: String,
        statute: RegionStatute,
        nuts2: String,
        macro_area: String,
        capital_code: String,
        population: Option<i32>,
    }
}

columns! {
    /// A province or a unit of the same tier.
    pub struct ProvinceRow as "p" {
        code: String,
        node_id: Uuid,
        uts_code: String,
        name: String,
        abbreviation: String,
        is_abbreviation_provisional: bool,
        region_code: String,
        kind: ProvinceKind,
        nuts3: Option<String>,
        population: Option<i32>,
        area_km2: Decimal,
        valid_from: Option<NaiveDate>,
        valid_until: Option<NaiveDate>,
    }
}

columns! {
    /// A municipality.
    pub struct MunicipalityRow as "m" {
        code: String,
        name: String,
        other_language_name: Option<String>,
        cadastral_code: String,
        province_code: String,
        is_province_capital: bool,
        population: Option<i32>,
        latitude: f64,
        longitude: f64,
        area_km2: Decimal,
        valid_from: Option<NaiveDate>,
        valid_until: Option<NaiveDate>,
    }
}

impl ProvinceRow {
    pub fn validity(&self) -> Validity {
        Validity::new(self.valid_from, self.valid_until)
    }
}

impl MunicipalityRow {
    pub fn validity(&self) -> Validity {
        Validity::new(self.valid_from, self.valid_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_validity_are_included() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let validity = Validity::new(Some(day("2016-01-01")), Some(day("2025-12-31")));
        assert!(validity.holds_on(day("2016-01-01")) && validity.holds_on(day("2025-12-31")));
        assert!(!validity.holds_on(day("2015-12-31")) && !validity.holds_on(day("2026-01-01")));
        assert!(Validity::default().holds_on(day("1999-01-01")));
    }
}
