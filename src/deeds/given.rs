//! What an input gives for a field: nothing, which leaves it; null, which clears it; or a value.

use async_graphql::MaybeUndefined;

use crate::graphql::{Outcome, UserError};
use crate::locale::Message;

/// Sets a field.
pub fn put<T, U: From<T>>(field: &mut Option<U>, given: MaybeUndefined<T>) {
    match given {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *field = None,
        MaybeUndefined::Value(value) => *field = Some(value.into()),
    }
}

/// Sets a text without the blanks around it; one of blanks alone clears it.
pub fn put_text(field: &mut Option<String>, given: MaybeUndefined<String>) {
    put(field, given);
    *field = field.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
}

/// Sets a text that must be there, where one is given.
pub fn put_line(field: &mut String, given: Option<String>) {
    if let Some(text) = given {
        *field = text.trim().to_owned();
    }
}

/// Characters of a long text at the most.
pub const LONGEST_TEXT: usize = 50_000;
/// Characters of a line at the most.
pub const LONGEST_LINE: usize = 500;

/// A line that must be there.
pub fn line(text: &str, field: &str) -> Option<UserError> {
    (!(1..=LONGEST_LINE).contains(&text.trim().chars().count())).then(|| {
        let message = Message::new(
            format!("Il testo è obbligatorio, al massimo {LONGEST_LINE} caratteri."),
            format!("The text is required, {LONGEST_LINE} characters at the most."),
        );
        UserError::invalid(field, "LINE_REQUIRED", message)
    })
}

/// A text that may be missing.
pub fn text(text: Option<&str>, field: &str) -> Option<UserError> {
    text.is_some_and(|text| text.chars().count() > LONGEST_TEXT).then(|| {
        let message = Message::new(
            format!("Il testo ha al massimo {LONGEST_TEXT} caratteri."),
            format!("The text has {LONGEST_TEXT} characters at the most."),
        );
        UserError::invalid(field, "TEXT_TOO_LONG", message)
    })
}

/// An amount of money that may be missing.
pub fn money(amount: Option<rust_decimal::Decimal>, field: &str) -> Option<UserError> {
    amount.is_some_and(|amount| amount.is_sign_negative() && !amount.is_zero()).then(|| {
        let message = Message::new("L'importo è negativo.", "The amount is negative.");
        UserError::invalid(field, "AMOUNT_NEGATIVE", message)
    })
}

/// A number: PostgreSQL and JSON hold it exactly up to 15 digits.
pub fn number(given: f64, field: &str) -> Outcome<rust_decimal::Decimal> {
    let number = rust_decimal::Decimal::try_from(given).ok().filter(|_| given.abs() < 1e12);
    Ok(number.map(|number| number.round_dp(6).normalize()).ok_or_else(|| {
        let message = Message::new("Il numero è troppo grande.", "The number is too large.");
        UserError::invalid(field, "NUMBER_TOO_LARGE", message)
    })?)
}

/// The first day does not come after the last.
pub fn period(from: Option<chrono::NaiveDate>, until: Option<chrono::NaiveDate>, field: &str) -> Option<UserError> {
    from.zip(until).is_some_and(|(from, until)| from > until).then(|| {
        let message = Message::new("L'ultimo giorno viene prima del primo.", "The last day comes before the first.");
        UserError::invalid(field, "PERIOD_REVERSED", message)
    })
}

/// A day of a step: not before the one that it follows, and not in the future.
pub fn day_of(
    day: Option<chrono::NaiveDate>,
    field: &str,
    after: Option<chrono::NaiveDate>,
    today: chrono::NaiveDate,
) -> Outcome<chrono::NaiveDate> {
    let day = day.unwrap_or(today);
    if day > today {
        let message = Message::new("Il giorno è nel futuro.", "The day is in the future.");
        return Err(UserError::invalid(field, "DAY_IN_FUTURE", message).into());
    }
    if let Some(after) = after.filter(|after| day < *after) {
        let message = Message::new(
            format!("Il giorno viene prima del passaggio precedente, del {}.", after.format("%d/%m/%Y")),
            format!("The day comes before the step before it, of {after}."),
        );
        return Err(UserError::invalid(field, "DAY_TOO_EARLY", message).into());
    }
    Ok(day)
}
