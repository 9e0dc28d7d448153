//! What is fetched from issuers: with a short patience, a bound on the answer, and to no other address than asked.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde_json::{Map, Value};

use super::json;

/// For a whole exchange.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of an answer at the most.
const LARGEST: usize = 256 * 1024;

/// The way out to issuers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Remote(Client);

impl Remote {
    /// # Errors
    /// The machine has no roots of trust.
    pub fn new() -> anyhow::Result<Self> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .user_agent(concat!("raccordo/", env!("CARGO_PKG_VERSION")));
        Ok(Self(client.build().context("no way out to the issuers of tokens")?))
    }

    /// The JSON object at an address; `None` where there is none.
    pub async fn get(&self, url: &str) -> anyhow::Result<Option<Map<String, Value>>> {
        answer(self.0.get(url)).await
    }

    /// Posts a form, with the hub's name and secret at the issuer (RFC 6749, section 2.3.1).
    pub async fn post_form(
        &self,
        url: &str,
        form: &[(&str, &str)],
        credentials: Option<(&str, &str)>,
    ) -> anyhow::Result<Map<String, Value>> {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self.0.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        if let Some((name, secret)) = credentials {
            request = request.basic_auth(encode(name), Some(encode(secret)));
        }
        answer(request).await?.context("there is nothing at this address")
    }
}

async fn answer(request: RequestBuilder) -> anyhow::Result<Option<Map<String, Value>>> {
    let mut response = request.header("accept", "application/json").send().await?;
    if response.status() == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    ensure!(response.status() == StatusCode::OK, "the answer is {}", response.status());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        ensure!(body.len() + piece.len() <= LARGEST, "the answer has more than {LARGEST} bytes");
        body.extend_from_slice(&piece);
    }
    json::object(&body).context("the answer is no JSON object, or says something twice").map(Some)
}
