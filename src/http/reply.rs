//! Answers on the wire: their media type, their status, and refusals before any operation was read.

use std::any::Any;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut as _, BytesMut};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::answers::{Kept, Question};
use super::cookies;
use super::encoded::Encoded;
use super::executor::Answer;
use crate::federation::usage::Used;
use crate::graphql::flat;
use crate::locale::Message;

/// Bytes of a request's body at the most.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// Operations of one request at the most.
pub const MOST_OPERATIONS: usize = 10;
/// Answers up to this size are sent whole, longer ones in pieces of it.
const PIECE: usize = 64 * 1024;

/// The two media types of GraphQL over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status tells whether the operation was executed.
    Graphql,
    /// `application/json`: 200 for every well-formed request.
    Json,
}

impl MediaType {
    /// What the caller accepts; `None` where it is neither of the two.
    pub fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = headers.get_all(header::ACCEPT).iter().flat_map(|value| {
            value.to_str().unwrap_or_default().split(',').map(str::trim).filter(|range| !range.is_empty())
        });
        let mut best: Option<(f32, Self)> = None;
        let mut any = false;
        for range in &mut ranges {
            any = true;
            let mut parts = range.split(';').map(str::trim);
            let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "application/graphql-response+json" => Self::Graphql,
                "application/json" | "application/*" | "*/*" => Self::Json,
                _ => continue,
            };
            let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            if quality > best.map_or(0.0, |(quality, _)| quality) {
                best = Some((quality, media));
            }
        }
        if any { best.map(|(_, media)| media) } else { Some(Self::Json) }
    }

    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// A request that is refused before any operation of it is looked at.
#[derive(Clone, Debug)]
pub struct Refused {
    pub status: StatusCode,
    code: &'static str,
    message: Message,
    reason: Option<&'static str>,
    numbers: Option<(usize, usize)>,
    /// Seconds.
    retry_after: Option<u32>,
    /// The session that the browser's cookie names is over.
    ends_session: bool,
}

impl Refused {
    pub fn new(status: StatusCode, code: &'static str, message: Message) -> Self {
        Self { status, code, message, reason: None, numbers: None, retry_after: None, ends_session: false }
    }

    /// 400 `BAD_USER_INPUT`.
    pub fn bad_request(it: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", Message::new(it, en))
    }

    /// 500 `INTERNAL_SERVER_ERROR`.
    pub fn internal() -> Self {
        let message = Message::new("Errore interno.", "Internal error.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", message)
    }

    /// `LIMIT_EXCEEDED` with the limit and what was asked.
    pub fn limit(status: StatusCode, message: Message, limit: usize, requested: usize) -> Self {
        Self { numbers: Some((limit, requested)), ..Self::new(status, "LIMIT_EXCEEDED", message) }
    }

    /// Adds a stable reason to the code.
    pub fn because(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// Says when to try again; whole seconds, rounded up.
    pub fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait.as_secs_f64().ceil() as u32), ..self }
    }

    /// Makes the browser forget its session.
    pub fn ending_session(self) -> Self {
        Self { ends_session: true, ..self }
    }

    /// As the body of an answer, in the language of the request.
    pub fn body(&self, request_id: &str) -> serde_json::Value {
        let mut extensions = serde_json::json!({ "code": self.code, "requestId": request_id });
        if let Some(reason) = self.reason {
            extensions["reason"] = reason.into();
        }
        if let Some((limit, requested)) = self.numbers {
            extensions["limit"] = limit.into();
            extensions["requested"] = requested.into();
        }
        serde_json::json!({ "errors": [{ "message": self.message.to_string(), "extensions": extensions }] })
    }

    pub fn into_response(self, media: MediaType, request_id: &str) -> Response {
        let body = self.body(request_id).to_string();
        let mut response = (self.status, [(header::CONTENT_TYPE, media.content_type())], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let usual = (self.status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        if let Some(wait) = self.retry_after.or(usual) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.ends_session {
            headers.append(header::SET_COOKIE, cookies::removed(cookies::SESSION));
        }
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
            }
            _ => {}
        }
        response
    }
}

/// Writes an answer as JSON; it has no `data` entry where nothing was executed.
fn write(answer: &Answer, to: &mut dyn io::Write) -> io::Result<()> {
    let GraphqlResponse { data, errors, extensions, .. } = &answer.response;
    let mut separator: &[u8] = b"{";
    let mut entry = |name: &[u8], to: &mut dyn io::Write| -> io::Result<()> {
        to.write_all(std::mem::replace(&mut separator, b","))?;
        to.write_all(name)
    };
    if !errors.is_empty() {
        entry(b"\"errors\":", to)?;
        serde_json::to_writer(&mut *to, errors)?;
    }
    if answer.executed {
        entry(b"\"data\":", to)?;
        flat::write(data, to)?;
    }
    if !extensions.is_empty() {
        entry(b"\"extensions\":", to)?;
        serde_json::to_writer(&mut *to, extensions)?;
    }
    to.write_all(b"}")
}

/// The answer as JSON text.
pub fn text(answer: &Answer) -> String {
    let mut text = Vec::new();
    write(answer, &mut text).expect("memory takes it");
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// The answer of one operation.
pub fn one(answer: Answer, media: MediaType) -> Response {
    let status = match media {
        MediaType::Graphql if !answer.executed => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    respond(status, media, vec![answer], |answers, to| write(&answers[0], to))
}

/// The answers of several operations, in their order.
pub fn several(answers: Vec<Answer>, media: MediaType) -> Response {
    respond(StatusCode::OK, media, answers, |answers, to| {
        for (index, answer) in answers.iter().enumerate() {
            to.write_all(if index == 0 { b"[" } else { b"," })?;
            write(answer, to)?;
        }
        to.write_all(b"]")
    })
}

/// An answer as it is kept: a plain one, whole, which ends with what it cost.
pub async fn kept(question: Question, counts: (u64, Arc<Used>), answer: Answer) -> Arc<Kept> {
    let whole = move || {
        let mut text = Vec::with_capacity(1024);
        write(&answer, &mut text).expect("memory takes it");
        let end = text.len() - END.len();
        debug_assert_eq!(&text[end..], END.as_bytes());
        Arc::new(Kept::new(question, counts, text.into(), end))
    };
    tokio::task::spawn_blocking(whole).await.expect("it does not panic")
}

/// The end of a plain answer: of its cost, of its extensions, of itself.
const END: &str = "}}}";

/// A kept answer, with what is left of the caller's budget.
pub fn encoded(encoded: &Encoded, remaining: Option<u32>, media: MediaType) -> Response {
    let (length, body) = match remaining {
        None => (encoded.len(), Body::from(encoded.whole())),
        Some(remaining) => {
            let parts = encoded.with_end(&format!(",\"remaining\":{remaining}{END}"));
            let length = parts.iter().map(Bytes::len).sum();
            (length, Body::from_stream(tokio_stream::iter(parts.map(Ok::<_, Infallible>))))
        }
    };
    let mut response = (StatusCode::OK, headers(media), body).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(coding) = encoded.coding().header() {
        response.headers_mut().insert(header::CONTENT_ENCODING, coding);
    }
    response
}

/// Whether the caller says that it has the answer with this tag (RFC 9110, section 13.1.2).
pub fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
    let given =
        headers.get_all(header::IF_NONE_MATCH).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    given.map(<[u8]>::trim_ascii).any(|tag| tag == b"*" || opaque(tag) == opaque(etag.as_bytes()))
}

/// The caller has the answer.
pub fn not_modified(media: MediaType) -> Response {
    (StatusCode::NOT_MODIFIED, headers(media)).into_response()
}

/// What every answer says of itself.
fn headers(media: MediaType) -> [(HeaderName, HeaderValue); 3] {
    const VARY: &str = "accept, accept-encoding, accept-language, authorization, cookie";
    [
        (header::CONTENT_TYPE, media.content_type()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::VARY, HeaderValue::from_static(VARY)),
    ]
}

type Write = fn(&[Answer], &mut dyn io::Write) -> io::Result<()>;

fn respond(status: StatusCode, media: MediaType, answers: Vec<Answer>, write: Write) -> Response {
    let mut whole = Whole(Vec::with_capacity(1024));
    let body = match write(&answers, &mut whole) {
        Ok(()) => Body::from(whole.0),
        Err(_) => in_pieces(answers, write),
    };
    (status, headers(media), body).into_response()
}

/// Writes a long answer while it is being sent: it never stands in memory as a whole text besides its values.
fn in_pieces(answers: Vec<Answer>, write: Write) -> Body {
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let mut pieces = Pieces { buffer: BytesMut::with_capacity(PIECE), sender };
        // An error means that the caller has gone.
        let _ = write(&answers, &mut pieces).and_then(|()| pieces.send());
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

/// Takes an answer up to [`PIECE`], then refuses.
struct Whole(Vec<u8>);

impl io::Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > PIECE {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Pieces {
    buffer: BytesMut,
    sender: mpsc::Sender<Result<Bytes, Infallible>>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.buffer, BytesMut::with_capacity(PIECE)).freeze();
        self.sender.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.buffer.len());
        self.buffer.put_slice(&bytes[..taken]);
        if self.buffer.len() == PIECE {
            self.send()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A handler that panicked: logged, and told without detail.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("(no text)"), "a request failed");
    Refused::internal().into_response(MediaType::Json, "")
}
