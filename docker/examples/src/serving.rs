//! A subgraph over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use async_graphql::{EmptyMutation, EmptySubscription, ObjectType, Request, Response, SchemaBuilder};
use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use reqwest::Url;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::access::{Caller, Hub, Refusal};
use crate::sdl;

/// Bytes of a request at the most.
const LARGEST: usize = 1024 * 1024;
/// Fields within each other at the most; tools that ask for the schema itself need nearly as many.
const DEEPEST: usize = 16;
/// Fields of an answer at the most, reckoned before it is made.
const COSTLIEST: usize = 5_000;

/// Partners answer queries alone.
pub type Schema<Q> = async_graphql::Schema<Q, EmptyMutation, EmptySubscription>;

/// What both programs are started with.
#[derive(clap::Args)]
pub struct Options {
    /// Print the schema that is handed in to the hub, and end
    #[arg(long)]
    print_sdl: bool,
    /// Where the hub is, whose tokens tell who asks; without it everybody is the public
    #[arg(long, env = "HUB_URL", value_name = "URL")]
    hub: Option<Url>,
    /// The hub's public URL, which its tokens name as their issuer, where it is another
    #[arg(long, env = "HUB_ISSUER", value_name = "URL", requires = "hub")]
    issuer: Option<Url>,
}

/// A schema within bounds.
pub fn bounded<Q: ObjectType + 'static>(query: Q) -> SchemaBuilder<Q, EmptyMutation, EmptySubscription> {
    Schema::build(query, EmptyMutation, EmptySubscription).limit_depth(DEEPEST).limit_complexity(COSTLIEST)
}

/// Does what the options say: serves until SIGTERM or SIGINT, and lets requests under way finish.
///
/// # Errors
/// The address is taken, or there is no way out to the hub.
pub async fn run<Q: ObjectType + 'static>(
    name: &str,
    schema: Schema<Q>,
    listen: SocketAddr,
    options: Options,
) -> anyhow::Result<()> {
    if options.print_sdl {
        print!("{}", sdl::published(&schema));
        return Ok(());
    }
    let hub = options.hub.map(|url| Hub::new(&url, options.issuer.as_ref().unwrap_or(&url), name)).transpose()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopped = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot serve on {listen}"))?;
    eprintln!("{name} answers at http://{}/graphql", listener.local_addr()?);
    axum::serve(listener, router(schema, hub)).with_graceful_shutdown(stopped).await?;
    Ok(())
}

/// What the endpoints need.
struct Service<Q> {
    schema: Schema<Q>,
    hub: Option<Hub>,
}

/// `POST /graphql` and `GET /healthz`. Without a hub everybody is the public.
pub fn router<Q: ObjectType + 'static>(schema: Schema<Q>, hub: Option<Hub>) -> Router {
    Router::new()
        .route("/graphql", post(answer::<Q>))
        .layer(DefaultBodyLimit::max(LARGEST))
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(Arc::new(Service { schema, hub }))
}

/// The caller stands before the request: nothing is read for whoever is refused.
async fn answer<Q: ObjectType + 'static>(
    State(service): State<Arc<Service<Q>>>,
    caller: Caller,
    Json(request): Json<Request>,
) -> Json<Response> {
    Json(service.schema.execute(request.data(caller)).await)
}

impl<Q: Send + Sync> FromRequestParts<Arc<Service<Q>>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service<Q>>) -> Result<Self, Refusal> {
        match (&service.hub, parts.headers.get(AUTHORIZATION)) {
            (Some(hub), Some(header)) => hub.caller(header.as_bytes()).await,
            _ => Ok(Self::Public),
        }
    }
}
