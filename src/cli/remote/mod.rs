//! A hub that runs, asked over HTTP as any partner's program asks it.

mod credential;
mod kept;
mod refusal;

use std::error::Error as _;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use self::credential::{Credential, Shown};
use super::Misuse;
use crate::access::secret::Secret;

pub(super) use kept::SignIns;
pub(super) use refusal::Refusal;

/// For a whole exchange: the hub composes graphs meanwhile.
const PATIENCE: Duration = Duration::from_secs(120);
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(5);
/// The scope that a program asks for.
const SCOPE: &str = "subgraph:write";

/// Which hub is asked.
#[derive(clap::Args)]
pub(super) struct At {
    /// Where callers reach the hub, e.g. https://raccordo.example [env: RACCORDO_HUB]
    #[arg(long, env = "RACCORDO_HUB", hide_env = true, value_name = "URL", value_parser = address)]
    hub: Url,
}

/// Which hub is asked, and as whom.
#[derive(clap::Args)]
pub(super) struct Access {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    credential: Credential,
}

/// A hub, and what it is shown with every question.
pub(super) struct Remote {
    /// Without a slash at the end.
    hub: String,
    client: Client,
    token: Option<Secret>,
    /// Whether the token is that of a sign-in.
    is_signed_in: bool,
}

impl At {
    /// The hub, as the public sees it.
    ///
    /// # Errors
    /// There is no way out of this machine.
    pub fn remote(&self) -> anyhow::Result<Remote> {
        let client = Client::builder()
            // A token goes nowhere but where it was meant to.
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE_TO_CONNECT)
            .user_agent(concat!("raccordo/", env!("CARGO_PKG_VERSION")));
        let client = client.build().context("no way out to the hub")?;
        let hub = self.hub.as_str().trim_end_matches('/').to_owned();
        Ok(Remote { hub, client, token: None, is_signed_in: false })
    }
}

impl Access {
    /// The hub, to be asked as whoever the credential is of.
    ///
    /// # Errors
    /// There is no credential, or none that the hub gives a token for.
    pub async fn enter(self) -> anyhow::Result<Remote> {
        let remote = self.enter_or_look().await?;
        if remote.token.is_none() {
            let ways = "--token-file, RACCORDO_TOKEN, or RACCORDO_CLIENT_ID with RACCORDO_CLIENT_SECRET";
            return Err(
                Misuse(format!("no credential: people show one by raccordo sign-in, programs by {ways}")).into()
            );
        }
        Ok(remote)
    }

    /// The same; without a credential, as whoever signed in at this hub; else the hub as the public sees it.
    ///
    /// # Errors
    /// The credential is none, or none that the hub gives a token for.
    pub async fn enter_or_look(self) -> anyhow::Result<Remote> {
        let shown = self.credential.shown(|name| std::env::var(name).ok())?;
        let mut remote = self.at.remote()?;
        remote.token = match shown {
            // Who has no home has not signed in.
            None => match SignIns::own() {
                Ok(kept) => kept.find(&remote.hub)?.inspect(|_| remote.is_signed_in = true),
                Err(_) => None,
            },
            Some(Shown::Token(token)) => Some(token),
            Some(Shown::Client(id, secret)) => Some(remote.granted(&id, &secret).await?),
        };
        Ok(remote)
    }
}

/// What the hub answers a question of GraphQL.
#[derive(Deserialize)]
struct Answer {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    message: String,
}

/// What the hub answers who asks for a token (RFC 6749, sections 5.1 and 5.2).
#[derive(Deserialize)]
struct Grant {
    access_token: Option<Secret>,
    expires_in: Option<i64>,
    error: Option<String>,
    error_description: Option<String>,
}

/// What a hub says of the way to sign in (RFC 8414).
#[derive(Deserialize)]
pub(super) struct AuthorizationServer {
    pub issuer: String,
    pub authorization_endpoint: Url,
}

impl Remote {
    /// Without a slash at the end.
    pub fn address(&self) -> &str {
        &self.hub
    }

    /// The same hub, shown this token.
    pub fn shown(self, token: Secret) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Where people sign in.
    ///
    /// # Errors
    /// It cannot be reached, is none, or has no key of its own.
    pub async fn authorization_server(&self) -> anyhow::Result<AuthorizationServer> {
        let at = format!("{}/.well-known/oauth-authorization-server", self.hub);
        let response = self.client.get(at).send().await.map_err(|error| self.out_of_reach(&error))?;
        if response.status() == StatusCode::NOT_FOUND {
            bail!("nobody signs in by the command line at {}: it has no key of its own (hub_key_file)", self.hub);
        }
        self.read(response).await.map(|(_, server)| server)
    }

    /// A session of the command line: its token, and how many seconds it lasts at the most.
    ///
    /// # Errors
    /// The hub does not give one.
    pub async fn taken_up(&self, form: &[(&str, &str)]) -> anyhow::Result<(Secret, i64)> {
        match self.send::<Grant>(self.form("/oauth/token", form)).await? {
            (_, Grant { access_token: Some(token), expires_in: Some(seconds), .. }) => Ok((token, seconds)),
            (status, grant) => Err(self.not_granted(status, grant)),
        }
    }

    /// Ends a session of the command line.
    ///
    /// # Errors
    /// The hub did not end it.
    pub async fn revoke(&self, token: &Secret) -> anyhow::Result<()> {
        let request = self.form("/oauth/revoke", &[("token", token.reveal())]);
        let response = request.send().await.map_err(|error| self.out_of_reach(&error))?;
        match response.status() {
            StatusCode::OK => Ok(()),
            status => Err(self.no_hub(status)),
        }
    }

    /// The data of an answer without errors.
    ///
    /// # Errors
    /// One line: the hub cannot be reached, refuses the credential or the question, or is none.
    pub async fn ask<T: DeserializeOwned>(&self, document: &str, variables: Value) -> anyhow::Result<T> {
        let mut request = self.client.post(format!("{}/graphql", self.hub));
        request = request.json(&json!({ "query": document, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.reveal());
        }
        let (status, answer) = self.send::<Answer>(request).await?;
        match answer.errors.first() {
            Some(_) if status == StatusCode::UNAUTHORIZED && self.is_signed_in => {
                bail!("the sign-in at {} is over: raccordo sign-in", self.hub)
            }
            Some(fault) if status == StatusCode::UNAUTHORIZED => {
                bail!("the hub refuses the credential: {}", fault.message)
            }
            Some(fault) => bail!("the hub does not answer this: {}", fault.message),
            None => {}
        }
        let data = answer.data.ok_or_else(|| self.no_hub(status))?;
        serde_json::from_value(data).with_context(|| format!("the hub at {} is of another version", self.hub))
    }

    /// A program's token (RFC 6749, section 4.4).
    async fn granted(&self, id: &str, secret: &Secret) -> anyhow::Result<Secret> {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let request = self.form("/oauth/token", &[("grant_type", "client_credentials"), ("scope", SCOPE)]);
        let request = request.basic_auth(encode(id), Some(encode(secret.reveal())));
        match self.send::<Grant>(request).await? {
            (_, Grant { access_token: Some(token), error: None, .. }) => Ok(token),
            (status, grant) => Err(self.not_granted(status, grant)),
        }
    }

    fn form(&self, path: &str, pairs: &[(&str, &str)]) -> RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = self.client.post(format!("{}{path}", self.hub)).body(body);
        request.header("content-type", "application/x-www-form-urlencoded")
    }

    fn not_granted(&self, status: StatusCode, grant: Grant) -> anyhow::Error {
        let Some(error) = grant.error else { return self.no_hub(status) };
        let why = grant.error_description.map(|text| format!(": {text}")).unwrap_or_default();
        anyhow!("the hub gives this program no token ({error}){why}")
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> anyhow::Result<(StatusCode, T)> {
        let request = request.header("accept", "application/json").header("accept-language", "en");
        let response = request.send().await.map_err(|error| self.out_of_reach(&error))?;
        self.read(response).await
    }

    async fn read<T: DeserializeOwned>(&self, response: Response) -> anyhow::Result<(StatusCode, T)> {
        let status = response.status();
        if status.is_redirection() {
            bail!("{} sends elsewhere ({status}): give the address that it leads to", self.hub);
        }
        let body = response.bytes().await.map_err(|error| self.out_of_reach(&error))?;
        let answer = serde_json::from_slice(&body).map_err(|_| self.no_hub(status))?;
        Ok((status, answer))
    }

    fn no_hub(&self, status: StatusCode) -> anyhow::Error {
        anyhow!("what answers at {} is no hub ({status})", self.hub)
    }

    /// The innermost cause alone: those around it say that a request failed.
    fn out_of_reach(&self, error: &reqwest::Error) -> anyhow::Error {
        if error.is_timeout() {
            return anyhow!("the hub at {} does not answer in time", self.hub);
        }
        let mut cause = error.source();
        while let Some(inner) = cause.and_then(|cause| cause.source()) {
            cause = Some(inner);
        }
        let cause = cause.map_or_else(|| error.to_string(), |cause| cause.to_string());
        anyhow!("the hub at {} cannot be reached: {cause}", self.hub)
    }
}

/// Reads a hub's address. It is shown in messages: no password may stand in it.
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !matches!(url.scheme(), "http" | "https") || !is_plain || url.fragment().is_some() {
        return Err("not of the form https://raccordo.example".into());
    }
    Ok(url)
}
