//! Expected refusals of a mutation: data of its payload, so that its siblings stand.

use async_graphql::SimpleObject;

use crate::access::rules;
use crate::deeds::FieldChange;
use crate::locale::Message;
use crate::text_enum;

text_enum! {
    /// What kind of refusal it is [tipo di rifiuto].
    pub enum UserErrorCode {
        /// A rule of who may do what [non consentito].
        Forbidden = "forbidden",
        /// There is no such record, or the caller may not see it [non trovato].
        NotFound = "not_found",
        /// The input breaks a rule [dato non valido].
        Invalid = "invalid",
        /// Something has changed meanwhile, or stands already [conflitto].
        Conflict = "conflict",
        /// A limit is reached [limite raggiunto].
        Limit = "limit",
    }
}

/// Why a mutation did nothing [motivo del rifiuto].
#[derive(SimpleObject, Clone, Debug, PartialEq)]
pub struct UserError {
    /// What kind of refusal it is [tipo di rifiuto].
    pub code: UserErrorCode,
    /// Stable code of the rule that refused, e.g. `ROLE_REQUIRED` [regola].
    pub rule: String,
    /// Path to the argument that is wrong, e.g. `["input", "email"]`; empty where it is about no single one [campo].
    pub field: Vec<String>,
    /// For people, in the caller's language [messaggio].
    pub message: String,
    /// Of a conflict: what changed since the version that the caller expected, as far as it may be told [modifiche].
    pub changes: Vec<FieldChange>,
}

impl UserError {
    /// Input that breaks a rule. `field` is a path with dots below `input`.
    pub fn invalid(field: &str, rule: &str, message: Message) -> Self {
        Self::new(UserErrorCode::Invalid, rule, field, message)
    }

    pub fn conflict(field: &str, rule: &str, message: Message) -> Self {
        Self::new(UserErrorCode::Conflict, rule, field, message)
    }

    pub fn limit(field: &str, rule: &str, message: Message) -> Self {
        Self::new(UserErrorCode::Limit, rule, field, message)
    }

    /// No such record for this caller, whatever the reason.
    pub fn not_found(field: &str) -> Self {
        let message = Message::new(
            "Non esiste, o non è visibile a chi lo chiede.",
            "There is no such record, or it is not visible to you.",
        );
        Self::new(UserErrorCode::NotFound, "NOT_FOUND", field, message)
    }

    fn new(code: UserErrorCode, rule: &str, field: &str, message: Message) -> Self {
        let parts = field.split('.').filter(|part| !part.is_empty());
        let field = if field.is_empty() {
            Vec::new()
        } else {
            std::iter::once("input").chain(parts).map(String::from).collect()
        };
        Self { code, rule: rule.into(), field, message: message.to_string(), changes: Vec::new() }
    }
}

impl From<rules::Refusal> for UserError {
    fn from(refusal: rules::Refusal) -> Self {
        Self::new(UserErrorCode::Forbidden, refusal.code(), "", refusal.message())
    }
}
