//! Scalars with a stated form.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// A day, `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(pub chrono::NaiveDate);

impl Date {
    /// Reads a day that is written exactly so, and lies between 1900-01-01 and 2200-12-31.
    pub fn written(text: &str) -> Option<Self> {
        let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        // What is read is also written with a sign or with blanks.
        let exact = (1900..=2200).contains(&chrono::Datelike::year(&date)) && date.to_string() == text;
        exact.then_some(Self(date))
    }
}

/// Whether a text is an instant as RFC 3339 writes it, in a year that [`Date`] may have.
pub fn is_instant(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text)
        .is_ok_and(|instant| (1900..=2200).contains(&chrono::Datelike::year(&instant)))
}

/// A day of the Gregorian calendar, `YYYY-MM-DD`, between 1900-01-01 and 2200-12-31.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        if let Value::String(text) = &value
            && let Some(date) = Self::written(text)
        {
            return Ok(date);
        }
        Err(InputValueError::custom("a day is written YYYY-MM-DD, between 1900-01-01 and 2200-12-31"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// Euros with cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Euro(pub rust_decimal::Decimal);

/// An amount of money in euros, a decimal number written as text with two decimals: `"400000.00"`.
#[Scalar(name = "Euro", specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for Euro {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        match text.parse::<rust_decimal::Decimal>() {
            Ok(amount) if amount.scale() <= 2 && amount.abs() < rust_decimal::Decimal::from(1_000_000_000_000_i64) => {
                Ok(Self(amount))
            }
            _ => Err(InputValueError::custom("an amount has at most two decimals and twelve digits before them")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(format!("{:.2}", self.0))
    }
}
