//! `/graphql`: GraphQL over HTTP, after <https://graphql.github.io/graphql-over-http/draft/>.

use std::sync::Arc;

use async_graphql::Variables;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;

use super::asking::Asking;
use super::executor::Operation;
use super::reply::{LARGEST_BODY, MOST_OPERATIONS, MediaType, Refused};
use super::{App, caller};
use crate::locale::Message;

/// Answers queries by GET, queries and mutations by POST.
pub async fn endpoint(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    // People who open the address in a browser want the explorer.
    if request.method() == Method::GET && request.uri().query().is_none() && wants_page(request.headers()) {
        return Redirect::temporary("/graphiql").into_response();
    }
    let request_id = caller::request_id(request.headers());
    let locale = caller::locale(request.headers());
    let accepted = MediaType::negotiate(request.headers());
    let media = accepted.unwrap_or(MediaType::Json);
    let mut response = locale
        .scope(async {
            if accepted.is_none() {
                return not_acceptable().into_response(media, &request_id);
            }
            match answer(&app, request, media, &request_id).await {
                Ok(response) => response,
                Err(refused) => refused.into_response(media, &request_id),
            }
        })
        .await;
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(caller::REQUEST_ID, id);
    }
    response
}

async fn answer(app: &App, request: Request<Body>, media: MediaType, id: &str) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let reads_only = match parts.method {
        Method::GET => true,
        Method::POST => false,
        _ => return Err(not_allowed("Usare GET o POST.", "Use GET or POST.")),
    };
    let viewer = caller::viewer(app, &parts.headers, reads_only).await?;
    let budget = app.budgets.of(&viewer);
    if let Some(budget) = &budget {
        budget.request()?;
    }
    let operations = if reads_only {
        Operations::One(from_query(parts.uri.query().unwrap_or_default())?)
    } else {
        from_body(&parts.headers, body).await?
    };
    let asking = Asking { app, viewer, budget: budget.as_deref(), reads_only, media, id };
    let mut response = match operations {
        Operations::One(operation) => asking.one(operation, &parts.headers).await?,
        Operations::Several(operations) => asking.several(operations).await?,
    };
    if let Some(budget) = budget {
        budget.tell(response.headers_mut());
    }
    Ok(response)
}

enum Operations {
    One(Operation),
    Several(Vec<Operation>),
}

pub fn not_allowed(it: &str, en: &str) -> Refused {
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "BAD_USER_INPUT", Message::new(it, en))
}

fn not_acceptable() -> Refused {
    let message = Message::new(
        "Si risponde con application/graphql-response+json o application/json.",
        "Answers are application/graphql-response+json or application/json.",
    );
    Refused::new(StatusCode::NOT_ACCEPTABLE, "BAD_USER_INPUT", message)
}

/// Whether a person asks, by a browser.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

async fn from_body(headers: &HeaderMap, body: Body) -> Result<Operations, Refused> {
    // Other types can be posted across sites without the browser asking first.
    if !is_json(headers) {
        let message = Message::new(
            "Il corpo deve essere application/json in UTF-8.",
            "The body must be application/json in UTF-8.",
        );
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT", message));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let too_large = || {
        let message = Message::new(
            format!("Il corpo ha al massimo {LARGEST_BODY} byte."),
            format!("The body has at most {LARGEST_BODY} bytes."),
        );
        let requested = announced.unwrap_or(LARGEST_BODY + 1);
        Refused::limit(StatusCode::PAYLOAD_TOO_LARGE, message, LARGEST_BODY, requested)
    };
    if announced.is_some_and(|length| length > LARGEST_BODY) {
        return Err(too_large());
    }
    let bytes = axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|_| too_large())?;
    let body: Value = serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Refused::bad_request(
            format!("Il corpo non è JSON in UTF-8 (riga {line}, colonna {column})."),
            format!("The body is not JSON in UTF-8 (line {line}, column {column})."),
        )
    })?;
    match body {
        Value::Array(items) if items.is_empty() => {
            Err(Refused::bad_request("La lista di operazioni è vuota.", "The list of operations is empty."))
        }
        Value::Array(items) if items.len() > MOST_OPERATIONS => {
            let message = Message::new(
                format!("Una richiesta ha al massimo {MOST_OPERATIONS} operazioni: sono {}.", items.len()),
                format!("A request has at most {MOST_OPERATIONS} operations: there are {}.", items.len()),
            );
            Err(Refused::limit(StatusCode::BAD_REQUEST, message, MOST_OPERATIONS, items.len()))
        }
        Value::Array(items) => Ok(Operations::Several(items.into_iter().map(operation).collect::<Result<_, _>>()?)),
        one => Ok(Operations::One(operation(one)?)),
    }
}

/// The one operation of a request by GET or POST.
pub async fn one(parts: &axum::http::request::Parts, body: Body) -> Result<Operation, Refused> {
    match parts.method {
        Method::GET => from_query(parts.uri.query().unwrap_or_default()),
        Method::POST => match from_body(&parts.headers, body).await? {
            Operations::One(operation) => Ok(operation),
            Operations::Several(_) => {
                Err(Refused::bad_request("Uno stream ha una sola operazione.", "A stream has one operation."))
            }
        },
        _ => Err(not_allowed("Usare GET o POST.", "Use GET or POST.")),
    }
}

/// Whether the body is said to be JSON in UTF-8.
pub fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(content_type)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let content_type = content_type.to_ascii_lowercase();
    let mut parts = content_type.split(';').map(str::trim);
    parts.next() == Some("application/json")
        && parts.all(|part| part.strip_prefix("charset=").is_none_or(|charset| charset.trim_matches('"') == "utf-8"))
}

fn from_query(query: &str) -> Result<Operation, Refused> {
    let mut request = serde_json::Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if value.contains('\u{FFFD}') {
            return Err(Refused::bad_request(
                format!("Il parametro \"{name}\" non è in UTF-8."),
                format!("The parameter \"{name}\" is not UTF-8."),
            ));
        }
        let value = match &*name {
            "query" | "operationName" => Value::String(value.into_owned()),
            "variables" | "extensions" if value.is_empty() => Value::Null,
            "variables" | "extensions" => serde_json::from_str(&value).map_err(|_| must_be(&name, "JSON", "JSON"))?,
            _ => continue,
        };
        request.insert(name.into_owned(), value);
    }
    operation(Value::Object(request))
}

fn must_be(name: &str, it: &str, en: &str) -> Refused {
    Refused::bad_request(format!("\"{name}\" deve essere {it}."), format!("\"{name}\" must be {en}."))
}

/// One operation from the object that carries it.
pub fn operation(request: Value) -> Result<Operation, Refused> {
    let Value::Object(mut request) = request else {
        return Err(Refused::bad_request("Una richiesta è un oggetto JSON.", "A request is a JSON object."));
    };
    let Some(Value::String(query)) = request.remove("query") else {
        return Err(must_be("query", "una stringa", "a string"));
    };
    let name = match request.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err(must_be("operationName", "una stringa", "a string")),
    };
    let variables = match request.remove("variables") {
        None | Some(Value::Null) => Variables::default(),
        Some(variables @ Value::Object(_)) => Variables::from_json(variables),
        Some(_) => return Err(must_be("variables", "un oggetto", "an object")),
    };
    match request.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => Ok(Operation { query, name, variables }),
        Some(_) => Err(must_be("extensions", "un oggetto", "an object")),
    }
}
