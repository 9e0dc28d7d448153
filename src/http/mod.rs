//! The endpoints: GraphQL over HTTP and WebSocket, sign-in, the pages, and what tells whether the hub is well.

mod caller;
mod cookies;
mod executor;
mod graphql;
mod health;
mod pages;
mod personas;
mod reply;
mod same_origin;
mod sign_in;
mod websocket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};

use crate::hub::Hub;

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
}

impl Default for Settings {
    fn default() -> Self {
        Self { request_timeout: Duration::from_secs(15), init_timeout: Duration::from_secs(10), personas: Vec::new() }
    }
}

/// What every endpoint needs.
pub struct App {
    hub: Arc<Hub>,
    executor: Executor,
    settings: Settings,
    stopping: CancellationToken,
}

impl App {
    pub fn new(hub: Arc<Hub>, settings: Settings) -> Arc<Self> {
        let executor = Executor::new(&hub, settings.request_timeout);
        Arc::new(Self { hub, executor, settings, stopping: CancellationToken::new() })
    }
}

/// All endpoints.
pub fn router(app: Arc<App>) -> Router {
    // Any origin may ask with a token that it holds itself. The session's cookie is no right of other origins: answers
    // to them never allow credentials, and what they send with the cookie is refused.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, caller::REQUEST_ID])
        .expose_headers([caller::REQUEST_ID]);
    Router::new()
        .route("/graphql", any(graphql::endpoint).layer(cors))
        .route("/graphql/ws", get(websocket::endpoint))
        .route("/schema.graphql", get(pages::schema))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/demo/personas", get(pages::personas))
        .route("/sign-in", get(sign_in::begin))
        .route("/sign-in/callback", get(sign_in::callback))
        .route("/sign-in/providers", get(sign_in::providers))
        .route("/sign-out", post(sign_in::end))
        .route("/account", get(pages::account))
        .route("/", get(pages::start))
        .route("/graphiql", get(pages::graphiql))
        .route("/licences.md", get(pages::licences))
        .route("/assets/{*path}", get(pages::asset))
        .fallback(pages::not_found)
        .layer(CompressionLayer::new())
        .layer(middleware::map_response(secure))
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
    axum::serve(listener, router(app)).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

/// What every answer says to browsers; an endpoint may have said something stricter.
async fn secure<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
