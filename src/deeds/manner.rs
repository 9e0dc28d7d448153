use async_graphql::{Context, InputObject, Name, Value};

use crate::access::audit::Hash;
use crate::graphql::{Outcome, UserError};
use crate::locale::Message;

/// How a deed is to be done, beside what is to be done.
#[derive(InputObject, Clone, Debug, Default)]
pub struct Manner {
    /// A name that the caller gives to this request, up to 200 characters, e.g. a UUID: sent again with the same content it
    /// is not done twice and is answered as the first time; with another content it is refused. Kept for a week
    /// [chiave di idempotenza].
    pub idempotency_key: Option<String>,
    /// Goes the whole way, answers as if it were done, and changes nothing [simulazione].
    #[graphql(default)]
    pub dry_run: bool,
}

/// What the caller said, without the manner of saying it: the same words, in whatever order of fields, are the same.
///
/// # Errors
/// A key that is empty or too long.
pub fn said(ctx: &Context<'_>, manner: &Manner) -> Outcome<Option<(String, Hash)>> {
    let Some(given) = manner.idempotency_key.clone().filter(|_| !manner.dry_run) else { return Ok(None) };
    let key = key(given)?;
    let mut text = ctx.field().name().to_owned();
    for (name, value) in ctx.field().arguments().unwrap_or_default() {
        write(&name, &value, &mut text);
    }
    Ok(Some((key, Hash::of(&[text.as_bytes()]))))
}

/// A key that may be one.
///
/// # Errors
/// `IDEMPOTENCY_KEY_INVALID`.
pub fn key(key: String) -> Outcome<String> {
    if !(1..=200).contains(&key.chars().count()) || key.contains('\0') {
        let message = Message::new(
            "La chiave di idempotenza ha da 1 a 200 caratteri.",
            "An idempotency key has 1 to 200 characters.",
        );
        return Err(UserError::invalid("idempotencyKey", "IDEMPOTENCY_KEY_INVALID", message).into());
    }
    Ok(key)
}

/// Writes a value so that equal ones are equal texts.
fn write(name: &Name, value: &Value, out: &mut String) {
    out.push('\u{1}');
    out.push_str(name);
    out.push('\u{2}');
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(name, _)| *name != "idempotencyKey").collect();
            fields.sort_by(|one, other| one.0.cmp(other.0));
            fields.into_iter().for_each(|(name, value)| write(name, value, out));
        }
        Value::List(items) => items.iter().for_each(|item| write(name, item, out)),
        plain => out.push_str(&plain.to_string()),
    }
    out.push('\u{3}');
}
