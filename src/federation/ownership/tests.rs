use std::collections::BTreeSet;

use super::*;

const HUB: &str = r#"
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@tag"])
    type Query { organisation(id: ID!): Municipality }
    interface Node { id: ID! }
    type Municipality implements Node @key(fields: "id") @key(fields: "code") {
      id: ID! code: String! name: String! province: Province population: Int
    }
    type Province implements Node @key(fields: "id") @key(fields: "code") { id: ID! code: String! name: String! }
    type PageInfo { hasNextPage: Boolean! }
    enum Level { PUBLIC OFFICE }
    input Filter { text: String }
    union Place = Municipality | Province
    scalar Date
"#;

const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.5",
    import: ["@key", "@external", "@requires", "@shareable", "@tag"])"#;

/// What is found in a schema of the partner `servizi-lazio`, as `RULE line subject`.
fn found(sdl: &str, terms: &[&str]) -> Vec<String> {
    let hub = HubSchema::read(HUB).expect("the hub's schema is valid");
    let terms: BTreeSet<String> = terms.iter().map(|&term| term.to_owned()).collect();
    let partner = Partner { name: "servizi-lazio", terms: &terms };
    let told = |finding: &Finding| format!("{} {} {}", finding.rule.as_str(), finding.line, finding.subject);
    check(&hub, &partner, sdl).iter().map(told).collect()
}

/// The same of what follows the link, its lines counted from there.
fn found_in(sdl: &str, terms: &[&str]) -> Vec<String> {
    let findings = found(&format!("{}\n{sdl}", LINK.replace('\n', " ")), terms);
    let less_one = |text: &String| {
        let mut words = text.splitn(3, ' ');
        let (rule, line, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        format!("{rule} {} {rest}", line.parse::<usize>().unwrap() - 1)
    };
    findings.iter().map(less_one).collect()
}

#[test]
fn a_partner_adds_fields_and_types_of_its_own_and_is_sent_what_its_terms_say() {
    let sdl = r#"
        type Query { serviziLazioDesks(first: Int): [ServiziLazioDesk!] }
        type Municipality @key(fields: "id") {
          id: ID!
          population: Int @external
          serviziLazioDesks: [ServiziLazioDesk!] @requires(fields: "population") @tag(name: "public")
        }
        type Province @key(fields: "code", resolvable: false) { code: String! }
        "Uno sportello"
        type ServiziLazioDesk @key(fields: "id") @shareable {
          id: ID! name: String! @deprecated at: Municipality since: Date kind: ServiziLazioKind
        }
        enum ServiziLazioKind { LEGAL HEALTH }
        input ServiziLazioFilter { kind: ServiziLazioKind }
        scalar Date
        scalar _Any
        union _Entity = Municipality | Province
        type _Service { sdl: String }
        scalar federation__FieldSet
        enum link__Purpose { SECURITY EXECUTION }"#;
    assert_eq!(found_in(sdl, &["Municipality.population", "Province.code"]), [""; 0]);
}

#[test]
fn every_rule_is_told_with_its_line_and_subject() {
    let of_municipality = |more: &str| format!("type Municipality @key(fields: \"id\") {{ id: ID!\n{more} }}");
    let cases: [(&str, String, &[&str]); 38] = [
        ("root_renamed 1 Anfrage", "schema { query: Anfrage }\ntype ServiziLazioA { a: Int }".into(), &[]),
        ("root_refused 1 Mutation", "type Mutation { serviziLazioDo: Int }".into(), &[]),
        ("root_refused 1 Subscription", "type Subscription { serviziLazioTell: Int }".into(), &[]),
        ("directive_refused 1 @auth", "directive @auth on OBJECT".into(), &[]),
        ("directive_refused 1 @inaccessible", "type ServiziLazioA @inaccessible { a: Int }".into(), &[]),
        (
            "directive_refused 2 @override",
            of_municipality("name: String! @external @override(from: \"hub\")"),
            &["Municipality.name"],
        ),
        (
            "directive_refused 1 @interfaceObject",
            "type Municipality @interfaceObject @key(fields: \"id\") { id: ID! }".into(),
            &[],
        ),
        ("directive_refused 2 @shareable", of_municipality("serviziLazioA: Int @shareable"), &[]),
        (
            "directive_refused 1 @federation__override",
            "type ServiziLazioA { a: Int @federation__override(from: \"hub\") }".into(),
            &[],
        ),
        // What it provided of the hub's would be believed in place of the hub.
        (
            "directive_refused 1 @provides",
            "type ServiziLazioA { a: Municipality @provides(fields: \"id\") }".into(),
            &[],
        ),
        ("tag_unknown 1 secret", "type ServiziLazioA @tag(name: \"secret\") { a: Int }".into(), &[]),
        ("type_prefix 1 Desk", "type Desk { a: Int }".into(), &[]),
        ("type_prefix 1 ServiziLaziodesk", "type ServiziLaziodesk { a: Int }".into(), &[]),
        ("type_prefix 1 Hub__Desk", "type Hub__Desk { a: Int }".into(), &[]),
        ("field_prefix 1 Query.desks", "type Query { desks: Int }".into(), &[]),
        ("field_prefix 2 Municipality.desks", of_municipality("desks: Int"), &[]),
        ("field_not_nullable 2 Municipality.serviziLazioA", of_municipality("serviziLazioA: [Int!]!"), &[]),
        ("field_not_nullable 1 Query.serviziLazioA", "type Query { serviziLazioA: Int! }".into(), &[]),
        ("field_shadowed 2 Municipality.name", of_municipality("name: String!"), &["Municipality.name"]),
        ("field_changed 2 Municipality.name", of_municipality("name: String @external"), &["Municipality.name"]),
        (
            "field_changed 2 Municipality.name",
            of_municipality("name(a: Int): String! @external"),
            &["Municipality.name"],
        ),
        ("type_shadowed 1 PageInfo", "type PageInfo { hasNextPage: Boolean! }".into(), &[]),
        ("type_shadowed 1 Level", "enum Level { PUBLIC OTHER }".into(), &[]),
        ("type_shadowed 1 Filter", "input Filter { text: String more: Int }".into(), &[]),
        ("type_shadowed 1 Place", "union Place = ServiziLazioA\ntype ServiziLazioA { a: Int }".into(), &[]),
        ("type_shadowed 1 Node", "interface Node { id: ID! }".into(), &[]),
        (
            "hub_marked 1 Municipality",
            "type Municipality @key(fields: \"id\") @tag(name: \"public\") { id: ID! }".into(),
            &[],
        ),
        ("hub_marked 1 Municipality", "\"Mio\" type Municipality @key(fields: \"id\") { id: ID! }".into(), &[]),
        ("hub_marked 2 Municipality.id", "type Municipality @key(fields: \"id\") {\n\"Mio\" id: ID! }".into(), &[]),
        (
            "hub_marked 1 Municipality",
            "type Municipality implements ServiziLazioA @key(fields: \"id\") { id: ID! }
             interface ServiziLazioA { id: ID! }"
                .into(),
            &[],
        ),
        // It would be one at all of the hub's queries.
        ("hub_marked 1 Query", "type Query @tag(name: \"institutional\") { serviziLazioA: Int }".into(), &[]),
        ("hub_marked 1 Query", "\"Mie\" type Query { serviziLazioA: Int }".into(), &[]),
        ("type_prefix 1 _Mine", "type _Mine { a: Int }".into(), &[]),
        ("type_prefix 1 _Any", "type _Any { a: Int }".into(), &[]),
        ("hub_marked 1 Date", "scalar Date @tag(name: \"public\")".into(), &[]),
        (
            "key_unknown 1 Municipality @key(fields: \"name\")",
            "type Municipality @key(fields: \"name\") { name: String! }".into(),
            &["Municipality.name"],
        ),
        ("outside_terms 2 Municipality.population", of_municipality("population: Int @external"), &[]),
        (
            "selection_unreadable 2 Municipality.serviziLazioA",
            of_municipality("serviziLazioA: Int @requires(fields: \"{{\")"),
            &[],
        ),
    ];
    let mut met = BTreeSet::new();
    for (expected, sdl, terms) in &cases {
        assert_eq!(found_in(sdl, terms), [*expected], "{sdl}");
        met.insert(expected.split(' ').next().unwrap());
    }
    // The others are about the document as a whole, in the tests below.
    let below = ["sdl_unreadable", "sdl_too_large", "sdl_too_deep", "link_unknown", "import_renamed"];
    let all: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(met.into_iter().chain(below).collect::<BTreeSet<_>>(), all);
}

#[test]
fn a_natural_key_is_data_too_and_needs_terms() {
    let sdl = "type Municipality @key(fields: \"code\") { code: String! }";
    assert_eq!(found_in(sdl, &[]), ["outside_terms 1 Municipality.code"]);
    assert_eq!(found_in(sdl, &["Municipality.code"]), [""; 0]);
}

#[test]
fn what_a_selection_reaches_needs_terms_too() {
    let sdl = r#"type Municipality @key(fields: "id") { id: ID! province: Province @external
        serviziLazioA: Int @requires(fields: "province { name }") }
        type Province @key(fields: "id") { id: ID! name: String! @external }"#;
    let expected = [
        "outside_terms 1 Municipality.province",
        "outside_terms 2 Municipality.province",
        "outside_terms 2 Province.name",
        "outside_terms 3 Province.name",
    ];
    assert_eq!(found_in(sdl, &[]), expected);
}

#[test]
fn links_are_to_the_specification_alone_and_rename_nothing() {
    let linked = |arguments: &str| found(&format!("extend schema @link({arguments})"), &[]);
    assert_eq!(linked("url: \"https://specs.apollo.dev/federation/v2.9\""), [""; 0]);
    assert_eq!(linked("url: \"https://specs.apollo.dev/link/v1.0\""), [""; 0]);
    let elsewhere = "https://elsewhere.example/federation/v2.5";
    assert_eq!(linked(&format!("url: \"{elsewhere}\"")), [format!("link_unknown 1 {elsewhere}")]);
    let later = "https://specs.apollo.dev/federation/v2.99";
    assert_eq!(linked(&format!("url: \"{later}\"")), [format!("link_unknown 1 {later}")]);
    let url = "url: \"https://specs.apollo.dev/federation/v2.5\"";
    assert_eq!(linked(&format!("{url}, as: \"f\"")), ["import_renamed 1 as"]);
    let renamed = linked(&format!("{url}, import: [{{ name: \"@key\", as: \"@k\" }}]"));
    assert!(renamed.len() == 1 && renamed[0].starts_with("import_renamed 1 "), "{renamed:?}");
    assert_eq!(linked(&format!("{url}, import: [\"@override\"]")), ["directive_refused 1 @override"]);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    assert_eq!(found("type A {\n  a: \n}", &[]), ["sdl_unreadable 3 "]);
    assert_eq!(found(&" ".repeat(LARGEST_SDL + 1), &[]), [format!("sdl_too_large 1 {} B", LARGEST_SDL + 1)]);
    assert_eq!(found(&format!("type A {{ a: {}Int", "[".repeat(100_000)), &[]), ["sdl_too_deep 1 "]);
    // What stands in strings and comments closes nothing.
    assert_eq!(found(&format!("type A {{ a: {}Int", "[ # ]\n".repeat(10_000)), &[]), ["sdl_too_deep 10000 "]);
    let selected = format!("a(b: {}1{})", "[".repeat(10_000), "]".repeat(10_000));
    let sdl = format!("type ServiziLazioA {{ a: Int @requires(fields: \"{selected}\") }}");
    assert_eq!(found(&sdl, &[]), ["selection_unreadable 1 ServiziLazioA.a"]);
}

#[test]
fn names_of_subgraphs_make_prefixes() {
    let terms = BTreeSet::new();
    let prefixes = |name| {
        let partner = Partner { name, terms: &terms };
        (partner.field_prefix(), partner.type_prefix())
    };
    assert_eq!(prefixes("servizi-lazio"), ("serviziLazio".into(), "ServiziLazio".into()));
    assert_eq!(prefixes("osservatorio2"), ("osservatorio2".into(), "Osservatorio2".into()));
    for name in ["hub", "ab", "Servizi", "servizi_lazio", "-a-b", "a--b", "abc-", "9ab", &"a".repeat(31)] {
        assert!(!is_name(name), "{name}");
    }
    assert!(is_name("servizi-lazio") && is_name("osservatorio2"));
}
