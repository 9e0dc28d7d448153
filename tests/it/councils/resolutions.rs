use raccordo::access::Viewer;
use serde_json::{Value, json};

use super::sittings::{attendance, planned};
use super::{council, on};
use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::plans;
use crate::work::PLAN;

/// A sitting of the council of Bologna that had its quorum and was held.
async fn held(hub: &TestHub, office: &Viewer) -> (Value, Value) {
    let mut sitting = planned(hub, office).await;
    sitting = hub.sit(office, "conveneCouncilSitting", &sitting, json!({})).await;
    let query = "query($id: ID!) { councilSitting(id: $id) { quorum { needed } } }";
    let needed = hub.execute(office, query, json!({ "id": sitting.0 })).await;
    let needed = needed.data()["councilSitting"]["quorum"]["needed"].as_i64().unwrap();
    let came = attendance(hub, office, &sitting, needed).await;
    sitting = hub.sit(office, "recordSittingAttendance", &sitting, came).await;
    hub.sit(office, "holdCouncilSitting", &sitting, json!({})).await
}

/// Resolves; gives the resolution's id.
async fn resolve(hub: &TestHub, office: &Viewer, sitting: &mut (Value, Value), more: Value) -> Value {
    let record = "councilSitting { id version resolutions { id } }";
    let payload = hub.done(office, "recordCouncilResolution", record, on("sittingId", sitting, more)).await;
    *sitting = super::at(&payload, "councilSitting");
    payload["councilSitting"]["resolutions"].as_array().unwrap().last().unwrap()["id"].clone()
}

#[tokio::test]
async fn a_resolution_is_found_from_what_it_concerns_by_whom_sees_its_sitting() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let mut plan = plans::at(&hub.done(&office, "createTerritorialPlan", PLAN, plans::whole()).await);
    for verb in ["submitTerritorialPlan", "endorseTerritorialPlan", "adoptTerritorialPlan"] {
        plan = plans::at(&hub.done(&office, verb, PLAN, plans::on(&plan, json!({}))).await);
    }
    let mut sitting = held(&hub, &office).await;
    let opinion = json!({ "kind": "OPINION_ON_PLAN", "title": "Parere sul piano", "text": "Favorevole.",
        "outcome": "FAVOURABLE", "planId": plan.0 });
    let opinion = resolve(&hub, &office, &mut sitting, opinion).await;
    let proposal =
        json!({ "kind": "PROPOSAL_TO_DLCI", "title": "Proposta", "text": "Si propone.", "outcome": "ADOPTED" });
    let proposal = resolve(&hub, &office, &mut sitting, proposal).await;

    let query = "query($plan: ID!, $ids: [ID!]!, $representations: [_Any!]!, $council: ID!) {
        territorialPlan(id: $plan) { resolutions { totalCount nodes { id title kind sitting { id } } } }
        nodes(ids: $ids) { ... on CouncilResolution { title plan { id } } }
        _entities(representations: $representations) { ... on CouncilResolution { title } }
        councilResolutions(filter: { kinds: [PROPOSAL_TO_DLCI], council: $council }) { totalCount nodes { id } } }";
    let variables = json!({ "plan": plan.0, "ids": [opinion, proposal], "council": council(),
        "representations": [{ "__typename": "CouncilResolution", "id": opinion }] });
    for name in ["prefettura-bologna", "consiglio-bologna", "ong-bologna", "dlci"] {
        let answer = hub.execute(&hub.persona(name).await, query, variables.clone()).await;
        let told = answer.data();
        assert_eq!(
            told["territorialPlan"]["resolutions"],
            json!({ "totalCount": 1, "nodes": [{ "id": opinion, "title": "Parere sul piano", "kind": "OPINION_ON_PLAN",
                "sitting": { "id": sitting.0 } }] }),
            "{name}"
        );
        assert_eq!(
            told["nodes"],
            json!([{ "title": "Parere sul piano", "plan": { "id": plan.0 } }, { "title": "Proposta", "plan": null }])
        );
        assert_eq!(told["_entities"], json!([{ "title": "Parere sul piano" }]));
        // Others are the demonstration's.
        assert_eq!(told["councilResolutions"]["nodes"][0], json!({ "id": proposal }), "{name}: the latest comes first");
    }
    // The plan is public by now, the sitting is the territory's.
    for viewer in [Viewer::public(), hub.office("PREF-MO").await] {
        let answer = hub.execute(&viewer, query, variables.clone()).await;
        let told = answer.data();
        assert_eq!(told["territorialPlan"]["resolutions"], json!({ "totalCount": 0, "nodes": [] }));
        assert_eq!(told["nodes"], json!([null, null]));
        let listed = told["councilResolutions"]["nodes"].as_array().unwrap();
        assert!(!listed.contains(&json!({ "id": proposal })));
    }
    sitting = hub.sit(&office, "draftSittingMinutes", &sitting, json!({ "text": "Verbale." })).await;
    hub.sit(&office, "approveSittingMinutes", &sitting, json!({ "publish": true })).await;
    let answer = hub.execute(&Viewer::public(), query, variables).await;
    assert_eq!(answer.data()["territorialPlan"]["resolutions"]["totalCount"], 1);

    let many =
        "{ territorialPlans(first: 50) { nodes { resolutions(first: 5) { nodes { title sitting { title } } } } } }";
    let answer = hub.execute(&office, many, Value::Null).await;
    let plans = answer.data()["territorialPlans"]["nodes"].as_array().unwrap();
    assert!(plans.len() > 1 && plans.iter().any(|plan| plan["resolutions"]["nodes"] != json!([])));
    assert_eq!(answer.statements, 3, "the plans, their resolutions, the sittings of these");
}
