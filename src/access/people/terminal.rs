//! People at the command line: the session of their browser lets a program on the same machine in (RFC 8252), which shows that it
//! is the one that asked (RFC 7636) and gets a session of its own. `docs/adr/0029-people-at-the-command-line.md` says why.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use uuid::Uuid;

use super::sign_in::{subject, viewer};
use super::store::{Beside, Grant};
use super::{People, store};
use crate::access::Action;
use crate::access::audit::{self, Changes, Entry};
use crate::access::secret::{self, Secret};

/// By what the program names itself (RFC 6749, section 2.2): there is one, and it has no secret.
pub const CLIENT: &str = "raccordo";
/// A grant is taken up within so long.
const GRANT: TimeDelta = TimeDelta::minutes(1);
/// How the secrets of such sessions begin, and none of a browser's: they are bearer tokens.
const MARK: &str = "raccordo_";

/// Whether a bearer token is that of a session of the command line.
pub fn is_of_terminal(token: &str) -> bool {
    token.starts_with(MARK)
}

/// A session that began.
#[derive(Debug)]
pub struct AtTerminal {
    pub token: Secret,
    /// Until it ends at the latest.
    pub seconds: i64,
}

impl People {
    /// Lets a program in that waits at `redirect_uri`, as whoever is signed in in this browser's session. Returns the code
    /// that it is sent.
    pub async fn let_in(&self, browser: Uuid, redirect_uri: &str, challenge: &str) -> sqlx::Result<Secret> {
        let code = Secret::random();
        let grant = Grant {
            challenge: challenge.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            session: browser,
            expires_at: Utc::now() + GRANT,
        };
        let mut writing = self.database.write_for_hub().await?;
        store::begin_grant(writing.connection(), &code.hash(), &grant).await?;
        writing.commit().await?;
        Ok(code)
    }

    /// Takes a grant up; `None` where there is none of this code, it is over, or another program's. The session that begins ends
    /// with the lifetime of the browser's: nobody is in longer than a provider has vouched for them.
    pub async fn take_up(
        &self,
        code: &Secret,
        redirect_uri: &str,
        verifier: &Secret,
        request_id: &str,
    ) -> sqlx::Result<Option<AtTerminal>> {
        let now = Utc::now();
        let mut writing = self.database.write_for_hub().await?;
        let grant = store::take_grant(writing.connection(), &code.hash()).await?;
        let shown = URL_SAFE_NO_PAD.encode(verifier.hash());
        let is_its = |grant: &Grant| {
            now < grant.expires_at
                && grant.redirect_uri == redirect_uri
                && secret::same(grant.challenge.as_bytes(), shown.as_bytes())
        };
        let Some(grant) = grant.filter(is_its) else {
            writing.commit().await?;
            return Ok(None);
        };
        let token = Secret::from(format!("{MARK}{}", Secret::random().reveal()));
        let (session, hash, connection) = (Uuid::now_v7(), token.hash(), writing.connection());
        let begun = store::begin_beside(connection, grant.session, (session, &hash), (now, now - self.idle)).await?;
        if let Some(Beside { account, membership, provider, .. }) = &begun {
            let held = store::memberships(connection, account.id, chrono::Local::now().date_naive()).await?;
            let acting = held.into_iter().map(|held| held.membership).find(|held| Some(held.id) == *membership);
            let changes = Changes::new().field("provider", None::<&str>, provider.as_str()).field(
                "isTerminal",
                None::<bool>,
                true,
            );
            let entry = Entry::done(Action::SignIn, subject(account), changes);
            audit::add(connection, &viewer(account, session, acting), request_id, &entry).await?;
        }
        writing.commit().await?;
        Ok(begun.map(|begun| AtTerminal { token, seconds: (begun.expires_at - now).num_seconds() }))
    }
}
