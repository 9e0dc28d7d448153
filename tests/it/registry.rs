//! The registry of partners' subgraphs: handed in, approved, published anew, put back, withdrawn; and what routers are served.

use chrono::NaiveDate;
use raccordo::access::secret::Secret;
use raccordo::access::{Level, Settings as Access, Viewer};
use raccordo::federation::Setup;
use raccordo::federation::address::Neighbourhood;
use raccordo::federation::served::{View, hash, text};
use raccordo::http::Settings;
use raccordo::hub::Hub;
use raccordo::schema;
use serde_json::{Value, json};

use crate::hub::{OWN_SUBGRAPH, TestHub, serve};
use crate::levels::SMALL;

const SUBGRAPH: &str = "subgraph { id version name status servedVersion { number }
  pendingVersion { number } versions { number status terms { fields } } }";
const PUBLICATION: &str = "subgraph { id version name status servedVersion { number } pendingVersion { number } }
  changes { weight path }";
const GRAPHS: &str = "{ supergraphs(first: 2) { number } earlier: supergraphs(before: 2) { number } }";
const GRAPH: &str = "{ supergraph { number cause likeNumber members { name versionNumber } } }";

fn sdl(name: &str, more: &str) -> String {
    format!(
        "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\", \"@external\", \"@requires\"])
         type Municipality @key(fields: \"id\") {{
           id: ID!
           population: Int @external
           {name}Desks: Int
           {name}Rate: Float @requires(fields: \"population\")
           {more}
         }}"
    )
}

fn offer(name: &str) -> Value {
    json!({ "name": name, "description": "Sportelli", "contact": "sportelli@example.org",
        "routingUrl": "https://sportelli.example.org/graphql", "sdl": sdl(name, ""),
        "terms": { "fields": ["Municipality.population"], "purpose": "Sportelli per abitante", "until": "2027-12-31" } })
}

fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

fn on(payload: &Value, more: Value) -> Value {
    let subgraph = &payload["subgraph"];
    with(json!({ "subgraphId": subgraph["id"], "expectedVersion": subgraph["version"] }), more)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

async fn graph(hub: &TestHub) -> Value {
    hub.execute(&Viewer::public(), GRAPH, Value::Null).await.data()["supergraph"].clone()
}

struct Callers {
    partner: Viewer,
    central: Viewer,
    office: Viewer,
}

async fn callers(hub: &TestHub) -> Callers {
    let [partner, central, office] =
        [hub.persona("ong-bologna").await, hub.persona("dlci").await, hub.persona("prefettura-bologna").await];
    Callers { partner, central, office }
}

/// A subgraph that is served.
async fn approved(hub: &TestHub, callers: &Callers, name: &str) -> Value {
    let made = hub.done(&callers.partner, "proposeSubgraph", PUBLICATION, offer(name)).await;
    let central = hub.acting_again(&callers.central).await;
    hub.done(&central, "approveSubgraph", PUBLICATION, on(&made, json!({}))).await
}

impl TestHub {
    /// The same caller with its next request, which knows of groups made meanwhile.
    async fn acting_again(&self, viewer: &Viewer) -> Viewer {
        match viewer.level {
            Level::National => self.persona("dlci").await,
            _ => self.persona("ong-bologna").await,
        }
    }
}

#[tokio::test]
async fn a_subgraph_joins_the_graph_once_it_is_approved_and_is_seen_by_its_own_and_by_who_decides() {
    let hub = TestHub::with(SMALL).await;
    let callers = callers(&hub).await;
    let made = hub.done(&callers.partner, "proposeSubgraph", SUBGRAPH, offer("sportelli")).await;
    assert_eq!(made["subgraph"]["status"], "PROPOSED");
    assert_eq!(made["subgraph"]["pendingVersion"]["number"], 1);
    assert_eq!(graph(&hub).await, Value::Null, "what waits is in no graph");

    let seen =
        "query($id: ID!) { subgraph(by: { id: $id }) { name organisation { id } pendingVersion { routingUrl sdl terms { purpose } } }
        node(id: $id) { id } subgraphs { totalCount nodes { name } }
        _entities(representations: [{ __typename: \"Subgraph\", id: $id }, { __typename: \"Subgraph\", name: \"sportelli\" }])
        { ... on Subgraph { name } } }";
    let id = json!({ "id": made["subgraph"]["id"] });
    let (partner, central) = (hub.acting_again(&callers.partner).await, hub.acting_again(&callers.central).await);
    for viewer in [&partner, &central] {
        let told = hub.execute(viewer, seen, id.clone()).await;
        assert_eq!(told.data()["subgraph"]["pendingVersion"]["sdl"], sdl("sportelli", ""));
        assert_eq!(told.data()["subgraphs"]["totalCount"], 1);
        assert_eq!(told.data()["_entities"], json!([{ "name": "sportelli" }, { "name": "sportelli" }]));
    }
    for viewer in [&callers.office, &hub.persona("consiglio-bologna").await, &Viewer::public()] {
        let told = hub.execute(viewer, seen, id.clone()).await;
        let subgraphs = json!({ "totalCount": 0, "nodes": [] });
        let hidden = json!({ "subgraph": null, "node": null, "subgraphs": subgraphs, "_entities": [null, null] });
        assert_eq!(told.data(), &hidden);
        let refused = hub.refused(viewer, "approveSubgraph", PUBLICATION, on(&made, json!({}))).await;
        assert_eq!(refused, ["NOT_FOUND NOT_FOUND input.subgraphId"]);
    }
    let refused = hub.refused(&partner, "approveSubgraph", PUBLICATION, on(&made, json!({}))).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"]);

    let served = hub.done(&central, "approveSubgraph", PUBLICATION, on(&made, json!({}))).await;
    assert_eq!(served["subgraph"]["status"], "APPROVED");
    assert_eq!(served["subgraph"]["servedVersion"]["number"], 1);
    let added = json!({ "weight": "HARMLESS", "path": "Municipality.sportelliDesks" });
    assert!(served["changes"].as_array().unwrap().contains(&added), "{served:#}");
    let members = json!([{ "name": "sportelli", "versionNumber": 1 }]);
    let first = json!({ "number": 1, "cause": "PUBLICATION", "likeNumber": null, "members": members });
    assert_eq!(graph(&hub).await, first);

    let refused = hub.refused(&partner, "withdrawSubgraph", SUBGRAPH, on(&served, json!({ "reason": " " }))).await;
    assert_eq!(refused, ["INVALID LINE_REQUIRED input.reason"]);
    let reason = json!({ "reason": "Servizio cessato" });
    let gone = hub.done(&partner, "withdrawSubgraph", SUBGRAPH, on(&served, reason.clone())).await;
    assert_eq!((&gone["subgraph"]["status"], &gone["subgraph"]["servedVersion"]), (&json!("WITHDRAWN"), &Value::Null));
    assert_eq!(graph(&hub).await["members"], json!([]));
    let refused = hub.refused(&partner, "publishSubgraph", PUBLICATION, on(&gone, json!({}))).await;
    assert_eq!(refused, ["CONFLICT STEP_NOT_ALLOWED input.subgraphId"]);
    let history =
        "query($id: ID!) { subgraph(by: { id: $id }) { history { nodes { action changes { field after } } } } }";
    let told = hub.execute(&partner, history, id).await;
    let steps = told.data()["subgraph"]["history"]["nodes"].as_array().unwrap().clone();
    let actions: Vec<&str> = steps.iter().map(|step| step["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["WITHDRAW_SUBGRAPH", "APPROVE_SUBGRAPH", "PROPOSE_SUBGRAPH"]);
    assert!(!serde_json::to_string(&steps).unwrap().contains("@link"), "the schema's text is no part of history");
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_version_within_what_was_approved_is_served_at_once_and_another_waits() {
    let hub = TestHub::with(SMALL).await;
    let callers = callers(&hub).await;
    let first = approved(&hub, &callers, "sportelli").await;
    let (partner, central) = (hub.acting_again(&callers.partner).await, hub.acting_again(&callers.central).await);

    let more = json!({ "sdl": sdl("sportelli", "sportelliOpen: Boolean") });
    let dry = with(more.clone(), json!({ "dryRun": true }));
    let checked = hub.done(&partner, "publishSubgraph", PUBLICATION, on(&first, dry)).await;
    assert_eq!((&checked["isDryRun"], &checked["subgraph"]["servedVersion"]["number"]), (&json!(true), &json!(2)));
    assert_eq!(graph(&hub).await["number"], 1, "a dry run changes nothing");
    let keyed = with(more, json!({ "idempotencyKey": "v2" }));
    let second = hub.done(&partner, "publishSubgraph", PUBLICATION, on(&first, keyed.clone())).await;
    assert_eq!(second["subgraph"]["servedVersion"]["number"], 2);
    let again = hub.done(&partner, "publishSubgraph", PUBLICATION, on(&first, keyed)).await;
    assert_eq!((&again["isRepeated"], &again["subgraph"]["version"]), (&json!(true), &second["subgraph"]["version"]));
    assert_eq!(graph(&hub).await["members"], json!([{ "name": "sportelli", "versionNumber": 2 }]));

    // Other terms, another place, a field that is gone: each is for the department.
    let terms = json!({ "fields": ["Municipality.population", "Municipality.name"], "purpose": "Altro", "until": "2027-12-31" });
    let asks = [
        json!({ "terms": terms }),
        json!({ "routingUrl": "https://altrove.example.org/graphql" }),
        json!({ "sdl": sdl("sportelli", "") }),
    ];
    let mut last = second;
    for (at, input) in asks.into_iter().enumerate() {
        last = hub.done(&partner, "publishSubgraph", SUBGRAPH, on(&last, input)).await;
        let subgraph = &last["subgraph"];
        assert_eq!(
            (&subgraph["servedVersion"]["number"], &subgraph["pendingVersion"]["number"]),
            (&json!(2), &json!(at + 3))
        );
    }
    let states: Vec<&str> =
        last["subgraph"]["versions"].as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["PROPOSED", "SUPERSEDED", "SUPERSEDED", "APPROVED", "APPROVED"]);
    assert_eq!(graph(&hub).await["number"], 2);
    let reason = json!({ "reason": "Il campo è in uso" });
    let refused = hub.done(&central, "refuseSubgraph", SUBGRAPH, on(&last, reason)).await;
    assert_eq!(
        (&refused["subgraph"]["status"], &refused["subgraph"]["pendingVersion"]),
        (&json!("APPROVED"), &Value::Null)
    );
    let nothing = hub.refused(&central, "approveSubgraph", PUBLICATION, on(&refused, json!({}))).await;
    assert_eq!(nothing, ["CONFLICT NOTHING_PENDING input.subgraphId"]);
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_line_and_reason_and_the_graph_stands() {
    let hub = TestHub::with(SMALL).await;
    let callers = callers(&hub).await;
    approved(&hub, &callers, "sportelli").await;
    let partner = hub.acting_again(&callers.partner).await;
    let cases = [
        (json!({ "sdl": "type Query {" }), "SDL_UNREADABLE input.sdl"),
        (json!({ "sdl": sdl("corsi", "name: String") }), "FIELD_SHADOWED input.sdl"),
        (json!({ "sdl": sdl("corsi", "corsiAll: [CorsiNowhere]") }), "DOES_NOT_COMPOSE input.sdl"),
        (json!({ "routingUrl": "https://169.254.169.254/" }), "ADDRESS_PRIVATE input.routingUrl"),
        (json!({ "routingUrl": "http://corsi.example.org/" }), "ADDRESS_INVALID input.routingUrl"),
        (
            json!({ "terms": { "fields": ["Municipality.secrets"], "purpose": "x", "until": "2027-12-31" } }),
            "TERM_UNKNOWN input.terms.fields",
        ),
        (json!({ "terms": { "fields": [], "purpose": "x", "until": "2027-12-31" } }), "OUTSIDE_TERMS input.sdl"),
        (json!({ "terms": { "fields": [], "purpose": "x", "until": "2026-01-01" } }), "TERMS_OVER input.terms.until"),
        (json!({ "name": "Corsi" }), "NAME_INVALID input.name"),
        (json!({ "contact": " " }), "LINE_REQUIRED input.contact"),
    ];
    for (wrong, expected) in cases {
        let refused = hub.refused(&partner, "proposeSubgraph", PUBLICATION, with(offer("corsi"), wrong.clone())).await;
        assert!(refused.contains(&format!("INVALID {expected}")), "{wrong}: {refused:?}");
    }
    for name in ["sportelli", "sportelli-nord"] {
        let refused = hub.refused(&partner, "proposeSubgraph", PUBLICATION, offer(name)).await;
        assert_eq!(refused, ["CONFLICT NAME_TAKEN input.name"], "{name}");
    }
    assert_eq!(
        hub.refused(&Viewer::public(), "proposeSubgraph", PUBLICATION, offer("corsi")).await,
        ["FORBIDDEN SIGN_IN_REQUIRED"]
    );
    let told = hub
        .mutate(
            &partner,
            "proposeSubgraph",
            PUBLICATION,
            &with(offer("corsi"), json!({ "sdl": sdl("corsi", "name: String") })),
        )
        .await;
    let message = told.data()["done"]["userErrors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("riga 7, colonna 12: Municipality.name: "), "{message}");
    assert_eq!(graph(&hub).await["number"], 1);
    let left: i64 = hub.value("select count(*) from subgraph").await;
    assert_eq!(left, 1, "nothing that was refused is left");
}

#[tokio::test]
async fn two_that_join_at_once_both_stand_in_the_graph() {
    let hub = TestHub::with(SMALL).await;
    let callers = callers(&hub).await;
    let one = hub.done(&callers.partner, "proposeSubgraph", PUBLICATION, offer("sportelli")).await;
    let other = hub.done(&callers.partner, "proposeSubgraph", PUBLICATION, offer("corsi")).await;
    let central = hub.acting_again(&callers.central).await;
    let approve = |made: &Value| {
        let (hub, central, input) = (&hub, &central, on(made, json!({})));
        async move { hub.mutate(central, "approveSubgraph", PUBLICATION, &input).await }
    };
    let (first, second) = tokio::join!(approve(&one), approve(&other));
    for answer in [first, second] {
        assert_eq!(answer.data()["done"]["userErrors"], json!([]));
    }
    let graph = graph(&hub).await;
    assert_eq!(graph["number"], 2);
    let both = json!([{ "name": "corsi", "versionNumber": 1 }, { "name": "sportelli", "versionNumber": 1 }]);
    assert_eq!(graph["members"], both);
}

#[tokio::test]
async fn an_earlier_graph_is_put_back_by_the_central_department_alone() {
    let hub = TestHub::with(SMALL).await;
    let callers = callers(&hub).await;
    let first = approved(&hub, &callers, "sportelli").await;
    let partner = hub.acting_again(&callers.partner).await;
    let more = json!({ "sdl": sdl("sportelli", "sportelliOpen: Boolean") });
    hub.done(&partner, "publishSubgraph", PUBLICATION, on(&first, more)).await;

    let document = "mutation($input: RollBackSupergraphInput!) { rollBackSupergraph(input: $input) {
        supergraph { number cause likeNumber members { name versionNumber } } userErrors { rule } } }";
    let back = async |viewer: &Viewer, to: i32, expected: i32| {
        let input = json!({ "input": { "toNumber": to, "expectedNumber": expected } });
        hub.execute(viewer, document, input).await.data()["rollBackSupergraph"].clone()
    };
    let central = hub.acting_again(&callers.central).await;
    for viewer in [&partner, &callers.office] {
        assert_eq!(back(viewer, 1, 2).await["userErrors"][0]["rule"], "OWN_ORGANISATION_ONLY");
    }
    assert_eq!(back(&central, 1, 1).await["userErrors"][0]["rule"], "SUPERGRAPH_MOVED");
    for (other, rule) in [(0, "NOT_FOUND"), (2, "SUPERGRAPH_SERVED"), (3, "NOT_FOUND")] {
        assert_eq!(back(&central, other, 2).await["userErrors"][0]["rule"], rule, "{other}");
    }
    let done = back(&central, 1, 2).await;
    let members = json!([{ "name": "sportelli", "versionNumber": 1 }]);
    let third = json!({ "number": 3, "cause": "ROLL_BACK", "likeNumber": 1, "members": members });
    assert_eq!(done["supergraph"], third);
    assert_eq!(graph(&hub).await, third);
    let told = hub.execute(&Viewer::public(), GRAPHS, Value::Null).await;
    assert_eq!(
        told.data(),
        &json!({ "supergraphs": [{ "number": 3 }, { "number": 2 }], "earlier": [{ "number": 1 }] })
    );
    let entry = hub.last_entry().await;
    assert_eq!(
        (&entry["action"], &entry["changes"]["supergraph"]),
        (&json!("roll_back_supergraph"), &json!({ "before": 2, "after": 1 }))
    );
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn routers_with_the_key_are_served_the_graph_and_its_contracts() {
    let hub = TestHub::with(SMALL).await;
    let callers = callers(&hub).await;
    let nothing = serve(hub.hub.clone(), Settings::default()).await;
    let client = reqwest::Client::new();
    let get = |address: &str, path: &str| client.get(format!("http://{address}{path}/supergraph"));
    for path in ["", "/contracts/public"] {
        assert_eq!(get(&nothing, path).send().await.unwrap().status(), 404);
    }

    let key = Secret::from("a key that routers know".to_owned());
    let address = serve(hub.hub.clone(), Settings { router_key: Some(key), ..Settings::default() }).await;
    for header in ["", "Bearer another key", "a key that routers know"] {
        for path in ["", "/contracts/public"] {
            assert_eq!(get(&address, path).header("authorization", header).send().await.unwrap().status(), 401);
        }
    }
    let ask = |path: &str| get(&address, path).bearer_auth("a key that routers know");
    let alone = ask("").send().await.unwrap();
    let tag = alone.headers()["etag"].clone();
    let alone = alone.text().await.unwrap();
    assert!(alone.contains("@join__graph(name: \"hub\", url: \"http://hub.example/graphql\")"));
    assert_eq!(ask("").header("if-none-match", &tag).send().await.unwrap().status(), 304);
    assert_eq!(graph(&hub).await["cause"], "HUB");

    approved(&hub, &callers, "sportelli").await;
    let answer = ask("").header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(answer.status(), 200, "another graph is served from now on");
    let answer_tag = answer.headers()["etag"].clone();
    let whole = answer.text().await.unwrap();
    assert!(whole.contains("http://hub.example/partners/sportelli"));
    let hive = get(&address, "/contracts/public").header("x-hive-cdn-key", "a key that routers know");
    let hive = hive.send().await.unwrap();
    let public = hive.text().await.unwrap();
    assert!(public.contains("sportelliDesks") && public.contains("@inaccessible"), "{public}");
    assert_ne!(public, ask("/contracts/institutional").send().await.unwrap().text().await.unwrap());
    assert_eq!(ask("/contracts/secret").send().await.unwrap().status(), 404);

    // Another address in the settings is served at once, and nothing is composed for it.
    let graph_before = graph(&hub).await;
    let moved = Hub::start(hub.hub.database.clone(), Access::default(), schema::references()).await.unwrap();
    moved.provide(Setup::new("http://hub.elsewhere", Neighbourhood(Vec::new()), || OWN_SUBGRAPH.to_owned()));
    let elsewhere = Settings { router_key: Some("a key".to_owned().into()), ..Settings::default() };
    let elsewhere = serve(moved, elsewhere).await;
    let ask_there = || get(&elsewhere, "").bearer_auth("a key");
    let answer = ask_there().header("if-none-match", answer_tag).send().await.unwrap();
    assert_eq!(answer.status(), 200, "the other address is another graph");
    let tag_there = answer.headers()["etag"].clone();
    let there = answer.text().await.unwrap();
    assert_eq!(there, whole.replace("http://hub.example/", "http://hub.elsewhere/"));
    assert_eq!(ask_there().header("if-none-match", tag_there).send().await.unwrap().status(), 304);
    assert_eq!(graph(&hub).await, graph_before);

    // On the day after its terms end, a subgraph takes part no more.
    let (last, after) = (day(2027, 12, 31), day(2028, 1, 1));
    let served = hash(&hub.hub, View::Whole, last).await.unwrap();
    assert!(text(&hub.hub, &served).await.unwrap().contains("sportelliDesks"));
    let served = hash(&hub.hub, View::Whole, after).await.unwrap();
    assert!(!text(&hub.hub, &served).await.unwrap().contains("sportelliDesks"));
    assert_eq!(graph(&hub).await["cause"], "TERMS");
}
