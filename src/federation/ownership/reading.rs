use async_graphql::Pos;
use async_graphql::parser::types::{DocumentOperations, SelectionSet, ServiceDocument};
use async_graphql::parser::{parse_query, parse_schema};

use super::{DEEPEST, Finding, LARGEST_SDL, Rule};
use crate::graphql::nesting;

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
    let (deepest, at) = nesting::deepest(sdl);
    if deepest > DEEPEST {
        return Err(Box::new(Finding::new(
            Rule::SdlTooDeep,
            place(sdl, at),
            "",
            format!("Parentesi annidate: al massimo {DEEPEST} livelli, qui {deepest}."),
            format!("Brackets within brackets: {DEEPEST} levels at the most, here {deepest}."),
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

/// Line and column of a byte.
fn place(text: &str, at: usize) -> Pos {
    let before = &text[..at];
    let line = before.rsplit('\n').next().unwrap_or_default();
    Pos { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
}

/// Reads a selection of fields, which is a text within the schema; `None` where it is none.
pub fn selection(fields: &str) -> Option<SelectionSet> {
    let text = format!("{{ {fields} }}");
    if nesting::deepest(&text).0 > DEEPEST {
        return None;
    }
    match parse_query(text).ok()?.operations {
        DocumentOperations::Single(operation) => Some(operation.node.selection_set.node),
        DocumentOperations::Multiple(_) => None,
    }
}
