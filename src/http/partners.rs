//! `POST /partners/<name>`: where routers ask a partner. The supergraph names no other address, so that a router may pass the
//! caller's token on to every subgraph: it stays with the hub, which asks the partner with one of its own.

use std::sync::Arc;

use async_graphql::{ServerError, Value, Variables};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value as Json, json};

use super::executor::Operation;
use super::reply::{LARGEST_BODY, MediaType, Refused};
use super::{App, caller, pages};
use crate::access::Viewer;
use crate::federation::Setup;
use crate::federation::ownership::HubSchema;
use crate::federation::partner::{Answer, Headers, Partner, PartnerSchema, Partners, Question, Reason, Unfit};
use crate::federation::usage::counted_as;
use crate::graphql::Graph;
use crate::locale::{Locale, Message};

/// Asks which records the caller sees.
const SEEN: &str = "query($records: [_Any!]!) { _entities(representations: $records) { __typename } }";
/// Records that are looked up at one time.
const AT_ONCE: usize = 1_000;
/// Names the trace that the request belongs to (W3C Trace Context).
const TRACE: [HeaderName; 2] = [HeaderName::from_static("traceparent"), HeaderName::from_static("tracestate")];

pub async fn endpoint(State(app): State<Arc<App>>, Path(name): Path<String>, request: Request<Body>) -> Response {
    let today = chrono::Local::now().date_naive();
    let Some(partner) = app.hub.reference::<Partners>().find(&name, today) else { return pages::not_found().await };
    let Some(setup) = app.hub.provided::<Setup>() else { return pages::not_found().await };
    let request_id = caller::request_id(request.headers());
    let media = MediaType::negotiate(request.headers()).unwrap_or(MediaType::Json);
    let mut response = caller::locale(request.headers())
        .scope(async {
            match answer(&app, &setup, &partner, request, &request_id).await {
                Ok(answer) => told(&partner, answer, media, &request_id),
                Err(refused) => refused.into_response(media, &request_id),
            }
        })
        .await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(caller::REQUEST_ID, id);
    }
    response
}

async fn answer(
    app: &App,
    setup: &Setup,
    partner: &Partner,
    request: Request<Body>,
    id: &str,
) -> Result<Answer, Refused> {
    let (parts, body) = request.into_parts();
    let schema = setup.schema();
    let viewer = caller::viewer(app, &parts.headers, false).await?;
    let budget = app.budgets.of(&viewer);
    if let Some(budget) = &budget {
        budget.request()?;
    }
    let mut question = question((partner.schema(), schema), &parts.headers, body).await?;
    if let Some(budget) = &budget {
        budget.spend(question.cost())?;
    }
    let seen = seen(app, &viewer, question.records_of(schema), id).await?;
    question.keep_seen(schema, seen.into_iter());
    setup.usage.count(counted_as(&viewer), &question.used(partner.schema()).into());
    let asked = (partner, &question);
    let answer = setup.partners.ask((&app.hub, schema), &viewer, asked, passed_on(&parts.headers, id)).await;
    match self::seen(app, &viewer, answer.references(), id).await {
        Ok(seen) => Ok(answer.as_seen(&question, (partner.schema(), schema), &seen)),
        // A key of the hub's that is none.
        Err(refused) if refused.status.is_client_error() => Ok(Answer::failed(Reason::WrongType)),
        Err(refused) => Err(refused),
    }
}

async fn question(schemas: (&PartnerSchema, &HubSchema), headers: &HeaderMap, body: Body) -> Result<Question, Refused> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media.trim_start().starts_with("application/json") {
        let message = Message::new("Il corpo deve essere application/json.", "The body must be application/json.");
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT", message));
    }
    let bytes = axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|_| {
        let message =
            Message::new("Il corpo della richiesta è di 1 MiB al massimo.", "The request's body has at most 1 MiB.");
        Refused::limit(StatusCode::PAYLOAD_TOO_LARGE, message, LARGEST_BODY, LARGEST_BODY + 1)
    })?;
    let unreadable = || {
        Refused::bad_request(
            "Il corpo non è un oggetto JSON con \"query\".",
            "The body is no JSON object with \"query\".",
        )
    };
    let mut body: Map<String, Json> = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
    let text = |value: Json| value.as_str().map(str::to_owned);
    let query = body.remove("query").and_then(text).ok_or_else(unreadable)?;
    let name = body.remove("operationName").and_then(text);
    let variables = match body.remove("variables") {
        Some(Json::Object(variables)) => variables,
        None | Some(Json::Null) => Map::new(),
        Some(_) => return Err(unreadable()),
    };
    let unfit =
        |Unfit { rule, message }: Unfit| Refused::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message).because(rule);
    Question::read(schemas, &query, name, variables).map_err(unfit)
}

/// Which of these records the caller sees: by the same door as those who ask the hub for them.
async fn seen(app: &App, viewer: &Viewer, records: Vec<Json>, id: &str) -> Result<Vec<bool>, Refused> {
    let mut seen = Vec::with_capacity(records.len());
    let graph = Graph::open(app.hub.clone(), viewer.clone(), id);
    for part in records.chunks(AT_ONCE) {
        let named: Vec<Json> = part.iter().filter(|record| !record.is_null()).cloned().collect();
        let mut found = match named.is_empty() {
            true => Vec::new(),
            false => found(app, &graph, named, id).await?,
        }
        .into_iter();
        seen.extend(part.iter().map(|record| !record.is_null() && found.next().unwrap_or_default()));
    }
    Ok(seen)
}

async fn found(app: &App, graph: &Arc<Graph>, records: Vec<Json>, id: &str) -> Result<Vec<bool>, Refused> {
    let variables = Variables::from_json(json!({ "records": records }));
    let operation = Operation { query: SEEN.into(), name: None, variables };
    let checked = app.executor.check(operation, false, id).map_err(|_| caller::unavailable())?;
    let response = app.executor.execute(graph, checked, id).await.response;
    let is_broken = |error: &ServerError| {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        code == Some(&Value::from("BAD_USER_INPUT"))
    };
    if response.errors.iter().any(is_broken) {
        let (it, en) =
            ("Un record è indicato con una chiave che non è tale.", "A record is named by a key that is none.");
        return Err(Refused::bad_request(it, en).because("RECORD_UNREADABLE"));
    }
    let found = match response.data {
        Value::Object(mut data) if response.errors.is_empty() => data.swap_remove("_entities"),
        _ => None,
    };
    let Some(Value::List(found)) = found else { return Err(caller::unavailable()) };
    Ok(found.into_iter().map(|record| record != Value::Null).collect())
}

/// What the partner is told besides the question: the caller's language, and by which name to ask about the request.
fn passed_on(headers: &HeaderMap, id: &str) -> Headers {
    let mut passed = Headers::new();
    for name in &TRACE {
        if let Some(value) = headers.get(name) {
            passed.insert(name, value.clone());
        }
    }
    let language = match Locale::current() {
        Locale::Italian => "it",
        Locale::English => "en",
    };
    passed.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(language));
    if let Ok(id) = HeaderValue::from_str(id) {
        passed.insert(caller::REQUEST_ID, id);
    }
    passed
}

/// The answer, with the hub's own words for what failed at the partner.
fn told(partner: &Partner, answer: Answer, media: MediaType, id: &str) -> Response {
    let errors: Vec<Json> = answer
        .failures
        .into_iter()
        .map(|(reason, path)| {
            let extensions =
                json!({ "code": "PARTNER_FAILED", "reason": reason.code(), "partner": partner.name, "requestId": id });
            let mut error = json!({ "message": reason.message(&partner.name).to_string(), "extensions": extensions });
            if let Some(path) = path {
                error["path"] = path.into();
            }
            error
        })
        .collect();
    let mut body = json!({ "data": answer.data });
    if !errors.is_empty() {
        body["errors"] = errors.into();
    }
    ([(header::CONTENT_TYPE, media.content_type())], body.to_string()).into_response()
}
