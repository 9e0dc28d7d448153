//! The endpoints: GraphQL over HTTP and WebSocket, sign-in, the pages, and what tells whether the hub is well.

mod answers;
mod asking;
mod attachments;
mod budgets;
mod calendar;
mod caller;
mod cookies;
mod documents;
mod encoded;
mod executor;
mod exports;
mod failures;
mod graphql;
mod halves;
mod health;
mod lasting;
mod oauth;
mod pages;
mod partners;
mod personas;
mod reply;
mod same_origin;
mod sign_in;
mod sse;
mod supergraph;
mod traced;
mod websocket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};

use crate::access::secret::Secret;
use crate::access::{Caller, Viewer};
use crate::hub::Hub;

use answers::Answers;
use budgets::Budgets;
use failures::Failures;

pub use executor::{Answer, Checked, Executor, Operation};
pub use personas::{DemoPersona, personas};
pub use reply::{LARGEST_BODY, MOST_OPERATIONS};

/// How the endpoints behave.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Longest execution of one operation.
    pub request_timeout: Duration,
    /// How long a WebSocket may stay silent before it says who it is.
    pub init_timeout: Duration,
    /// The demonstration's callers; empty outside demonstration mode.
    pub personas: Vec<DemoPersona>,
    /// Networks of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may ask for the schema itself.
    pub introspection: Introspection,
    /// Bytes of answers that are kept at the most; 0 keeps none.
    pub kept_answers: usize,
    /// The key by which routers get the graph that they serve; `None`: there is nothing for routers.
    pub router_key: Option<Secret>,
}

/// Who may ask for the schema itself: introspection, federation's `_service`, `/schema.graphql`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Introspection {
    #[default]
    Public,
    SignedIn,
    Off,
}

impl Introspection {
    fn is_open_to(self, viewer: &Viewer) -> bool {
        match self {
            Self::Public => true,
            Self::SignedIn => viewer.caller != Caller::Public,
            Self::Off => false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(15),
            init_timeout: Duration::from_secs(10),
            personas: Vec::new(),
            trusted_proxies: Vec::new(),
            introspection: Introspection::default(),
            kept_answers: 64 * 1024 * 1024,
            router_key: None,
        }
    }
}

/// What every endpoint needs.
pub struct App {
    hub: Arc<Hub>,
    executor: Executor,
    answers: Answers,
    settings: Settings,
    budgets: Budgets,
    failures: Failures,
    stopping: CancellationToken,
}

impl App {
    pub fn new(hub: Arc<Hub>, settings: Settings) -> Arc<Self> {
        let executor = Executor::new(&hub, settings.request_timeout);
        let answers = Answers::new(settings.kept_answers);
        Arc::new(Self {
            hub,
            executor,
            answers,
            settings,
            budgets: Budgets::default(),
            failures: Failures::default(),
            stopping: CancellationToken::new(),
        })
    }
}

/// All endpoints.
pub fn router(app: Arc<App>) -> Router {
    // Any origin may ask with a token that it holds itself. The session's cookie is no right of other origins: answers
    // to them never allow credentials, and what they send with the cookie is refused.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, caller::REQUEST_ID, caller::SEEN])
        .expose_headers([caller::REQUEST_ID, caller::SEEN]);
    Router::new()
        .route("/graphql", any(graphql::endpoint).layer(cors.clone()))
        .route("/graphql/stream", any(sse::endpoint).layer(cors))
        .route("/graphql/ws", get(websocket::endpoint))
        .route("/schema.graphql", get(pages::schema))
        .route("/supergraph", get(supergraph::endpoint))
        .route("/contracts/{name}/supergraph", get(supergraph::contract))
        .route("/partners/{name}", post(partners::endpoint))
        .merge(oauth::routes())
        .route("/export/own-data.json", get(exports::own_data))
        .route("/export/{file}", get(exports::file))
        .route("/calendar/{file}", get(calendar::feed))
        .route("/documents", post(attachments::upload))
        .route("/documents/{id}", get(attachments::download))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/demo/personas", get(pages::personas))
        .route("/sign-in", get(sign_in::begin))
        .route("/sign-in/callback", get(sign_in::callback))
        .route("/sign-in/providers", get(sign_in::providers))
        .route(sign_in::terminal::PATH, get(sign_in::terminal::ask).post(sign_in::terminal::decide))
        .route("/sign-out", post(sign_in::end))
        .route("/account", get(pages::account))
        .route("/", get(pages::start))
        .route("/map", get(pages::map))
        .route("/graphiql", get(pages::graphiql))
        .route("/licences.md", get(pages::licences))
        .route("/assets/{*path}", get(pages::asset))
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(app.clone(), failures::count))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(traced::follow))
        .layer(middleware::map_response_with_state(app.clone(), secure))
        .layer(CatchPanicLayer::custom(reply::panicked))
        .with_state(app)
}

/// Serves until `shutdown` ends, then lets the requests under way finish.
pub async fn serve(
    hub: Arc<Hub>,
    settings: Settings,
    listen: SocketAddr,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!("serving http://{}", listener.local_addr()?);
    let app = App::new(hub, settings);
    let stopping = app.stopping.clone();
    let shutdown = async move {
        shutdown.await;
        stopping.cancel();
    };
    axum::serve(listener, router(app).into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(shutdown)
        .await?;
    Ok(())
}

/// What every answer says to browsers; an endpoint may have said something stricter.
async fn secure<B>(State(app): State<Arc<App>>, mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    const HEADERS: [(HeaderName, &str); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    let is_frameable = response.extensions().get::<pages::Frameable>().is_some();
    for (name, value) in HEADERS {
        if name == header::X_FRAME_OPTIONS && is_frameable {
            continue;
        }
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.hub.access.public_url.starts_with("https://") {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}
