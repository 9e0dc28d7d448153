//! Programs of organisations: registered, changed, given another secret, revoked; what each step costs and writes down.

use base64::Engine as _;
use raccordo::access::secret::Secret;
use raccordo::access::token::DemoKey;
use raccordo::access::{Issuer, IssuerKind, Settings};
use raccordo::graphql::NodeId;
use reqwest::Client;
use serde_json::{Value, json};

use crate::hub::{Answer, TestHub};
use crate::levels::{REFERENCE, SMALL};

const REGISTER: &str = "mutation ($input: RegisterClientInput!) { registerClient(input: $input) {
  client { id clientId name scopes authentication jwks external { issuer subject purpose } isInForce version
    secrets { expiresAt } organisation { id } }
  secret userErrors { code rule field } } }";
const ROTATE: &str = "mutation ($input: RotateClientSecretInput!) { rotateClientSecret(input: $input) {
  client { version secrets { expiresAt } } secret userErrors { code rule } } }";
const CHANGE: &str = "mutation ($input: ChangeClientInput!) { changeClient(input: $input) {
  client { name scopes expiresAt version secrets { expiresAt } } userErrors { code rule field } } }";
const REVOKE: &str = "mutation ($input: RevokeClientInput!) { revokeClient(input: $input) {
  client { isInForce revokedAt version secrets { expiresAt } } userErrors { code rule } } }";

fn by_secret() -> Value {
    json!({ "name": "Gestionale", "scopes": ["project:read", "organisation:read"], "authentication": "SECRET" })
}

/// The payload of the one mutation of an answer.
fn payload(answer: &Answer) -> &Value {
    answer.data().as_object().unwrap().values().next().unwrap()
}

fn rules(answer: &Answer) -> Vec<&str> {
    let errors = payload(answer)["userErrors"].as_array().unwrap();
    errors.iter().map(|error| error["rule"].as_str().unwrap()).collect()
}

async fn run(hub: &TestHub, persona: &str, mutation: &str, input: Value) -> Answer {
    hub.execute(&hub.persona(persona).await, mutation, json!({ "input": input })).await
}

#[tokio::test]
async fn a_program_is_registered_and_its_secret_is_told_once() {
    let hub = TestHub::with(SMALL).await;
    let answer = run(&hub, "prefettura-bologna", REGISTER, by_secret()).await;
    let made = payload(&answer);
    assert_eq!(made["userErrors"], json!([]));
    let client = &made["client"];
    assert_eq!(
        (&client["name"], &client["isInForce"], &client["version"]),
        (&json!("Gestionale"), &json!(true), &json!(1))
    );
    assert_eq!(client["scopes"], json!(["organisation:read", "project:read"]));
    assert_eq!(client["secrets"].as_array().unwrap().len(), 1);
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 43);
    // Client, secret, audit; read back, its secrets.
    assert_eq!(answer.statements, 5);

    let mut connection = hub.maintenance().await;
    let hash: String = sqlx::query_scalar("select hash from client_secret").fetch_one(&mut connection).await.unwrap();
    assert!(hash.starts_with("$argon2id$"));
    let told: Vec<String> = sqlx::query_scalar(
        "select e::text || coalesce(c::text, '') from audit_entry e left join audit_change c using (seq)",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("register_client") && !told[0].contains(secret) && !told[0].contains("argon2"),
        "{told:?}"
    );

    let list = "query ($id: ID!) { node(id: $id) { ... on Prefecture { clients { nodes { name secrets { expiresAt } } totalCount } } } }";
    let office = hub.persona("prefettura-bologna").await;
    let id = NodeId::new("Organisation", office.organisation.unwrap()).id().to_string();
    let own = hub.execute(&office, list, json!({ "id": id })).await;
    assert_eq!(own.data()["node"]["clients"]["totalCount"], 1);
    for other in ["dlci", "ong-bologna"] {
        let viewer = hub.persona(other).await;
        let answer = hub.execute(&viewer, list, json!({ "id": id })).await;
        assert_eq!(answer.data()["node"]["clients"]["nodes"], json!([]), "{other}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_program_is_told_by_field_and_rule() {
    let hub = TestHub::with(REFERENCE).await;
    let private = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] });
    let with = |changes: Value| {
        let mut input = by_secret();
        input.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        input
    };
    for (input, expected) in [
        (with(json!({ "name": " " })), vec!["NAME_INVALID"]),
        (with(json!({ "scopes": [] })), vec!["SCOPES_REQUIRED"]),
        (with(json!({ "scopes": ["project:read", "everything"] })), vec!["SCOPE_UNKNOWN"]),
        (
            with(json!({ "requestsPerMinute": 0, "costPerMinute": 0 })),
            vec!["REQUESTS_OUT_OF_RANGE", "COST_OUT_OF_RANGE"],
        ),
        (with(json!({ "expiresAt": "2020-01-01T00:00:00Z" })), vec!["EXPIRY_OUT_OF_RANGE"]),
        (with(json!({ "expiresAt": "2099-01-01T00:00:00Z" })), vec!["EXPIRY_OUT_OF_RANGE"]),
        (with(json!({ "authentication": "PRIVATE_KEY_JWT" })), vec!["KEYS_FOR_ASSERTIONS"]),
        (with(json!({ "authentication": "PRIVATE_KEY_JWT", "jwks": private })), vec!["KEY_PRIVATE"]),
        (with(json!({ "authentication": "EXTERNAL" })), vec!["NAME_FOR_EXTERNAL"]),
        (
            with(json!({ "authentication": "EXTERNAL", "external": { "issuer": "nobody", "subject": "" } })),
            vec!["ISSUER_UNKNOWN", "SUBJECT_INVALID"],
        ),
    ] {
        let answer = run(&hub, "dlci", REGISTER, input.clone()).await;
        assert_eq!(rules(&answer), expected, "{input}");
        assert_eq!(payload(&answer)["client"], Value::Null);
        assert_eq!(answer.statements, 0, "{input}");
    }
}

#[tokio::test]
async fn keys_and_names_elsewhere_are_kept_and_no_name_stands_twice() {
    let issuer = Issuer {
        name: "pdnd".into(),
        kind: IssuerKind::Pdnd,
        issuer: "https://interop.example".into(),
        audience: "raccordo".into(),
        jwks_url: None,
        introspection_url: None,
        client_id: None,
        client_secret: None,
        client_secret_file: None,
    };
    let hub = TestHub::start(REFERENCE, Settings { issuers: vec![issuer], ..Settings::default() }).await;
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let jwks = json!({ "keys": [key] });
    let input = json!({ "name": "A", "scopes": ["plan:read"], "authentication": "PRIVATE_KEY_JWT", "jwks": jwks });
    let answer = run(&hub, "dlci", REGISTER, input).await;
    assert_eq!((&payload(&answer)["client"]["jwks"], &payload(&answer)["secret"]), (&jwks, &Value::Null));
    let external = json!({ "issuer": "pdnd", "subject": "consumer-1", "purpose": null });
    let input = json!({ "name": "B", "scopes": ["plan:read"], "authentication": "EXTERNAL", "external": external });
    let answer = run(&hub, "dlci", REGISTER, input.clone()).await;
    assert_eq!(payload(&answer)["client"]["external"], external);
    assert_eq!(rules(&run(&hub, "dlci", REGISTER, input.clone()).await), ["ALREADY_REGISTERED"]);
    let id = &payload(&answer)["client"]["id"];
    assert_eq!(rules(&run(&hub, "dlci", ROTATE, json!({ "clientId": id })).await), ["NO_SECRET"]);
    assert!(rules(&run(&hub, "dlci", REVOKE, json!({ "clientId": id })).await).is_empty());
    assert!(rules(&run(&hub, "dlci", REGISTER, input).await).is_empty(), "the name is free again");
}

#[tokio::test]
async fn terms_change_by_version_and_secrets_give_way_in_time() {
    let hub = TestHub::with(SMALL).await;
    let made = run(&hub, "ong-bologna", REGISTER, by_secret()).await;
    let id = payload(&made)["client"]["id"].clone();
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(30)).to_rfc3339();
    let input = json!({ "clientId": id, "expectedVersion": 1, "name": "Nuovo", "expiresAt": until });
    let answer = run(&hub, "ong-bologna", CHANGE, input.clone()).await;
    let client = &payload(&answer)["client"];
    assert_eq!((&client["name"], &client["version"]), (&json!("Nuovo"), &json!(2)));
    assert_eq!(client["secrets"][0]["expiresAt"], client["expiresAt"], "the secret's end moves along");
    // Read, client, secrets, audit; read back, its secrets.
    assert_eq!(answer.statements, 6);
    assert_eq!(rules(&run(&hub, "ong-bologna", CHANGE, input).await), ["CHANGED_MEANWHILE"]);

    let rotate = |hours: i32| json!({ "clientId": id, "overlapHours": hours });
    for hours in [-1, 169] {
        assert_eq!(rules(&run(&hub, "ong-bologna", ROTATE, rotate(hours)).await), ["OVERLAP_OUT_OF_RANGE"]);
    }
    for (hours, in_force) in [(24, 2), (168, 2), (0, 1)] {
        let answer = run(&hub, "ong-bologna", ROTATE, rotate(hours)).await;
        assert_eq!(payload(&answer)["client"]["secrets"].as_array().unwrap().len(), in_force, "{hours} hours");
        assert!(payload(&answer)["secret"].is_string());
        // Read, client, the older secrets, the new one, audit; read back, its secrets.
        assert_eq!(answer.statements, 7);
    }
    // Who does not see it is told the same as of one that is not.
    let missing = NodeId::new("Client", uuid::Uuid::from_u128(1)).id().to_string();
    for (persona, id) in [("dlci", &id), ("prefettura-bologna", &id), ("ong-bologna", &json!(missing))] {
        let answer = run(&hub, persona, REVOKE, json!({ "clientId": id })).await;
        assert_eq!((rules(&answer), answer.statements), (vec!["NOT_FOUND"], 1), "{persona}");
    }
    let answer = run(&hub, "ong-bologna", REVOKE, json!({ "clientId": id })).await;
    assert_eq!(payload(&answer)["client"]["isInForce"], false);
    assert_eq!(payload(&answer)["client"]["secrets"], json!([]));
    assert_eq!(rules(&run(&hub, "ong-bologna", REVOKE, json!({ "clientId": id })).await), ["REVOKED_ALREADY"]);
}

#[tokio::test]
async fn a_program_comes_in_by_its_secret_and_is_refused_once_it_is_revoked() {
    let data_dir = tempfile::tempdir().unwrap();
    let key = DemoKey::read_or_make(data_dir.path()).unwrap();
    let hub_key = Secret::from(base64::engine::general_purpose::STANDARD.encode([7; 32]));
    let settings = Settings { demo_key: Some(key), hub_key: Some(hub_key), ..Settings::default() };
    let hub = TestHub::start(REFERENCE, settings).await;
    let address = hub.serve(raccordo::http::Settings::default()).await;
    let http = Client::new();
    let token = async |client: &str, secret: &str| {
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
        let request = http.post(format!("http://{address}/oauth/token"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let viewer = async |token: &Value| {
        let request = http.post(format!("http://{address}/graphql")).bearer_auth(token.as_str().unwrap());
        let answer =
            request.json(&json!({ "query": "{ viewer { level organisation { id } } }" })).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let made = run(&hub, "dlci", REGISTER, by_secret()).await;
    let (client, old) = (payload(&made)["client"].clone(), payload(&made)["secret"].as_str().unwrap().to_owned());
    let name = client["clientId"].as_str().unwrap();
    let issued = token(name, &old).await;
    assert_eq!(issued["scope"], "organisation:read project:read", "{issued}");
    let (status, seen) = viewer(&issued["access_token"]).await;
    assert_eq!((status, &seen["data"]["viewer"]["level"]), (200, &json!("NATIONAL")));
    assert_eq!(seen["data"]["viewer"]["organisation"]["id"], client["organisation"]["id"]);

    let rotated = run(&hub, "dlci", ROTATE, json!({ "clientId": client["id"], "overlapHours": 1 })).await;
    let new = payload(&rotated)["secret"].as_str().unwrap().to_owned();
    for secret in [&old, &new] {
        assert!(token(name, secret).await["access_token"].is_string(), "both work for a while");
    }
    run(&hub, "dlci", ROTATE, json!({ "clientId": client["id"], "overlapHours": 0 })).await;
    for secret in [&old, &new] {
        assert_eq!(token(name, secret).await["error"], "invalid_client", "neither works any more");
    }
    assert_eq!(viewer(&issued["access_token"]).await.0, 200, "tokens outlive the secret");
    run(&hub, "dlci", REVOKE, json!({ "clientId": client["id"] })).await;
    assert_eq!(viewer(&issued["access_token"]).await.0, 401, "but not the program");
}
