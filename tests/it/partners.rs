//! Partners' subgraphs beside the hub's own, as their makers check them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use raccordo::federation::check::{Report, check};
use raccordo::federation::composer::{Contract, Part, Weight, compose};
use raccordo::federation::ownership::Partner;
use raccordo::federation::{HUB, INSTITUTIONAL, PUBLIC};

use crate::conformance::audit;

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

const HUBS: &str = "schema/raccordo.subgraph.graphql";
const PARTNERS: &str = "docs/examples/services.graphql";

/// What becomes of a subgraph of `servizi-lazio` beside the hub's.
fn checked(sdl: &str, terms: &[&str]) -> Report {
    let hub = std::fs::read_to_string(file(HUBS)).unwrap();
    let others = [Part { name: HUB, url: "http://hub.example/graphql", sdl: &hub }];
    let terms: BTreeSet<String> = terms.iter().map(|&term| term.into()).collect();
    let partner = Partner { name: "servizi-lazio", terms: &terms };
    check(&others, &partner, "http://services.example/graphql", sdl).expect("the composer works")
}

#[test]
fn the_documented_example_joins_the_graph_and_breaks_nothing() {
    let sdl = std::fs::read_to_string(file(PARTNERS)).unwrap();
    let Report::Composes { graphs, changes } = checked(&sdl, &["Municipality.population"]) else {
        panic!("it composes")
    };
    assert!(graphs.whole.contains("http://services.example/graphql"));
    assert!(changes.iter().all(|change| change.weight == Weight::Harmless), "{changes:?}");
    let added: Vec<&str> = changes.iter().filter_map(|change| change.path.as_deref()).collect();
    assert!(
        added.contains(&"Municipality.serviziLazioDesks") && added.contains(&"Query.serviziLazioDesks"),
        "{added:?}"
    );
    // What its terms do not name is not sent to it.
    assert!(matches!(checked(&sdl, &[]), Report::Refused(findings) if findings.len() == 2));
}

#[test]
fn what_keeps_the_rules_and_does_not_compose_is_told_why() {
    let sdl = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\"])
        type Municipality @key(fields: \"id\") { id: ID! serviziLazioDesks: [ServiziLazioMissing] }";
    let Report::DoesNotCompose(obstacles) = checked(sdl, &[]) else { panic!("a type is missing") };
    assert!(obstacles.iter().any(|obstacle| obstacle.message.contains("ServiziLazioMissing")), "{obstacles:?}");
}

#[tokio::test]
async fn another_composition_takes_hub_and_partner_without_a_hint() {
    let [hub, partner] = [HUBS, PARTNERS].map(|path| file(path).display().to_string());
    audit("composition.mjs", &[&hub, &partner], "composed without errors and hints").await;
}

#[test]
fn the_command_says_where_a_subgraph_breaks_a_rule_and_ends_with_1() {
    let sdl = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(sdl.path(), "type Query {\n  desks: Int\n}\n").unwrap();
    let run = |arguments: &[&str]| {
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_raccordo"))
            .args(["subgraph", "check", "--sdl", sdl.path().to_str().unwrap(), "--name"])
            .args(arguments)
            .output()
            .unwrap();
        (run.status.code(), String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap())
    };
    let (code, told, _) = run(&["servizi-lazio"]);
    let expected = "FIELD_PREFIX Query.desks: The field begins with serviziLazio: serviziLazioDesks.";
    assert_eq!((code, told), (Some(1), format!("{}:2:3 {expected}\n", sdl.path().display())));
    for (arguments, why) in [(&["Hub"][..], "is no name"), (&["servizi-lazio", "--term", "A.b"], "--term A.b")] {
        let (code, told, error) = run(arguments);
        assert!(code == Some(1) && told.is_empty() && error.contains(why), "{code:?} {told} {error}");
    }
}

#[test]
fn the_public_contract_leaves_out_what_only_those_see_who_are_signed_in() {
    let sdl = std::fs::read_to_string(file(HUBS)).unwrap();
    let composed = |contract: Contract| {
        let hub = Part { name: HUB, url: "http://hub.example/graphql", sdl: &sdl };
        compose(&[hub], Some(contract)).expect("the composer works").expect("the hub composes alone").schema
    };
    let (public, institutional) = (composed(PUBLIC), composed(INSTITUTIONAL));
    for of_all in ["type TerritorialPlan ", "type Prefecture ", "enum ProjectStatus ", "search(", "network("] {
        assert!(public.contains(of_all), "{of_all} is for all");
        assert!(institutional.contains(of_all), "{of_all} is for the institutions, too");
    }
    for inner in ["type Account ", "type Mutation ", "auditEntries(", "type Client ", "memberships", "calendarFeeds"] {
        assert!(!public.contains(inner), "{inner} is for the signed in");
        assert!(institutional.contains(inner), "{inner} is for the institutions");
    }
}
