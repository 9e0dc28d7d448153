//! How deep the brackets of a document's text stand within each other, before anything reads it: the parser bounds
//! selections, but not values and types, and each bracket is a call of its own on the stack.

use super::{Error, Result};
use crate::locale::Message;

/// Brackets within brackets in a document's text: what reads it goes one call deeper for each.
pub const NESTING: u64 = 100;

/// Holds the nesting of a document's text against [`NESTING`], before anything reads it.
///
/// # Errors
/// [`Error::LimitExceeded`] with both numbers.
pub fn check(text: &str) -> Result<()> {
    let (deepest, _) = deepest(text);
    if deepest <= NESTING {
        return Ok(());
    }
    Err(Error::LimitExceeded {
        message: Message::new(
            format!("Il documento ha al massimo {NESTING} parentesi una dentro l'altra: ne ha {deepest}."),
            format!("The document has at most {NESTING} brackets within brackets: it has {deepest}."),
        ),
        limit: NESTING,
        requested: deepest,
    })
}

/// How many brackets stand within each other where most do, and the byte of the innermost. Brackets in strings and comments
/// are none.
pub fn deepest(text: &str) -> (u64, usize) {
    let (mut depth, mut deepest) = (0_u64, (0, 0));
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > deepest.0 {
                    deepest = (depth, text.len() - rest.len());
                }
                after
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                after
            }
            b'#' => after.iter().position(|byte| b"\r\n".contains(byte)).map_or(&[][..], |end| &after[end..]),
            b'"' if after.starts_with(b"\"\"") => after_string(&after[2..], b"\"\"\"", b"\\\"\"\""),
            b'"' => after_string(after, b"\"", b"\\\""),
            _ => after,
        };
    }
    deepest
}

/// What follows a string; all is part of one that does not end.
fn after_string<'t>(mut text: &'t [u8], end: &[u8], escaped: &[u8]) -> &'t [u8] {
    while !text.is_empty() {
        if text.starts_with(escaped) || (end.len() == 1 && text.starts_with(b"\\\\")) {
            text = &text[escaped.len().min(text.len())..];
        } else if text.starts_with(end) {
            return &text[end.len()..];
        } else if end.len() == 1 && text[0] == b'\n' {
            // The parser ends here, too, with an error.
            return text;
        } else {
            text = &text[1..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn brackets_are_counted_where_they_are_brackets() {
        let deep = |count: usize| format!("{{ node(id: {}1{}) {{ id }} }}", "[".repeat(count), "]".repeat(count));
        assert!(check(&deep(90)).is_ok());
        for count in [120, 2_000, 100_000] {
            assert!(check(&deep(count)).is_err(), "{count}");
        }
        let brackets = "(".repeat(500);
        for harmless in [
            format!("{{ a(b: \"{brackets}\") }}"),
            format!("{{ a(b: \"\\\"{brackets}\") }}"),
            format!("{{ a(b: \"\\\\\") }} # {brackets}"),
            format!("{{ a(b: \"\"\"{brackets} \" \\\"\"\" {brackets}\"\"\") }}"),
            "{ a } ".repeat(1000),
        ] {
            assert!(check(&harmless).is_ok(), "{harmless:.60}");
        }
        for hidden in [format!("{{ a(b: \"x\") {brackets}"), format!("# x\n{brackets}"), format!("\"x\n{brackets}")] {
            assert!(check(&hidden).is_err(), "{hidden:.20}");
        }
    }
}
