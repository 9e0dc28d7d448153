//! Why the hub did not do what it was asked.

use std::path::Path;

use serde::Deserialize;

/// Arguments by the paths under which the hub knows them.
const ARGUMENTS: [(&str, &str); 9] = [
    ("name", "--name"),
    ("description", "--description"),
    ("contact", "--contact"),
    ("routingUrl", "--url"),
    ("terms.fields", "--term"),
    ("terms.purpose", "--purpose"),
    ("terms.until", "--until"),
    ("reason", "--reason"),
    ("toNumber", "--to"),
];

/// What GraphQL calls `UserError`.
#[derive(Debug, Deserialize)]
pub struct Refusal {
    rule: String,
    field: Vec<String>,
    message: String,
}

impl Refusal {
    /// One line: where, by which rule, why. What is wrong in a schema has its place in the file: `FILE:LINE:COLUMN`.
    pub fn line(&self, sdl: Option<&Path>) -> String {
        let Self { rule, field, message } = self;
        // The first step is the mutation's one argument.
        let path = field.get(1..).unwrap_or_default().join(".");
        if let Some(file) = sdl.filter(|_| path == "sdl") {
            let file = file.display();
            return match placed(message) {
                Some((line, column, message)) => format!("{file}:{line}:{column} {rule} {message}"),
                None => format!("{file}: {rule} {message}"),
            };
        }
        match ARGUMENTS.iter().find(|(known, _)| *known == path) {
            Some((_, argument)) => format!("{argument}: {rule} {message}"),
            None => format!("{rule} {message}"),
        }
    }
}

/// Takes a message of the form `line 7, column 12: Municipality.name: …` apart.
fn placed(message: &str) -> Option<(u32, u32, &str)> {
    let (place, rest) = message.strip_prefix("line ")?.split_once(": ")?;
    let (line, column) = place.split_once(", column ")?;
    Some((line.parse().ok()?, column.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_place_or_the_argument() {
        let line = |field: &[&str], message: &str| {
            let field = field.iter().map(|&step| step.to_owned()).collect();
            Refusal { rule: "RULE".into(), field, message: message.into() }.line(Some(Path::new("a.graphql")))
        };
        let placed = line(&["input", "sdl"], "line 7, column 12: Municipality.name: It is the hub's.");
        assert_eq!(placed, "a.graphql:7:12 RULE Municipality.name: It is the hub's.");
        assert_eq!(line(&["input", "sdl"], "It is too large."), "a.graphql: RULE It is too large.");
        assert_eq!(line(&["input", "terms", "until"], "Over."), "--until: RULE Over.");
        assert_eq!(line(&[], "No."), "RULE No.");
    }
}
