//! The hub's own tokens, for clients that have no other provider (RFC 6749, section 4.4; RFC 9068).

use std::sync::Arc;

use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use super::claims::now;
use super::credentials::{Presented, Unrecognised};
use super::{Authenticator, Refusal, unavailable};
use crate::access::audit::{self, Changes, Entry, Subject};
use crate::access::clients::Registered;
use crate::access::keys::TOKEN_LIFETIME;
use crate::access::scope::Scopes;
use crate::access::{Action, Viewer, audience};
use crate::db::Database;

/// A token, just issued.
pub struct Issued {
    pub token: String,
    pub scopes: Scopes,
}

/// Why no token is issued; the codes of RFC 6749, section 5.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Who asks is not who they say they are.
    InvalidClient,
    /// The client is who it says it is, and is let in no more.
    UnauthorizedClient,
    /// A scope that there is not, or that the client is not registered with.
    InvalidScope,
    /// To be tried again.
    Unavailable,
}

impl Denied {
    /// As the audit names it.
    fn reason(&self) -> &'static str {
        match self {
            Self::InvalidClient => "INVALID_CLIENT",
            Self::UnauthorizedClient => "UNAUTHORIZED_CLIENT",
            Self::InvalidScope => "INVALID_SCOPE",
            Self::Unavailable => "UNAVAILABLE",
        }
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::Unavailable { Self::Unavailable } else { Self::InvalidClient }
    }
}

impl Authenticator {
    /// Issues a token to the client that this proves, for these scopes of its own, or all of them. Each token, and each
    /// refusal to a client that proved itself, is written into the audit first.
    pub async fn issue(&self, presented: &Presented, scope: Option<&str>, request_id: &str) -> Result<Issued, Denied> {
        let client = match self.recognise(presented).await {
            Ok(client) => client,
            Err(Unrecognised::Unavailable) => return Err(Denied::Unavailable),
            Err(Unrecognised::Wrong(named)) => {
                if let Some(client) = named {
                    self.note_failure(&client, request_id);
                }
                return Err(Denied::InvalidClient);
            }
        };
        let Some(viewer) = self.viewer_as(&client, client.scopes, None).await? else {
            self.refuse(&Viewer::public(), &client, &Denied::UnauthorizedClient, request_id).await?;
            return Err(Denied::UnauthorizedClient);
        };
        let asked = scope.map_or(Ok(client.scopes), Scopes::parse);
        let scopes = match asked {
            _ if !client.is_in_force(Utc::now()) => Err(Denied::UnauthorizedClient),
            Ok(scopes) if scopes.within(client.scopes) && !scopes.is_empty() => Ok(scopes),
            _ => Err(Denied::InvalidScope),
        };
        match scopes {
            Ok(scopes) => self.issue_to(&viewer, &client, scopes, request_id).await,
            Err(denied) => {
                self.refuse(&viewer, &client, &denied, request_id).await?;
                Err(denied)
            }
        }
    }

    async fn issue_to(
        &self,
        viewer: &Viewer,
        client: &Arc<Registered>,
        scopes: Scopes,
        request_id: &str,
    ) -> Result<Issued, Denied> {
        let issued = now();
        let claims = json!({
            "iss": self.public_url,
            "aud": self.public_url,
            "sub": client.id.to_string(),
            "client_id": client.id.to_string(),
            "scope": scopes.to_string(),
            "iat": issued,
            "exp": issued + TOKEN_LIFETIME.num_seconds(),
            "jti": Uuid::now_v7().to_string(),
        });
        let token = self.keys.sign(&claims).await.map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "no token can be issued");
            Denied::Unavailable
        })?;
        let changes = Changes::new().field("scope", Value::Null, scopes.to_string());
        let entry = Entry::done(Action::IssueToken, subject(client), changes);
        write(&self.database, viewer, &entry, request_id).await?;
        Ok(Issued { token, scopes })
    }

    /// Writes, as nobody's act, that somebody named a client and is not that client; behind the answer, which must not
    /// take longer than for a client that there is not.
    fn note_failure(&self, client: &Registered, request_id: &str) {
        let (database, request_id) = (self.database.clone(), request_id.to_owned());
        let entry = refusal(client, &Denied::InvalidClient);
        tokio::spawn(async move {
            // The reason of a failure is logged.
            let _ = write(&database, &Viewer::public(), &entry, &request_id).await;
        });
    }

    async fn refuse(
        &self,
        viewer: &Viewer,
        client: &Registered,
        denied: &Denied,
        request_id: &str,
    ) -> Result<(), Denied> {
        Ok(write(&self.database, viewer, &refusal(client, denied), request_id).await?)
    }
}

async fn write(database: &Database, viewer: &Viewer, entry: &Entry, request_id: &str) -> Result<(), Refusal> {
    let written = async {
        let mut writing = database.write_for_hub().await?;
        audit::add(writing.connection(), viewer, request_id, entry).await?;
        writing.commit().await
    };
    written.await.map_err(unavailable)
}

fn refusal(client: &Registered, denied: &Denied) -> Entry {
    Entry::refused(Action::IssueToken, denied.reason(), Some(subject(client)))
}

fn subject(client: &Registered) -> Subject {
    Subject {
        kind: "Client",
        id: client.id,
        owner_number: Some(client.owner_number),
        audience: audience::organisation(client.owner_number),
    }
}
