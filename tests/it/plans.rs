//! The work on territorial plans: drafted, put before the council, adopted, carried out, revised.

use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::people::id;
use crate::work::PLAN;

/// A whole plan, as an officer enters it.
pub fn whole() -> Value {
    json!({
        "title": "Piano territoriale di prova 2027–2029", "periodFrom": "2026-01-01", "periodUntil": "2028-12-31",
        "contextAnalysis": "Il contesto.", "objectives": "Gli obiettivi.", "resources": "Le risorse.", "isDraft": true,
        "indicators": [{ "name": "Residenti stranieri", "value": 124_000, "unit": "persone", "measuredOn": "2026-01-01",
            "source": "ISTAT" }],
        "needs": [{ "topic": "work", "title": "Lavoro regolare", "priorities": [{ "title": "Contrasto al caporalato",
            "interventions": [{ "title": "Sportello mobile", "responsibleId": id("Organisation", stable_id("office:PREF-BO")),
                "partners": [{ "organisationId": id("Organisation", stable_id("persona:ong-bologna")), "task": "Mediazione" }],
                "startsOn": "2026-02-01", "endsOn": "2027-12-31", "budget": "250000.00", "expectedResults": "500 persone",
                "measures": [{ "name": "Persone seguite", "unit": "persone", "baseline": 0, "target": 500 }] }] }] }],
    })
}

/// The plan's id and version from a payload.
pub fn at(payload: &Value) -> (Value, Value) {
    (payload["territorialPlan"]["id"].clone(), payload["territorialPlan"]["version"].clone())
}

fn on((plan, version): &(Value, Value), more: Value) -> Value {
    let mut input = json!({ "planId": plan, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn seen(hub: &TestHub, viewer: &Viewer, plan: &Value) -> Value {
    let query = "query($id: ID!) { territorialPlan(id: $id) { status version } }";
    hub.execute(viewer, query, json!({ "id": plan })).await.data()["territorialPlan"].clone()
}

#[tokio::test]
async fn a_plan_goes_from_draft_to_closed_and_each_level_sees_it_when_it_may() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let council = hub.persona("consiglio-bologna").await;
    let partner = hub.persona("ong-bologna").await;
    let dlci = hub.persona("dlci").await;
    let public = Viewer::public();

    let made = hub.done(&office, "createTerritorialPlan", PLAN, whole()).await;
    let mut plan = at(&made);
    assert_eq!(made["territorialPlan"]["status"], "DRAFT");
    for viewer in [&council, &partner, &dlci, &public] {
        assert_eq!(seen(&hub, viewer, &plan.0).await, Value::Null, "a draft is the office's");
    }
    let step = async |viewer: &Viewer, verb: &str, plan: &(Value, Value), more: Value| {
        at(&hub.done(viewer, verb, PLAN, on(plan, more)).await)
    };
    plan = step(&office, "submitTerritorialPlan", &plan, json!({})).await;
    assert_eq!(seen(&hub, &council, &plan.0).await["status"], "BEFORE_COUNCIL");
    assert_eq!(seen(&hub, &public, &plan.0).await, Value::Null);
    plan = step(&council, "returnTerritorialPlan", &plan, json!({ "remarks": "Precisare i tempi." })).await;
    plan = step(&office, "draftTerritorialPlan", &plan, json!({ "objectives": "Obiettivi precisati." })).await;
    plan = step(&office, "submitTerritorialPlan", &plan, json!({})).await;
    plan = step(&council, "endorseTerritorialPlan", &plan, json!({})).await;
    assert_eq!(
        hub.refused(&council, "adoptTerritorialPlan", PLAN, on(&plan, json!({}))).await,
        ["FORBIDDEN OWN_ORGANISATION_ONLY"]
    );
    plan = step(&office, "adoptTerritorialPlan", &plan, json!({})).await;
    assert_eq!(seen(&hub, &public, &plan.0).await["status"], "ADOPTED");
    let refused = hub.refused(&office, "draftTerritorialPlan", PLAN, on(&plan, json!({ "title": "Altro" }))).await;
    assert_eq!(refused, ["CONFLICT PLAN_NOT_OPEN input.planId"]);
    plan = step(&office, "startPlanImplementation", &plan, json!({})).await;

    let query = "query($id: ID!) { territorialPlan(id: $id) { interventions { responsible { name }
        partners { organisation { name } task } measures { id target latest { value } progress } } } }";
    let told = hub.execute(&public, query, json!({ "id": plan.0 })).await;
    let intervention = told.data()["territorialPlan"]["interventions"][0].clone();
    assert_eq!(intervention["partners"][0]["task"], "Mediazione");
    let measure = &intervention["measures"][0]["id"];
    let value = json!({ "measureId": measure, "measuredOn": "2026-11-01", "value": 120, "source": "Registro" });
    plan = step(&office, "recordPlanMeasurement", &plan, value).await;
    let told = hub.execute(&public, query, json!({ "id": plan.0 })).await;
    let measure = &told.data()["territorialPlan"]["interventions"][0]["measures"][0];
    assert_eq!((&measure["latest"]["value"], &measure["progress"]), (&json!(120.0), &json!(0.24)));
    plan = step(&office, "closeTerritorialPlan", &plan, json!({ "report": "Raggiunti." })).await;
    assert_eq!(seen(&hub, &public, &plan.0).await["status"], "CLOSED");

    // The office reads the whole history; the public what was done since it is public.
    let history = "query($id: ID!) { territorialPlan(id: $id) { history(first: 50) { nodes { action version by { name }
        person changes { kind field before after } } totalCount } } }";
    let all = hub.execute(&office, history, json!({ "id": plan.0 })).await;
    let all = all.data()["territorialPlan"]["history"]["nodes"].as_array().unwrap().clone();
    assert_eq!(all.len() as i64, plan.1.as_i64().unwrap());
    assert_eq!(all.last().unwrap()["action"], "CREATE_TERRITORIAL_PLAN");
    assert_eq!(all.last().unwrap()["person"], "prefettura-bologna");
    let told = hub.execute(&public, history, json!({ "id": plan.0 })).await;
    let told = &told.data()["territorialPlan"]["history"];
    let actions: Vec<_> = told["nodes"].as_array().unwrap().iter().map(|event| event["action"].clone()).collect();
    let expected =
        ["CLOSE_TERRITORIAL_PLAN", "RECORD_PLAN_MEASUREMENT", "START_PLAN_IMPLEMENTATION", "ADOPT_TERRITORIAL_PLAN"];
    assert_eq!(actions, expected);
    assert_eq!(told["totalCount"], 4);
    assert_eq!(hub.broken_entries().await, 0);
}
