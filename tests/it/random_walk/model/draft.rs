//! How inputs are written down in rows, and what must hold of them.

use serde_json::{Value, json};

use super::record::{Row, text};
use super::{Asked, Outcome, Refused, refused};

/// `periodFrom` as `period_from`.
pub fn column(field: &str) -> String {
    field.chars().fold(String::new(), |text, letter| {
        if letter.is_uppercase() { text + "_" + &letter.to_lowercase().to_string() } else { text + &letter.to_string() }
    })
}

/// A text without the blanks around it; nothing where there is nothing else.
pub fn clean(value: Option<&Value>) -> Value {
    let text = value.and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    text.map_or(Value::Null, |text| json!(text))
}

/// An amount, given as a text.
pub fn amount(value: Option<&Value>) -> Value {
    value.and_then(Value::as_str).map_or(Value::Null, |text| json!(text.parse::<f64>().expect("an amount")))
}

/// What is given for a field that may be missing, as it is written down.
pub fn given(value: Option<&Value>, is_money: bool) -> Value {
    match value {
        Some(value) if is_money => amount(Some(value)),
        Some(Value::String(text)) if text.contains(':') => json!(super::key_of(text)),
        Some(Value::String(_)) => clean(value),
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

/// Writes down what an input gives for these fields: what is left out stays, what is null is cleared.
pub fn put(row: &mut Row, args: &Value, fields: &[&str]) {
    for field in fields {
        if let Some(value) = args.get(field) {
            let is_money = MONEY.contains(field);
            row.insert(column(field), given(Some(value), is_money));
        }
    }
}

const MONEY: &[&str] = &["budget", "requestedFunding", "totalCost", "publicFunding", "amount", "budgetShare"];

/// Writes down texts that must be there, where they are given.
pub fn put_lines(row: &mut Row, args: &Value, fields: &[&str]) {
    for field in fields {
        if let Some(Value::String(text)) = args.get(field) {
            row.insert(column(field), json!(text.trim()));
        }
    }
}

/// Whether texts that must be there are.
pub fn has_lines(row: &Row, columns: &[&str]) -> bool {
    columns.iter().all(|column| !text(row, column).trim().is_empty())
}

/// Whether one day does not come after the other, where both are known.
pub fn in_order(from: &str, until: &str) -> bool {
    from.is_empty() || until.is_empty() || from <= until
}

/// A day so many years later.
pub fn years_after(day: &str, years: i32) -> String {
    let year: i32 = day[..4].parse().expect("a year");
    format!("{}{}", year + years, &day[4..])
}

/// The day of a step: today unless another is given, not in the future and not before the step that it follows.
pub fn day_of(asked: &Asked, after: &str) -> Outcome<String> {
    let day = if asked.text("on").is_empty() { super::TODAY } else { asked.text("on") };
    if day > super::TODAY {
        return refused("DAY_IN_FUTURE");
    }
    if day < after {
        return refused("DAY_TOO_EARLY");
    }
    Ok(day.into())
}

/// A long text that must be there.
pub fn required(asked: &Asked, field: &str) -> Outcome<Value> {
    match clean(asked.arg(field)) {
        Value::Null => refused("LINE_REQUIRED"),
        text => Ok(text),
    }
}

/// Puts a row at its place among its like, 1 being the first; all are numbered anew.
pub fn place(rows: &mut Vec<Row>, row: Row, ordinal: Option<i64>) {
    let known = rows.iter().position(|known| known["id"] == row["id"]);
    if let Some(known) = known {
        rows.remove(known);
    }
    let wanted = ordinal.map(|ordinal| (ordinal.max(1) - 1) as usize).or(known).unwrap_or(rows.len());
    rows.insert(wanted.min(rows.len()), row);
    number(rows);
}

/// Numbers rows from 1.
pub fn number(rows: &mut [Row]) {
    for (row, ordinal) in rows.iter_mut().zip(1..) {
        row.insert("ordinal".into(), json!(ordinal));
    }
}

/// The row that an argument names; none is named where a new one is meant.
pub fn known(rows: &[Row], asked: &Asked, name: &str) -> Outcome<Option<Row>> {
    let Some(id) = asked.id(name) else { return Ok(None) };
    match rows.iter().find(|row| row["id"] == id) {
        Some(row) => Ok(Some(row.clone())),
        None => Err(Refused(["NOT_FOUND"].into())),
    }
}
