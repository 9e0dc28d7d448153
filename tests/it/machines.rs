//! The fixture: a served hub with registered programs of partners.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use raccordo::access::Settings;
use raccordo::access::persona::stable_id;
use raccordo::access::secret::Secret;
use raccordo::http;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::hub::{Sample, TestHub};

/// What the usual question tells: for whom the caller is taken.
pub const LEVEL: &str = "{ viewer { level } }";

/// How a program shows who it is.
#[derive(Clone)]
pub enum Shows {
    Secret,
    /// Its public keys.
    Keys(Value),
    /// A token of the issuer of this name, for this subject and purpose.
    Elsewhere(&'static str, &'static str, Option<&'static str>),
}

/// A program as it is registered.
#[derive(Clone)]
pub struct Registration {
    pub organisation: &'static str,
    pub scopes: &'static [&'static str],
    pub shows: Shows,
    pub requests: i32,
    pub cost: i32,
    pub days: i32,
    pub is_revoked: bool,
}

impl Registration {
    /// Of the office of Bologna, with all that may be read there.
    pub fn new(shows: Shows) -> Self {
        Self {
            organisation: "office:PREF-BO",
            scopes: &["organisation:read", "project:read", "plan:read"],
            shows,
            requests: 10_000,
            cost: 1_000_000,
            days: 30,
            is_revoked: false,
        }
    }
}

/// A hub that believes what proxies on the loopback say, so that no test waits for another's failures.
pub fn settings() -> http::Settings {
    http::Settings { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..http::Settings::default() }
}

pub struct Machines {
    pub hub: TestHub,
    pub address: String,
    client: Client,
    requests: AtomicU32,
}

impl Machines {
    pub async fn start(sample: Sample, access: Settings) -> Self {
        let hub = TestHub::start(sample, access).await;
        let address = hub.serve(settings()).await;
        Self { hub, address, client: Client::new(), requests: AtomicU32::new(0) }
    }

    /// Registers a program; returns its id.
    pub async fn register(&self, new: Registration) -> Uuid {
        let id = Uuid::now_v7();
        let (authentication, jwks, elsewhere) = match new.shows {
            Shows::Secret => ("secret", None, None),
            Shows::Keys(jwks) => ("private_key_jwt", Some(jwks), None),
            Shows::Elsewhere(issuer, subject, purpose) => ("external", None, Some((issuer, subject, purpose))),
        };
        let inserted = sqlx::query(
            "insert into client (id, organisation_id, owner_number, name, scopes, authentication, jwks, external_issuer,
               external_subject, external_purpose, requests_per_minute, cost_per_minute, expires_at, revoked_at)
             select $1, id, number, 'A program', $3, $4, $5, $6, $7, $8, $9, $10, now() + $11 * interval '1 day',
               case when $12 then now() end
             from organisation where id = $2",
        )
        .bind(id)
        .bind(stable_id(new.organisation))
        .bind(new.scopes)
        .bind(authentication)
        .bind(jwks)
        .bind(elsewhere.map(|it| it.0))
        .bind(elsewhere.map(|it| it.1))
        .bind(elsewhere.and_then(|it| it.2))
        .bind(new.requests)
        .bind(new.cost)
        .bind(new.days)
        .bind(new.is_revoked)
        .execute(&mut self.hub.maintenance().await)
        .await
        .unwrap();
        assert_eq!(inserted.rows_affected(), 1, "there is an organisation {}", new.organisation);
        id
    }

    /// Gives a program another secret.
    pub async fn secret(&self, client: Uuid) -> Secret {
        let secret = Secret::random();
        sqlx::query(
            "insert into client_secret (id, client_id, owner_number, hash, expires_at)
             select $1, id, owner_number, $3, now() + interval '90 days' from client where id = $2",
        )
        .bind(Uuid::now_v7())
        .bind(client)
        .bind(secret.argon2())
        .execute(&mut self.hub.maintenance().await)
        .await
        .unwrap();
        secret
    }

    /// Changes what the database holds, behind the hub's back.
    pub async fn sql(&self, statement: String) {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.hub.maintenance().await).await.unwrap();
    }

    /// Lays out an organisation that is no more, under this natural key.
    pub async fn organisation_that_was(&self, key: &str) {
        self.sql(format!(
            "insert into organisation (id, kind, name, visibility, source, valid_until)
             values ('{}', 'other_organisation', 'A body that was', 'public', 'test', '2020-12-31')",
            stable_id(key)
        ))
        .await;
    }

    /// A request from an address of its own.
    pub fn post(&self, path: &str) -> RequestBuilder {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let from = format!("10.{}.{}.1", number / 256 % 256, number % 256);
        self.client.post(format!("http://{}{path}", self.address)).header("x-forwarded-for", from)
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("http://{}{path}", self.address)).send().await.unwrap()
    }

    /// Status and body of a query under a token.
    pub async fn ask(&self, token: &str, query: &str) -> (u16, Value) {
        let request = self.post("/graphql").bearer_auth(token).json(&json!({ "query": query }));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// For whom the bearer of a token is taken, or why it is refused.
    pub async fn level(&self, token: &str) -> String {
        let (status, body) = self.ask(token, LEVEL).await;
        let said = match status {
            200 => &body["data"]["viewer"]["level"],
            401 => &body["errors"][0]["extensions"]["reason"],
            _ => &body["errors"][0]["extensions"]["code"],
        };
        said.as_str().unwrap_or_else(|| panic!("{status}: {body}")).to_owned()
    }

    /// Waits until the bearer of a token is taken for this, since word of changes takes its time.
    pub async fn until(&self, token: &str, expected: &str) {
        let waiting = async {
            while self.level(token).await != expected {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("never {expected}"));
    }

    /// What the audit holds about a program or what it did: action, outcome, reason, client, purpose.
    pub async fn audit(&self, client: Uuid) -> Vec<Value> {
        sqlx::query_scalar(
            "select jsonb_build_object('action', action, 'outcome', outcome, 'reason', reason, 'isTheClient',
               client_id is not null, 'purpose', purpose, 'forOrganisation', organisation_id is not null,
               'scope', (select changes #> '{scope,after}' from audit_change c where c.seq = e.seq))
             from audit_entry e where client_id = $1 or subject_id = $1 order by seq",
        )
        .bind(client)
        .fetch_all(&mut self.hub.maintenance().await)
        .await
        .unwrap()
    }
}
