//! What a level may not see is absent on every path: by id, in lists and counts, in searches, as an entity, on the network, in
//! what is told as it happens, and as a file.

use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::people::id;
use crate::plans::whole;
use crate::projects::{CALL, PROJECT, call, proposal};
use crate::work::PLAN;

const PATHS: &str = r#"query($id: ID!, $ids: [ID!]!, $representations: [_Any!]!, $office: ID!) {
  node(id: $id) { id }
  nodes(ids: $ids) { id }
  _entities(representations: $representations) { __typename }
  territorialPlans(filter: { statuses: [DRAFT] }) { totalCount nodes { id title } }
  projects(filter: { statuses: [IDEA] }) { totalCount nodes { id title } }
  planContributions { totalCount nodes { id } }
  search(text: "Zirudella") { totalCount nodes { __typename } }
  network(scope: { around: $office }, hops: 2) { nodeCount edgeCount nodes { id name } }
  organisation(by: { id: $office }) { projects { totalCount } }
}"#;

/// A draft plan with a need and an invitation to contribute, and an idea of a project, each of them named by a rare word.
async fn hidden(hub: &TestHub) -> Vec<Value> {
    let office = hub.persona("prefettura-bologna").await;
    let mut input = whole();
    input["title"] = json!("Zirudella del piano");
    let plan = hub
        .done(
            &office,
            "createTerritorialPlan",
            "territorialPlan { id needs { id priorities { id interventions { id } } } }",
            input,
        )
        .await;
    let plan = plan["territorialPlan"].clone();
    // Asked of a body that is none of the levels below.
    let asked = json!({ "planId": plan["id"], "organisationId": id("Organisation", stable_id("office:PREF-MO")),
        "section": "NEEDS", "closesOn": "2026-12-31" });
    let contribution = hub.done(&office, "invitePlanContribution", "contribution { id }", asked).await;
    let dlci = hub.persona("dlci").await;
    let published = hub.done(&dlci, "publishFundingCall", CALL, call("AVV-9")).await;
    let mut input = proposal(&published["fundingCall"]["id"], &["office:PREF-MO"]);
    input["title"] = json!("Zirudella del progetto");
    let project = hub.done(&office, "proposeProject", PROJECT, input).await;
    let need = &plan["needs"][0];
    let priority = &need["priorities"][0];
    vec![
        plan["id"].clone(),
        need["id"].clone(),
        priority["id"].clone(),
        priority["interventions"][0]["id"].clone(),
        contribution["contribution"]["id"].clone(),
        project["project"]["id"].clone(),
    ]
}

async fn paths(hub: &TestHub, viewer: &Viewer, ids: &[Value]) -> Value {
    let kinds = ["TerritorialPlan", "PlanNeed", "PlanPriority", "PlanIntervention", "PlanContribution", "Project"];
    let representations: Vec<_> =
        kinds.iter().zip(ids).map(|(kind, id)| json!({ "__typename": kind, "id": id })).collect();
    let variables = json!({ "id": ids[0], "ids": ids, "representations": representations,
        "office": id("Organisation", stable_id("office:PREF-BO")) });
    hub.execute(viewer, PATHS, variables).await.data().clone()
}

#[tokio::test]
async fn what_is_hidden_is_as_if_it_were_not_there() {
    let hub = TestHub::with(SMALL).await;
    let absent: Vec<Value> =
        ["TerritorialPlan", "PlanNeed", "PlanPriority", "PlanIntervention", "PlanContribution", "Project"]
            .map(|kind| json!(id(kind, stable_id("nowhere"))))
            .to_vec();
    let levels = ["dlci", "consiglio-bologna", "ong-bologna"];
    let mut before = Vec::new();
    for name in levels {
        before.push(paths(&hub, &hub.viewer(name).await, &absent).await);
    }
    before.push(paths(&hub, &Viewer::public(), &absent).await);
    let ids = hidden(&hub).await;
    let mut viewers = Vec::new();
    for name in levels {
        viewers.push(hub.viewer(name).await);
    }
    viewers.push(Viewer::public());
    // The network follows the records a moment later.
    let own = hub.viewer("prefettura-bologna").await;
    while !paths(&hub, &own, &ids).await["network"].to_string().contains("Zirudella") {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    for (viewer, before) in viewers.iter().zip(before) {
        assert_eq!(paths(&hub, viewer, &ids).await, before, "{:?}", viewer.level);
    }
    // The office, and who was asked, see them.
    let office = paths(&hub, &hub.viewer("prefettura-bologna").await, &ids).await;
    assert!(office["nodes"].as_array().unwrap().iter().all(|node| !node.is_null()), "{office:#}");
    assert_eq!(office["search"]["totalCount"], 2);
    let asked = paths(&hub, &hub.office("PREF-MO").await, &ids).await;
    let seen: Vec<bool> = asked["nodes"].as_array().unwrap().iter().map(|node| !node.is_null()).collect();
    assert_eq!(seen, [false, false, false, false, true, true]);
}

#[tokio::test]
async fn nothing_can_be_done_to_what_is_hidden_and_the_refusal_does_not_tell_it_from_what_is_not_there() {
    let hub = TestHub::with(SMALL).await;
    let ids = hidden(&hub).await;
    let nowhere = json!(id("TerritorialPlan", stable_id("nowhere")));
    for name in ["dlci", "consiglio-bologna", "ong-bologna"] {
        let viewer = hub.persona(name).await;
        for (verb, record, field, there, elsewhere) in [
            ("draftTerritorialPlan", PLAN, "planId", &ids[0], &nowhere),
            ("adoptTerritorialPlan", PLAN, "planId", &ids[0], &nowhere),
            ("startProject", PROJECT, "projectId", &ids[5], &json!(id("Project", stable_id("nowhere")))),
        ] {
            let mut answers = Vec::new();
            for id in [there, elsewhere] {
                let mut input = json!({ "expectedVersion": 1 });
                input[field] = id.clone();
                let answer = hub.mutate(&viewer, verb, record, &input).await;
                answers.push((answer.data().clone(), answer.statements));
            }
            assert_eq!(answers[0], answers[1], "{name}: {verb}");
        }
    }
}
