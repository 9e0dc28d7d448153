//! What callers are told as it happens: over WebSocket and server-sent events, each with the rights of the moment.

use std::time::Duration;

use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use raccordo::http::Settings;
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::councils::{SITTING, council, today};
use crate::http::Served;
use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::people::id;
use crate::plans::{at, on, whole};
use crate::websocket::{Socket, connect, receive, send};
use crate::work::PLAN;

const CHANGED: &str = "subscription($id: ID) { planChanged(id: $id) { event { action version changes { field } }
    territorialPlan { id title status needs { title } readiness { step isReady } } } }";

async fn listen(hub: &Served, persona: Option<&str>, plan: &Value) -> Socket {
    subscribe(hub, persona, CHANGED, json!({ "id": plan })).await
}

async fn subscribe(hub: &Served, persona: Option<&str>, query: &str, variables: Value) -> Socket {
    let mut socket = connect(hub).await;
    let token = persona.map(|persona| format!("Bearer {}", hub.token(persona)));
    send(&mut socket, json!({ "type": "connection_init", "payload": { "Authorization": token } })).await;
    assert_eq!(receive(&mut socket).await.unwrap()["type"], "connection_ack");
    let payload = json!({ "query": query, "variables": variables });
    send(&mut socket, json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
    socket
}

/// The next message.
async fn told(socket: &mut Socket) -> Value {
    receive(socket).await.unwrap()
}

/// Waits until so many streams listen.
async fn listened_to(hub: &TestHub, streams: usize) {
    let begun = async {
        while hub.hub.news.listeners() < streams {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), begun).await.expect("the streams begin");
}

async fn step(hub: &TestHub, viewer: &Viewer, verb: &str, plan: &mut (Value, Value), more: Value) {
    *plan = at(&hub.done(viewer, verb, PLAN, on(plan, more)).await);
}

#[tokio::test]
async fn a_stream_tells_what_is_done_until_the_right_to_see_it_ends() {
    let served = Served::with(SMALL, Settings::default()).await;
    let hub = &served.hub;
    let office = hub.persona("prefettura-bologna").await;
    let mut plan = at(&hub.done(&office, "createTerritorialPlan", PLAN, whole()).await);
    let mut stranger = listen(&served, Some("consiglio-bologna"), &plan.0).await;
    assert_eq!(told(&mut stranger).await["type"], "error", "a draft is nothing to follow");

    let mut own = listen(&served, Some("prefettura-bologna"), &plan.0).await;
    listened_to(hub, 1).await;
    step(hub, &office, "submitTerritorialPlan", &mut plan, json!({})).await;
    let event = told(&mut own).await["payload"]["data"]["planChanged"].clone();
    assert_eq!(event["event"]["action"], "SUBMIT_TERRITORIAL_PLAN", "what comes now is told of later deeds alone");
    let mut council = listen(&served, Some("consiglio-bologna"), &plan.0).await;
    let mut anybody = listen(&served, None, &Value::Null).await;
    listened_to(hub, 3).await;
    step(hub, &office, "shareTerritorialPlan", &mut plan, json!({ "visibility": "NETWORK" })).await;
    let event = told(&mut council).await["payload"]["data"]["planChanged"].clone();
    assert_eq!(event["event"]["action"], "SHARE_TERRITORIAL_PLAN");
    assert_eq!(event["event"]["changes"], json!([{ "field": "visibility" }]));
    assert_eq!(event["territorialPlan"]["needs"], json!([{ "title": "Lavoro regolare" }]));
    assert_eq!(event["territorialPlan"]["readiness"][0]["step"], "RETURN");
    step(hub, &office, "withdrawTerritorialPlan", &mut plan, json!({ "reason": "Superato." })).await;
    let event = told(&mut council).await["payload"]["data"]["planChanged"].clone();
    assert_eq!(event["territorialPlan"]["status"], "WITHDRAWN");
    step(hub, &office, "shareTerritorialPlan", &mut plan, json!({ "visibility": "OWNER" })).await;
    assert_eq!(told(&mut council).await, json!({ "type": "complete", "id": "1" }), "it sees the plan no more");

    // Who follows all plans hears of those that it may see since, and not what they were until then.
    let mut other = at(&hub.done(&office, "createTerritorialPlan", PLAN, whole()).await);
    for verb in ["submitTerritorialPlan", "endorseTerritorialPlan", "adoptTerritorialPlan"] {
        step(hub, &office, verb, &mut other, json!({})).await;
    }
    let event = told(&mut anybody).await["payload"]["data"]["planChanged"].clone();
    assert_eq!(event["territorialPlan"]["id"], other.0);
    assert_eq!(
        (&event["event"]["action"], &event["event"]["changes"]),
        (&json!("ADOPT_TERRITORIAL_PLAN"), &Value::Null)
    );
}

/// Reads the next event of a stream: its name and its data.
async fn event(response: &mut Response, buffer: &mut String) -> (String, Value) {
    loop {
        if let Some(end) = buffer.find("\n\n") {
            let block: String = buffer.drain(..end + 2).collect();
            let line = |name: &str| {
                let found = block.lines().find_map(|line| line.strip_prefix(name));
                found.map(|text| text.trim().to_owned()).unwrap_or_default()
            };
            if block.contains("event:") {
                return (line("event:"), serde_json::from_str(&line("data:")).unwrap_or_default());
            }
            continue;
        }
        let chunk = tokio::time::timeout(Duration::from_secs(30), response.chunk());
        let chunk = chunk.await.expect("the hub says something").unwrap().expect("it goes on");
        buffer.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

#[tokio::test]
async fn server_sent_events_tell_the_same_and_refuse_what_may_not_be_asked_so() {
    let served = Served::with(SMALL, Settings::default()).await;
    let hub = &served.hub;
    let office = hub.persona("prefettura-bologna").await;
    let mut plan = at(&hub.done(&office, "createTerritorialPlan", PLAN, whole()).await);
    let ask = |persona: &str, body: &Value| {
        let request = served.request(Method::POST, "/graphql/stream").json(body);
        request.header(header::ACCEPT, "text/event-stream").bearer_auth(served.token(persona))
    };
    let body = json!({ "query": CHANGED, "variables": { "id": plan.0 } });
    let mut response = ask("prefettura-bologna", &body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/event-stream"));
    listened_to(hub, 1).await;
    step(hub, &office, "draftTerritorialPlan", &mut plan, json!({ "title": "Titolo nuovo" })).await;
    let mut buffer = String::new();
    let (name, data) = event(&mut response, &mut buffer).await;
    assert_eq!(
        (name.as_str(), &data["data"]["planChanged"]["territorialPlan"]["title"]),
        ("next", &json!("Titolo nuovo"))
    );

    let mut stranger = ask("ong-bologna", &body).send().await.unwrap();
    let mut buffer = String::new();
    let (_, refused) = event(&mut stranger, &mut buffer).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(event(&mut stranger, &mut buffer).await.0, "complete");

    let mut query = ask("dlci", &json!({ "query": "{ viewer { level } }" })).send().await.unwrap();
    let mut buffer = String::new();
    assert_eq!(event(&mut query, &mut buffer).await.1["data"]["viewer"]["level"], "NATIONAL");
    assert_eq!(event(&mut query, &mut buffer).await.0, "complete");

    let get =
        |query: &str| served.request(Method::GET, &format!("/graphql/stream?query={}", query.replace(' ', "%20")));
    let events = |request: reqwest::RequestBuilder| request.header(header::ACCEPT, "text/event-stream");
    for (request, status) in [
        (get("{ viewer { level } }"), StatusCode::NOT_ACCEPTABLE),
        (events(get("mutation { signOutEverywhere { userErrors { rule } } }")), StatusCode::METHOD_NOT_ALLOWED),
        (events(get("{ nothing }")), StatusCode::OK),
        (events(get("{ viewer { level } }").bearer_auth("x")), StatusCode::UNAUTHORIZED),
        (events(served.request(Method::POST, "/graphql/stream").body("{}")), StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

const COUNCIL: &str = "subscription($council: ID, $id: ID, $kinds: [CouncilRecordKind!]) {
    councilChanged(councilId: $council, id: $id, kinds: $kinds) { event { action changes { field } } council { id }
      record { __typename ... on CouncilSitting { title status items { title } } ... on WorkingTable { name }
        ... on CouncilSeat { organisation { id } } } } }";

/// What a message of `councilChanged` tells: the action, the kind of record, and the record.
fn of_council(message: &Value) -> (&str, &str, &Value) {
    let event = &message["data"]["councilChanged"];
    assert_eq!(event["council"]["id"], json!(council()), "{message:#}");
    let record = &event["record"];
    (event["event"]["action"].as_str().unwrap(), record["__typename"].as_str().unwrap(), record)
}

#[tokio::test]
async fn a_council_tells_of_seats_sittings_and_tables_each_to_whom_sees_it() {
    let served = Served::with(SMALL, Settings::default()).await;
    let hub = &served.hub;
    let office = hub.persona("prefettura-bologna").await;
    let of_bologna = json!({ "council": council() });
    let mut partner = subscribe(&served, Some("ong-bologna"), COUNCIL, of_bologna.clone()).await;
    let of_tables = json!({ "council": council(), "kinds": ["WORKING_TABLE"] });
    let mut tables = subscribe(&served, Some("dlci"), COUNCIL, of_tables).await;
    let mut anybody = subscribe(&served, None, COUNCIL, json!({})).await;
    let body = json!({ "query": COUNCIL, "variables": of_bologna });
    let request = served.request(Method::POST, "/graphql/stream").json(&body);
    let request = request.header(header::ACCEPT, "text/event-stream").bearer_auth(served.token("dlci"));
    let mut events = request.send().await.unwrap();
    listened_to(hub, 4).await;

    let planned = hub.done(&office, "planCouncilSitting", SITTING, today()).await["councilSitting"].clone();
    let table = json!({ "councilId": council(), "name": "Tavolo salute", "topic": "health" });
    hub.done(&office, "openWorkingTable", "workingTable { id }", table).await;
    let department = id("Organisation", stable_id("authority:DLCI"));
    let seat = json!({ "councilId": council(), "organisationId": department, "category": "INVITED" });
    hub.done(&office, "appointCouncilMember", "councilSeat { id }", seat).await;
    let mut buffer = String::new();
    for expected in [
        ("PLAN_COUNCIL_SITTING", "CouncilSitting"),
        ("OPEN_WORKING_TABLE", "WorkingTable"),
        ("APPOINT_COUNCIL_MEMBER", "CouncilSeat"),
    ] {
        let message = told(&mut partner).await["payload"].clone();
        let (action, kind, record) = of_council(&message);
        assert_eq!((action, kind), expected);
        if kind == "CouncilSitting" {
            assert_eq!((&record["status"], &record["items"][1]["title"]), (&json!("PLANNED"), &json!("Varie")));
        }
        let message = event(&mut events, &mut buffer).await.1;
        assert_eq!(of_council(&message).0, expected.0);
    }
    assert_eq!(of_council(&told(&mut tables).await["payload"]).1, "WorkingTable");
    let message = told(&mut anybody).await["payload"].clone();
    let (action, _, seat) = of_council(&message);
    assert_eq!(action, "APPOINT_COUNCIL_MEMBER", "the sitting and the table are the territory's");
    assert_eq!(seat["organisation"]["id"], json!(department));

    for variables in [json!({ "id": planned["id"] }), json!({ "council": department }), json!({ "id": department })] {
        let mut stranger = subscribe(&served, None, COUNCIL, variables.clone()).await;
        assert_eq!(told(&mut stranger).await["type"], "error", "{variables}");
    }
}

#[tokio::test]
async fn a_stream_about_a_sitting_ends_with_the_right_to_see_it() {
    let served = Served::with(SMALL, Settings::default()).await;
    let hub = &served.hub;
    // The body has moved away from the province, and sits and works there no more.
    let guest = stable_id("persona:ong-bologna");
    let moved = format!(
        "update organisation set province_code = '082' where id = '{guest}';
         update council_seat set valid_until = valid_from where organisation_id = '{guest}';
         delete from project_place where province_code = '037'"
    );
    sqlx::raw_sql(AssertSqlSafe(moved)).execute(&mut hub.maintenance().await).await.unwrap();
    let office = hub.persona("prefettura-bologna").await;
    let mut sitting = sat(&hub.done(&office, "planCouncilSitting", SITTING, today()).await);
    let step = async |verb: &str, sitting: &mut (Value, Value), more: Value| {
        let mut input = json!({ "sittingId": sitting.0, "expectedVersion": sitting.1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        // Its members change what callers hold: each request asks anew.
        let office = hub.persona("prefettura-bologna").await;
        let answer = hub.mutate(&office, verb, SITTING, &input).await;
        assert_eq!(answer.data()["done"]["userErrors"], json!([]));
        *sitting = sat(&answer.data()["done"]);
    };
    let guest = id("Organisation", guest);
    let follow =
        |sitting: &(Value, Value)| subscribe(&served, Some("ong-bologna"), COUNCIL, json!({ "id": sitting.0 }));
    assert_eq!(told(&mut follow(&sitting).await).await["type"], "error", "it is not of the territory");
    let mut own = subscribe(&served, Some("prefettura-bologna"), COUNCIL, json!({ "id": sitting.0 })).await;
    listened_to(hub, 1).await;
    step("conveneCouncilSitting", &mut sitting, json!({ "guestIds": [guest] })).await;
    assert_eq!(of_council(&told(&mut own).await["payload"]).0, "CONVENE_COUNCIL_SITTING");
    let mut stream = follow(&sitting).await;
    listened_to(hub, 2).await;
    step("changeCouncilSitting", &mut sitting, json!({ "place": "Sala consiliare" })).await;
    let message = told(&mut stream).await["payload"].clone();
    assert_eq!(of_council(&message).0, "CHANGE_COUNCIL_SITTING");
    assert_eq!(message["data"]["councilChanged"]["event"]["changes"], json!([{ "field": "place" }]));
    step("withdrawSittingInvitation", &mut sitting, json!({ "organisationId": guest })).await;
    assert_eq!(told(&mut stream).await, json!({ "type": "complete", "id": "1" }), "it is no guest any more");
}

/// Id and version of a sitting from a payload.
fn sat(payload: &Value) -> (Value, Value) {
    (payload["councilSitting"]["id"].clone(), payload["councilSitting"]["version"].clone())
}
