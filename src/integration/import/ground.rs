//! The reference data that cells name: provinces, municipalities and councils, in memory.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::columns::fold;
use super::store;

/// A province, and whether it is in force today.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Province {
    pub code: String,
    pub name: String,
    pub abbreviation: String,
    pub in_force: bool,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Municipality {
    pub code: String,
    pub name: String,
    pub other_language_name: Option<String>,
    pub cadastral_code: String,
    pub province_code: String,
}

/// A council with what may name it: the province it is for, those that its office is competent for, its office's code.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Council {
    pub id: Uuid,
    pub number: i32,
    pub province_code: String,
    pub office_code: String,
    pub provinces: Vec<String>,
}

/// A place that a project works in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub province: String,
    /// Empty for the whole province.
    pub municipality: String,
}

pub struct Ground {
    provinces: HashMap<String, Province>,
    /// By folded name or abbreviation; of two with one name the one in force.
    province_names: HashMap<String, String>,
    municipalities: HashMap<String, Municipality>,
    cadastral: HashMap<String, String>,
    /// By province and folded name.
    municipality_names: HashMap<(String, String), String>,
    councils: Vec<Council>,
}

impl Ground {
    pub async fn load(connection: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Self> {
        let mut provinces = store::provinces(connection, today).await?;
        provinces.sort_by_key(|province| province.in_force);
        let names = provinces.iter().flat_map(|province| {
            [&province.name, &province.abbreviation].map(|name| (fold(name), province.code.clone()))
        });
        let province_names = names.collect();
        let municipalities = store::municipalities(connection).await?;
        let cadastral = municipalities.iter().map(|it| (it.cadastral_code.clone(), it.code.clone())).collect();
        let municipality_names = municipalities
            .iter()
            .flat_map(|it| {
                let names = [Some(&it.name), it.other_language_name.as_ref()].into_iter().flatten();
                names.map(|name| ((it.province_code.clone(), fold(name)), it.code.clone()))
            })
            .collect();
        Ok(Self {
            province_names,
            provinces: provinces.into_iter().map(|province| (province.code.clone(), province)).collect(),
            cadastral,
            municipality_names,
            municipalities: municipalities.into_iter().map(|it| (it.code.clone(), it)).collect(),
            councils: store::councils(connection, today).await?,
        })
    }

    /// By ISTAT code, with or without its zeros, by abbreviation or name.
    pub fn province(&self, text: &str) -> Option<&str> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 3 {
            return self.provinces.get(&format!("{text:0>3}")).map(|province| province.code.as_str());
        }
        self.province_names.get(&fold(text)).map(String::as_str)
    }

    /// By ISTAT code, with or without its zero, by cadastral code, or by name within a province.
    pub fn municipality(&self, text: &str, province: Option<&str>) -> Option<&Municipality> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.municipalities.get(&format!("{text:0>6}"));
        }
        let by_cadastral = || self.cadastral.get(&text.to_ascii_uppercase());
        let by_name = |province: &str| self.municipality_names.get(&(province.to_owned(), fold(text)));
        let code = province.and_then(by_name).or_else(by_cadastral)?;
        self.municipalities.get(code)
    }

    /// A province, or a municipality by code.
    pub fn place(&self, text: &str) -> Option<Place> {
        if let Some(province) = self.province(text) {
            return Some(Place { province: province.into(), municipality: String::new() });
        }
        let municipality = self.municipality(text, None)?;
        Some(Place { province: municipality.province_code.clone(), municipality: municipality.code.clone() })
    }

    /// By its office's code or a province.
    pub fn council(&self, text: &str) -> Option<&Council> {
        let by_office = self.councils.iter().find(|council| council.office_code.eq_ignore_ascii_case(text));
        by_office.or_else(|| {
            let province = self.province(text)?;
            let of_province = self.councils.iter().find(|council| council.province_code == province);
            of_province
                .or_else(|| self.councils.iter().find(|council| council.provinces.iter().any(|it| it == province)))
        })
    }
}
