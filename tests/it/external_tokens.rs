//! A partner's program with tokens of a real provider, whose keys change.

use raccordo::access::{Issuer, IssuerKind, Settings};
use raccordo::http;
use reqwest::Client;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::REFERENCE;
use crate::provider::Provider;

struct Program {
    client: Client,
    token_endpoint: String,
    hub: String,
}

impl Program {
    /// A new token of the provider.
    async fn token(&self, form: &str) -> String {
        let request =
            self.client.post(&self.token_endpoint).header("content-type", "application/x-www-form-urlencoded");
        let request = request.basic_auth("partner", Some("the-secret-of-the-partner-at-the-provider"));
        let body = format!("grant_type=client_credentials&scope=organisation:read&resource=urn:raccordo:{form}");
        let answer: Value = request.body(body).send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// The level that the hub lets the bearer act at; its reason where it refuses.
    async fn level(&self, token: &str) -> String {
        let request = self.client.post(format!("http://{}/graphql", self.hub)).bearer_auth(token);
        let answer: Value =
            request.json(&json!({ "query": "{ viewer { level } }" })).send().await.unwrap().json().await.unwrap();
        let said = answer["data"]["viewer"]["level"].as_str().or(answer["errors"][0]["extensions"]["reason"].as_str());
        said.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

#[tokio::test]
async fn tokens_of_a_real_provider_let_a_client_in_across_changes_of_its_keys() {
    let mut provider = Provider::start(&[]).await;
    let issuer = Issuer {
        name: "identity".into(),
        kind: IssuerKind::Jwt,
        issuer: provider.issuer.clone(),
        audience: "raccordo".into(),
        jwks_url: None,
        introspection_url: None,
        client_id: None,
        client_secret: None,
        client_secret_file: None,
    };
    let hub = TestHub::start(REFERENCE, Settings { issuers: vec![issuer], ..Settings::default() }).await;
    let program = Program {
        client: Client::new(),
        token_endpoint: format!("{}/token", provider.issuer),
        hub: hub.serve(http::Settings::default()).await,
    };
    let first = program.token("es256").await;
    assert_eq!(program.level(&first).await, "TOKEN_INVALID", "no such client is registered");
    sqlx::query(
        "insert into client (id, organisation_id, owner_number, name, scopes, authentication, external_issuer,
           external_subject, requests_per_minute, cost_per_minute, expires_at)
         select gen_random_uuid(), id, number, 'Program', '{organisation:read}', 'external', 'identity', 'partner',
           1000, 100000, now() + interval '1 day' from organisation where office_code = 'PREF-BO'",
    )
    .execute(&mut hub.maintenance().await)
    .await
    .unwrap();
    while program.level(&first).await == "TOKEN_INVALID" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for form in ["es256", "rs256", "eddsa"] {
        assert_eq!(program.level(&program.token(form).await).await, "PREFECTURE", "{form}");
    }
    assert_eq!(program.level(&program.token("opaque").await).await, "TOKEN_INVALID", "not of this kind");

    provider.tell("rotate").await;
    let second = program.token("es256").await;
    let kid = |token: &str| token.split('.').next().unwrap().to_owned();
    assert_ne!(kid(&first), kid(&second), "another key signs");
    assert_eq!(program.level(&second).await, "PREFECTURE");
    assert_eq!(program.level(&first).await, "PREFECTURE", "the old key is still published");

    provider.tell("rotate").await;
    provider.tell("withdraw").await;
    assert_eq!(program.level(&program.token("es256").await).await, "PREFECTURE");
    for (withdrawn, which) in [(&first, "first"), (&second, "second")] {
        assert_eq!(program.level(withdrawn).await, "TOKEN_INVALID", "{which}");
    }
}
