//! Times in the settings.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// Of an operation or a statement.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let time = time(deserializer)?.filter(|time| (Duration::from_millis(1)..=Duration::from_secs(3600)).contains(time));
    time.ok_or_else(|| serde::de::Error::custom("not a time from 1ms to 60min, e.g. 10s, 500ms or 2min"))
}

/// Of a browser session.
pub(super) fn session_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let range = Duration::from_secs(60)..=Duration::from_secs(30 * 86_400);
    let time = time(deserializer)?.filter(|time| range.contains(time));
    time.ok_or_else(|| serde::de::Error::custom("not a time from 1min to 720h, e.g. 30min or 12h"))
}

/// `10s`, `500ms`, `2min`, `12h`; a bare number is seconds.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Seconds(u64),
        Text(String),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::Seconds(seconds) => Some(Duration::from_secs(seconds)),
        Given::Text(text) => {
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let (number, unit) = text.split_at(digits);
            let milliseconds = match unit.trim() {
                "ms" => Some(1),
                "s" | "" => Some(1_000),
                "min" => Some(60_000),
                "h" => Some(3_600_000),
                _ => None,
            };
            let number = number.parse::<u64>().ok();
            milliseconds.zip(number).and_then(|(unit, number)| number.checked_mul(unit)).map(Duration::from_millis)
        }
    })
}

/// A whole number of days.
pub(super) fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let days = u64::deserialize(deserializer)?;
    let days = (30..=36_500).contains(&days).then_some(days);
    let days = days.ok_or_else(|| serde::de::Error::custom("not a number of days from 30 to 36500"))?;
    Ok(Some(Duration::from_secs(days * 86_400)))
}
