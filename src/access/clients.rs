//! Partners' programs as the table `client` has them: in memory, since each of their requests asks for one.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::scope::Scopes;
use super::token::KeySet;
use crate::db::Database;
use crate::text_enum;

text_enum! {
    /// How a program shows who it is [modalità di autenticazione].
    pub enum Authentication {
        /// By a secret at the hub's token endpoint [segreto].
        Secret = "secret",
        /// By an assertion that it signs, at the hub's token endpoint [asserzione firmata].
        PrivateKeyJwt = "private_key_jwt",
        /// By a token of another issuer, e.g. a PDND voucher [token di un altro emittente].
        External = "external",
    }
}

/// A program as it is registered.
#[derive(Clone, Debug)]
pub struct Registered {
    pub id: Uuid,
    pub organisation: Uuid,
    pub owner_number: i32,
    pub scopes: Scopes,
    pub authentication: Authentication,
    /// Its public keys, for assertions.
    pub keys: KeySet,
    pub requests_per_minute: u32,
    pub cost_per_minute: u32,
    expires_at: DateTime<Utc>,
    is_revoked: bool,
}

impl Registered {
    /// Whether it is let in at this time: neither revoked nor over.
    pub fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        !self.is_revoked && at < self.expires_at
    }
}

/// How a token names a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// By the hub's own id.
    Own(Uuid),
    /// As another issuer knows it: the issuer's name in the settings, the client there, and the purpose of a voucher.
    External { issuer: String, subject: String, purpose: Option<String> },
}

#[derive(Default)]
struct All {
    own: HashMap<Uuid, Arc<Registered>>,
    external: HashMap<Named, Arc<Registered>>,
}

impl All {
    fn find(&self, named: &Named) -> Option<Arc<Registered>> {
        match named {
            Named::Own(id) => self.own.get(id).cloned(),
            // The client for this purpose, else the one for any.
            Named::External { issuer, subject, purpose } => {
                let any = || Named::External { issuer: issuer.clone(), subject: subject.clone(), purpose: None };
                let found = self.external.get(named);
                found.or_else(|| purpose.as_ref().and_then(|_| self.external.get(&any()))).cloned()
            }
        }
    }
}

#[derive(Default)]
struct Kept {
    all: Option<Arc<All>>,
    /// Grows whenever all is forgotten: what was asked for before that is not kept after it.
    generation: u64,
}

/// Every registered client, kept until one changes.
#[derive(Default)]
pub struct Clients {
    kept: Mutex<Kept>,
    /// Held while they are read: by one request, for all.
    loading: tokio::sync::Mutex<()>,
    /// Used since that was last written down.
    used: Mutex<HashSet<Uuid>>,
}

impl Clients {
    /// Tables that they are made from.
    pub const TABLES: [&'static str; 2] = ["*", "client"];

    pub fn forget(&self) {
        let mut kept = self.kept.lock().expect("no panic while held");
        kept.all = None;
        kept.generation += 1;
    }

    /// A client, whether it is still in force or not; one that is revoked is not found by another issuer's name.
    pub async fn find(&self, named: &Named, database: &Database) -> sqlx::Result<Option<Arc<Registered>>> {
        if let (Some(all), _) = self.kept() {
            return Ok(all.find(named));
        }
        let _turn = self.loading.lock().await;
        let (all, generation) = self.kept();
        if let Some(all) = all {
            return Ok(all.find(named));
        }
        let all = Arc::new(load(&mut *database.upkeep().await?).await?);
        let mut kept = self.kept.lock().expect("no panic while held");
        if kept.generation == generation {
            kept.all = Some(all.clone());
        }
        Ok(all.find(named))
    }

    fn kept(&self) -> (Option<Arc<All>>, u64) {
        let kept = self.kept.lock().expect("no panic while held");
        (kept.all.clone(), kept.generation)
    }

    /// Remembers that a client was let in: written down later, behind the requests.
    pub fn note_use(&self, client: Uuid) {
        self.used.lock().expect("no panic while held").insert(client);
    }

    /// Writes down which clients were used, all in one statement.
    pub async fn write_down_use(&self, database: &Database) -> sqlx::Result<()> {
        let used = std::mem::take(&mut *self.used.lock().expect("no panic while held"));
        if used.is_empty() {
            return Ok(());
        }
        let written = write_use(database, &used.iter().copied().collect::<Vec<_>>()).await;
        if written.is_err() {
            self.used.lock().expect("no panic while held").extend(used);
        }
        written
    }
}

async fn load(connection: &mut PgConnection) -> sqlx::Result<All> {
    let rows = sqlx::query(
        "select id, organisation_id, owner_number, scopes, authentication, jwks, requests_per_minute, cost_per_minute,
             expires_at, revoked_at is not null, external_issuer, external_subject, external_purpose
         from client",
    )
    .fetch_all(connection)
    .await?;
    let mut all = All::default();
    for row in rows {
        let client = Arc::new(read(&row)?);
        // Only one that is not revoked is known by its name elsewhere: another may have taken its place.
        if let (Some(issuer), Some(subject), false) = (row.try_get(10)?, row.try_get(11)?, client.is_revoked) {
            all.external.insert(Named::External { issuer, subject, purpose: row.try_get(12)? }, client.clone());
        }
        all.own.insert(client.id, client);
    }
    Ok(all)
}

fn read(row: &PgRow) -> sqlx::Result<Registered> {
    let words: Vec<String> = row.try_get(3)?;
    let jwks: Option<Value> = row.try_get(5)?;
    Ok(Registered {
        id: row.try_get(0)?,
        organisation: row.try_get(1)?,
        owner_number: row.try_get(2)?,
        scopes: words.iter().filter_map(|word| word.parse().ok()).collect(),
        authentication: row.try_get(4)?,
        keys: jwks.as_ref().and_then(KeySet::from_jwks).unwrap_or_default(),
        requests_per_minute: row.try_get::<i32, _>(6)?.unsigned_abs(),
        cost_per_minute: row.try_get::<i32, _>(7)?.unsigned_abs(),
        expires_at: row.try_get(8)?,
        is_revoked: row.try_get(9)?,
    })
}

async fn write_use(database: &Database, clients: &[Uuid]) -> sqlx::Result<()> {
    let mut writing = database.write_for_hub().await?;
    sqlx::query("update client set last_used_at = now() where id = any($1)")
        .bind(clients)
        .execute(writing.connection())
        .await?;
    writing.commit().await
}
