//! Records from the CSV files beside the code, found by what they are known by.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

/// Reads every line of a file.
///
/// # Errors
/// Names the line that is no such record.
pub fn read<T: DeserializeOwned>(csv: &str) -> anyhow::Result<Vec<Arc<T>>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(|record| record.map(Arc::new).context("the data that the program carries")).collect()
}

/// Several values in one column, between bars.
pub fn several<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let value = |text| T::deserialize(StrDeserializer::<Error>::new(text)).map_err(D::Error::custom);
    text.split('|').map(value).collect()
}

/// Records by a key, made once: a router asks for many keys at a time, and none of them is looked for in a list.
pub struct Index<T>(HashMap<String, Vec<Arc<T>>>);

impl<T> Index<T> {
    pub fn new(records: &[Arc<T>], key: impl Fn(&T) -> Option<&str>) -> Self {
        let mut index = HashMap::<String, Vec<Arc<T>>>::new();
        for record in records {
            if let Some(key) = key(record) {
                index.entry(key.to_owned()).or_default().push(record.clone());
            }
        }
        Self(index)
    }

    /// The records with this key, in the order of the file.
    pub fn get(&self, key: &str) -> &[Arc<T>] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}
