//! How a client shows who it is at the hub's token endpoint: by a secret (RFC 6749, section 2.3.1), or by an assertion that
//! it signs (RFC 7523, sections 2.2 and 3). Tables owned: `client_assertion`, with `client_secret`.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_lc_rs::digest;
use chrono::DateTime;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::claims::{LEEWAY, now};
use super::jws::Jws;
use super::{Authenticator, LONGEST, Refusal, unavailable};
use crate::access::clients::{Authentication, Named, Registered};
use crate::access::secret::Secret;
use crate::db::Database;

/// Hashes computed at one time: each takes a processor and 19 MiB for tens of milliseconds.
const AT_ONCE: usize = 2;
/// How long a client waits for its turn.
const WAIT: Duration = Duration::from_secs(5);
/// Secrets of a client that are in force at the most.
const SECRETS: usize = 2;
/// An assertion may hold for so many seconds at the most.
const ASSERTION: i64 = 300;

/// What a client presents.
#[derive(Clone, Debug)]
pub enum Presented {
    Secret {
        client: String,
        secret: Secret,
    },
    /// `client` only if the request names it besides.
    Assertion {
        client: Option<String>,
        assertion: Secret,
    },
}

/// Who it is not.
#[derive(Clone, Debug)]
pub enum Unrecognised {
    /// Wrong in any way; the client that is named, if there is one.
    Wrong(Option<Arc<Registered>>),
    /// Too much to do, or rights cannot be read: to be tried again.
    Unavailable,
}

impl From<Refusal> for Unrecognised {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::Unavailable { Self::Unavailable } else { Self::Wrong(None) }
    }
}

/// Places for computing hashes.
pub struct Argon2Places(Arc<Semaphore>);

impl Default for Argon2Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Authenticator {
    /// The client that this proves, be it in force or not.
    pub(super) async fn recognise(&self, presented: &Presented) -> Result<Arc<Registered>, Unrecognised> {
        match presented {
            Presented::Secret { client, secret } => self.by_secret(client, secret).await,
            Presented::Assertion { client, assertion } => {
                self.by_assertion(client.as_deref(), assertion.reveal()).await
            }
        }
    }

    /// Takes as long for a client that there is not as for a wrong secret.
    async fn by_secret(&self, client: &str, secret: &Secret) -> Result<Arc<Registered>, Unrecognised> {
        let id = client.parse().unwrap_or(Uuid::nil());
        let named = self.clients.find(&Named::Own(id), &self.database).await.map_err(unavailable)?;
        let hashes = secrets(&self.database, id).await.map_err(unavailable)?;
        let place = tokio::time::timeout(WAIT, self.argon2.0.clone().acquire_owned()).await;
        let place = place.map_err(|_| Unrecognised::Unavailable)?.expect("never closed");
        let secret = secret.clone();
        let compared = tokio::task::spawn_blocking(move || {
            let _place = place;
            is_behind_one(&secret, &hashes)
        });
        let fits = compared.await.map_err(|error| unavailable(&error))?;
        match named {
            Some(client) if fits && client.authentication == Authentication::Secret => Ok(client),
            named => Err(Unrecognised::Wrong(named)),
        }
    }

    async fn by_assertion(&self, client: Option<&str>, assertion: &str) -> Result<Arc<Registered>, Unrecognised> {
        if assertion.len() > LONGEST {
            return Err(Unrecognised::Wrong(None));
        }
        let jws = Jws::read(assertion)?;
        let (claims, subject) = (&jws.claims, jws.claims.name("sub")?);
        let id = subject.parse().map_err(|_| Refusal::Invalid)?;
        let named = self.clients.find(&Named::Own(id), &self.database).await.map_err(unavailable)?;
        let registered = named.ok_or(Refusal::Invalid)?;
        let wrong = |_| Unrecognised::Wrong(Some(registered.clone()));
        let proven = || {
            // Other tokens that the client signs are none of these (RFC 8725, section 3.11).
            jws.has_type(&["", "jwt", "client-authentication+jwt"])?;
            let key = match jws.kid()? {
                Some(kid) => registered.keys.find(kid, jws.algorithm()?),
                None => registered.keys.only(),
            };
            jws.is_signed_by(&*key.ok_or(Refusal::Invalid)?)?;
            let endpoint = format!("{}/oauth/token", self.public_url);
            let expires = claims.is_in_time()?.ok_or(Refusal::Invalid)?;
            let is_ours = registered.authentication == Authentication::PrivateKeyJwt
                && claims.name("iss")? == subject
                && client.is_none_or(|client| client == subject)
                && claims.is_only_for(&[&self.public_url, &endpoint])
                && expires - now() <= ASSERTION + LEEWAY;
            if is_ours { Ok((claims.name("jti")?, expires)) } else { Err(Refusal::Invalid) }
        };
        let (jti, expires) = proven().map_err(wrong)?;
        let is_first = take_assertion(&self.database, id, jti, expires + LEEWAY).await.map_err(unavailable)?;
        is_first.then(|| registered.clone()).ok_or(Refusal::Invalid).map_err(wrong)
    }
}

/// Whether the secret is behind one of the hashes. Computes as many for a wrong secret, however many there are.
fn is_behind_one(secret: &Secret, hashes: &[String]) -> bool {
    static NOBODYS: LazyLock<String> = LazyLock::new(|| Secret::random().argon2());
    let padded = hashes.iter().chain(std::iter::repeat(&*NOBODYS)).take(SECRETS.max(hashes.len()));
    padded.enumerate().any(|(place, hash)| secret.is_behind(hash) && place < hashes.len())
}

/// The hashes of a client's secrets that are in force.
async fn secrets(database: &Database, client: Uuid) -> sqlx::Result<Vec<String>> {
    let statement =
        "select hash from client_secret where client_id = $1 and expires_at > now() order by created_at desc";
    sqlx::query_scalar(statement).bind(client).fetch_all(&mut *database.upkeep().await?).await
}

/// Takes note of an assertion; false where it was taken before.
async fn take_assertion(database: &Database, client: Uuid, jti: &str, until: i64) -> sqlx::Result<bool> {
    let mut writing = database.write_for_hub().await?;
    let taken = sqlx::query(
        "insert into client_assertion (client_id, identifier_hash, expires_at) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(client)
    .bind(digest::digest(&digest::SHA256, jti.as_bytes()).as_ref())
    .bind(DateTime::from_timestamp(until, 0))
    .execute(writing.connection())
    .await?;
    writing.commit().await?;
    Ok(taken.rows_affected() == 1)
}

/// Forgets assertions that would be refused by their time.
pub(super) async fn let_go_of_assertions(database: &Database) -> sqlx::Result<()> {
    let mut writing = database.write_for_hub().await?;
    sqlx::query("delete from client_assertion where expires_at < now()").execute(writing.connection()).await?;
    writing.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_compared_with_each_that_is_in_force() {
        let (old, new) = (Secret::random(), Secret::random());
        let hashes = [new.argon2(), old.argon2()];
        assert!(is_behind_one(&old, &hashes) && is_behind_one(&new, &hashes) && is_behind_one(&new, &hashes[..1]));
        assert!(!is_behind_one(&old, &hashes[..1]) && !is_behind_one(&old, &[]));
    }
}
