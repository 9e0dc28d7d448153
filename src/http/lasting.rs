//! What may stand in an answer that is kept: the fields listed here and no others, so that a new one (a signed address,
//! say) is found anew each time until somebody decides upon it.
//!
//! A field is known in a document by its name alone. That an answer asked nothing of the database is held against it
//! besides.

use std::collections::HashSet;
use std::sync::LazyLock;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Fields that follow from the question, the viewer, the day and the reference data alone, by their types.
const LASTING: &[(&str, &[&str])] = &[
    ("Query", &["viewer", "regions", "region", "provinces", "province", "network", "path", "paths", "explain"]),
    ("Viewer", &["level", "role", "network", "provinces"]),
    (
        "Province",
        &[
            "id",
            "code",
            "utsCode",
            "name",
            "abbreviation",
            "isAbbreviationProvisional",
            "kind",
            "nuts3",
            "population",
            "areaKm2",
            "validFrom",
            "validUntil",
            "region",
            "neighbours",
        ],
    ),
    ("Region", &["id", "code", "name", "statute", "nuts2", "macroArea", "population", "provinces"]),
    ("Explanation", &["allowed", "rule", "reason"]),
    (
        "Network",
        &[
            "version",
            "asOf",
            "nodes",
            "edges",
            "nodeCount",
            "edgeCount",
            "leftOut",
            "byProvince",
            "timeline",
            "difference",
            "measure",
            "structure",
            "twoMode",
            "brokers",
        ],
    ),
    ("LeftOut", &["kind", "count"]),
    ("NetworkPath", &["version", "asOf", "length", "steps"]),
    ("NetworkPathStep", &["from", "to", "edges"]),
    (
        "NetworkNode",
        &["id", "kind", "organisationKind", "level", "name", "province", "isSynthetic", "x", "y", "degree"],
    ),
    (
        "NetworkEdge",
        &[
            "id",
            "kind",
            "from",
            "to",
            "validFrom",
            "validUntil",
            "recordKind",
            "recordId",
            "category",
            "role",
            "isSynthetic",
        ],
    ),
    ("ProvinceNetwork", &["version", "asOf", "provinces", "ties", "unplaced"]),
    (
        "ProvinceCluster",
        &[
            "province",
            "name",
            "abbreviation",
            "region",
            "x",
            "y",
            "organisations",
            "projects",
            "agreements",
            "interventions",
            "tiesInside",
            "tiesOutside",
        ],
    ),
    ("ProvinceTie", &["one", "other", "count"]),
    ("NetworkTimeline", &["version", "months"]),
    ("NetworkMonth", &["month", "nodes", "ties", "appearedNodes", "endedNodes", "appearedTies", "endedTies"]),
    (
        "NetworkDifference",
        &[
            "then",
            "now",
            "appearedNodes",
            "endedNodes",
            "appearedEdges",
            "endedEdges",
            "changedEdges",
            "appearedNodeCount",
            "endedNodeCount",
            "appearedEdgeCount",
            "endedEdgeCount",
            "changedEdgeCount",
        ],
    ),
    (
        "NetworkEdgeChange",
        &["kind", "from", "to", "validUntilThen", "validFromNow", "categoryThen", "categoryNow", "roleThen", "roleNow"],
    ),
    (
        "NetworkMeasure",
        &["metric", "label", "explanation", "isExact", "sampledSources", "standardError", "values", "top"],
    ),
    ("RankedNode", &["rank", "value", "node"]),
    (
        "NetworkStructure",
        &[
            "density",
            "pairCount",
            "componentCount",
            "largestComponent",
            "isolatedCount",
            "deepestCore",
            "communityCount",
            "modularity",
            "communities",
            "bridges",
            "cutNodes",
            "reciprocity",
        ],
    ),
    ("NetworkCommunity", &["number", "size", "heart"]),
    ("NetworkTwoMode", &["bodies", "affiliations", "edges", "projection"]),
    ("SharedTie", &["one", "other", "sharedCount"]),
    ("NetworkBroker", &["node", "total", "coordinator", "representative", "consultant", "liaison"]),
];

static NAMES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| LASTING.iter().flat_map(|(_, fields)| fields.iter().copied()).chain(["__typename"]).collect());

/// Whether every field that a document selects anywhere is one of those.
pub fn is_lasting(document: &ExecutableDocument) -> bool {
    let mut operations = document.operations.iter();
    operations.all(|(_, operation)| all(&operation.node.selection_set.node))
        && document.fragments.values().all(|fragment| all(&fragment.node.selection_set.node))
}

fn all(set: &SelectionSet) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => NAMES.contains(field.node.name.node.as_str()) && all(&field.node.selection_set.node),
        Selection::InlineFragment(fragment) => all(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
    use async_graphql::parser::{parse_query, parse_schema};

    use super::*;

    /// Fields of the listed types that are never kept: they ask the database, or are the caller's own.
    const NEVER: &[&str] = &[
        "Query.dataVersion",
        "Query.councilSitting",
        "Query.councilSittings",
        "Query.councilResolutions",
        "Query.workingTable",
        "Query.planContributions",
        "Query.node",
        "Query.nodes",
        "Query.subgraph",
        "Query.subgraphs",
        "Query.supergraph",
        "Query.supergraphs",
        "Query.fieldUsage",
        "Query.municipality",
        "Query.organisation",
        "Query.organisations",
        "Query.prefecture",
        "Query.prefectures",
        "Query.council",
        "Query.programmes",
        "Query.programmeNode",
        "Query.fundingCall",
        "Query.fundingCalls",
        "Query.territorialPlan",
        "Query.territorialPlans",
        "Query.project",
        "Query.projects",
        "Query.agreement",
        "Query.agreements",
        "Query.search",
        "Query.nationalOverview",
        "Query.coordinationGaps",
        "Query.auditEntries",
        "Query._service",
        "Query._entities",
        "Viewer.organisation",
        "Viewer.account",
        "Province.office",
        "Province.municipalities",
        "Province.plans",
        "Province.projects",
        "Province.agreements",
        "Province.organisations",
        "Region.capital",
        "Network.export",
        "NetworkNode.record",
        "NetworkEdge.record",
    ];

    #[test]
    fn every_field_of_the_listed_types_is_decided_upon() {
        let schema = parse_schema(include_str!("../../schema/raccordo.graphql")).unwrap();
        let mut fields = BTreeSet::new();
        for definition in schema.definitions {
            let TypeSystemDefinition::Type(ty) = definition else { continue };
            let (ty, TypeKind::Object(object)) = (ty.node.name.node, ty.node.kind) else { continue };
            if LASTING.iter().any(|(name, _)| *name == ty.as_str()) {
                fields.extend(object.fields.iter().map(|field| format!("{ty}.{}", field.node.name.node)));
            }
        }
        let listed = LASTING.iter().flat_map(|(ty, fields)| fields.iter().map(move |field| format!("{ty}.{field}")));
        let decided: BTreeSet<String> = listed.chain(NEVER.iter().map(|&field| field.to_owned())).collect();
        assert_eq!(fields, decided);
    }

    #[test]
    fn one_field_that_is_not_listed_keeps_the_whole_answer_out() {
        let is = |query: &str| is_lasting(&parse_query(query).unwrap());
        assert!(is("{ network { a: nodeCount measure(metric: DEGREE) { top { value node { id __typename } } } } }"));
        assert!(is("{ network { ...n } } fragment n on Network { edges { from to } }"));
        for query in [
            "{ network { nodeCount export(format: CSV) { url } } }",
            "{ network { nodeCount: export(format: CSV) } }",
            "{ network { ... on Network { export } } }",
            "{ network { ...n } } fragment n on Network { export }",
            "query A { provinces { code } } query B { dataVersion }",
        ] {
            assert!(!is(query), "{query}");
        }
    }
}
