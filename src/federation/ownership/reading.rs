use async_graphql::Pos;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::ServiceDocument;

use super::{DEEPEST, Finding, LARGEST_SDL, Rule};

/// Reads a partner's schema.
pub fn read(sdl: &str) -> Result<ServiceDocument, Box<Finding>> {
    let start = Pos { line: 1, column: 1 };
    if sdl.len() > LARGEST_SDL {
        return Err(Box::new(Finding::new(
            Rule::SdlTooLarge,
            start,
            format!("{} B", sdl.len()),
            format!("Lo schema ha {} byte: al massimo {LARGEST_SDL}.", sdl.len()),
            format!("The schema has {} bytes: {LARGEST_SDL} at the most.", sdl.len()),
        )));
    }
    if let Some(at) = too_deep(sdl) {
        return Err(Box::new(Finding::new(
            Rule::SdlTooDeep,
            at,
            "",
            format!("Parentesi annidate: al massimo {DEEPEST} livelli."),
            format!("Brackets within brackets: {DEEPEST} levels at the most."),
        )));
    }
    parse_schema(sdl).map_err(|error| {
        let at = error.positions().next().unwrap_or(start);
        let message = error.to_string();
        // The parser's message draws the place: what it expected comes last.
        let expected = message.rsplit_once("= ").map_or(message.as_str(), |(_, expected)| expected).trim();
        Box::new(Finding::new(
            Rule::SdlUnreadable,
            at,
            "",
            format!("Lo schema non si legge: {expected}"),
            format!("The schema cannot be read: {expected}"),
        ))
    })
}

/// Where brackets are nested too deep for the parser, which calls itself for each; strings and comments are no matter: they
/// count, too, and no schema that is meant well comes near.
fn too_deep(sdl: &str) -> Option<Pos> {
    let mut depth = 0_usize;
    for (line, text) in sdl.lines().enumerate() {
        for (column, char) in text.chars().enumerate() {
            match char {
                '{' | '[' | '(' => depth += 1,
                '}' | ']' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                return Some(Pos { line: line + 1, column: column + 1 });
            }
        }
    }
    None
}
