//! One error type; every error that a caller sees has a stable code and no internal text.

use std::sync::Arc;

use crate::access::rules::Refusal;
use crate::locale::Message;

/// What a room's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a field could not be answered.
#[derive(Clone, Debug)]
pub enum Error {
    /// `GRAPHQL_PARSE_FAILED`: what was sent is no GraphQL document.
    Syntax(Message),
    /// `BAD_USER_INPUT`: the message names the rule.
    BadInput(Message),
    /// `LIMIT_EXCEEDED`: with the limit and what was asked.
    LimitExceeded { message: Message, limit: u64, requested: u64 },
    /// `FORBIDDEN`: a rule of who may do what, with its code. Never for sight of a record: that is absent.
    Forbidden(Refusal),
    /// `TIMEOUT`: the statement's time was up.
    Timeout,
    /// `TIMEOUT`: the message says what took too long, and what to ask instead.
    TooLong(Message),
    /// `UNAVAILABLE`: no connection was free or the database is down.
    Unavailable,
    /// `UNAVAILABLE`: another field of the same request failed, and the snapshot that they share ended with it.
    Abandoned,
    /// `INTERNAL_SERVER_ERROR`: logged once, never told.
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn bad_input(it: impl Into<String>, en: impl Into<String>) -> Self {
        Self::BadInput(Message::new(it, en))
    }

    /// A subscription about a record that is not there, or that the caller may not see.
    pub fn nothing_to_follow() -> Self {
        Self::bad_input(
            "Non c'è nulla da seguire: il record indicato non esiste, o non è visibile a chi lo chiede.",
            "There is nothing to follow: there is no such record, or it is not visible to you.",
        )
    }

    /// The stable code that clients know.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "GRAPHQL_PARSE_FAILED",
            Self::BadInput(_) => "BAD_USER_INPUT",
            Self::LimitExceeded { .. } => "LIMIT_EXCEEDED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::Timeout | Self::TooLong(_) => "TIMEOUT",
            Self::Unavailable | Self::Abandoned => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL_SERVER_ERROR",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Syntax(message)
            | Self::BadInput(message)
            | Self::LimitExceeded { message, .. }
            | Self::TooLong(message) => message.to_string(),
            Self::Forbidden(refusal) => refusal.message().to_string(),
            Self::Timeout => Message::new(
                "La richiesta ha superato il tempo massimo: restringere i filtri o chiedere pagine più piccole.",
                "The request ran out of time: narrow its filters or ask for smaller pages.",
            )
            .to_string(),
            Self::Unavailable => {
                Message::new("Servizio momentaneamente non disponibile: riprovare.", "The service is busy: try again.")
                    .to_string()
            }
            Self::Abandoned => Message::new(
                "Un altro campo della stessa richiesta non è riuscito: vedere il suo errore.",
                "Another field of the same request failed: see its error.",
            )
            .to_string(),
            Self::Internal(_) => Message::new(
                "Errore interno: segnalare l'identificativo della richiesta.",
                "Internal error: report the request id.",
            )
            .to_string(),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                tracing::warn!(%error, "the database is out of reach");
                Self::Unavailable
            }
            // too_many_connections; admin_shutdown, crash_shutdown and cannot_connect_now: it stops or starts
            sqlx::Error::Database(cause)
                if matches!(cause.code().as_deref(), Some("53300" | "57P01" | "57P02" | "57P03")) =>
            {
                tracing::warn!(%error, "the database takes no requests");
                Self::Unavailable
            }
            // serialization_failure: on a standby, what the session reads was cleared away
            sqlx::Error::Database(cause) if cause.code().as_deref() == Some("40001") => Self::Unavailable,
            // query_canceled: the statement timeout
            sqlx::Error::Database(cause) if cause.code().as_deref() == Some("57014") => Self::Timeout,
            // in_failed_sql_transaction
            sqlx::Error::Database(cause) if cause.code().as_deref() == Some("25P02") => Self::Abandoned,
            // A NUL or another character that PostgreSQL's text cannot hold.
            sqlx::Error::Database(cause) if matches!(cause.code().as_deref(), Some("22021" | "22P05")) => {
                Self::bad_input(
                    "Il testo contiene un carattere non ammesso (U+0000).",
                    "The text contains a character that is not allowed (U+0000).",
                )
            }
            _ => Self::Internal(Arc::new(error)),
        }
    }
}

/// Characters of a message at the most: what the framework reports repeats parts of the operation.
const MESSAGE: usize = 300;
/// Bytes of all errors of an answer at the most.
const ERRORS: usize = 16 * 1024;

/// Gives every error of an answer its stable code and the request's id, and keeps them short. The framework keeps
/// our [`Error`] as the source of what it reports; what has none comes from the framework itself.
pub fn finish(response: &mut async_graphql::Response, request_id: &str) {
    for error in &mut response.errors {
        let cause = error.source::<Error>().cloned();
        if let Some(Error::Internal(cause)) = &cause {
            tracing::error!(%cause, request_id, "a field failed");
        }
        if let Some((end, _)) = error.message.char_indices().nth(MESSAGE) {
            error.message.truncate(end);
            error.message.push('…');
        }
        let extensions = error.extensions.get_or_insert_default();
        if let Some(cause) = cause {
            extensions.set("code", cause.code());
            if let Error::Forbidden(refusal) = &cause {
                extensions.set("rule", refusal.code());
            }
            if let Error::LimitExceeded { limit, requested, .. } = cause {
                extensions.set("limit", limit);
                extensions.set("requested", requested);
            }
        } else if extensions.get("code").is_none() {
            // An argument's value that its scalar refuses is reported with a path; all else is found before execution.
            let code = if error.path.is_empty() { "GRAPHQL_VALIDATION_FAILED" } else { "BAD_USER_INPUT" };
            extensions.set("code", code);
        }
        extensions.set("requestId", request_id);
    }
    let mut bytes = 0;
    let kept = response.errors.iter().take_while(|error| {
        bytes += serde_json::to_vec(error).map_or(ERRORS, |json| json.len());
        bytes <= ERRORS
    });
    let kept = kept.count();
    // An answer with errors never loses all of them: one too long keeps its message and code.
    if kept == 0 && !response.errors.is_empty() {
        response.errors[0].path.clear();
        response.errors[0].locations.truncate(1);
    }
    response.errors.truncate(kept.max(1));
}
