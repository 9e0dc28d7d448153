//! Documents attached to records: upload and download.

use std::io;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use uuid::Uuid;

use super::exports::{failed, forbidden};
use super::reply::{self, MediaType, Refused};
use super::{App, caller, pages};
use crate::access::Action;
use crate::deeds;
use crate::deeds::given::{LONGEST_LINE, line};
use crate::documents::query::{DOCUMENT, document, url};
use crate::documents::store::Content;
use crate::documents::{self, Attachment, Broken, FileType, Received};
use crate::graphql::mutation::Stop;
use crate::graphql::{Graph, NodeId, UserError};
use crate::locale::{Locale, Message};

/// What an upload or download costs of a client's budget.
const COST: u64 = 100;
/// Characters of a file's name at the most.
const LONGEST_NAME: usize = 200;

/// `POST /documents?record={global id}&fileName={name}&title={title}`: attaches the body, as it is, to a record. 201 with what
/// was kept. What it is follows from its content; the name, where one is given, must claim nothing else. With an
/// `Idempotency-Key`, the same upload sent again is not kept twice and is answered as the first time; another one under the
/// same key is refused with 422.
pub async fn upload(State(app): State<Arc<App>>, RawQuery(query): RawQuery, request: Request) -> Response {
    let request_id = caller::request_id(request.headers());
    caller::locale(request.headers())
        .scope(async {
            let answer = attach(&app, &query.unwrap_or_default(), request, &request_id).await;
            answer.unwrap_or_else(|refused| refused.into_response(MediaType::Json, &request_id))
        })
        .await
}

async fn attach(app: &App, query: &str, request: Request, request_id: &str) -> Result<Response, Refused> {
    let viewer = caller::viewer(app, request.headers(), false).await?;
    if let Some(budget) = app.budgets.of(&viewer) {
        budget.request()?;
        budget.spend(COST)?;
    }
    let asked = Asked::read(query)?;
    let key = key(request.headers())?;
    let graph = Graph::open(app.hub.clone(), viewer, request_id);
    let target = documents::target(&graph, &asked.record).await.map_err(failed)?.ok_or_else(no_record)?;
    let asking = (Action::AttachDocument, target.room());
    let allowed = graph.allow_in(asking, target.owner, Some(target.subject())).await;
    allowed.map_err(failed)?.map_err(forbidden)?;
    let content = app.hub.provided::<Content>().ok_or_else(no_store)?;
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > content.largest) {
        return Err(too_large(&content));
    }
    let received = documents::receive(&content, request.into_body().into_data_stream()).await;
    let received = received.map_err(|broken| refused(broken, &content))?;
    let (received, found) = looked_at(received, asked.file_name.clone()).await?;
    let usual = found.extensions()[0];
    let attachment = Attachment {
        title: asked.title.unwrap_or_else(|| asked.file_name.clone()),
        file_name: if asked.file_name.contains('.') { asked.file_name } else { format!("{}.{usual}", asked.file_name) },
        content_type: found.media_type(),
    };
    // Goes on when the caller goes away: half of it must not be left.
    let (locale, own) = (Locale::current(), graph.clone());
    let attached = tokio::spawn(
        locale.scope(async move { documents::attach(&own, &content, target, received, attachment, key).await }),
    );
    let attached = attached.await.map_err(|_| Refused::internal())?.map_err(stopped)?;
    let row = &attached.record.document;
    let address = url(&graph, row.id);
    let told = json!({
        "id": *NodeId::new(DOCUMENT, row.id).id(),
        "url": address,
        "title": row.title,
        "fileName": row.file_name,
        "contentType": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
        "version": row.version,
        "isRepeated": attached.is_repeated,
    });
    Ok((StatusCode::CREATED, [(header::LOCATION, address)], Json(told)).into_response())
}

/// The name that the caller gives to the request; its quotation marks, if it has them, are no part of it.
fn key(headers: &HeaderMap) -> Result<Option<String>, Refused> {
    let Some(given) = headers.get("idempotency-key") else { return Ok(None) };
    let given = given.to_str().unwrap_or_default().trim();
    let bare = given.strip_prefix('"').and_then(|given| given.strip_suffix('"')).unwrap_or(given);
    deeds::key(bare.to_owned()).map(Some).map_err(stopped)
}

/// What an upload says beside its content.
struct Asked {
    record: NodeId,
    file_name: String,
    title: Option<String>,
}

impl Asked {
    fn read(query: &str) -> Result<Self, Refused> {
        let given = |name: &str| {
            let mut all = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
            all.next().map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let record = given("record").unwrap_or_default();
        let record = NodeId::parse(&record).map_err(|_| {
            Refused::bad_request(
                "Il parametro «record» è l'identificativo globale del record a cui allegare.",
                "The parameter \"record\" is the global id of the record to attach to.",
            )
            .because("RECORD_REQUIRED")
        })?;
        let title = given("title");
        if title.as_deref().is_some_and(|title| line(title, "").is_some() || title.contains(char::is_control)) {
            let (it, en) = (
                format!("Il titolo ha al massimo {LONGEST_LINE} caratteri, senza caratteri di controllo."),
                format!("The title has {LONGEST_LINE} characters at the most, and no control characters."),
            );
            return Err(Refused::bad_request(it, en).because("TITLE_INVALID"));
        }
        Ok(Self { record, file_name: file_name(&given("fileName").unwrap_or_default()), title })
    }
}

/// A name that is fit for every system: without folders, control and formatting characters.
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_fit = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let fit: Vec<char> = last.chars().filter(is_fit).collect();
    // The ending says what it claims to be: what is cut is the beginning.
    let cut = fit.len().saturating_sub(LONGEST_NAME - 5);
    let name: String = fit[cut..].iter().collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { "documento".into() } else { name.into() }
}

/// What the file is, found where blocking is allowed.
async fn looked_at(received: Received, name: String) -> Result<(Received, FileType), Refused> {
    let looked = tokio::task::spawn_blocking(move || -> io::Result<_> {
        let mut file = std::fs::File::open(received.path())?;
        let found = documents::file_type(&mut file, &name)?;
        Ok((received, found))
    });
    let (received, found) = looked.await.map_err(|_| Refused::internal())?.map_err(|error| broken_store(&error))?;
    let found = found.map_err(|refusal| {
        Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT", refusal.message).because(refusal.rule)
    })?;
    Ok((received, found))
}

fn no_record() -> Refused {
    let message = Message::new(
        "Non c'è un record visibile a cui si possano allegare documenti con questo identificativo.",
        "There is no record that you may see and that documents can be attached to with this id.",
    );
    Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}

fn no_store() -> Refused {
    let message = Message::new("Qui non si conservano documenti.", "No documents are kept here.");
    Refused::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
}

fn too_large(content: &Content) -> Refused {
    let megabytes = content.largest / (1024 * 1024);
    let message = Message::new(
        format!("Un documento ha al massimo {megabytes} MB."),
        format!("A document has {megabytes} MB at the most."),
    );
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "LIMIT_EXCEEDED", message).because("FILE_TOO_LARGE")
}

fn refused(broken: Broken, content: &Content) -> Refused {
    match broken {
        Broken::TooLarge => too_large(content),
        Broken::Empty => Refused::bad_request("Il file è vuoto.", "The file is empty.").because("FILE_EMPTY"),
        Broken::Off => {
            Refused::bad_request("L'invio si è interrotto.", "The upload broke off.").because("UPLOAD_BROKE_OFF")
        }
        Broken::Failed(error) => broken_store(&error),
    }
}

fn broken_store(error: &io::Error) -> Refused {
    tracing::error!(%error, "a document could not be stored or read");
    Refused::internal()
}

fn stopped(stop: Stop) -> Refused {
    let error = match stop {
        Stop::Failed(error) => return failed(error),
        Stop::Refused(mut errors) => errors.pop(),
    };
    let Some(UserError { rule, message, .. }) = error else { return Refused::internal() };
    let told = Message::new(message.clone(), message);
    match rule.as_str() {
        "IDEMPOTENCY_KEY_REUSED" => {
            Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "CONFLICT", told).because("IDEMPOTENCY_KEY_REUSED")
        }
        "IDEMPOTENCY_KEY_INVALID" => {
            Refused::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", told).because("IDEMPOTENCY_KEY_INVALID")
        }
        "NOT_FOUND" => no_record(),
        _ => Refused::new(StatusCode::CONFLICT, "CONFLICT", told),
    }
}

/// `GET /documents/{id}`: the content of a document, for whom sees its record. It is there to be stored: only what browsers
/// show without running anything is shown, where `?inline` asks for it.
pub async fn download(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<Uuid>() else { return pages::not_found().await };
    let request_id = caller::request_id(&headers);
    let is_inline = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).any(|(name, _)| name == "inline");
    caller::locale(&headers)
        .scope(async {
            let answer = content(&app, id, is_inline, &headers, &request_id).await;
            answer.unwrap_or_else(|refused| refused.into_response(MediaType::Json, &request_id))
        })
        .await
}

async fn content(
    app: &App,
    id: Uuid,
    is_inline: bool,
    headers: &HeaderMap,
    request_id: &str,
) -> Result<Response, Refused> {
    let viewer = caller::viewer(app, headers, true).await?;
    if let Some(budget) = app.budgets.of(&viewer) {
        budget.request()?;
        budget.spend(COST)?;
    }
    let graph = Graph::open(app.hub.clone(), viewer, request_id);
    let found = document(&graph, id).await.map_err(failed)?.ok_or_else(no_document)?;
    // What follows is the store's: the database is needed no more.
    graph.session.renew().await;
    let row = found.0;
    let tag = HeaderValue::try_from(format!("\"{}\"", row.sha256)).map_err(|_| Refused::internal())?;
    let kept = HeaderMap::from_iter([
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::VARY, HeaderValue::from_static("authorization, cookie")),
    ]);
    if reply::is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let store = app.hub.provided::<Content>().ok_or_else(no_store)?;
    let pieces = store.store.get(id).await.map_err(|error| broken_store(&error))?;
    let pieces = pieces.ok_or_else(|| {
        tracing::error!(document = %id, "the content of a document is missing");
        Refused::internal()
    })?;
    let shown = is_inline && FileType::shows_inline(&row.content_type);
    let disposition = if shown { "inline" } else { "attachment" };
    let mut response = Response::new(Body::from_stream(pieces));
    let answered = response.headers_mut();
    answered.extend(kept);
    let told: [(HeaderName, String); 5] = [
        (header::CONTENT_TYPE, row.content_type.clone()),
        (header::CONTENT_LENGTH, row.size.to_string()),
        (header::CONTENT_DISPOSITION, format!("{disposition}; filename*=UTF-8''{}", encoded(&row.file_name))),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'".into()),
    ];
    for (name, value) in told {
        answered.insert(name, HeaderValue::try_from(value).map_err(|_| Refused::internal())?);
    }
    Ok(response)
}

/// A name as headers hold it (RFC 8187, section 3.2).
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn no_document() -> Refused {
    let message = Message::new(
        "Non c'è un documento visibile con questo identificativo.",
        "There is no document that you may see with this id.",
    );
    Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit_and_keep_their_ending() {
        for (given, expected) in [
            ("verbale.pdf", "verbale.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Documenti\\verbale.pdf", "verbale.pdf"),
            ("verbale\u{202e}fdp.exe", "verbalefdp.exe"),
            (" .. ", "documento"),
            ("", "documento"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ] {
            assert_eq!(file_name(given), expected, "{given}");
        }
        let long = file_name(&format!("{}.pdf", "è".repeat(500)));
        assert!(long.ends_with(".pdf") && long.chars().count() <= LONGEST_NAME);
    }
}
