//! What each of the five levels gets: the committed operations, answered for each level, with their statements;
//! and which rows each level may see, laid out by hand for every visibility.

use raccordo::access::audience::Viewers;
use raccordo::access::persona::{PERSONAS, Persona, stable_id};
use raccordo::access::{Caller, Viewer};
use raccordo::demo;
use raccordo::integration::reference;
use serde_json::{Value, json};

use crate::hub::{Sample, TODAY, TestHub};

/// The demonstration of three regions, as `make demo` loads it.
pub const SMALL: Sample = Sample {
    name: "small",
    load: |database| Box::pin(async move { demo::load(database, demo::Size::Small, 1, |_| ()).await.map(|_| ()) }),
};

/// The reference data alone.
pub const REFERENCE: Sample = Sample {
    name: "reference",
    load: |database| Box::pin(async move { reference::load(&mut database.maintenance().await?).await }),
};

impl TestHub {
    /// The viewer of a persona; `public` is the one without a token.
    pub async fn viewer(&self, name: &str) -> Viewer {
        let Some(persona) = Persona::find(name) else {
            assert_eq!(name, "public");
            return Viewer::public();
        };
        self.acting_for(persona).await
    }

    /// The same as the persona that signed in: rules are asked of it by name.
    pub async fn persona(&self, name: &str) -> Viewer {
        let persona = Persona::find(name).expect("there is such a persona");
        Viewer { caller: Caller::Persona(persona.name), ..self.acting_for(persona).await }
    }

    /// The viewer who acts for a persona's organisation, be it one of the demonstration's or not.
    pub async fn acting_for(&self, persona: Persona) -> Viewer {
        let viewers = Viewers::default();
        let viewer = viewers.acting_for(persona.organisation_id(), TODAY, &self.hub.database).await;
        viewer.expect("the database answers").expect("there is such an organisation")
    }

    /// The viewer of an office of the prefect, by its code.
    pub async fn office(&self, code: &str) -> Viewer {
        let id = stable_id(&format!("office:{code}"));
        let viewer = Viewers::default().acting_for(id, TODAY, &self.hub.database).await;
        viewer.expect("the database answers").expect("there is such an office")
    }
}

/// The five levels, from the national to the public.
pub fn levels() -> impl Iterator<Item = &'static str> {
    PERSONAS.iter().map(|persona| persona.name).chain(["public"])
}

/// One committed operation.
pub fn operation(name: &str) -> String {
    let path = format!("{}/schema/operations/{name}.graphql", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test]
async fn each_level_gets_from_its_operations_what_it_may_see() {
    let hub = TestHub::with(SMALL).await;
    for (name, viewers) in [
        ("prefecture", &["prefettura-bologna", "public"][..]),
        ("prefecture-plan", &["prefettura-bologna"]),
        ("council", &["consiglio-bologna"]),
        ("partner", &["ong-bologna", "public"]),
        ("public", &["public", "dlci"]),
        ("public-source-project", &["public"]),
    ] {
        for viewer in viewers {
            let answer = hub.execute(&hub.viewer(viewer).await, &operation(name), Value::Null).await;
            answer.data();
            let seen = json!({ "statements": answer.statements, "answer": answer.json });
            insta::assert_json_snapshot!(format!("{name}@{viewer}"), seen);
        }
    }
}

#[tokio::test]
async fn every_operation_answers_every_level_without_an_error() {
    let hub = TestHub::with(SMALL).await;
    let folder = format!("{}/schema/operations", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let query = std::fs::read_to_string(&path).unwrap();
        if query.contains("\nsubscription") {
            continue;
        }
        for viewer in levels() {
            let answer = hub.execute(&hub.viewer(viewer).await, &query, Value::Null).await;
            assert_eq!(
                answer.codes(),
                Vec::<&str>::new(),
                "{} as {viewer}: {:#}",
                path.display(),
                answer.json["errors"]
            );
        }
    }
}

#[tokio::test]
async fn the_dashboards_cost_a_fixed_number_of_statements() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("prefettura-bologna").await;
    let ask = async |query: &str, variables: Value| hub.execute(&viewer, query, variables).await;

    let project = "query($cup: String!) { project(by: { cup: $cup }) { lead { id } } }";
    let found = ask(project, json!({ "cup": "F81I20001650007" })).await;
    assert_eq!(found.statements, 1);

    let any = ask("{ organisations(first: 1) { edges { node { id } } } }", Value::Null).await;
    let id = any.data()["organisations"]["edges"][0]["node"]["id"].clone();
    let by_id =
        "query($id: ID!) { organisation(by: { id: $id }) { name kind shortName fiscalCode source province { name } } }";
    assert_eq!(ask(by_id, json!({ "id": id })).await.statements, 1);

    let dashboard = ask(&operation("prefecture"), Value::Null).await;
    assert!(dashboard.statements <= 4, "{} statements", dashboard.statements);

    let projects = ask(&operation("projects-partners"), Value::Null).await;
    assert_eq!(projects.data()["projects"]["edges"].as_array().map(Vec::len), Some(50));
    assert!(projects.statements <= 2, "{} statements", projects.statements);
}

#[tokio::test]
async fn lists_below_many_parents_cost_one_statement_each() {
    let hub = TestHub::with(SMALL).await;
    let query = "{ prefectures(region: \"08\") { name plans(first: 2) { totalCount edges { node { title } } }
                   organisations(first: 3) { totalCount edges { node { name } } } } }";
    let answer = hub.execute(&hub.viewer("dlci").await, query, Value::Null).await;
    assert_eq!(answer.data()["prefectures"].as_array().map(Vec::len), Some(9));
    assert_eq!(answer.statements, 4);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    for (field, order) in [
        ("organisations", "NAME"),
        ("organisations", "NAME_DESCENDING"),
        ("projects", "NEWEST_FIRST"),
        ("projects", "OLDEST_FIRST"),
        ("agreements", "NEWEST_FIRST"),
        ("fundingCalls", "OLDEST_FIRST"),
    ] {
        let query = format!(
            "query($after: String) {{ page: {field}(first: 100, after: $after, orderBy: {order}) {{
               totalCount edges {{ node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let (mut seen, mut after) = (std::collections::HashSet::new(), Value::Null);
        loop {
            let answer = hub.execute(&viewer, &query, json!({ "after": after })).await;
            let page = &answer.data()["page"];
            for edge in page["edges"].as_array().unwrap() {
                assert!(seen.insert(edge["node"]["id"].clone()), "{field} {order} repeats a record");
            }
            if page["pageInfo"]["hasNextPage"] != true {
                assert_eq!(page["totalCount"], seen.len(), "{field} {order}");
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}

#[tokio::test]
async fn broken_cursors_ids_and_sizes_are_the_callers_fault_and_say_so() {
    let hub = TestHub::with(REFERENCE).await;
    let project =
        hub.execute(&Viewer::public(), "{ project(by: { cup: \"F81I20001650007\" }) { id } }", Value::Null).await;
    let project = project.data()["project"]["id"].as_str().unwrap().to_owned();
    for (query, code) in [
        ("{ organisations(after: \"not a cursor\") { edges { cursor } } }".to_owned(), "BAD_USER_INPUT"),
        ("{ projects(after: \"eyJvIjoibmFtZSIsInYiOiJ4IiwiaSI6MX0\") { edges { cursor } } }".into(), "BAD_USER_INPUT"),
        ("{ organisations(first: 101) { edges { cursor } } }".into(), "LIMIT_EXCEEDED"),
        ("{ organisations(first: 0) { edges { cursor } } }".into(), "BAD_USER_INPUT"),
        ("{ organisations(first: -5) { edges { cursor } } }".into(), "BAD_USER_INPUT"),
        ("{ node(id: \"%%%\") { id } }".into(), "BAD_USER_INPUT"),
        (format!("{{ organisation(by: {{ id: \"{project}\" }}) {{ id }} }}"), "BAD_USER_INPUT"),
        ("{ organisation(by: { fiscalCode: \"a\\u0000b\" }) { id } }".into(), "BAD_USER_INPUT"),
        ("{ organisations(filter: { municipality: \"\\u0000\" }) { edges { cursor } } }".into(), "BAD_USER_INPUT"),
    ] {
        let answer = hub.execute(&Viewer::public(), &query, Value::Null).await;
        assert_eq!(answer.codes(), [code], "{query}: {:#}", answer.json);
    }
}

#[tokio::test]
async fn a_field_that_fails_is_told_apart_from_those_that_it_takes_along() {
    let hub = TestHub::with(REFERENCE).await;
    let query = "{ bad: organisation(by: { fiscalCode: \"a\\u0000b\" }) { id }
                   other: projects { edges { cursor } } another: agreements { edges { cursor } } }";
    let answer = hub.execute(&Viewer::public(), query, Value::Null).await;
    let codes = answer.codes();
    assert!(codes.contains(&"BAD_USER_INPUT"), "{:#}", answer.json);
    assert!(!codes.contains(&"INTERNAL_SERVER_ERROR"), "{:#}", answer.json);
}

#[tokio::test]
async fn a_row_is_there_for_those_who_may_see_it_and_absent_for_the_rest() {
    let hub = TestHub::with(SMALL).await;
    // An agreement for each visibility, province and owner: what may be seen follows from these three alone.
    hub_lay_agreements(&hub).await;
    let mut table = format!("{:<44}", "visibility, province, owner");
    for viewer in levels() {
        table += &format!(" {viewer:>18}");
    }
    for (reference, label) in laid() {
        table += &format!("\n{label:<44}");
        for viewer in levels() {
            let query = format!("{{ agreement(by: {{ reference: {reference:?} }}) {{ id }} }}");
            let answer = hub.execute(&hub.viewer(viewer).await, &query, Value::Null).await;
            let seen = !answer.data()["agreement"].is_null();
            table += &format!(" {:>18}", if seen { "sees" } else { "-" });
        }
    }
    insta::assert_snapshot!("visibility", table);
}

/// Owners by what they are to the personas.
const OWNERS: [(&str, &str); 4] = [
    ("the NGO itself", "id = (select id from organisation where name like 'Cooperativa sociale Ponte sul Reno%')"),
    ("the office of Bologna", "office_code = 'PREF-BO'"),
    ("the office of Torino", "office_code = 'PREF-TO'"),
    ("DLCI", "short_name = 'DLCI'"),
];

fn laid() -> Vec<(String, String)> {
    let mut laid = Vec::new();
    for visibility in ["public", "network", "territory", "institutional", "owner"] {
        for province in ["037", "001"] {
            for (index, (owner, _)) in OWNERS.iter().enumerate() {
                let name = if province == "037" { "Bologna" } else { "Torino" };
                laid.push((format!("{visibility}/{province}/{index}"), format!("{visibility}, {name}, {owner}")));
            }
        }
    }
    laid
}

async fn hub_lay_agreements(hub: &TestHub) {
    let mut connection = hub.maintenance().await;
    for (reference, _) in laid() {
        let [visibility, province, owner] = reference.split('/').collect::<Vec<_>>()[..] else { unreachable!() };
        let condition = OWNERS[owner.parse::<usize>().unwrap()].1;
        let sql = format!(
            "insert into agreement (id, reference, title, promoter_id, owner_number, province_code, valid_from, visibility, source)
             select gen_random_uuid(), '{reference}', 'Laid out', id, number, '{province}', '2026-01-01', '{visibility}', 'test'
             from organisation where {condition}"
        );
        let laid = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        assert_eq!(laid.rows_affected(), 1, "{reference}");
    }
}

#[tokio::test]
async fn nothing_hidden_shows_through_counts_nodes_or_parents() {
    let hub = TestHub::with(SMALL).await;
    let public = Viewer::public();
    let mut connection = hub.maintenance().await;
    let hidden: Vec<(String, uuid::Uuid)> = sqlx::query_as(
        "select 'Project', id from project where visibility <> 'public'
         union all select 'TerritorialPlan', id from territorial_plan where visibility <> 'public'
         union all select 'PlanNeed', id from plan_need where audience <> 0
         union all select 'PlanIntervention', id from plan_intervention where audience <> 0
         union all select 'Organisation', id from organisation where visibility <> 'public'
         union all select 'Agreement', id from agreement where visibility <> 'public'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(hidden.len() > 100, "only {} hidden records to try", hidden.len());
    for chunk in hidden.chunks(100) {
        let ids: Vec<_> = chunk.iter().map(|(kind, id)| raccordo::graphql::NodeId::new(kind, id).id()).collect();
        let answer =
            hub.execute(&public, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
        let nodes = answer.data()["nodes"].as_array().unwrap();
        assert!(nodes.iter().all(Value::is_null), "{nodes:?}");
    }
    let visible: i64 = sqlx::query_scalar("select count(*) from project where visibility = 'public'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let counted = hub.execute(&public, "{ projects(first: 1) { totalCount } }", Value::Null).await;
    assert_eq!(counted.data()["projects"]["totalCount"], visible);
}
