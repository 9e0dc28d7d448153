//! The network.

use std::io::{self, Write};
use std::time::Duration;

use aws_lc_rs::digest;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{BufMut as _, BytesMut};
use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use super::{failed, forbidden};
use crate::access::{Caller, Viewer, links};
use crate::graphql::Graph;
use crate::http::reply::{self, Refused};
use crate::http::{App, caller};
use crate::locale::{Locale, Message};
use crate::network::export::{Extract, Format, Question};
use crate::network::query::export::{self, Asked};

/// Files that are gathered at one time; others wait.
static PLACES: Semaphore = Semaphore::const_new(3);
/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a file costs of a client's budget: as much as a large operation.
const COST: u64 = 500;
/// Bytes of a piece.
const PIECE: usize = 64 * 1024;
/// A caller who takes no piece for so long is no longer there.
const IDLE: Duration = Duration::from_secs(30);

/// `GET /export/network.{gexf,graphml,json,csv,xlsx,svg}`: a part of the network as the caller may see it. `around`,
/// `province`, `region` or `national=true` say which; `hops`, `asOf`, `nodeKinds`, `tieKinds`, `organisationKinds`,
/// `programme` and `plan` mean what they mean in GraphQL, lists with commas; `from` and `until` ask for all that held on
/// some day of a period. Or `link` alone, as `Network.export` gives it: then with the rights of whoever asked for it.
pub async fn network(
    app: &App,
    format: Format,
    query: &str,
    headers: &HeaderMap,
    request_id: &str,
) -> Result<Response, Refused> {
    let today = chrono::Local::now().date_naive();
    let sealed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "link").map(|(_, value)| value);
    let (viewer, asked) = match &sealed {
        Some(link) if form_urlencoded::parse(query.as_bytes()).count() == 1 => opened(app, link, format).await?,
        Some(_) => return Err(not_opened()),
        None => {
            let viewer = caller::viewer(app, headers, true).await?;
            let question = Question::read(query, today).map_err(failed)?;
            (viewer, Asked { question, format, locale: Locale::current() })
        }
    };
    let locale = asked.locale;
    locale.scope(download(app, viewer, asked, sealed.is_some(), headers, request_id)).await
}

/// Whom a link stands for, and what it asks.
async fn opened(app: &App, link: &str, format: Format) -> Result<(Viewer, Asked), Refused> {
    let opened = links::open(&app.hub.authenticator, &app.hub.people, link).await;
    let (viewer, text) = opened.map_err(|refusal| match refusal {
        links::Refusal::Unavailable => caller::unavailable(),
        links::Refusal::Invalid => not_opened(),
    })?;
    let today = chrono::Local::now().date_naive();
    let asked = Asked::read(&text, today).filter(|asked| asked.format == format).ok_or_else(not_opened)?;
    Ok((viewer, asked))
}

fn not_opened() -> Refused {
    let message = Message::new(
        "Il collegamento non è valido o è scaduto: chiederne uno nuovo.",
        "The link is not valid or is over: ask for a new one.",
    );
    Refused::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
}

async fn download(
    app: &App,
    viewer: Viewer,
    asked: Asked,
    is_link: bool,
    headers: &HeaderMap,
    request_id: &str,
) -> Result<Response, Refused> {
    let budget = app.budgets.of(&viewer);
    if let Some(budget) = &budget {
        budget.request()?;
        budget.spend(COST)?;
    }
    let Asked { question, format, locale } = asked;
    let graph = Graph::open(app.hub.clone(), viewer, request_id);
    export::allow(&graph).await.map_err(failed)?.map_err(forbidden)?;
    let extract = {
        let place = tokio::time::timeout(PATIENCE, PLACES.acquire()).await;
        let _place = place.map_err(|_| busy())?.map_err(|_| busy())?;
        export::extract(&graph, &question).await.map_err(failed)?.ok_or_else(nothing)?
    };
    // What everybody may see may be kept and asked for again; what is somebody's is for nobody else.
    let is_public = graph.viewer.caller == Caller::Public && !is_link;
    let tag = is_public.then(|| tag(&extract, &question, format, locale));
    if let Some(tag) = tag.as_ref().filter(|tag| reply::is_known(headers, tag)) {
        return Ok((StatusCode::NOT_MODIFIED, kept(tag)).into_response());
    }
    export::note(&graph, &question, format).await.map_err(failed)?;
    let name = format!("attachment; filename=\"{}\"", extract.file_name(format));
    let mut response = Response::new(in_pieces(extract, format, locale));
    let answered = response.headers_mut();
    answered.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    answered.extend(HeaderValue::try_from(name).ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    match &tag {
        Some(tag) => answered.extend(kept(tag)),
        None => answered.extend([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]),
    }
    if let Some(budget) = &budget {
        budget.tell(answered);
    }
    Ok(response)
}

fn busy() -> Refused {
    let message = Message::new("Troppe esportazioni in corso: riprovare.", "Too many exports under way: try again.");
    Refused::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
}

fn nothing() -> Refused {
    let message = Message::new(
        "L'ambito non indica nulla che si possa vedere.",
        "The scope names nothing that the caller may see.",
    );
    Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}

/// Names a public file: the same question on the same data, written by the same program, is the same file.
fn tag(extract: &Extract, question: &Question, format: Format, locale: Locale) -> HeaderValue {
    let version = (env!("CARGO_PKG_VERSION"), extract.view.snapshot.version, extract.about.until);
    let told = format!("{version:?} {format:?} {locale:?} {}", question.query());
    let hash = digest::digest(&digest::SHA256, told.as_bytes());
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..18]));
    HeaderValue::try_from(tag).expect("plain letters")
}

fn kept(tag: &HeaderValue) -> HeaderMap {
    HeaderMap::from_iter([
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("accept-language, authorization, cookie")),
    ])
}

/// Writes the file while it is being sent. What fails on the way breaks the answer off, so that no part passes for the
/// whole.
fn in_pieces(extract: Extract, format: Format, locale: Locale) -> Body {
    let (sender, receiver) = mpsc::channel(2);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut pieces = Pieces { buffer: BytesMut::with_capacity(PIECE), sender, handle };
        let written = locale.scope(async { extract.write(format, &mut pieces).and_then(|()| pieces.send()) });
        // It never waits: whatever it does, it does at once.
        match written.now_or_never() {
            Some(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
                tracing::error!(%error, "an export of the network broke off");
                let _ = pieces.sender.blocking_send(Err(error));
            }
            _ => {}
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

struct Pieces {
    buffer: BytesMut,
    sender: mpsc::Sender<io::Result<Bytes>>,
    handle: Handle,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.buffer, BytesMut::with_capacity(PIECE)).freeze();
        let sent = tokio::time::timeout(IDLE, self.sender.send(Ok(piece)));
        match self.handle.block_on(sent) {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Write for Pieces {
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
