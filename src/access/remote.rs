//! The way out to issuers and identity providers: with a short patience, a bound on the answer, and to no other address
//! than asked.

use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Map, Value};

use super::token::json_object;

const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(2);
/// Bytes of an answer at the most.
const LARGEST: usize = 512 * 1024;

/// Why there was no answer to work with.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    #[error(transparent)]
    Request(#[from] reqwest::Error),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer has more than {LARGEST} bytes")]
    TooLarge,
}

/// The way out. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Remote(Client);

impl Remote {
    /// `patience` bounds a whole exchange.
    ///
    /// # Errors
    /// The machine has no roots of trust.
    pub fn new(patience: Duration) -> anyhow::Result<Self> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(patience)
            .connect_timeout(PATIENCE_TO_CONNECT)
            .user_agent(concat!("raccordo/", env!("CARGO_PKG_VERSION")));
        Ok(Self(client.build().context("no way out to issuers and providers")?))
    }

    /// The JSON object at an address; `None` where there is none.
    pub async fn get(&self, url: &str) -> anyhow::Result<Option<Map<String, Value>>> {
        object(self.0.get(url)).await
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
        object(request).await?.context("there is nothing at this address")
    }

    /// Any answer, but for those by which a server says that it cannot give one.
    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Unreachable::Status(status));
        }
        let headers = std::mem::take(response.headers_mut());
        let mut answer = HttpResponse::new(body(response).await?);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Remote {
    type Error = Unreachable;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreachable>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

async fn object(request: RequestBuilder) -> anyhow::Result<Option<Map<String, Value>>> {
    let response = request.header("accept", "application/json").send().await?;
    if response.status() == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    ensure!(response.status() == StatusCode::OK, "the answer is {}", response.status());
    json_object(&body(response).await?).context("the answer is no JSON object, or says something twice").map(Some)
}

async fn body(mut response: Response) -> Result<Vec<u8>, Unreachable> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > LARGEST {
            return Err(Unreachable::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
