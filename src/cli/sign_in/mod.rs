//! `raccordo sign-in` and `raccordo sign-out`: people act as in their browser, by a session that it lets in.

mod waiting;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;

use self::waiting::Waiting;
use super::remote::{At, Remote, SignIns};
use crate::access::people::CLIENT;
use crate::access::secret::Secret;

/// So long a person has to answer in the browser.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

#[derive(clap::Args)]
#[command(
    after_help = "Where the browser is on another machine than this command, give a --port, and have it lead here: \
    ssh -L 4711:127.0.0.1:4711 THIS-MACHINE"
)]
pub(super) struct SignIn {
    #[command(flatten)]
    at: At,
    /// Port of this machine at which the browser's answer is awaited; 0: any
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[derive(clap::Args)]
pub(super) struct SignOut {
    #[command(flatten)]
    at: At,
}

/// Signs a person in; later commands at this hub act as that person.
pub(super) async fn sign_in(SignIn { at, port }: SignIn) -> anyhow::Result<ExitCode> {
    let (hub, kept) = (at.remote()?, SignIns::own()?);
    let server = hub.authorization_server().await?;
    let waiting = Waiting::at(port).await.with_context(|| format!("port {port} of this machine"))?;
    let (state, verifier) = (Secret::random(), Secret::random());
    let mut address = server.authorization_endpoint;
    address
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", CLIENT)
        .append_pair("redirect_uri", waiting.address())
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(verifier.hash()))
        .append_pair("code_challenge_method", "S256")
        .append_pair("state", state.reveal());
    eprintln!("Open this address in a browser of this machine, and allow it:\n\n  {address}\n");
    let redirect_uri = waiting.address().to_owned();
    let told = tokio::time::timeout(PATIENCE, waiting.told(&state, &server.issuer)).await;
    let code = told.ok().context("nobody answered in the browser in time")??;
    let (token, seconds) = hub
        .taken_up(&[
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("code", code.reveal()),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", verifier.reveal()),
        ])
        .await?;
    let until = Utc::now() + TimeDelta::seconds(seconds);
    kept.keep(hub.address(), &token, until)?;
    let (address, until) = (hub.address().to_owned(), until.format("%Y-%m-%d %H:%M UTC"));
    println!("signed in at {address} as {}, until {until} at the latest", who(hub.shown(token)).await?);
    Ok(ExitCode::SUCCESS)
}

/// Ends the session at this hub.
pub(super) async fn sign_out(SignOut { at }: SignOut) -> anyhow::Result<ExitCode> {
    let (hub, kept) = (at.remote()?, SignIns::own()?);
    let Some(token) = kept.find(hub.address())? else {
        println!("nobody is signed in at {}", hub.address());
        return Ok(ExitCode::SUCCESS);
    };
    hub.revoke(&token).await?;
    kept.forget(hub.address())?;
    println!("signed out of {}", hub.address());
    Ok(ExitCode::SUCCESS)
}

/// As whom the hub answers now.
async fn who(hub: Remote) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Found {
        viewer: Viewer,
    }
    #[derive(Deserialize)]
    struct Viewer {
        account: Option<Named>,
        organisation: Option<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let found: Found = hub.ask("{ viewer { account { name } organisation { name } } }", json!({})).await?;
    let Some(Named { name }) = found.viewer.account else { bail!("the hub does not know who signed in") };
    Ok(match found.viewer.organisation {
        Some(body) => format!("{name} for {}", body.name),
        None => format!("{name} for no organisation"),
    })
}
