//! How proposals are assembled: who is asked, sees it, declines, and what may be linked to it.

use raccordo::access::persona::stable_id;
use raccordo::access::{Caller, Viewer};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::people::id;
use crate::plans;
use crate::projects::{CALL, PROJECT, call, on, proposal};
use crate::work::PLAN;

fn body(natural_key: &str) -> String {
    id("Organisation", stable_id(natural_key))
}

/// Who acts for an office, as it is now.
async fn office(hub: &TestHub, code: &str) -> Viewer {
    Viewer { caller: Caller::Persona("prefettura-bologna"), ..hub.office(code).await }
}

/// The call of the department and a proposal to it, led by the NGO of Bologna.
async fn proposed(hub: &TestHub, reference: &str, partners: &[&str]) -> Value {
    let dlci = hub.persona("dlci").await;
    let published = hub.done(&dlci, "publishFundingCall", CALL, call(reference)).await;
    let lead = hub.persona("ong-bologna").await;
    hub.done(&lead, "proposeProject", PROJECT, proposal(&published["fundingCall"]["id"], partners)).await
}

async fn sees(hub: &TestHub, viewer: &Viewer, project: &Value) -> bool {
    let query = "query($id: ID!) { project(by: { id: $id }) { id } }";
    let found = hub.execute(viewer, query, json!({ "id": project["project"]["id"] })).await;
    !found.data()["project"].is_null()
}

/// Proposals that wait for an office's answer, as somebody sees them.
async fn asked(hub: &TestHub, viewer: &Viewer, office: &str) -> Value {
    let query = "query($office: ID!) { projects(filter: { invited: $office }) { totalCount nodes { id } } }";
    let answer = hub.execute(viewer, query, json!({ "office": body(office) })).await;
    answer.data()["projects"].clone()
}

#[tokio::test]
async fn a_body_finds_the_proposals_that_wait_for_its_answer() {
    let hub = TestHub::with(SMALL).await;
    let project = proposed(&hub, "AVV-20", &["office:PREF-MO", "office:PREF-BO"]).await;
    let (waiting, nothing) = (
        json!({ "totalCount": 1, "nodes": [{ "id": project["project"]["id"] }] }),
        json!({ "totalCount": 0, "nodes": [] }),
    );
    let modena = office(&hub, "PREF-MO").await;
    assert_eq!(asked(&hub, &modena, "office:PREF-MO").await, waiting);
    for viewer in [hub.persona("dlci").await, Viewer::public()] {
        assert_eq!(asked(&hub, &viewer, "office:PREF-MO").await, nothing, "it is none of theirs");
    }
    hub.done(&modena, "answerProjectInvitation", PROJECT, on(&project, json!({ "accepts": true }))).await;
    assert_eq!(asked(&hub, &modena, "office:PREF-MO").await, nothing);
    assert_eq!(asked(&hub, &modena, "office:PREF-BO").await, waiting, "the others have not answered");
}

#[tokio::test]
async fn by_a_body_that_one_may_not_see_nobody_finds_what_it_is_asked() {
    let hub = TestHub::with(SMALL).await;
    let body: Uuid = sqlx::query_scalar(
        "select id from organisation where kind = 'third_sector_organisation' and visibility = 'public' and id <> $1
         order by id limit 1",
    )
    .bind(stable_id("persona:ong-bologna"))
    .fetch_one(&mut hub.maintenance().await)
    .await
    .unwrap();
    let asked = id("Organisation", body);
    let office = office(&hub, "PREF-BO").await;
    let plan = hub.done(&office, "createTerritorialPlan", PLAN, plans::whole()).await;
    let input = json!({ "planId": plan["territorialPlan"]["id"], "section": "CONTEXT", "organisationId": asked,
        "closesOn": "2026-12-31" });
    hub.done(&office, "invitePlanContribution", "contribution { id }", input).await;
    let project = proposed(&hub, "AVV-23", &["office:PREF-BO"]).await;
    let lead = hub.persona("ong-bologna").await;
    let partner = json!({ "partner": { "organisationId": asked } });
    hub.done(&lead, "inviteProjectPartner", PROJECT, on(&project, partner)).await;
    let office = self::office(&hub, "PREF-BO").await;
    let query = "query($asked: ID!) { projects(filter: { invited: $asked }) { totalCount }
        planContributions(organisation: $asked) { totalCount } }";
    for (hides, expected) in [(false, 1), (true, 0)] {
        if hides {
            let hide = "update organisation set visibility = 'owner' where id = $1";
            sqlx::query(hide).bind(body).execute(&mut hub.maintenance().await).await.unwrap();
        }
        let answer = hub.execute(&office, query, json!({ "asked": asked })).await;
        let counts = ["projects", "planContributions"].map(|field| answer.data()[field]["totalCount"].clone());
        assert_eq!(counts, [expected, expected]);
    }
}

#[tokio::test]
async fn whoever_declines_or_is_asked_no_more_sees_the_proposal_no_more_and_may_be_asked_again() {
    let hub = TestHub::with(SMALL).await;
    let mut project = proposed(&hub, "AVV-21", &["office:PREF-MO"]).await;
    let modena = office(&hub, "PREF-MO").await;
    assert!(sees(&hub, &modena, &project).await);
    let no = json!({ "accepts": false });
    project = hub.done(&modena, "answerProjectInvitation", PROJECT, on(&project, no)).await;
    assert!(!sees(&hub, &office(&hub, "PREF-MO").await, &project).await, "the only body asked has declined");

    let lead = hub.persona("ong-bologna").await;
    let again = json!({ "partner": { "organisationId": body("office:PREF-MO") } });
    project = hub.done(&lead, "inviteProjectPartner", PROJECT, on(&project, again)).await;
    assert_eq!(project["project"]["invitations"][0]["status"], "INVITED");
    assert!(sees(&hub, &office(&hub, "PREF-MO").await, &project).await);
    let withdrawn = json!({ "invitationId": project["project"]["invitations"][0]["id"] });
    let lead = hub.persona("ong-bologna").await;
    project = hub.done(&lead, "withdrawProjectInvitation", PROJECT, on(&project, withdrawn)).await;
    assert!(!sees(&hub, &office(&hub, "PREF-MO").await, &project).await);
    assert!(sees(&hub, &hub.persona("ong-bologna").await, &project).await);
}

#[tokio::test]
async fn a_body_declines_although_another_was_to_take_part_through_it() {
    let hub = TestHub::with(SMALL).await;
    let mut project = proposed(&hub, "AVV-22", &["office:PREF-BO"]).await;
    let lead = hub.persona("ong-bologna").await;
    let through =
        json!({ "partner": { "organisationId": body("office:PREF-MO"), "throughId": body("office:PREF-BO") } });
    project = hub.done(&lead, "inviteProjectPartner", PROJECT, on(&project, through)).await;
    let (bologna, modena) = (office(&hub, "PREF-BO").await, office(&hub, "PREF-MO").await);
    let answer = |accepts: bool| json!({ "accepts": accepts });
    project = hub.done(&modena, "answerProjectInvitation", PROJECT, on(&project, answer(true))).await;
    project = hub.done(&bologna, "answerProjectInvitation", PROJECT, on(&project, answer(false))).await;
    // The lead sees to it before it hands the proposal in.
    let lead = hub.persona("ong-bologna").await;
    let refused = hub.refused(&lead, "submitProject", PROJECT, on(&project, json!({}))).await;
    assert_eq!(refused, ["INVALID THROUGH_NOT_PARTNER input.throughId"]);
    let share = json!({ "partner": { "organisationId": body("authority:DLCI"), "budgetShare": "-1.00" } });
    let refused = hub.refused(&lead, "inviteProjectPartner", PROJECT, on(&project, share)).await;
    assert!(refused.contains(&"INVALID AMOUNT_NEGATIVE input.budgetShare".to_owned()), "{refused:?}");
}

#[tokio::test]
async fn only_what_stands_in_an_adopted_plan_is_linked_and_only_what_all_see_is_agreed_upon() {
    let hub = TestHub::with(SMALL).await;
    let own = hub.persona("prefettura-bologna").await;
    let selection = "territorialPlan { id version interventions { id } }";
    let made = hub.done(&own, "createTerritorialPlan", selection, plans::whole()).await;
    let mut input = proposal(&Value::Null, &[]);
    input["interventionIds"] = json!([made["territorialPlan"]["interventions"][0]["id"]]);
    let refused = hub.refused(&own, "proposeProject", PROJECT, input.clone()).await;
    assert_eq!(refused, ["INVALID INTERVENTION_NOT_ADOPTED input.interventionIds.0"]);
    let mut plan = plans::at(&made);
    for verb in ["submitTerritorialPlan", "endorseTerritorialPlan", "adoptTerritorialPlan"] {
        plan = plans::at(&hub.done(&own, verb, PLAN, plans::on(&plan, json!({}))).await);
    }
    hub.done(&own, "proposeProject", PROJECT, input).await;

    let mut local = call("AVV-23");
    local["minPartners"] = json!(0);
    let published = hub.done(&own, "publishFundingCall", CALL, local).await;
    let mut project = hub.done(&own, "proposeProject", PROJECT, proposal(&published["fundingCall"]["id"], &[])).await;
    for verb in ["submitProject", "admitProject"] {
        let own = hub.persona("prefettura-bologna").await;
        project = hub.done(&own, verb, PROJECT, on(&project, json!({}))).await;
    }
    let own = hub.persona("prefettura-bologna").await;
    for visibility in ["TERRITORY", "INSTITUTIONAL"] {
        let fund = on(&project, json!({ "cup": "B11I26000010021", "visibility": visibility }));
        let refused = hub.refused(&own, "fundProject", PROJECT, fund).await;
        assert_eq!(refused, ["INVALID PARTIES_MUST_SEE input.visibility"], "{visibility}");
    }
    project = hub.done(&own, "fundProject", PROJECT, on(&project, json!({ "cup": "B11I26000010021" }))).await;
    // Contracts that need no tender share their code.
    for _ in 0..2 {
        project = hub.done(&own, "addProjectContract", PROJECT, on(&project, json!({ "cig": "ES01" }))).await;
    }
}

#[tokio::test]
async fn a_call_is_seen_by_its_issuer_and_goes_on_being_seen_by_who_wrote_proposals() {
    let hub = TestHub::with(SMALL).await;
    let own = hub.persona("prefettura-bologna").await;
    let with = |reference: &str, more: Value| {
        let mut input = call(reference);
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    for province in [Value::Null, json!("TO")] {
        let input = with("AVV-24", json!({ "visibility": "TERRITORY", "province": province }));
        let refused = hub.refused(&own, "publishFundingCall", CALL, input).await;
        assert_eq!(refused, ["INVALID ISSUER_MUST_SEE input.visibility"], "{province}");
    }
    let input = with("AVV-24", json!({ "visibility": "TERRITORY", "province": "BO" }));
    let mut published = hub.done(&own, "publishFundingCall", CALL, input).await;
    for (visibility, is_wider) in [("OWNER", false), ("NETWORK", true), ("INSTITUTIONAL", false)] {
        let known = &published["fundingCall"];
        let amended = json!({ "callId": known["id"], "expectedVersion": known["version"], "visibility": visibility });
        if is_wider {
            published = hub.done(&own, "amendFundingCall", CALL, amended).await;
        } else {
            let refused = hub.refused(&own, "amendFundingCall", CALL, amended).await;
            assert_eq!(refused, ["INVALID CALL_ALREADY_OPEN"], "{visibility}");
        }
    }
}

#[tokio::test]
async fn the_same_request_twice_at_once_is_done_once_and_answered_twice() {
    let hub = TestHub::with(SMALL).await;
    let dlci = hub.persona("dlci").await;
    let published = hub.done(&dlci, "publishFundingCall", CALL, call("AVV-25")).await;
    let lead = hub.persona("ong-bologna").await;
    let mut input = proposal(&published["fundingCall"]["id"], &[]);
    input["idempotencyKey"] = json!("at-once");
    let ask = || hub.done(&lead, "proposeProject", PROJECT, input.clone());
    let (one, other) = tokio::join!(ask(), ask());
    assert_eq!(one["project"], other["project"]);
    assert_ne!(one["isRepeated"], other["isRepeated"]);
}

#[tokio::test]
async fn an_office_whose_plan_who_decided_did_not_see_sees_the_project_from_the_next_deed_of_who_does() {
    let hub = TestHub::with(SMALL).await;
    let own = hub.persona("prefettura-bologna").await;
    let selection = "territorialPlan { id version interventions { id } }";
    let made = hub.done(&own, "createTerritorialPlan", selection, plans::whole()).await;
    let mut plan = plans::at(&made);
    for verb in ["submitTerritorialPlan", "endorseTerritorialPlan", "adoptTerritorialPlan"] {
        plan = plans::at(&hub.done(&own, verb, PLAN, plans::on(&plan, json!({}))).await);
    }
    let modena = office(&hub, "PREF-MO").await;
    let mut of_modena = call("AVV-25");
    of_modena["minPartners"] = json!(0);
    let published = hub.done(&modena, "publishFundingCall", CALL, of_modena).await;
    let lead = hub.persona("ong-bologna").await;
    let mut input = proposal(&published["fundingCall"]["id"], &[]);
    input["interventionIds"] = json!([made["territorialPlan"]["interventions"][0]["id"]]);
    let mut project = hub.done(&lead, "proposeProject", PROJECT, input).await;
    project = hub.done(&lead, "submitProject", PROJECT, on(&project, json!({}))).await;
    // Within its province alone: the lead is at home there, the office of Modena is not.
    let narrowed = "update territorial_plan set visibility = 'territory' where id = $1";
    let plan = raccordo::graphql::NodeId::uuid("TerritorialPlan", made["territorialPlan"]["id"].as_str().unwrap());
    sqlx::query(narrowed).bind(plan.unwrap()).execute(&mut hub.maintenance().await).await.unwrap();
    let modena = office(&hub, "PREF-MO").await;
    project = hub.done(&modena, "admitProject", PROJECT, on(&project, json!({}))).await;
    let own = hub.persona("prefettura-bologna").await;
    assert!(!sees(&hub, &own, &project).await, "who decided cannot tell whose plan it is");
    let lead = hub.persona("ong-bologna").await;
    let indicator = json!({ "name": "Persone", "unit": "persone", "target": 100.0 });
    project = hub.done(&lead, "writeProjectIndicator", PROJECT, on(&project, indicator)).await;
    let own = hub.persona("prefettura-bologna").await;
    assert!(sees(&hub, &own, &project).await, "the lead can");
}
