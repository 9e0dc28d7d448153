//! The way out to identity providers: short patience, no redirects, bounded answers.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};

const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(2);
/// Bytes of an answer at the most.
const LARGEST_ANSWER: usize = 512 * 1024;

/// Why there was no answer to work with.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    #[error(transparent)]
    Request(#[from] reqwest::Error),
    #[error("it answered {0}")]
    Status(http::StatusCode),
    #[error("its answer has more than {LARGEST_ANSWER} bytes")]
    TooLarge,
}

#[derive(Clone)]
pub struct Web(reqwest::Client);

impl Web {
    pub fn new() -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE_TO_CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self(client))
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let status = response.status();
        if status.is_server_error() || status == http::StatusCode::TOO_MANY_REQUESTS {
            return Err(Unreachable::Status(status));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await? {
            if body.len() + piece.len() > LARGEST_ANSWER {
                return Err(Unreachable::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Web {
    type Error = Unreachable;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreachable>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}
