//! Calls and projects: proposed with partners, admitted, funded, carried out, closed.

use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::{REFERENCE, SMALL};
use crate::people::id;

pub const CALL: &str = "fundingCall { id version isOpen cancelledOn }";
pub const PROJECT: &str = "project { id version status cup visibility spent
    invitations { id status organisation { name } } participations { role organisation { name } } }";

/// A call that is open on the day of the tests.
pub fn call(reference: &str) -> Value {
    json!({
        "reference": reference, "title": "Avviso di prova", "programmeCode": "FAMI-2021-2027/OS2", "opensOn": "2026-11-01",
        "closesOn": "2026-12-31", "budget": "1000000.00", "minPartners": 1, "maxPartners": 3,
    })
}

/// A proposal with partners, named by their natural keys.
pub fn proposal(call: &Value, partners: &[&str]) -> Value {
    let partners: Vec<_> = partners
        .iter()
        .map(|body| json!({ "organisationId": id("Organisation", stable_id(body)), "budgetShare": "50000.00" }))
        .collect();
    json!({
        "title": "Progetto di prova", "summary": "Che cosa si fa.", "callId": call, "startsOn": "2026-11-01",
        "endsOn": "2028-06-30", "requestedFunding": "300000.00", "totalCost": "320000.00", "places": ["BO"],
        "partners": partners,
    })
}

pub fn on(payload: &Value, more: Value) -> Value {
    let project = &payload["project"];
    let mut input = json!({ "projectId": project["id"], "expectedVersion": project["version"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn seen(hub: &TestHub, viewer: &Viewer, payload: &Value) -> Value {
    let query = "query($id: ID!) { project(by: { id: $id }) { status } }";
    let found = hub.execute(viewer, query, json!({ "id": payload["project"]["id"] })).await;
    found.data()["project"]["status"].clone()
}

#[tokio::test]
async fn a_proposal_needs_its_partners_and_its_call_and_is_public_once_it_is_funded() {
    let hub = TestHub::with(SMALL).await;
    let dlci = hub.persona("dlci").await;
    let published = hub.done(&dlci, "publishFundingCall", CALL, call("AVV-1")).await;
    assert_eq!(published["fundingCall"]["isOpen"], true);
    let lead = hub.persona("ong-bologna").await;
    let input = proposal(&published["fundingCall"]["id"], &["office:PREF-BO"]);
    let mut project = hub.done(&lead, "proposeProject", PROJECT, input).await;
    let partner = hub.persona("prefettura-bologna").await;
    assert_eq!(seen(&hub, &partner, &project).await, "IDEA", "who is asked sees it");
    for (viewer, name) in [(&dlci, "dlci"), (&Viewer::public(), "public")] {
        assert_eq!(seen(&hub, viewer, &project).await, Value::Null, "{name}");
    }

    let lead = hub.persona("ong-bologna").await;
    let refused = hub.refused(&lead, "submitProject", PROJECT, on(&project, json!({}))).await;
    assert_eq!(refused, ["INVALID PARTNERS_PENDING input.projectId", "INVALID TOO_FEW_PARTNERS input.projectId"]);
    let answer = on(&project, json!({ "accepts": true }));
    let refused = hub.refused(&lead, "answerProjectInvitation", PROJECT, answer.clone()).await;
    assert_eq!(refused, ["CONFLICT NOT_INVITED input.projectId"]);
    project = hub.done(&partner, "answerProjectInvitation", PROJECT, answer).await;
    assert_eq!(project["project"]["participations"][0]["role"], "PARTNER");
    project = hub.done(&lead, "submitProject", PROJECT, on(&project, json!({}))).await;
    let dlci = hub.persona("dlci").await;
    assert_eq!(seen(&hub, &dlci, &project).await, "PROPOSED", "who decides sees it");
    let refused = hub.refused(&lead, "admitProject", PROJECT, on(&project, json!({}))).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"]);
    let funding = json!({ "publicFunding": "280000.00", "reasons": "Coerente con il piano." });
    project = hub.done(&dlci, "admitProject", PROJECT, on(&project, funding)).await;
    let refused = hub.refused(&dlci, "fundProject", PROJECT, on(&project, json!({}))).await;
    assert_eq!(refused, ["INVALID CUP_MISSING input.projectId"]);
    let refused = hub.refused(&dlci, "fundProject", PROJECT, on(&project, json!({ "cup": "F81I2000165000X" }))).await;
    assert_eq!(refused, ["INVALID CUP_INVALID input.cup"]);
    let refused = hub.refused(&dlci, "fundProject", PROJECT, on(&project, json!({ "cup": "F81I20001650007" }))).await;
    assert_eq!(refused, ["CONFLICT CUP_IN_USE"], "the source document's project has it");
    assert_eq!(seen(&hub, &Viewer::public(), &project).await, Value::Null);
    project = hub.done(&dlci, "fundProject", PROJECT, on(&project, json!({ "cup": "b11i26000010001" }))).await;
    assert_eq!(
        (&project["project"]["cup"], &project["project"]["visibility"]),
        (&json!("B11I26000010001"), &json!("PUBLIC"))
    );
    assert_eq!(project["project"]["invitations"], json!([]));
    assert_eq!(seen(&hub, &Viewer::public(), &project).await, "FUNDED");

    project = hub.done(&lead, "startProject", PROJECT, on(&project, json!({}))).await;
    let contract = json!({ "cig": "8528645C7D", "subject": "Mediazione", "amount": "40000.00" });
    project = hub.done(&lead, "addProjectContract", PROJECT, on(&project, contract.clone())).await;
    let refused = hub.refused(&lead, "addProjectContract", PROJECT, on(&project, contract)).await;
    assert_eq!(refused, ["CONFLICT CIG_TWICE input.cig"]);
    let spent = |amount: &str, day: &str| json!({ "spentOn": day, "amount": amount, "description": "Personale" });
    project = hub.done(&partner, "declareProjectSpending", PROJECT, on(&project, spent("1200.50", "2026-11-20"))).await;
    project = hub.done(&lead, "declareProjectSpending", PROJECT, on(&project, spent("800.00", "2026-11-21"))).await;
    assert_eq!(project["project"]["spent"], "2000.50");
    for (input, reason) in [
        (spent("0.00", "2026-11-20"), "INVALID AMOUNT_NOT_POSITIVE input.amount"),
        (spent("-5.00", "2026-11-20"), "INVALID AMOUNT_NOT_POSITIVE input.amount"),
        (spent("318000.00", "2026-11-20"), "INVALID SPENDING_ABOVE_COST input.amount"),
        (spent("1.00", "2026-10-31"), "INVALID DAY_OUTSIDE_PROJECT input.spentOn"),
        (spent("1.00", "2026-11-25"), "INVALID DAY_OUTSIDE_PROJECT input.spentOn"),
    ] {
        assert_eq!(hub.refused(&lead, "declareProjectSpending", PROJECT, on(&project, input)).await, [reason]);
    }
    let amended = json!({ "reason": "Proroga", "endsOn": "2028-12-31", "places": ["BO", "MO"] });
    assert_eq!(
        hub.refused(&lead, "amendProject", PROJECT, on(&project, amended.clone())).await,
        ["FORBIDDEN OWN_ORGANISATION_ONLY"],
        "sight of a territory follows from the places"
    );
    project = hub.done(&dlci, "amendProject", PROJECT, on(&project, amended)).await;
    let indicator = json!({ "name": "Persone", "unit": "persone", "target": 100.0 });
    let selection =
        "project { id version status indicators { id values { value } } deadlines { id } amendments { reason } }";
    let mut told = hub.done(&lead, "writeProjectIndicator", selection, on(&project, indicator)).await;
    let deadline = json!({ "title": "Relazione intermedia", "dueOn": "2027-06-30" });
    told = hub.done(&lead, "setProjectDeadline", selection, on(&told, deadline)).await;
    let refused = hub.refused(&lead, "closeProject", selection, on(&told, json!({}))).await;
    assert_eq!(refused, ["INVALID DEADLINES_OPEN input.projectId", "INVALID INDICATORS_UNMEASURED input.projectId"]);
    let value =
        json!({ "indicatorId": told["project"]["indicators"][0]["id"], "measuredOn": "2026-11-23", "value": 40.0 });
    told = hub.done(&lead, "recordProjectValue", selection, on(&told, value)).await;
    let met = json!({ "deadlineId": told["project"]["deadlines"][0]["id"], "title": "Relazione intermedia",
        "dueOn": "2027-06-30", "doneOn": "2026-11-24" });
    told = hub.done(&lead, "setProjectDeadline", selection, on(&told, met)).await;
    told = hub.done(&lead, "closeProject", selection, on(&told, json!({ "report": "Concluso." }))).await;
    assert_eq!(told["project"]["status"], "CLOSED");
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_proposal_is_held_against_its_call_and_against_itself() {
    let hub = TestHub::with(SMALL).await;
    let dlci = hub.persona("dlci").await;
    let lead = hub.persona("ong-bologna").await;
    for (reference, terms, rule) in [
        ("A", json!({ "closesOn": "2026-11-23" }), "CALL_CLOSED"),
        ("B", json!({ "opensOn": "2026-11-25" }), "CALL_NOT_OPEN"),
        ("C", json!({ "eligibleKinds": ["PREFECTURE"] }), "LEAD_NOT_ELIGIBLE"),
        ("D", json!({ "minPartners": 1 }), "TOO_FEW_PARTNERS"),
        ("E", json!({ "requiresIntervention": true }), "INTERVENTION_MISSING"),
        ("F", json!({ "budget": "299999.99" }), "ABOVE_CALL_BUDGET"),
    ] {
        let mut input = call(reference);
        input["minPartners"] = json!(0);
        input.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
        let published = hub.done(&dlci, "publishFundingCall", CALL, input).await;
        let project = hub.done(&lead, "proposeProject", PROJECT, proposal(&published["fundingCall"]["id"], &[])).await;
        let refused = hub.refused(&lead, "submitProject", PROJECT, on(&project, json!({}))).await;
        assert_eq!(refused, [format!("INVALID {rule} input.projectId")]);
    }
    let with = |field: &str, value: Value| {
        let mut input = proposal(&Value::Null, &["office:PREF-BO", "office:PREF-MO"]);
        input[field] = value;
        input
    };
    let body = |name: &str| id("Organisation", stable_id(name));
    let (bo, mo, own) = (body("office:PREF-BO"), body("office:PREF-MO"), body("persona:ong-bologna"));
    for (input, reason) in [
        (with("title", json!(" ")), "INVALID LINE_REQUIRED input.title"),
        (with("endsOn", json!("2026-10-31")), "INVALID PERIOD_REVERSED input.endsOn"),
        (with("requestedFunding", json!("-1.00")), "INVALID AMOUNT_NEGATIVE input.requestedFunding"),
        (with("places", json!(["XX"])), "NOT_FOUND NOT_FOUND input.places.0"),
        (with("programmeCode", json!("FAMI/NOWHERE")), "INVALID PROGRAMME_UNKNOWN input.programmeCode"),
        (
            with("partners", json!([{ "organisationId": own }])),
            "INVALID PARTNER_IS_LEAD input.partners.0.organisationId",
        ),
        (
            with("partners", json!([{ "organisationId": bo }, { "organisationId": bo }])),
            "CONFLICT PARTNER_TWICE input.partners.1.organisationId",
        ),
        (
            with(
                "partners",
                json!([{ "organisationId": bo, "throughId": mo }, { "organisationId": mo, "throughId": bo }]),
            ),
            "INVALID PARTNER_CHAIN_CIRCULAR input.throughId",
        ),
        (
            with("partners", json!([{ "organisationId": bo, "throughId": mo }])),
            "INVALID THROUGH_NOT_PARTNER input.throughId",
        ),
        (
            with("budget", json!([{ "organisationId": bo, "year": 2027, "amount": "320000.01" }])),
            "INVALID BUDGET_ABOVE_COST input.budget",
        ),
        (
            with("budget", json!([{ "organisationId": body("office:PREF-TO"), "year": 2027, "amount": "1.00" }])),
            "INVALID BUDGET_OF_STRANGER input.budget",
        ),
        (with("callId", json!(id("FundingCall", stable_id("nowhere")))), "NOT_FOUND NOT_FOUND input.callId"),
    ] {
        assert_eq!(hub.refused(&lead, "proposeProject", PROJECT, input).await, [reason]);
    }
    let mut published = hub.done(&dlci, "publishFundingCall", CALL, call("Z")).await;
    let amended = |version: &Value, more: Value| {
        let mut input = json!({ "callId": published["fundingCall"]["id"], "expectedVersion": version });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let version = published["fundingCall"]["version"].clone();
    let shorter = amended(&version, json!({ "closesOn": "2026-12-01" }));
    assert_eq!(
        hub.refused(&dlci, "amendFundingCall", CALL, shorter).await,
        ["INVALID CALL_ALREADY_OPEN input.closesOn"]
    );
    let longer = amended(&version, json!({ "closesOn": "2027-01-31", "budget": "1200000.00" }));
    published = hub.done(&dlci, "amendFundingCall", CALL, longer).await;
    let again = hub.refused(&dlci, "publishFundingCall", CALL, call("Z")).await;
    assert_eq!(
        (again, published["fundingCall"]["version"].clone()),
        (vec!["CONFLICT REFERENCE_IN_USE".to_owned()], json!(2))
    );
    assert_eq!(hub.refused(&lead, "publishFundingCall", CALL, call("Y")).await, ["FORBIDDEN LEVEL_REQUIRED"]);
}

/// The source document's page, entered as an officer of the department would.
#[tokio::test]
async fn the_source_documents_project_is_entered_from_its_page_alone() {
    let hub = TestHub::with(REFERENCE).await;
    let mut connection = hub.maintenance().await;
    sqlx::query("delete from project where cup = 'F81I20001650007'").execute(&mut connection).await.unwrap();
    let names: Vec<(uuid::Uuid, String)> =
        sqlx::query_as("select id, name from organisation").fetch_all(&mut connection).await.unwrap();
    let body = |name: &str| {
        let found = names.iter().find(|(_, known)| known.to_lowercase().contains(&name.to_lowercase()));
        id("Organisation", found.unwrap_or_else(|| panic!("{name} is not among the bodies")).0)
    };
    let part = |name: &str| json!({ "organisationId": body(name), "role": "CONTRACTOR" });
    let input = json!({
        "title": "Supporto alle prefetture per la definizione dei piani territoriali", "status": "CLOSED",
        "cup": "F81I20001650007", "initiativeNumber": "2713085", "startsOn": "2021-11-11", "endsOn": "2023-09-30",
        "programmeCode": "FAMI-2014-2020/OS2/ON3", "contracts": [{ "cig": "8528645C7D" }],
        "parts": [part("IPRS"), part("CENSIS"), part("Deloitte")], "source": "Pagina del progetto",
    });
    let dlci = hub.persona("dlci").await;
    hub.done(&dlci, "registerProject", PROJECT, input.clone()).await;
    let query = "{ project(by: { cup: \"F81I20001650007\" }) { title status startsOn endsOn initiativeNumber lead { name }
        programmeNode { code parent { code } } participations { role } contracts { cig } history { nodes { action } } } }";
    let told = hub.execute(&Viewer::public(), query, Value::Null).await;
    let project = &told.data()["project"];
    assert_eq!((&project["startsOn"], &project["endsOn"]), (&json!("2021-11-11"), &json!("2023-09-30")));
    assert_eq!(project["contracts"], json!([{ "cig": "8528645C7D" }]));
    assert_eq!(project["participations"].as_array().unwrap().len(), 3);
    assert_eq!(project["programmeNode"]["parent"]["code"], "FAMI-2014-2020/OS2");
    assert_eq!(project["history"]["nodes"][0]["action"], "REGISTER_PROJECT");
    assert_eq!(hub.refused(&dlci, "registerProject", PROJECT, input).await, ["CONFLICT CUP_IN_USE"]);
}

#[tokio::test]
async fn who_was_asked_and_declined_is_not_told_with_the_published_project() {
    let hub = TestHub::with(SMALL).await;
    let dlci = hub.persona("dlci").await;
    let published = hub.done(&dlci, "publishFundingCall", CALL, call("AVV-2")).await;
    let lead = hub.persona("ong-bologna").await;
    let partners = ["office:PREF-BO", "office:PREF-MO"];
    let input = proposal(&published["fundingCall"]["id"], &partners);
    let mut project = hub.done(&lead, "proposeProject", PROJECT, input).await;
    let lead = hub.persona("ong-bologna").await;
    let bologna = hub.persona("prefettura-bologna").await;
    let modena =
        Viewer { caller: raccordo::access::Caller::Persona("prefettura-bologna"), ..hub.office("PREF-MO").await };
    let yes = json!({ "accepts": true });
    project = hub.done(&bologna, "answerProjectInvitation", PROJECT, on(&project, yes)).await;
    let no = json!({ "accepts": false, "reason": "Nessuna capienza." });
    project = hub.done(&modena, "answerProjectInvitation", PROJECT, on(&project, no)).await;
    project = hub.done(&lead, "submitProject", PROJECT, on(&project, json!({}))).await;
    let dlci = hub.persona("dlci").await;
    project = hub.done(&dlci, "admitProject", PROJECT, on(&project, json!({}))).await;
    project = hub.done(&dlci, "fundProject", PROJECT, on(&project, json!({ "cup": "B11I26000010002" }))).await;

    let query = "query($id: ID!, $at: DateTime) { project(by: { id: $id }, asOf: $at) { history(first: 50) { totalCount
        nodes { action by { id } changes { kind field before after } } } } }";
    let told = hub.execute(&Viewer::public(), query, json!({ "id": project["project"]["id"] })).await;
    let history = &told.data()["project"]["history"];
    assert_eq!((&history["totalCount"], &history["nodes"][0]["changes"]), (&json!(1), &Value::Null));
    let text = told.json.to_string();
    for hidden in ["capienza", "ProjectInvitation", &stable_id("office:PREF-MO").to_string()] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    // Those who took part know what was done.
    let told = hub.execute(&lead, query, json!({ "id": project["project"]["id"] })).await;
    let changes = told.data()["project"]["history"]["nodes"][0]["changes"].as_array().unwrap().clone();
    assert!(changes.iter().any(|change| change["before"] == "Nessuna capienza."), "{changes:#?}");
}

#[tokio::test]
async fn an_office_gives_sight_of_its_own_provinces_alone() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let mut local = call("AVV-3");
    local["minPartners"] = json!(0);
    let published = hub.done(&office, "publishFundingCall", CALL, local).await;
    for (places, allowed) in [(json!(["BO"]), true), (json!(["BO", "TO"]), false)] {
        let mut input = proposal(&published["fundingCall"]["id"], &[]);
        input["places"] = places;
        let mut project = hub.done(&office, "proposeProject", PROJECT, input).await;
        for verb in ["submitProject", "admitProject"] {
            let office = hub.persona("prefettura-bologna").await;
            project = hub.done(&office, verb, PROJECT, on(&project, json!({}))).await;
        }
        let office = hub.persona("prefettura-bologna").await;
        let fund = on(&project, json!({ "cup": "B11I26000010003" }));
        if allowed {
            project = hub.done(&office, "fundProject", PROJECT, fund).await;
            let wider = on(&project, json!({ "reason": "Estensione", "places": ["BO", "TO"] }));
            assert_eq!(
                hub.refused(&office, "amendProject", PROJECT, wider).await,
                ["INVALID PLACE_NOT_COMPETENT input.places"]
            );
        } else {
            assert_eq!(
                hub.refused(&office, "fundProject", PROJECT, fund).await,
                ["INVALID PLACE_NOT_COMPETENT input.places"]
            );
        }
    }
    let registered = json!({ "title": "Altrove", "status": "RUNNING", "cup": "B11I26000010004", "startsOn": "2026-01-01",
        "places": ["TO"], "source": "Atti" });
    let refused = hub.refused(&office, "registerProject", PROJECT, registered.clone()).await;
    assert_eq!(refused, ["INVALID PLACE_NOT_COMPETENT input.places"]);
    hub.done(&hub.persona("dlci").await, "registerProject", PROJECT, registered).await;
}
