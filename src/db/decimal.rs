//! Decimal numbers in rows that are read and written as JSON: PostgreSQL writes numbers, and takes texts, which lose nothing.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, Visitor};
use serde::{Deserializer, Serializer};

/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&value.normalize())
}

/// # Errors
/// What is no decimal number.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    deserializer.deserialize_any(Written)
}

struct Written;

impl Visitor<'_> for Written {
    type Value = Decimal;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a decimal number")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Decimal, E> {
        Ok(number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Decimal, E> {
        Ok(number.into())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Decimal, E> {
        // The shortest text that means this number is the one that was written.
        self.visit_str(&number.to_string())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        text.parse().map(|value: Decimal| value.normalize()).map_err(E::custom)
    }
}

/// The same for a number that may be missing.
pub mod optional {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer};

    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// # Errors
    /// What is no decimal number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
        #[derive(Deserialize)]
        struct Given(#[serde(with = "super")] Decimal);
        Ok(Option::<Given>::deserialize(deserializer)?.map(|given| given.0))
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Row {
        #[serde(with = "super")]
        amount: Decimal,
        #[serde(with = "super::optional")]
        share: Option<Decimal>,
    }

    #[test]
    fn numbers_and_texts_are_read_without_loss_and_written_as_texts() {
        let json = r#"{ "amount": 123456789012.34, "share": "0.10" }"#;
        let row: Row = serde_json::from_str(json).unwrap();
        assert_eq!(row.amount.to_string(), "123456789012.34");
        assert_eq!(serde_json::to_string(&row).unwrap(), r#"{"amount":"123456789012.34","share":"0.1"}"#);
        let none: Row = serde_json::from_str(r#"{ "amount": 5, "share": null }"#).unwrap();
        assert_eq!((none.amount, none.share), (Decimal::from(5), None));
    }
}
