use raccordo::access::{Role, Viewer};
use serde_json::{Value, json};

use super::{SITTING, at, body, council, on, today};
use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::plans;
use crate::work::PLAN;

async fn seen(hub: &TestHub, viewer: &Viewer, sitting: &(Value, Value)) -> Value {
    let query =
        "query($id: ID!) { councilSitting(id: $id) { status title minutes items { ordinal title plan { title } }
        invitations { organisation { id name } seats answer attended representedBy }
        quorum { seats present needed isReached } resolutions { kind outcome votesFor plan { id } } } }";
    hub.execute(viewer, query, json!({ "id": sitting.0 })).await.data()["councilSitting"].clone()
}

pub async fn planned(hub: &TestHub, viewer: &Viewer) -> (Value, Value) {
    at(&hub.done(viewer, "planCouncilSitting", SITTING, today()).await, "councilSitting")
}

/// Says that these of the bodies called came: as many as hold `wanted` members' seats at the least.
pub async fn attendance(hub: &TestHub, viewer: &Viewer, sitting: &(Value, Value), wanted: i64) -> Value {
    let invitations = seen(hub, viewer, sitting).await["invitations"].as_array().unwrap().clone();
    let mut present = 0;
    let came = invitations.iter().filter(|invitation| invitation["organisation"]["id"].is_string()).map(|invitation| {
        let attended = present < wanted && invitation["seats"].as_i64().unwrap() > 0;
        present += if attended { invitation["seats"].as_i64().unwrap() } else { 0 };
        json!({ "organisationId": invitation["organisation"]["id"], "attended": attended })
    });
    let came: Vec<_> = came.collect();
    assert!(present >= wanted, "{present} seats are seen");
    json!({ "attendance": came })
}

#[tokio::test]
async fn a_sitting_goes_from_planned_to_approved_minutes_and_each_level_sees_it_when_it_may() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let council_itself = hub.persona("consiglio-bologna").await;
    let partner = hub.persona("ong-bologna").await;
    let dlci = hub.persona("dlci").await;
    let public = Viewer::public();

    let plan = plans::at(&hub.done(&office, "createTerritorialPlan", PLAN, plans::whole()).await);
    let plan = json!({ "planId": plan.0, "expectedVersion": plan.1 });
    let plan = hub.done(&office, "submitTerritorialPlan", PLAN, plan).await["territorialPlan"]["id"].clone();

    let mut sitting = planned(&hub, &council_itself).await;
    let agenda = json!({ "items": [{ "title": "Parere sul piano", "planId": plan }, { "title": "Varie" }] });
    sitting = hub.sit(&office, "setSittingAgenda", &sitting, agenda).await;
    for viewer in [&office, &partner, &dlci] {
        assert_eq!(seen(&hub, viewer, &sitting).await["status"], "PLANNED");
    }
    for viewer in [&public, &hub.office("PREF-MO").await] {
        assert_eq!(seen(&hub, viewer, &sitting).await, Value::Null, "a sitting is the territory's");
    }
    sitting = hub
        .sit(&council_itself, "conveneCouncilSitting", &sitting, json!({ "guestIds": [body("authority:DLCI")] }))
        .await;
    // Guests share it with the territory: whoever asks from now on holds the key.
    let [office, council_itself, partner] = [
        hub.persona("prefettura-bologna").await,
        hub.persona("consiglio-bologna").await,
        hub.persona("ong-bologna").await,
    ];
    let convened = seen(&hub, &partner, &sitting).await;
    let seats: i64 = convened["invitations"].as_array().unwrap().iter().map(|row| row["seats"].as_i64().unwrap()).sum();
    assert_eq!(convened["quorum"]["seats"], json!(seats));
    assert_eq!(convened["quorum"]["needed"], json!(seats / 2 + 1));
    assert_eq!(convened["quorum"]["isReached"], false);

    // What two do at the same time to different fields stands; the body rests on what it read before.
    let read_before = sitting.clone();
    hub.sit(&office, "changeCouncilSitting", &sitting, json!({ "place": "Sala consiliare" })).await;
    let comes = json!({ "comes": true, "representedBy": "Presidente" });
    sitting = hub.sit(&partner, "answerSittingInvitation", &read_before, comes).await;
    let came = attendance(&hub, &office, &sitting, seats / 2 + 1).await;
    sitting = hub.sit(&council_itself, "recordSittingAttendance", &sitting, came).await;
    sitting = hub.sit(&council_itself, "holdCouncilSitting", &sitting, json!({})).await;
    assert_eq!(seen(&hub, &partner, &sitting).await["quorum"]["isReached"], true);
    let opinion = json!({ "kind": "OPINION_ON_PLAN", "title": "Parere", "text": "Si esprime parere favorevole.",
        "outcome": "WITH_REMARKS", "votesFor": 3, "votesAgainst": 1, "planId": plan });
    sitting = hub.sit(&council_itself, "recordCouncilResolution", &sitting, opinion).await;
    let absent = json!({ "attendance": [] });
    sitting = hub.sit(&council_itself, "recordSittingAttendance", &sitting, absent).await;
    let nobody = attendance(&hub, &office, &sitting, 0).await;
    let refused = hub.unseated(&office, "recordSittingAttendance", &sitting, nobody).await;
    assert_eq!(refused, ["CONFLICT QUORUM_NEEDED input.sittingId"]);
    sitting = hub.sit(&council_itself, "draftSittingMinutes", &sitting, json!({ "text": "Bozza" })).await;
    sitting = hub.sit(&office, "draftSittingMinutes", &sitting, json!({ "text": "Verbale della seduta." })).await;
    assert_eq!(seen(&hub, &public, &sitting).await, Value::Null);
    sitting = hub.sit(&council_itself, "approveSittingMinutes", &sitting, json!({ "publish": true })).await;
    let told = seen(&hub, &public, &sitting).await;
    assert_eq!((&told["status"], &told["minutes"]), (&json!("MINUTES_APPROVED"), &json!("Verbale della seduta.")));
    assert_eq!(told["resolutions"][0]["outcome"], "WITH_REMARKS");
    assert_eq!(told["resolutions"][0]["plan"], Value::Null, "the plan is not public");
    assert_eq!(seen(&hub, &partner, &sitting).await["resolutions"][0]["plan"]["id"], plan);
    let refused = hub.unseated(&office, "draftSittingMinutes", &sitting, json!({ "text": "Altro" })).await;
    assert_eq!(refused, ["CONFLICT STEP_NOT_ALLOWED input.sittingId"]);

    let history =
        "query($id: ID!) { node(id: $id) { ... on CouncilSitting { history(first: 50) { nodes { action } } } } }";
    let all = hub.execute(&partner, history, json!({ "id": sitting.0 })).await;
    let all = all.data()["node"]["history"]["nodes"].as_array().unwrap().clone();
    assert_eq!(all.len() as i64, sitting.1.as_i64().unwrap());
    assert_eq!(all.last().unwrap()["action"], "PLAN_COUNCIL_SITTING");
    let told = hub.execute(&public, history, json!({ "id": sitting.0 })).await;
    assert_eq!(told.data()["node"]["history"]["nodes"], json!([{ "action": "APPROVE_SITTING_MINUTES" }]));
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_step_that_cannot_be_taken_names_the_state_the_step_and_what_is_missing() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let bare = json!({ "councilId": council(), "title": "Seduta", "startsAt": "2026-11-20T09:00:00Z" });
    let sitting = at(&hub.done(&office, "planCouncilSitting", SITTING, bare).await, "councilSitting");
    let refused = hub.unseated(&office, "conveneCouncilSitting", &sitting, json!({})).await;
    assert_eq!(
        refused,
        [
            "INVALID AGENDA_MISSING input.sittingId",
            "INVALID PLACE_MISSING input.sittingId",
            "INVALID DATE_PAST input.sittingId"
        ]
    );
    let answer = hub.mutate(&office, "holdCouncilSitting", SITTING, &on("sittingId", &sitting, json!({}))).await;
    assert_eq!(
        answer.data()["done"]["userErrors"][0]["message"],
        "La seduta è «in preparazione»: il passaggio «svolgimento» è possibile solo da: convocata."
    );
    for (verb, more, expected) in [
        ("draftSittingMinutes", json!({ "text": "Verbale" }), "CONFLICT STEP_NOT_ALLOWED"),
        ("approveSittingMinutes", json!({}), "CONFLICT STEP_NOT_ALLOWED"),
        ("recordSittingAttendance", json!({ "attendance": [] }), "CONFLICT ATTENDANCE_CLOSED"),
        (
            "recordCouncilResolution",
            json!({ "kind": "OTHER", "title": "Altro", "text": "Testo", "outcome": "ADOPTED" }),
            "CONFLICT SITTING_NOT_HELD",
        ),
        ("cancelCouncilSitting", json!({ "reason": " " }), "INVALID LINE_REQUIRED"),
    ] {
        let refused = hub.unseated(&office, verb, &sitting, more).await;
        assert!(refused.len() == 1 && refused[0].starts_with(expected), "{verb}: {refused:?}");
    }

    let ahead = json!({ "startsAt": "2026-12-15T09:00:00Z", "place": "Prefettura" });
    let sitting = hub.sit(&office, "changeCouncilSitting", &sitting, ahead).await;
    let sitting = hub.sit(&office, "setSittingAgenda", &sitting, json!({ "items": [{ "title": "Varie" }] })).await;
    let sitting = hub.sit(&office, "conveneCouncilSitting", &sitting, json!({})).await;
    for (verb, more, expected) in [
        (
            "holdCouncilSitting",
            json!({}),
            vec!["INVALID SITTING_AHEAD input.sittingId", "INVALID ATTENDANCE_MISSING input.sittingId"],
        ),
        ("recordSittingAttendance", json!({ "attendance": [] }), vec!["CONFLICT SITTING_AHEAD input.sittingId"]),
        ("setSittingAgenda", json!({ "items": [] }), vec!["CONFLICT AGENDA_MISSING input.sittingId"]),
        ("setSittingAgenda", json!({ "items": [{ "title": " " }] }), vec!["INVALID LINE_REQUIRED input.items.0.title"]),
        ("changeCouncilSitting", json!({ "place": null }), vec!["INVALID PLACE_MISSING input.place"]),
        (
            "changeCouncilSitting",
            json!({ "startsAt": "2026-11-01T09:00:00Z" }),
            vec!["INVALID DATE_PAST input.startsAt"],
        ),
        (
            "changeCouncilSitting",
            json!({ "endsAt": "2026-12-14T09:00:00Z" }),
            vec!["INVALID PERIOD_REVERSED input.endsAt"],
        ),
    ] {
        assert_eq!(hub.unseated(&office, verb, &sitting, more.clone()).await, expected, "{verb} {more}");
    }
    let cancelled = hub.sit(&office, "cancelCouncilSitting", &sitting, json!({ "reason": "Impedimento" })).await;
    let refused = hub.unseated(&office, "cancelCouncilSitting", &cancelled, json!({ "reason": "Ancora" })).await;
    assert_eq!(refused, ["CONFLICT STEP_NOT_ALLOWED input.sittingId"]);
}

#[tokio::test]
async fn without_its_quorum_a_council_resolves_nothing_and_no_more_vote_than_are_there() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let mut sitting = planned(&hub, &office).await;
    sitting = hub.sit(&office, "conveneCouncilSitting", &sitting, json!({})).await;
    let few = attendance(&hub, &office, &sitting, 1).await;
    sitting = hub.sit(&office, "recordSittingAttendance", &sitting, few).await;
    sitting = hub.sit(&office, "holdCouncilSitting", &sitting, json!({})).await;
    let resolution = |more: Value| {
        let mut given =
            json!({ "kind": "PROPOSAL_TO_DLCI", "title": "Proposta", "text": "Si propone.", "outcome": "ADOPTED" });
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        given
    };
    let refused = hub.unseated(&office, "recordCouncilResolution", &sitting, resolution(json!({}))).await;
    assert_eq!(refused, ["CONFLICT QUORUM_MISSING input.sittingId"]);
    let needed = seen(&hub, &office, &sitting).await["quorum"]["needed"].as_i64().unwrap();
    let enough = attendance(&hub, &office, &sitting, needed).await;
    sitting = hub.sit(&office, "recordSittingAttendance", &sitting, enough).await;
    for (more, expected) in [
        (json!({ "votesFor": 1000 }), "INVALID VOTES_EXCEED_PRESENT input.votesFor"),
        (json!({ "votesFor": -1 }), "INVALID VOTES_NEGATIVE input.votesFor"),
        (json!({ "outcome": "FAVOURABLE" }), "INVALID OUTCOME_UNFIT input.outcome"),
        (json!({ "kind": "OPINION_ON_PLAN", "outcome": "FAVOURABLE" }), "INVALID PLAN_REQUIRED input.planId"),
        (json!({ "text": " " }), "INVALID LINE_REQUIRED input.text"),
        (
            json!({ "planId": crate::people::id("TerritorialPlan", uuid::Uuid::nil()) }),
            "NOT_FOUND NOT_FOUND input.planId",
        ),
    ] {
        let refused = hub.unseated(&office, "recordCouncilResolution", &sitting, resolution(more.clone())).await;
        assert_eq!(refused, [expected], "{more}");
    }
    hub.sit(&office, "recordCouncilResolution", &sitting, resolution(json!({ "votesFor": needed }))).await;
}

#[tokio::test]
async fn secretariats_and_offices_keep_sittings_and_bodies_answer_for_themselves_alone() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let partner = hub.persona("ong-bologna").await;
    let acting = async |name: &str, body: &str, role: Role| {
        let somebody = hub.somebody(name).await;
        let membership = hub.join(somebody, body, role).await;
        hub.acting(somebody, membership).await
    };
    let secretary = acting("anna", "council:PREF-BO", Role::Secretariat).await;
    let member = acting("bruno", "council:PREF-BO", Role::Member).await;
    let volunteer = acting("carla", "persona:ong-bologna", Role::Viewer).await;

    let refused = hub.refused(&member, "planCouncilSitting", SITTING, today()).await;
    assert_eq!(refused, ["FORBIDDEN ROLE_REQUIRED"]);
    let refused = hub.refused(&partner, "planCouncilSitting", SITTING, today()).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"]);
    let mut sitting = planned(&hub, &secretary).await;
    let answer = json!({ "comes": false });
    let refused = hub.unseated(&partner, "answerSittingInvitation", &sitting, answer.clone()).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"], "nobody is invited yet");
    sitting = hub.sit(&secretary, "conveneCouncilSitting", &sitting, json!({})).await;
    let refused = hub.unseated(&volunteer, "answerSittingInvitation", &sitting, answer.clone()).await;
    assert_eq!(refused, ["FORBIDDEN ROLE_REQUIRED"]);
    let refused = hub.unseated(&office, "answerSittingInvitation", &sitting, answer.clone()).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"]);
    let refused = hub.unseated(&partner, "cancelCouncilSitting", &sitting, json!({ "reason": "No" })).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"]);
    sitting = hub.sit(&partner, "answerSittingInvitation", &sitting, answer).await;
    let told = seen(&hub, &office, &sitting).await;
    let own = told["invitations"].as_array().unwrap().iter();
    let own: Vec<_> = own.filter(|row| row["organisation"]["id"] == json!(body("persona:ong-bologna"))).collect();
    assert_eq!((&own[0]["answer"], &own[0]["seats"]), (&json!("NO"), &json!(1)));
    let uninvited = json!({ "attendance": [{ "organisationId": body("office:PREF-MO"), "attended": true }] });
    let refused = hub.unseated(&secretary, "recordSittingAttendance", &sitting, uninvited).await;
    assert_eq!(refused, ["NOT_FOUND NOT_FOUND input.attendance.0.organisationId"]);
    let refused =
        hub.unseated(&hub.persona("dlci").await, "cancelCouncilSitting", &sitting, json!({ "reason": "No" })).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"]);
}

#[tokio::test]
async fn sittings_are_listed_in_pages_and_for_many_councils_at_once() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    for month in 1..=3 {
        let input = json!({ "councilId": council(), "title": format!("Seduta {month}"),
            "startsAt": format!("2027-0{month}-15T09:00:00Z"), "items": [{ "title": "Varie" }] });
        hub.done(&office, "planCouncilSitting", SITTING, input).await;
    }
    let query = "query($after: String, $id: ID!) { council(by: { id: $id }) {
        sittings(first: 2, after: $after, orderBy: EARLIEST_FIRST, filter: { statuses: [PLANNED], from: \"2027-01-01T00:00:00Z\" }) {
          nodes { title items { title } } pageInfo { endCursor hasNextPage } totalCount } } }";
    let first = hub.execute(&office, query, json!({ "id": council() })).await;
    let page = &first.data()["council"]["sittings"];
    assert_eq!((&page["nodes"][1]["title"], &page["totalCount"]), (&json!("Seduta 2"), &json!(3)));
    assert_eq!(page["nodes"][0]["items"][0]["title"], "Varie");
    assert_eq!(first.statements, 3, "the page, its parts, the count");
    let after = &page["pageInfo"]["endCursor"];
    let second = hub.execute(&office, query, json!({ "id": council(), "after": after })).await;
    assert_eq!(second.data()["council"]["sittings"]["nodes"].as_array().unwrap().len(), 1);
    let none = hub.execute(&Viewer::public(), query, json!({ "id": council() })).await;
    assert_eq!(none.data()["council"]["sittings"]["totalCount"], 0);
    let all = "{ prefectures { council { sittings(first: 5) { nodes { title items { title } } } } } }";
    let answer = hub.execute(&office, all, Value::Null).await;
    answer.data();
    assert_eq!(answer.statements, 2);
}
