use raccordo::access::{Role, Viewer};
use serde_json::{Value, json};

use super::{at, body, council, on};
use crate::hub::TestHub;
use crate::levels::SMALL;

const SEAT: &str = "councilSeat { id version validFrom validUntil }";

fn appointment(organisation: &str, more: Value) -> Value {
    let mut input = json!({ "councilId": council(), "organisationId": body(organisation), "category": "AID_BODIES" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// Seats of a body in the council on a day: id and version.
async fn seats(hub: &TestHub, viewer: &Viewer, organisation: &str, day: &str) -> Vec<(Value, Value)> {
    let query = "query($day: Date) { council(by: { province: \"BO\" }) { seats(asOf: $day) {
        id version organisation { id } } } }";
    let answer = hub.execute(viewer, query, json!({ "day": day })).await;
    let seats = answer.data()["council"]["seats"].as_array().unwrap().clone();
    let held = seats.iter().filter(|seat| seat["organisation"]["id"] == json!(body(organisation)));
    held.map(|seat| (seat["id"].clone(), seat["version"].clone())).collect()
}

#[tokio::test]
async fn the_prefect_appoints_and_ends_and_everybody_sees_it() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let public = Viewer::public();
    let record = "councilSeat { id version organisation { name } designatedBy { id }
        category role representativeOffice validFrom validUntil source history { nodes { action by { id } } } }";
    let given = json!({ "category": "INVITED", "representativeOffice": "Dirigente", "until": "2028-12-31",
        "designatedById": body("persona:ong-bologna") });
    let made = hub.done(&office, "appointCouncilMember", record, appointment("authority:DLCI", given)).await;
    let seat = &made["councilSeat"];
    assert_eq!((&seat["validFrom"], &seat["validUntil"]), (&json!("2026-11-24"), &json!("2028-12-31")));
    assert_eq!(seat["designatedBy"]["id"], json!(body("persona:ong-bologna")));
    assert_eq!(seat["history"]["nodes"][0]["action"], "APPOINT_COUNCIL_MEMBER");
    assert_eq!(seats(&hub, &public, "authority:DLCI", "2026-11-24").await.len(), 1);

    let end = json!({ "lastDay": "2026-12-31", "reason": "Riorganizzazione" });
    let ended = hub.done(&office, "endCouncilSeat", SEAT, on("seatId", &at(&made, "councilSeat"), end.clone())).await;
    assert_eq!(ended["councilSeat"]["validUntil"], "2026-12-31");
    assert_eq!(seats(&hub, &public, "authority:DLCI", "2027-01-01").await.len(), 0);
    let stale = hub.refused(&office, "endCouncilSeat", SEAT, on("seatId", &at(&made, "councilSeat"), end)).await;
    assert_eq!(stale, ["CONFLICT CHANGED_MEANWHILE input.expectedVersion"]);
    // It has been appointed anew after it left.
    let again = json!({ "category": "INVITED", "from": "2027-01-01" });
    hub.done(&office, "appointCouncilMember", SEAT, appointment("authority:DLCI", again)).await;
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_seat_that_breaks_a_rule_is_refused_with_its_field() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    for (organisation, more, expected) in [
        ("persona:ong-bologna", json!({}), "INVALID SEAT_HELD_ALREADY input.organisationId"),
        ("persona:ong-bologna", json!({ "category": "REGION", "side": "WORKERS" }), "INVALID SIDE_UNFIT input.side"),
        ("authority:DLCI", json!({ "category": "SOCIAL_PARTNERS" }), "INVALID SIDE_REQUIRED input.side"),
        ("office:PREF-BO", json!({}), "INVALID BODY_OF_THE_COUNCIL input.organisationId"),
        ("authority:DLCI", json!({ "until": "2020-01-01" }), "INVALID PERIOD_REVERSED input.until"),
        ("authority:DLCI", json!({ "until": "2040-01-01" }), "INVALID PERIOD_TOO_LONG input.until"),
        ("authority:DLCI", json!({ "representativeOffice": " " }), "INVALID LINE_REQUIRED input.representativeOffice"),
        ("nobody", json!({}), "NOT_FOUND NOT_FOUND input.organisationId"),
    ] {
        let input = appointment(organisation, more.clone());
        assert_eq!(hub.refused(&office, "appointCouncilMember", SEAT, input).await, [expected], "{more}");
    }
    let nowhere =
        json!({ "councilId": body("nobody"), "organisationId": body("authority:DLCI"), "category": "INVITED" });
    let refused = hub.refused(&office, "appointCouncilMember", SEAT, nowhere).await;
    assert_eq!(refused, ["NOT_FOUND NOT_FOUND input.councilId"]);

    let held = seats(&hub, &office, "persona:ong-bologna", "2026-11-24").await;
    for (more, expected) in [
        (json!({ "lastDay": "2001-01-01", "reason": "Fine" }), "INVALID PERIOD_REVERSED input.lastDay"),
        (json!({ "reason": " " }), "INVALID LINE_REQUIRED input.reason"),
    ] {
        let refused = hub.refused(&office, "endCouncilSeat", SEAT, on("seatId", &held[0], more.clone())).await;
        assert_eq!(refused, [expected], "{more}");
    }
    let past = seats(&hub, &office, "persona:ong-bologna", "2020-06-01").await;
    let refused =
        hub.refused(&office, "endCouncilSeat", SEAT, on("seatId", &past[0], json!({ "reason": "Fine" }))).await;
    assert_eq!(refused, ["CONFLICT SEAT_ENDED input.seatId"]);
}

#[tokio::test]
async fn only_heads_of_the_office_appoint() {
    let hub = TestHub::with(SMALL).await;
    let input = || appointment("authority:DLCI", json!({ "category": "INVITED" }));
    for name in ["consiglio-bologna", "ong-bologna", "dlci"] {
        let refused = hub.refused(&hub.persona(name).await, "appointCouncilMember", SEAT, input()).await;
        assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"], "{name}");
    }
    let refused = hub.refused(&Viewer::public(), "appointCouncilMember", SEAT, input()).await;
    assert_eq!(refused, ["FORBIDDEN SIGN_IN_REQUIRED"]);
    let somebody = hub.somebody("anna").await;
    let membership = hub.join(somebody, "office:PREF-BO", Role::Officer).await;
    let officer = hub.acting(somebody, membership).await;
    let refused = hub.refused(&officer, "appointCouncilMember", SEAT, input()).await;
    assert_eq!(refused, ["FORBIDDEN ROLE_REQUIRED"]);
}

#[tokio::test]
async fn two_who_appoint_the_same_body_at_once_give_it_one_seat() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let input = appointment("authority:DLCI", json!({ "category": "INVITED" }));
    let appoint = || hub.mutate(&office, "appointCouncilMember", SEAT, &input);
    let (one, other) = tokio::join!(appoint(), appoint());
    let rules: Vec<_> = [one, other]
        .iter()
        .map(|answer| answer.data()["done"]["userErrors"][0]["rule"].clone())
        .filter(|rule| !rule.is_null())
        .collect();
    assert_eq!(rules, [json!("SEAT_HELD_ALREADY")]);
    assert_eq!(seats(&hub, &office, "authority:DLCI", "2026-11-24").await.len(), 1);
}
