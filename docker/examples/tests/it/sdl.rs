use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use raccordo_examples::sdl::published;
use raccordo_examples::{observatory, services};

#[test]
fn it_says_of_the_hubs_types_only_what_a_partner_may() {
    let services = published(&services::schema().unwrap());
    let observatory = published(&observatory::schema().unwrap());
    for (sdl, name, keys) in [
        (&services, "servizi", &["Municipality code", "ServiziDesk id"][..]),
        (&observatory, "osservatorio", &["Province code", "Project cup", "OsservatorioCourse id"]),
    ] {
        for key in keys {
            let (ty, field) = key.split_once(' ').unwrap();
            assert!(sdl.contains(&format!("type {ty} @key(fields: \"{field}\")")), "{key}");
        }
        for definition in parse_schema(sdl).unwrap().definitions {
            let found = match definition {
                TypeSystemDefinition::Type(found) => found.node,
                TypeSystemDefinition::Schema(_) => continue,
                TypeSystemDefinition::Directive(directive) => panic!("{}", directive.node.name),
            };
            let TypeKind::Object(object) = &found.kind else { continue };
            if found.name.node.to_lowercase().starts_with(name) {
                continue;
            }
            assert!(found.description.is_none() && found.directives.iter().all(|it| it.node.name.node == "key"));
            for field in object.fields.iter().map(|field| &field.node) {
                let is_added = field.name.node.starts_with(name);
                assert_eq!(field.description.is_some(), is_added, "{}", field.name);
                // Where a partner fails, the fields of others stand.
                assert!(!is_added || field.ty.node.nullable, "{}", field.name);
            }
        }
    }
    assert!(services.contains("serviziDesksPerTenThousand: Float @requires(fields: \"population\")"));
    assert!(observatory.contains("dropouts: Int @tag(name: \"institutional\")"));
}
