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

pub fn on((plan, version): &(Value, Value), more: Value) -> Value {
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

#[tokio::test]
async fn a_body_comments_on_a_section_within_the_window_and_is_answered_before_the_plan_is_adopted() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let made = hub.done(&office, "createTerritorialPlan", PLAN, whole()).await;
    let mut plan = at(&made);
    let body = id("Organisation", stable_id("persona:ong-bologna"));
    let asked = |closes: &str| json!({ "planId": plan.0, "organisationId": body, "section": "NEEDS", "closesOn": closes, "question": "Manca qualcosa?" });
    const CONTRIBUTION: &str = "contribution { id version status sectionText planTitle plan { id } outcome }";
    let over = hub.refused(&office, "invitePlanContribution", CONTRIBUTION, asked("2026-11-23")).await;
    assert_eq!(over, ["INVALID PERIOD_REVERSED input.closesOn", "INVALID WINDOW_OVER input.closesOn"]);
    let held =
        hub.done(&office, "invitePlanContribution", CONTRIBUTION, asked("2026-12-31")).await["contribution"].clone();
    assert_eq!(held["sectionText"], "– Lavoro regolare");

    let partner = hub.persona("ong-bologna").await;
    let query = "{ planContributions(statuses: [INVITED]) { totalCount nodes { id planTitle plan { id } } } }";
    let found = hub.execute(&partner, query, Value::Null).await;
    assert_eq!(found.data()["planContributions"]["nodes"][0]["plan"], Value::Null, "the draft stays the office's");
    for name in ["consiglio-bologna", "dlci"] {
        let found = hub.execute(&hub.persona(name).await, query, Value::Null).await;
        assert_eq!(found.data()["planContributions"]["totalCount"], 0, "{name}");
    }
    let next = on;
    let on = |held: &Value, more: Value| {
        let mut input = json!({ "contributionId": held["id"], "expectedVersion": held["version"] });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let said = json!({ "comment": "Manca la casa." });
    // Who made the group holds its key from its next request on.
    let office = hub.persona("prefettura-bologna").await;
    assert_eq!(
        hub.refused(&office, "contributeToPlan", CONTRIBUTION, on(&held, said.clone())).await,
        ["FORBIDDEN OWN_ORGANISATION_ONLY"]
    );
    let held = hub.done(&partner, "contributeToPlan", CONTRIBUTION, on(&held, said)).await["contribution"].clone();
    assert_eq!(held["status"], "SUBMITTED");

    plan = at(&hub.done(&office, "submitTerritorialPlan", PLAN, next(&plan, json!({}))).await);
    plan = at(&hub.done(&office, "endorseTerritorialPlan", PLAN, next(&plan, json!({}))).await);
    let office = hub.persona("prefettura-bologna").await;
    assert_eq!(
        hub.refused(&office, "adoptTerritorialPlan", PLAN, next(&plan, json!({}))).await,
        ["INVALID CONTRIBUTIONS_UNANSWERED input.planId"]
    );
    let no = json!({ "outcome": "NOT_ACCEPTED" });
    assert_eq!(
        hub.refused(&office, "answerPlanContribution", CONTRIBUTION, on(&held, no)).await,
        ["INVALID REASON_REQUIRED input.answer"]
    );
    let answer = json!({ "outcome": "PARTLY", "answer": "Nella prossima edizione." });
    hub.done(&office, "answerPlanContribution", CONTRIBUTION, on(&held, answer)).await;
    hub.done(&office, "adoptTerritorialPlan", PLAN, next(&plan, json!({}))).await;
}

#[tokio::test]
async fn what_two_change_at_once_is_told_and_lost_by_neither() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let made = hub.done(&office, "createTerritorialPlan", PLAN, whole()).await;
    let plan = at(&made);
    hub.done(&office, "draftTerritorialPlan", PLAN, on(&plan, json!({ "objectives": "Del primo." }))).await;
    // Another section, drafted from the same version: nothing is overwritten.
    hub.done(&office, "draftTerritorialPlan", PLAN, on(&plan, json!({ "resources": "Del secondo." }))).await;
    // The same section: what the first wrote is told.
    let input = on(&plan, json!({ "objectives": "Del secondo." }));
    let answer = hub.mutate(&office, "draftTerritorialPlan", PLAN, &input).await;
    let error = &answer.data()["done"]["userErrors"][0];
    assert_eq!(error["rule"], "CHANGED_MEANWHILE");
    let told: Vec<_> =
        error["changes"].as_array().unwrap().iter().map(|change| (&change["field"], &change["after"])).collect();
    assert_eq!(told, [(&json!("objectives"), &json!("Del primo.")), (&json!("resources"), &json!("Del secondo."))]);
    // A step rests on the whole plan.
    let refused = hub.refused(&office, "submitTerritorialPlan", PLAN, on(&plan, json!({}))).await;
    assert_eq!(refused, ["CONFLICT CHANGED_MEANWHILE input.expectedVersion"]);
    let query = "query($id: ID!) { territorialPlan(id: $id) { objectives resources version } }";
    let told = hub.execute(&office, query, json!({ "id": plan.0 })).await;
    let expected = json!({ "objectives": "Del primo.", "resources": "Del secondo.", "version": 3 });
    assert_eq!(told.data()["territorialPlan"], expected);
}

#[tokio::test]
async fn a_request_sent_again_is_done_once_and_a_dry_run_never() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let count = "select count(*) from territorial_plan";
    let before = hub.value::<i64>(count).await;
    let keyed = |key: &str, title: &str| {
        let mut input = whole();
        (input["idempotencyKey"], input["title"]) = (json!(key), json!(title));
        input
    };
    let first = hub.done(&office, "createTerritorialPlan", PLAN, keyed("k-1", "Uno")).await;
    let changed = on(&at(&first), json!({ "title": "Uno, mutato" }));
    hub.done(&office, "draftTerritorialPlan", PLAN, changed).await;
    let again = hub.done(&office, "createTerritorialPlan", PLAN, keyed("k-1", "Uno")).await;
    assert_eq!((&again["territorialPlan"], &again["isRepeated"]), (&first["territorialPlan"], &json!(true)));
    let other = hub.refused(&office, "createTerritorialPlan", PLAN, keyed("k-1", "Due")).await;
    assert_eq!(other, ["CONFLICT IDEMPOTENCY_KEY_REUSED input.idempotencyKey"]);
    // Another caller's key is another key.
    let council = hub.persona("consiglio-bologna").await;
    let theirs = hub.refused(&council, "createTerritorialPlan", PLAN, keyed("k-1", "Uno")).await;
    assert_eq!(theirs, ["INVALID OFFICE_REQUIRED"]);
    // What was done is told again, whatever the rules have come to since.
    let body = id("Organisation", stable_id("persona:ong-bologna"));
    let asked = json!({ "planId": first["territorialPlan"]["id"], "organisationId": body, "section": "NEEDS",
        "closesOn": "2026-12-31", "idempotencyKey": "k-3" });
    const CONTRIBUTION: &str = "contribution { id status }";
    let once = hub.done(&office, "invitePlanContribution", CONTRIBUTION, asked.clone()).await;
    let gone = json!({ "planId": first["territorialPlan"]["id"], "expectedVersion": 2, "reason": "Superato." });
    hub.done(&office, "withdrawTerritorialPlan", PLAN, gone).await;
    let office = hub.persona("prefettura-bologna").await;
    let twice = hub.done(&office, "invitePlanContribution", CONTRIBUTION, asked).await;
    assert_eq!((&twice["contribution"], &twice["isRepeated"]), (&once["contribution"], &json!(true)));
    let mut dry = keyed("k-2", "Prova");
    dry["dryRun"] = json!(true);
    let tried = hub.done(&office, "createTerritorialPlan", PLAN, dry.clone()).await;
    assert_eq!((&tried["isDryRun"], &tried["territorialPlan"]["title"]), (&json!(true), &json!("Prova")));
    dry["dryRun"] = json!(false);
    let real = hub.done(&office, "createTerritorialPlan", PLAN, dry).await;
    assert_eq!((&real["isDryRun"], &real["isRepeated"]), (&json!(false), &json!(false)));
    assert_eq!(hub.value::<i64>(count).await, before + 2);
}

#[tokio::test]
async fn a_revision_starts_from_the_adopted_plan_and_tells_what_it_changes() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let mut plan = at(&hub.done(&office, "createTerritorialPlan", PLAN, whole()).await);
    for verb in ["submitTerritorialPlan", "endorseTerritorialPlan", "adoptTerritorialPlan"] {
        plan = at(&hub.done(&office, verb, PLAN, on(&plan, json!({}))).await);
    }
    let adopted = chrono::Utc::now();
    let revision = json!({ "planId": plan.0 });
    let made = hub.done(&office, "reviseTerritorialPlan", PLAN, revision.clone()).await;
    assert_eq!(hub.refused(&office, "reviseTerritorialPlan", PLAN, revision).await, ["CONFLICT REVISION_OPEN"]);
    let mut new = at(&made);
    let query =
        "query($id: ID!) { territorialPlan(id: $id) { edition previousEdition { id } needs { id title priorities
        { interventions { id title measures { name } partners { task } } } }
        difference { kind field before after } } }";
    let told = hub.execute(&office, query, json!({ "id": new.0 })).await;
    let told = told.data()["territorialPlan"].clone();
    assert_eq!((&told["edition"], &told["difference"]), (&json!(2), &json!([])), "it starts from the one adopted");
    let intervention = &told["needs"][0]["priorities"][0]["interventions"][0];
    assert_eq!(
        (&intervention["measures"][0]["name"], &intervention["partners"][0]["task"]),
        (&json!("Persone seguite"), &json!("Mediazione"))
    );
    let wider = json!({ "interventionId": intervention["id"], "budget": "300000.00" });
    new = at(&hub.done(&office, "writePlanIntervention", PLAN, on(&new, wider)).await);
    let added = json!({ "topic": "housing", "title": "Casa" });
    new = at(&hub.done(&office, "writePlanNeed", PLAN, on(&new, added)).await);
    let told = hub.execute(&office, query, json!({ "id": new.0 })).await;
    let told = told.data()["territorialPlan"]["difference"].as_array().unwrap().clone();
    let has = |kind: &str, field: &str, before: Value, after: Value| {
        told.contains(&json!({ "kind": kind, "field": field, "before": before, "after": after }))
    };
    assert!(has("PlanIntervention", "budget", json!("250000"), json!("300000")), "{told:#?}");
    assert!(has("PlanNeed", "title", Value::Null, json!("Casa")), "{told:#?}");
    assert!(told.iter().all(|change| change["kind"] != "TerritorialPlan"), "{told:#?}");

    // The edition that it revises is as it was; and was, at that time, as it is.
    let query =
        "query($id: ID!, $at: DateTime) { territorialPlan(id: $id, asOf: $at) { status objectives needs { title } } }";
    let now = hub.execute(&office, query, json!({ "id": plan.0 })).await;
    assert_eq!(now.data()["territorialPlan"]["needs"].as_array().unwrap().len(), 1);
    let then = hub.execute(&office, query, json!({ "id": plan.0, "at": adopted.to_rfc3339() })).await;
    assert_eq!(then.data(), now.data());
    let then = hub.execute(&office, query, json!({ "id": new.0, "at": adopted.to_rfc3339() })).await;
    assert_eq!(then.data()["territorialPlan"], Value::Null, "it was not there yet");
}
