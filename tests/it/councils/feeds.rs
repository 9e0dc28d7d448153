use chrono::{Days, SubsecRound as _, Utc};
use icalendar::{Calendar, CalendarDateTime, Component as _, DatePerhapsTime, Event, EventStatus};
use raccordo::access::Viewer;
use raccordo::http::Settings;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Executor as _;

use super::{SITTING, at, body, council, on};
use crate::http::Served;
use crate::levels::SMALL;

const CREATE: &str = "mutation($id: ID!) { done: createCalendarFeed(input: { councilId: $id }) {
    calendarFeed { id council { name } revokedAt } address userErrors { code rule field } } }";

/// The path of a new feed, and the feed's id.
async fn made(served: &Served, viewer: &Viewer) -> (String, Value) {
    let answer = served.hub.execute(viewer, CREATE, json!({ "id": council() })).await;
    let done = &answer.data()["done"];
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    assert!(answer.statements <= 8);
    let address = done["address"].as_str().unwrap();
    (address[address.find("/calendar/").unwrap()..].to_owned(), done["calendarFeed"]["id"].clone())
}

async fn events(served: &Served, path: &str) -> Vec<Event> {
    let answer = served.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "private");
    let text = answer.text().await.unwrap();
    assert!(text.lines().all(|line| line.len() <= 75) && text.contains("\r\n"), "{text}");
    text.parse::<Calendar>().unwrap().events().cloned().collect()
}

/// A served hub whose councils have neither sittings nor tables yet.
async fn quiet() -> Served {
    let served = Served::with(SMALL, Settings::default()).await;
    let mut connection = served.hub.maintenance().await;
    connection.execute("delete from council_sitting; delete from working_table").await.unwrap();
    served
}

#[tokio::test]
async fn a_calendar_shows_sittings_and_meetings_as_they_change_until_its_address_is_revoked() {
    let served = quiet().await;
    let hub = &served.hub;
    let office = hub.persona("prefettura-bologna").await;
    let partner = hub.persona("ong-bologna").await;
    let (path, feed) = made(&served, &partner).await;
    assert_eq!(events(&served, &path).await, []);

    let starts_at = (Utc::now() + Days::new(10)).trunc_subsecs(0);
    let input = json!({ "councilId": council(), "title": "Seduta, ordinaria; di prova", "startsAt": starts_at,
        "endsAt": starts_at + Days::new(1), "place": "Prefettura",
        "items": [{ "title": "Un punto all'ordine del giorno piuttosto lungo, che non sta in una riga sola\rSTATUS:CANCELLED" }] });
    let sitting = at(&hub.done(&office, "planCouncilSitting", SITTING, input).await, "councilSitting");
    let table = json!({ "councilId": council(), "name": "Tavolo salute", "topic": "health" });
    let table = at(&hub.done(&office, "openWorkingTable", "workingTable { id version }", table).await, "workingTable");
    let meeting = on("tableId", &table, json!({ "startsAt": starts_at, "isCancelled": true }));
    hub.done(&office, "recordTableMeeting", "workingTable { id }", meeting).await;

    let shown = events(&served, &path).await;
    assert_eq!(shown.len(), 2);
    let of_sitting =
        shown.iter().find(|event| event.get_summary() == Some("Seduta, ordinaria; di prova")).unwrap().clone();
    let of_meeting = shown.iter().find(|event| event.get_summary() == Some("Tavolo salute")).unwrap();
    assert_eq!(of_meeting.get_status(), Some(EventStatus::Cancelled));
    assert_eq!(of_sitting.get_status(), Some(EventStatus::Tentative));
    assert_eq!(of_sitting.get_sequence(), Some(0));
    assert_eq!(of_sitting.get_start(), Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(starts_at))));
    assert!(of_sitting.get_timestamp().is_some() && of_sitting.get_end().is_some());

    let sitting = hub.sit(&office, "conveneCouncilSitting", &sitting, json!({})).await;
    hub.sit(&office, "cancelCouncilSitting", &sitting, json!({ "reason": "Neve" })).await;
    let shown = events(&served, &path).await;
    let again = shown.iter().find(|event| event.get_uid() == of_sitting.get_uid()).unwrap();
    assert_eq!((again.get_status(), again.get_sequence()), (Some(EventStatus::Cancelled), Some(2)));

    let list = "query($id: ID!) { council(by: { id: $id }) { calendarFeeds { nodes { id revokedAt } totalCount } } }";
    let own = hub.execute(&partner, list, json!({ "id": council() })).await;
    assert_eq!(own.data()["council"]["calendarFeeds"]["nodes"], json!([{ "id": feed, "revokedAt": null }]));
    let others = hub.execute(&office, list, json!({ "id": council() })).await;
    assert_eq!(others.data()["council"]["calendarFeeds"]["totalCount"], 0);

    let secret = path.trim_start_matches("/calendar/").trim_end_matches(".ics");
    assert_eq!(hub.tables_with(secret).await, Vec::<String>::new(), "the secret is nowhere");
    let record = "calendarFeed { revokedAt } userErrors { code rule field }";
    let revoke = format!("mutation($id: ID!) {{ done: revokeCalendarFeed(input: {{ feedId: $id }}) {{ {record} }} }}");
    let refused = hub.execute(&office, &revoke, json!({ "id": feed })).await;
    assert_eq!(refused.data()["done"]["userErrors"][0]["rule"], "NOT_FOUND");
    let revoked = hub.execute(&partner, &revoke, json!({ "id": feed })).await;
    assert_eq!(revoked.data()["done"]["userErrors"], json!([]));
    let gone = served.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(gone.status(), 404);
    let twice = hub.execute(&partner, &revoke, json!({ "id": feed })).await;
    assert_eq!(twice.data()["done"]["userErrors"][0]["rule"], "FEED_REVOKED");
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_calendar_shows_what_its_body_may_see_when_it_is_asked_for() {
    let served = quiet().await;
    let hub = &served.hub;
    let office = hub.persona("prefettura-bologna").await;
    let (path, _) = made(&served, &hub.persona("ong-bologna").await).await;
    let input = json!({ "councilId": council(), "title": "Seduta", "startsAt": Utc::now() + Days::new(10) });
    hub.done(&office, "planCouncilSitting", SITTING, input).await;
    assert_eq!(events(&served, &path).await.len(), 1);
    let mut all = hub.maintenance().await;
    sqlx::query("update council_sitting set visibility = 'owner'").execute(&mut all).await.unwrap();
    assert_eq!(events(&served, &path).await, []);
    for unknown in ["/calendar/x.ics", "/calendar/.ics", path.trim_end_matches(".ics")] {
        assert_eq!(served.request(Method::GET, unknown).send().await.unwrap().status(), 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_request_sent_again_makes_no_other_address_and_tells_none() {
    let served = Served::with(SMALL, Settings::default()).await;
    let hub = &served.hub;
    let partner = hub.persona("ong-bologna").await;
    let record = "calendarFeed { id revokedAt } address";
    let create = |more: Value| {
        let mut input = json!({ "councilId": council() });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let count = "query($id: ID!) { council(by: { id: $id }) { calendarFeeds { totalCount } } }";
    let count = async || {
        let answer = hub.execute(&partner, count, json!({ "id": council() })).await;
        answer.data()["council"]["calendarFeeds"]["totalCount"].clone()
    };
    let tried = hub.done(&partner, "createCalendarFeed", record, create(json!({ "dryRun": true }))).await;
    assert_eq!((&tried["isDryRun"], &tried["address"]), (&json!(true), &Value::Null));
    assert_eq!(count().await, 0);

    let keyed = create(json!({ "idempotencyKey": "calendario-1" }));
    let made = hub.done(&partner, "createCalendarFeed", record, keyed.clone()).await;
    assert!(made["address"].is_string() && made["isRepeated"] == false);
    let again = hub.mutate(&partner, "createCalendarFeed", record, &keyed).await;
    let again = &again.data()["done"];
    assert_eq!((&again["calendarFeed"], &again["address"]), (&made["calendarFeed"], &Value::Null));
    assert_eq!(again["isRepeated"], true);
    let told = &again["userErrors"][0];
    assert_eq!((&told["code"], &told["rule"]), (&json!("CONFLICT"), &json!("ADDRESS_TOLD_ALREADY")));
    assert_eq!(told["field"], json!(["input", "idempotencyKey"]));
    assert_eq!(count().await, 1);
    let other = json!({ "feedId": made["calendarFeed"]["id"], "idempotencyKey": "calendario-1" });
    let refused = hub.refused(&partner, "revokeCalendarFeed", "calendarFeed { id }", other).await;
    assert_eq!(refused, ["CONFLICT IDEMPOTENCY_KEY_REUSED input.idempotencyKey"]);

    let feed = |more: Value| {
        let mut input = json!({ "feedId": made["calendarFeed"]["id"] });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let record = "calendarFeed { id revokedAt }";
    let tried = hub.done(&partner, "revokeCalendarFeed", record, feed(json!({ "dryRun": true }))).await;
    assert!(tried["isDryRun"] == true && tried["calendarFeed"]["revokedAt"].is_string());
    let address = made["address"].as_str().unwrap();
    events(&served, &address[address.find("/calendar/").unwrap()..]).await;
    let keyed = feed(json!({ "idempotencyKey": "calendario-2" }));
    let revoked = hub.done(&partner, "revokeCalendarFeed", record, keyed.clone()).await;
    let again = hub.done(&partner, "revokeCalendarFeed", record, keyed).await;
    assert_eq!((&again["calendarFeed"], &again["isRepeated"]), (&revoked["calendarFeed"], &json!(true)));
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn bodies_from_elsewhere_and_the_public_get_no_address() {
    let served = quiet().await;
    let hub = &served.hub;
    let refused = hub.execute(&Viewer::public(), CREATE, json!({ "id": council() })).await;
    assert_eq!(refused.data()["done"]["userErrors"][0]["rule"], "SIGN_IN_REQUIRED");
    let office = hub.persona("prefettura-bologna").await;
    let elsewhere = json!({ "id": body("council:PREF-PA") });
    let refused = hub.execute(&office, CREATE, elsewhere).await;
    assert_eq!(refused.data()["done"]["userErrors"][0]["rule"], "COUNCIL_NOT_OF_TERRITORY");
    // The department's territory is the whole country.
    made(&served, &hub.persona("dlci").await).await;
}
