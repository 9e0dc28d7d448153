use async_graphql::{ComplexObject, Enum, ID, SimpleObject};
use serde::Deserialize;

use super::municipality::Municipality;
use crate::data::several;

/// A desk where people are helped [sportello].
#[derive(Deserialize, SimpleObject)]
#[graphql(name = "ServiziDesk", complex, tag = "public")]
pub struct Desk {
    /// Id within the directory, e.g. `bo-01`.
    pub id: ID,
    /// Name [denominazione].
    name: String,
    /// What people are helped with [ambiti].
    #[serde(deserialize_with = "several")]
    pub topics: Vec<Topic>,
    /// Languages spoken there, as ISO 639-1 codes [lingue].
    #[serde(deserialize_with = "several")]
    pub languages: Vec<String>,
    /// Street and number [indirizzo].
    address: String,
    /// When it is open, as people write it [orari].
    opening_hours: String,
    /// ISTAT code of its municipality.
    #[graphql(skip)]
    pub municipality: String,
}

#[ComplexObject]
impl Desk {
    /// Its municipality [comune].
    async fn municipality(&self) -> Option<Municipality> {
        Some(Municipality { code: self.municipality.clone(), population: None })
    }
}

/// What a desk helps with [ambito].
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
#[graphql(name = "ServiziTopic", tag = "public")]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Residence permits: issue and renewal [permesso di soggiorno].
    ResidencePermits,
    /// Work and training [lavoro e formazione].
    Work,
    /// Access to health care [salute].
    Health,
    /// Finding and keeping a home [abitare].
    Housing,
    /// Courses of Italian [lingua italiana].
    Language,
    /// Legal help [orientamento legale].
    LegalHelp,
    /// School and families [scuola e famiglie].
    School,
}
