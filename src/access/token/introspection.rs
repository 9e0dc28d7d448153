//! Opaque tokens, which their issuer is asked about (RFC 7662).

use std::time::Duration;

use tokio::sync::Semaphore;

use super::Refusal;
use super::claims::Claims;
use crate::access::Issuer;
use crate::access::remote::Remote;

/// Questions under way to one issuer at the most.
const AT_ONCE: usize = 8;
/// How long a question waits for its turn.
const WAIT: Duration = Duration::from_secs(3);

/// How one issuer is asked.
pub struct Introspection {
    issuer: Issuer,
    url: String,
    remote: Remote,
    places: Semaphore,
}

impl Introspection {
    pub fn new(issuer: Issuer, url: String, remote: Remote) -> Self {
        Self { issuer, url, remote, places: Semaphore::new(AT_ONCE) }
    }

    /// What the issuer says of a token that is active and meant for the hub; `None` for any other.
    ///
    /// An answer without `aud` or `iss` is believed: the issuer knows who asks, and must not call a token active that is
    /// not for whoever asks (RFC 7662, section 4).
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] where the issuer does not answer, or answers what cannot be understood.
    pub async fn ask(&self, token: &str) -> Result<Option<Claims>, Refusal> {
        let place = tokio::time::timeout(WAIT, self.places.acquire()).await;
        let _place = place.map_err(|_| Refusal::Unavailable)?.expect("never closed");
        let form = [("token", token), ("token_type_hint", "access_token")];
        let secret = self.issuer.client_secret.as_ref().map_or("", |secret| secret.reveal());
        let credentials = self.issuer.client_id.as_deref().map(|name| (name, secret));
        let mut answer = self.remote.post_form(&self.url, &form, credentials).await.map_err(|error| {
            // The reason names the address at the most: tokens are in the body.
            tracing::warn!(issuer = self.issuer.name, error = format!("{error:#}"), "a token could not be asked about");
            Refusal::Unavailable
        })?;
        answer.retain(|_, value| !value.is_null());
        let claims = Claims::new(answer);
        let is_ours = claims.is_true("active")
            && (!claims.has("iss") || claims.text("iss") == Ok(Some(self.issuer.issuer.as_str())))
            && (!claims.has("aud") || claims.is_for(&self.issuer.audience))
            // Refresh tokens are active, too.
            && (!claims.has("token_type")
                || claims.text("token_type").is_ok_and(|kind| kind.is_some_and(|it| it.eq_ignore_ascii_case("bearer"))));
        Ok(is_ours.then_some(claims))
    }
}
