//! The hub's door to partners' services: what they are sent and as whom, and what becomes of what they answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use raccordo::access::persona::{Persona, stable_id};
use raccordo::access::secret::Secret;
use raccordo::access::token::DemoKey;
use raccordo::access::{Settings as Access, Viewer};
use raccordo::federation::partner::Partners;
use raccordo::http::Settings;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::people::id;

const HUB: &str = "http://127.0.0.1:8080";
const PUBLICATION: &str = "subgraph { id version status } changes { weight path }";
pub const SDL: &str =
    "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\", \"@external\", \"@requires\", \"@tag\"])
type Query { sportelliDesks: [SportelliDesk!] }
type SportelliDesk @key(fields: \"id\") @tag(name: \"public\") { id: ID! name: String! project: Project @tag(name: \"institutional\") }
type Municipality @key(fields: \"id\") {
  id: ID!
  population: Int @external
  sportelliDesks: [SportelliDesk!]
  sportelliRate: Float @requires(fields: \"population\")
}
type Project @key(fields: \"id\") { id: ID! sportelliNote: String }";

/// What a partner's service does.
#[derive(Clone)]
pub enum Does {
    Answers(Value),
    Says(u16, String),
    Hangs,
    GoesOn,
}

/// A partner's service, and what it was sent.
#[derive(Clone)]
pub struct Service {
    does: Arc<Mutex<Does>>,
    sent: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

async fn serve(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> Response {
    service.sent.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
    let does = service.does.lock().unwrap().clone();
    match does {
        Does::Answers(answer) => axum::Json(answer).into_response(),
        Does::Says(status, text) => (StatusCode::from_u16(status).unwrap(), text).into_response(),
        Does::Hangs => std::future::pending().await,
        Does::GoesOn => {
            let piece = Bytes::from(vec![b' '; 1 << 16]);
            let pieces = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
            Body::from_stream(pieces).into_response()
        }
    }
}

impl Service {
    async fn start() -> (Self, String) {
        let service = Self { does: Arc::new(Mutex::new(Does::Answers(json!({ "data": {} })))), sent: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = axum::Router::new().fallback(axum::routing::any(serve)).with_state(service.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        (service, address)
    }

    pub fn will(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }

    fn last(&self) -> (HeaderMap, Value) {
        self.sent.lock().unwrap().last().expect("it was asked").clone()
    }

    fn calls(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

/// A hub with a partner, whose service is on this machine.
pub struct Door {
    pub hub: TestHub,
    pub address: String,
    key: DemoKey,
    pub service: Service,
    _data: tempfile::TempDir,
}

impl Door {
    pub async fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        let key = DemoKey::read_or_make(data.path()).unwrap();
        let access = Access { demo_key: Some(key.clone()), hub_key: Some(Secret::random()), ..Access::default() };
        let hub = TestHub::start(SMALL, access).await;
        let (service, at) = Service::start().await;
        let offer = json!({ "name": "sportelli", "description": "Sportelli", "contact": "sportelli@example.org",
            "routingUrl": format!("http://{at}/graphql"), "sdl": SDL,
            "terms": { "fields": ["Municipality.population"], "purpose": "Sportelli per abitante", "until": "2027-12-31" } });
        let partner = hub.persona("ong-bologna").await;
        let made = hub.done(&partner, "proposeSubgraph", PUBLICATION, offer).await;
        let central = hub.persona("dlci").await;
        let input = json!({ "subgraphId": made["subgraph"]["id"], "expectedVersion": made["subgraph"]["version"] });
        hub.done(&central, "approveSubgraph", PUBLICATION, input).await;
        let known = || hub.hub.reference::<Partners>().all().count() == 1;
        for _ in 0..500 {
            if known() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(known(), "the hub hears that a partner joined");
        let settings = Settings { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..Settings::default() };
        let address = hub.serve(settings).await;
        Self { hub, address, key, service, _data: data }
    }

    fn token(&self, persona: &str) -> String {
        self.key.token(Persona::find(persona).unwrap()).unwrap()
    }

    /// Asks at the door; status and body.
    pub async fn ask(&self, persona: Option<&str>, query: &str, variables: Value) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("http://{}/partners/sportelli", self.address));
        let request = match persona {
            Some(persona) => request.bearer_auth(self.token(persona)),
            None => request,
        };
        let request = request.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let answer = request.json(&json!({ "query": query, "variables": variables })).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Exchanges a token for one that is bound to a partner.
    async fn exchange(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = reqwest::Client::new().post(format!("http://{}/oauth/token", self.address));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// How the hub receives a token.
    async fn level_of(&self, token: &str) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("http://{}/graphql", self.address)).bearer_auth(token);
        let answer = request.json(&json!({ "query": "{ viewer { level } }" })).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn health(&self) -> Value {
        let query = "{ subgraph(by: { name: \"sportelli\" }) { health { state calls failures lastFailure } } }";
        let viewer = self.hub.persona("ong-bologna").await;
        self.hub.execute(&viewer, query, Value::Null).await.data()["subgraph"]["health"].clone()
    }
}

const ENTITIES: &str = "query($r: [_Any!]!) { _entities(representations: $r) { __typename
    ... on Municipality { sportelliRate } ... on Project { sportelliNote } } }";

fn claims(bearer: &str) -> Value {
    use base64::Engine as _;
    let body = bearer.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}

#[tokio::test]
async fn a_partner_gets_a_token_of_its_own_and_the_callers_stays_with_the_hub() {
    let door = Door::open().await;
    let data = json!({ "data": { "sportelliDesks": [{ "name": "Sportello" }] } });
    door.service.will(Does::Answers(data.clone()));
    let query = "{ sportelliDesks { name } }";
    for (persona, level) in [
        ("dlci", "NATIONAL"),
        ("prefettura-bologna", "PREFECTURE"),
        ("consiglio-bologna", "COUNCIL"),
        ("ong-bologna", "PARTNER"),
    ] {
        assert_eq!(door.ask(Some(persona), query, json!({})).await, (200, data.clone()));
        let (headers, _) = door.service.last();
        let bearer = headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
        assert!(!bearer.contains(&door.token(persona)));
        let told = claims(&bearer);
        assert_eq!((&told["aud"], &told["iss"]), (&json!(format!("{HUB}/partners/sportelli")), &json!(HUB)));
        assert_eq!(told["level"], level);
        assert!(!told["sub"].as_str().unwrap().contains(persona), "a name that tells nothing");
        assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 300);
        let (status, refused) = door.level_of(&bearer).await;
        assert_eq!((status, &refused["errors"][0]["extensions"]["reason"]), (401, &json!("TOKEN_INVALID")));
        let request = reqwest::Client::new().post(format!("http://{}/partners/sportelli", door.address));
        let again = request.bearer_auth(&bearer).json(&json!({ "query": query })).send().await.unwrap();
        assert_eq!(again.status(), 401, "the door is no way back either");
    }
    assert_eq!(door.ask(None, query, json!({})).await, (200, data));
    let (headers, _) = door.service.last();
    assert_eq!(headers.get("authorization"), None, "the public has no token");
    assert_eq!(headers["traceparent"], "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assert_eq!(headers["accept-language"], "it");
    assert!(headers.contains_key("x-request-id") && !headers.contains_key("cookie"));
    let (status, body) = door.ask(Some("dlci"), "{ municipality(code: \"037006\") { name } }", json!({})).await;
    assert_eq!((status, &body["errors"][0]["extensions"]["reason"]), (400, &json!("UNKNOWN_FIELD")));
}

#[tokio::test]
async fn a_partner_is_asked_for_records_that_the_caller_sees_and_sent_what_the_terms_say() {
    let door = Door::open().await;
    let public = Viewer::public();
    let municipality =
        door.hub.execute(&public, "{ municipality(by: { code: \"037006\" }) { id population } }", Value::Null);
    let municipality = municipality.await.data()["municipality"].clone();
    // A draft of the office, which its own council does not see.
    let hidden = "update project set visibility = 'owner' where id = (select id from project order by id limit 1)
        returning id::text, lead_id::text";
    let (project, lead): (String, String) =
        sqlx::query_as(hidden).fetch_one(&mut door.hub.maintenance().await).await.unwrap();
    let project = id("Project", project.parse().unwrap());
    let records = json!([{ "__typename": "Project", "id": project },
        { "__typename": "Municipality", "id": municipality["id"], "population": municipality["population"] },
        { "__typename": "Municipality", "id": "TXVuaWNpcGFsaXR5Ojk5OTk5OQ", "population": 1 }]);
    let answered = json!({ "data": { "_entities": [{ "__typename": "Municipality", "sportelliRate": 0.5 }] } });
    door.service.will(Does::Answers(answered));
    let (status, body) = door.ask(None, ENTITIES, json!({ "r": records })).await;
    assert_eq!(status, 200, "{body}");
    let rate = json!({ "__typename": "Municipality", "sportelliRate": 0.5 });
    assert_eq!(body, json!({ "data": { "_entities": [null, rate, null] } }));
    assert_eq!(door.service.last().1["variables"]["r"], json!([records[1]]), "no other record is named to it");

    let central = stable_id("authority:DLCI").to_string();
    assert_ne!(lead, central);
    let both = json!({ "data": { "_entities": [{ "sportelliNote": "Nota" }, { "sportelliRate": 0.5 }] } });
    door.service.will(Does::Answers(both));
    let (_, body) = door.ask(Some("dlci"), ENTITIES, json!({ "r": records })).await;
    let is_seen = !body["data"]["_entities"][0].is_null();
    let direct = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
    let viewer = door.hub.persona("dlci").await;
    let direct = door.hub.execute(&viewer, direct, json!({ "r": [records[0]] })).await;
    assert_eq!(is_seen, !direct.data()["_entities"][0].is_null(), "as the hub itself has it");

    // Where its own records point to the hub's, a caller meets those alone that the hub tells of.
    let desk = |id: &Value| json!({ "data": { "sportelliDesks": [{ "name": "A", "project": { "id": id } }] } });
    let (query, asked) = ("{ sportelliDesks { name project { id } } }", json!({}));
    door.service.will(Does::Answers(desk(&json!(project))));
    let (_, body) = door.ask(None, query, asked.clone()).await;
    assert_eq!(body, json!({ "data": { "sportelliDesks": [{ "name": "A", "project": null }] } }), "nothing tells why");
    let (_, body) = door.ask(Some("dlci"), query, asked.clone()).await;
    assert_eq!(body["data"]["sportelliDesks"][0]["project"].is_null(), !is_seen);
    door.service.will(Does::Answers(desk(&json!("no key of the hub's"))));
    let (status, body) = door.ask(Some("dlci"), query, asked).await;
    assert_eq!(
        (status, &body["data"], &body["errors"][0]["extensions"]["reason"]),
        (200, &Value::Null, &json!("WRONG_TYPE"))
    );

    // Also where the question asks for the partner's own fields alone: the hub asks for the key in addition.
    let query = "{ sportelliDesks { name project { sportelliNote } } }";
    let noted = json!({ "raccordoKey_id": project, "sportelliNote": "Nota" });
    door.service.will(Does::Answers(json!({ "data": { "sportelliDesks": [{ "name": "A", "project": noted }] } })));
    let (_, body) = door.ask(None, query, json!({})).await;
    assert_eq!(body, json!({ "data": { "sportelliDesks": [{ "name": "A", "project": null }] } }), "nothing tells why");
    let sent = door.service.last().1["query"].clone();
    assert_eq!(sent, "{ sportelliDesks { name project { raccordoKey_id: id  sportelliNote } } }");
    let (_, body) = door.ask(Some("dlci"), query, json!({})).await;
    let expected = if is_seen { json!({ "sportelliNote": "Nota" }) } else { Value::Null };
    assert_eq!(body["data"]["sportelliDesks"][0]["project"], expected);

    let calls = door.service.calls();
    let (_, body) = door.ask(None, ENTITIES, json!({ "r": [records[0]] })).await;
    assert_eq!(
        (body, door.service.calls()),
        (json!({ "data": { "_entities": [null] } }), calls),
        "nothing is left to ask"
    );
    let forged = json!({ "r": [{ "__typename": "Municipality", "id": municipality["id"], "name": "Bologna" }] });
    let (status, body) = door.ask(Some("dlci"), ENTITIES, forged).await;
    assert_eq!((status, &body["errors"][0]["extensions"]["reason"]), (400, &json!("OUTSIDE_TERMS")));
    assert_eq!(door.service.calls(), calls);
}

#[tokio::test]
async fn whatever_a_partner_does_is_contained_and_told_by_its_name() {
    let door = Door::open().await;
    let query = "{ sportelliDesks { name } }";
    let failed = |reason: &str| json!([{ "code": "PARTNER_FAILED", "reason": reason, "partner": "sportelli" }]);
    let told = |body: &Value| {
        let errors = body["errors"].as_array().unwrap().iter();
        let extensions = errors.map(|error| {
            let mut extensions = error["extensions"].clone();
            extensions.as_object_mut().unwrap().remove("requestId");
            extensions
        });
        Value::Array(extensions.collect())
    };
    let leak =
        json!({ "data": null, "errors": [{ "message": "password=hunter2 at db.rs:7", "path": ["sportelliDesks"] }] });
    for (does, reason) in [
        (Does::Says(500, "panicked at hunter2".into()), "FAILED"),
        (Does::Answers(leak), "ERROR"),
        (Does::Says(403, "{}".into()), "REFUSED"),
        (Does::Answers(json!({ "data": { "sportelliDesks": [{ "name": 7 }] } })), "WRONG_TYPE"),
        (Does::Says(200, "<html>hunter2".into()), "NOT_GRAPHQL"),
        (Does::Answers(json!({ "data": { "sportelliDesks": [] } })), ""),
        (Does::GoesOn, "TOO_LARGE"),
        (Does::Hangs, "TIMEOUT"),
    ] {
        door.service.will(does);
        let (status, body) = door.ask(Some("dlci"), query, json!({})).await;
        assert_eq!(status, 200);
        assert!(!body.to_string().contains("hunter2"), "{body}");
        match reason {
            "" => assert_eq!(body, json!({ "data": { "sportelliDesks": [] } })),
            _ => assert_eq!(told(&body), failed(reason), "{body}"),
        }
    }
    assert!(
        door.ask(Some("dlci"), query, json!({})).await.1["errors"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("Il servizio del partner «sportelli» ")
    );
    // The third failure in a row: it is left alone for a moment, and no caller waits for it.
    let asked = door.service.calls();
    let (_, body) = door.ask(Some("dlci"), query, json!({})).await;
    assert_eq!((told(&body), door.service.calls()), (failed("RESTING"), asked));
    assert_eq!(
        (&door.health().await["state"], &door.health().await["lastFailure"]),
        (&json!("FAILING"), &json!("TIMEOUT"))
    );
    door.service.will(Does::Answers(json!({ "data": { "sportelliDesks": [] } })));
    for _ in 0..300 {
        if door.ask(Some("dlci"), query, json!({})).await.1.get("errors").is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(door.health().await["state"], "WELL", "one call tried it");
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_that_is_worth_something_to_one_partner_alone() {
    let door = Door::open().await;
    let own = door.token("ong-bologna");
    let kind = "urn:ietf:params:oauth:token-type:access_token";
    let grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    let target = format!("{HUB}/partners/sportelli");
    let form = [("grant_type", grant), ("subject_token", &own), ("subject_token_type", kind), ("audience", &target)];
    let (status, body) = door.exchange(&form).await;
    assert_eq!((status, &body["issued_token_type"], &body["token_type"]), (200, &json!(kind), &json!("Bearer")));
    let bound = body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(claims(&bound)["aud"], target);
    assert_eq!(door.level_of(&bound).await.0, 401, "the hub takes it for nobody's");
    let header = jsonwebtoken::decode_header(&bound).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let keys = reqwest::get(format!("http://{}/oauth/jwks", door.address)).await.unwrap();
    let keys: jsonwebtoken::jwk::JwkSet = keys.json().await.unwrap();
    let key = keys.find(&header.kid.unwrap()).expect("a partner finds the key");
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    rules.set_audience(&[&target]);
    rules.set_issuer(&[HUB]);
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    let checked = jsonwebtoken::decode::<Value>(&bound, &key, &rules).unwrap();
    assert_eq!(checked.claims["level"], "PARTNER");

    for (at, value, error) in [
        (1, bound.as_str(), "invalid_request"),
        (1, "nonsense", "invalid_request"),
        (1, "", "invalid_request"),
        (2, "urn:ietf:params:oauth:token-type:saml2", "invalid_request"),
        (3, "http://127.0.0.1:8080/partners/nobody", "invalid_target"),
        (3, HUB, "invalid_target"),
        (3, "", "invalid_request"),
    ] {
        let mut wrong = form;
        wrong[at].1 = value;
        let (status, body) = door.exchange(&wrong).await;
        assert_eq!((status, body["error"].as_str()), (400, Some(error)), "{wrong:?}");
    }
}
