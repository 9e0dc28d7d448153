//! The schema as it is handed in to the hub.

use async_graphql::{ObjectType, SDLExportOptions};

use crate::serving::Schema;

/// What the schemas use of the specification. The hub refuses a schema that imports what partners may not use.
const LINK: &str = r#"extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.5",
  import: ["@key", "@external", "@requires", "@tag"]
)
"#;

/// The types alone: the library prints the definitions of its own directives after them, and imports all that it knows of.
pub fn published<Q: ObjectType + 'static>(schema: &Schema<Q>) -> String {
    let options = SDLExportOptions::new().federation().prefer_single_line_descriptions().use_space_ident();
    let sdl = schema.sdl_with_options(options);
    let (types, _) = sdl.rsplit_once("\n}\n\n").expect("a schema has types");
    format!("{LINK}\n{types}\n}}\n")
}
