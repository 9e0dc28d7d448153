use anyhow::Context as _;
use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

/// Shown wherever the data are shown.
pub const ATTRIBUTION: &str = "Dati ISTAT (CC BY). Confini: elaborazione Openpolis su dati ISTAT (CC BY 4.0).";

/// The files of `data/reference`, inside the program: tables as CSV, boundaries as TopoJSON.
#[derive(RustEmbed)]
#[folder = "data/reference"]
pub struct Files;

/// Every row of one of the tables.
pub fn table<Row: DeserializeOwned>(name: &str) -> anyhow::Result<Vec<Row>> {
    let file = Files::get(name).with_context(|| format!("{name} is not part of this program"))?;
    csv::Reader::from_reader(file.data.as_ref())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .with_context(|| name.to_owned())
}
