//! How callers come in, as the settings say.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use super::secret::Secret;
use super::token::DemoKey;
use super::viewer::Role;

/// Everything that decides who may come in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Present in demonstration mode only: elsewhere its tokens are refused.
    pub demo_key: Option<DemoKey>,
    /// Where callers reach the hub, without a slash at the end: issuer and audience of its tokens, base of the address
    /// to which identity providers send people back, and the one origin that a browser session may ask from.
    pub public_url: String,
    /// Identity providers of people.
    pub providers: Vec<Provider>,
    /// Issuers of tokens for programs, besides the hub itself.
    pub issuers: Vec<Issuer>,
    /// Encrypts the hub's signing keys; 32 bytes. `None`: the hub issues no tokens.
    pub hub_key: Option<Secret>,
    /// A browser session ends after so long without a request.
    pub session_idle: Duration,
    /// A browser session ends after so long, whatever happens.
    pub session_lifetime: Duration,
    /// Entries of the audit that are older are let go; `None`: all are kept.
    pub audit_retention: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            demo_key: None,
            public_url: "http://127.0.0.1:8080".into(),
            providers: Vec::new(),
            issuers: Vec::new(),
            hub_key: None,
            session_idle: Duration::from_secs(30 * 60),
            session_lifetime: Duration::from_secs(12 * 3600),
            audit_retention: None,
        }
    }
}

/// An OpenID Connect provider that people sign in through; SPID and CIE come through one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Short name, in addresses and records: small letters, digits, hyphens.
    pub name: String,
    /// What the button says, e.g. `SPID`.
    pub label: String,
    /// Its issuer identifier; discovery starts here (OpenID Connect Discovery 1.0, section 4).
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub client_secret_file: Option<PathBuf>,
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<String>,
    /// Which claims make a person a member of what.
    #[serde(default, rename = "membership")]
    pub memberships: Vec<MappingRule>,
}

fn usual_scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(String::from).to_vec()
}

/// A person whose claim has this value, alone or in a list, has this role in this organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingRule {
    /// Name of the claim; dots lead into objects: `realm_access.roles`.
    pub claim: String,
    pub equals: String,
    /// By a code: `office:PREF-BO`, `ipa:m_it`, `fiscal:80014930327`, or `id:` with a UUID.
    pub organisation: String,
    pub role: Role,
}

/// What kind of tokens an issuer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssuerKind {
    /// Signed JWTs, checked here with the issuer's published keys (RFC 9068).
    Jwt,
    /// Opaque tokens, which the issuer itself is asked about (RFC 7662).
    Introspection,
    /// Vouchers of the Piattaforma Digitale Nazionale Dati.
    Pdnd,
}

/// An issuer of tokens for partners' programs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Short name, by which clients are mapped.
    pub name: String,
    pub kind: IssuerKind,
    /// As the tokens name it (`iss`).
    pub issuer: String,
    /// As the tokens name the hub (`aud`).
    pub audience: String,
    /// Where its keys are; found by discovery when left out.
    pub jwks_url: Option<String>,
    /// Where opaque tokens are asked about.
    pub introspection_url: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    pub client_secret_file: Option<PathBuf>,
}

impl Settings {
    /// Reads the files that hold secrets, and refuses what cannot be meant.
    ///
    /// # Errors
    /// Names the provider or issuer and what is wrong with it.
    pub fn complete(mut self) -> anyhow::Result<Self> {
        let mut names = std::collections::HashSet::new();
        for provider in &mut self.providers {
            let of = || format!("provider \"{}\"", provider.name);
            ensure!(
                is_name(&provider.name),
                "{}: the name has small letters, digits and hyphens, 40 at the most",
                of()
            );
            ensure!(names.insert(provider.name.clone()), "{}: the name stands twice", of());
            ensure_url(&provider.issuer).with_context(|| format!("{}: issuer", of()))?;
            ensure!(provider.scopes.iter().any(|scope| scope == "openid"), "{}: scopes must have openid", of());
            provider.client_secret =
                secret(provider.client_secret.take(), provider.client_secret_file.take()).with_context(of)?;
        }
        // A token's issuer chooses who checks it: no two may have the same name.
        let mut identifiers = std::collections::HashSet::from([self.public_url.clone()]);
        for issuer in &mut self.issuers {
            let of = || format!("issuer \"{}\"", issuer.name);
            ensure!(is_name(&issuer.name), "{}: the name has small letters, digits and hyphens, 40 at the most", of());
            ensure!(names.insert(issuer.name.clone()), "{}: the name stands twice", of());
            ensure!(
                identifiers.insert(issuer.issuer.clone()),
                "{}: another issuer, or the hub itself, is {}, too",
                of(),
                issuer.issuer
            );
            ensure!(!issuer.issuer.is_empty() && !issuer.audience.is_empty(), "{}: issuer or audience is empty", of());
            // An identifier need be no address, and PDND's is none: only discovery starts from it.
            let discovered = issuer.kind != IssuerKind::Introspection && issuer.jwks_url.is_none();
            let start = discovered.then_some(&issuer.issuer);
            for url in [start, issuer.jwks_url.as_ref(), issuer.introspection_url.as_ref()].into_iter().flatten() {
                ensure_url(url).with_context(of)?;
            }
            ensure!(
                issuer.kind != IssuerKind::Introspection || issuer.introspection_url.is_some(),
                "{}: introspection_url is missing",
                of()
            );
            issuer.client_secret =
                secret(issuer.client_secret.take(), issuer.client_secret_file.take()).with_context(of)?;
        }
        Ok(self)
    }
}

fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// https, or http on this machine alone: what is fetched there decides who comes in.
pub(super) fn ensure_url(url: &str) -> anyhow::Result<()> {
    let parsed = reqwest::Url::parse(url).with_context(|| format!("{url} is no URL"))?;
    let host = parsed.host_str().unwrap_or_default();
    let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    ensure!(parsed.scheme() == "https" || (parsed.scheme() == "http" && is_local), "{url}: https is needed");
    Ok(())
}

fn secret(given: Option<Secret>, file: Option<PathBuf>) -> anyhow::Result<Option<Secret>> {
    match (given, file) {
        (Some(_), Some(_)) => anyhow::bail!("client_secret and client_secret_file are both set: one of them is meant"),
        (Some(secret), None) => Ok(Some(secret)),
        (None, Some(file)) => {
            let text =
                std::fs::read_to_string(&file).with_context(|| format!("client_secret_file: {}", file.display()))?;
            Ok(Some(Secret::from(text.trim().to_owned())))
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn complete(issuers: &[Value]) -> Result<Settings, String> {
        let issuers = issuers.iter().map(|issuer| serde_json::from_value(issuer.clone()).unwrap()).collect();
        Settings { issuers, ..Settings::default() }.complete().map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn an_issuer_is_named_once_and_reached_over_https() {
        let jwt = json!({ "name": "regione", "kind": "jwt", "issuer": "https://id.example", "audience": "hub" });
        let pdnd = json!({ "name": "pdnd", "kind": "pdnd", "issuer": "interop.pagopa.it", "audience": "hub",
            "jwks_url": "https://interop.pagopa.it/.well-known/jwks.json" });
        let with = |issuer: &Value, name: &str, value: Value| {
            let mut issuer = issuer.clone();
            issuer[name] = value;
            issuer
        };
        assert_eq!(complete(&[jwt.clone(), pdnd.clone()]).unwrap().issuers.len(), 2);
        assert!(complete(&[with(&jwt, "issuer", json!("http://127.0.0.1:9000"))]).is_ok(), "on this machine");
        for (issuers, part) in [
            (vec![with(&jwt, "name", json!("La Regione"))], "small letters"),
            (vec![jwt.clone(), jwt.clone()], "stands twice"),
            (vec![jwt.clone(), with(&jwt, "name", json!("other"))], "another issuer"),
            (vec![with(&jwt, "issuer", json!(Settings::default().public_url))], "the hub itself"),
            (vec![with(&jwt, "issuer", json!("http://id.example"))], "https is needed"),
            (vec![with(&jwt, "issuer", json!("id.example"))], "no URL"),
            (vec![with(&jwt, "audience", json!(""))], "empty"),
            (vec![with(&pdnd, "jwks_url", json!("http://interop.pagopa.it/keys"))], "https is needed"),
            (vec![with(&pdnd, "jwks_url", Value::Null)], "no URL"),
            (vec![with(&jwt, "kind", json!("introspection"))], "introspection_url is missing"),
        ] {
            let error = complete(&issuers).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
