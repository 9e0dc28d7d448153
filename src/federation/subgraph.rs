//! What of the hub's own subgraph stands in which contract.

use async_graphql::Pos;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeDefinition, TypeKind, TypeSystemDefinition};

/// What is nothing to callers who are not signed in: types, fields of every type that has them, and fields of one alone.
const INSTITUTIONAL: [&str; 43] = [
    "Account",
    "Session",
    "Membership",
    "Invitation",
    "Delegation",
    "Client",
    "ClientSecret",
    "ExternalClient",
    "CalendarFeed",
    "AuditEntry",
    "AuditActor",
    "AuditChange",
    "AuditSubject",
    "Explanation",
    "PlanContribution",
    "Person",
    "Subgraph",
    "SubgraphVersion",
    "SubgraphTerms",
    "SubgraphHealth",
    "SchemaChange",
    "FieldUsage",
    "FieldCaller",
    "FieldOperation",
    "FieldCallerKind",
    "FieldOperationKind",
    "UserError",
    "Mutation",
    "*Payload",
    "memberships",
    "invitations",
    "delegations",
    "clients",
    "calendarFeeds",
    "Viewer.account",
    "Query.auditEntries",
    "Query.explain",
    "Query.planContributions",
    "Query.subgraph",
    "Query.subgraphs",
    "Query.fieldUsage",
    "TerritorialPlan.contributions",
    "RecordEvent.person",
];

/// The hub's subgraph with the tags by which contracts are composed: at types, and at fields that are for fewer than their type.
pub fn tagged(sdl: &str) -> String {
    let document = parse_schema(sdl).expect("the hub's schema is valid");
    let mut tags: Vec<(Pos, &str)> = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(found) = definition else { continue };
        tag(&found.node, &mut tags);
    }
    let mut lines: Vec<String> = sdl.lines().map(str::to_owned).collect();
    // From the last to the first, so that the places of the others stay what they are.
    tags.sort_by_key(|(at, _)| std::cmp::Reverse((at.line, at.column)));
    for (at, tags) in tags {
        let line = &mut lines[at.line - 1];
        let start = line.char_indices().nth(at.column - 1).map_or(line.len(), |(place, _)| place);
        let is_of_name = |char: char| char.is_alphanumeric() || "_[]!".contains(char);
        let end = line[start..].find(|char| !is_of_name(char)).map_or(line.len(), |length| start + length);
        // A type's interfaces stand before its directives.
        let end = line[end..]
            .find(['{', '=', '@'])
            .filter(|_| line[end..].starts_with(" implements "))
            .map_or(end, |at| end + at - 1);
        line.insert_str(end, tags);
    }
    lines.join("\n") + "\n"
}

const PUBLIC: &str = " @tag(name: \"public\")";
const INNER: &str = " @tag(name: \"institutional\")";

fn tag(found: &TypeDefinition, tags: &mut Vec<(Pos, &str)>) {
    let name = found.name.node.as_str();
    if name.starts_with('_') {
        return;
    }
    let fields = match &found.kind {
        TypeKind::Object(object) => &object.fields[..],
        TypeKind::Interface(interface) => &interface.fields[..],
        _ => &[],
    };
    if is_institutional(name) {
        return tags.push((found.name.pos, INNER));
    }
    tags.push((found.name.pos, PUBLIC));
    for field in fields {
        let name_of_field = field.node.name.node.as_str();
        if is_institutional(name_of_field) || is_institutional(&format!("{name}.{name_of_field}")) {
            tags.push((field.node.ty.pos, INNER));
        }
    }
}

/// Whether a type, with its pages, or a field is.
fn is_institutional(name: &str) -> bool {
    let one = name.strip_suffix("Connection").or(name.strip_suffix("Edge")).unwrap_or(name);
    INSTITUTIONAL.iter().any(|known| match known.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => one == *known,
    })
}
