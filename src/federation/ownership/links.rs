//! What a schema says of itself: its root types, and the specifications that it links.

use async_graphql::parser::types::{ConstDirective, SchemaDefinition};
use async_graphql::{Pos, Positioned, Value};

use super::Rule;
use super::hub::text;
use super::walk::{OWN, Walk};

/// The specification, up to the version that the hub and the routers of today have in common.
const SPECIFICATION: &str = "https://specs.apollo.dev/federation/v2.";
const LAST_VERSION: u32 = 9;
const LINK: &str = "https://specs.apollo.dev/link/v1.0";

impl Walk<'_> {
    pub(super) fn schema(&mut self, schema: &SchemaDefinition) {
        for (root, name) in
            [("Query", &schema.query), ("Mutation", &schema.mutation), ("Subscription", &schema.subscription)]
        {
            if let Some(name) = name.as_ref().filter(|name| name.node != root) {
                self.note(
                    Rule::RootRenamed,
                    name.pos,
                    name.node.as_str(),
                    format!("Il tipo radice si chiama {root}: togliere la riga."),
                    format!("The root type is called {root}: remove the line."),
                );
            }
        }
        for directive in &schema.directives {
            match directive.node.name.node.as_str() {
                "link" => self.link(directive),
                name => self.refuse_directive(directive.pos, name),
            }
        }
    }

    fn link(&mut self, directive: &Positioned<ConstDirective>) {
        let url = text(directive, "url").unwrap_or_default();
        let version = url.strip_prefix(SPECIFICATION).and_then(|version| version.parse::<u32>().ok());
        if version.is_none_or(|version| version > LAST_VERSION) && url != LINK {
            self.note(
                Rule::LinkUnknown,
                directive.pos,
                url,
                format!("Si usa soltanto {SPECIFICATION}0 … {LAST_VERSION}."),
                format!("Only {SPECIFICATION}0 … {LAST_VERSION} is used."),
            );
        }
        let imports = match directive.node.get_argument("import").map(|import| &import.node) {
            Some(Value::List(imports)) => &imports[..],
            _ => &[],
        };
        for import in imports {
            match import {
                Value::String(name) => {
                    let name = name.trim_start_matches('@');
                    if !OWN.contains(&name) && name != "FieldSet" {
                        self.refuse_directive(directive.pos, name);
                    }
                }
                other => self.renamed(directive.pos, &other.to_string()),
            }
        }
        if directive.node.get_argument("as").is_some() {
            self.renamed(directive.pos, "as");
        }
    }

    fn renamed(&mut self, at: Pos, subject: &str) {
        self.note(
            Rule::ImportRenamed,
            at,
            subject,
            "Le direttive della federazione si importano con il loro nome.",
            "The directives of the federation are imported under their own names.",
        );
    }
}
