use async_graphql::Enum;

use crate::locale::Message;

/// Why a partner's service gave no answer to a question, or to a part of it [motivo].
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "SubgraphFailureReason")]
pub enum Reason {
    /// No connection, or it broke off [irraggiungibile].
    Unreachable,
    /// Its name leads into a private network [indirizzo privato].
    AddressPrivate,
    /// It took too long [tempo scaduto].
    Timeout,
    /// It answered with too much [risposta troppo grande].
    TooLarge,
    /// It refused the request, by a status from 400 to 499 [richiesta rifiutata].
    Refused,
    /// It failed, by a status from 500 on, or another without an answer [guasto].
    Failed,
    /// What it said is no answer of GraphQL [risposta non GraphQL].
    NotGraphql,
    /// It reported an error of its own; its words are for its keepers [errore del servizio].
    Error,
    /// A value is not of the type that its schema says [tipo errato].
    WrongType,
    /// It failed again and again, and is left alone for a moment [in pausa].
    Resting,
    /// So much is asked of it that more would pile up [occupato].
    Busy,
}

impl Reason {
    /// Its name in the graph.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "UNREACHABLE",
            Self::AddressPrivate => "ADDRESS_PRIVATE",
            Self::Timeout => "TIMEOUT",
            Self::TooLarge => "TOO_LARGE",
            Self::Refused => "REFUSED",
            Self::Failed => "FAILED",
            Self::NotGraphql => "NOT_GRAPHQL",
            Self::Error => "ERROR",
            Self::WrongType => "WRONG_TYPE",
            Self::Resting => "RESTING",
            Self::Busy => "BUSY",
        }
    }

    /// Whether the service was not asked at all: that says nothing new of its health.
    pub fn is_of_the_hub(self) -> bool {
        matches!(self, Self::Resting | Self::Busy)
    }

    /// Whether it answered, if not well: it is there.
    pub fn is_of_an_answer(self) -> bool {
        matches!(self, Self::Error | Self::WrongType)
    }

    /// What callers are told.
    pub fn message(self, partner: &str) -> Message {
        let (it, en) = match self {
            Self::Unreachable => ("non è raggiungibile", "cannot be reached"),
            Self::AddressPrivate => ("ha un indirizzo non ammesso", "has an address that is not allowed"),
            Self::Timeout => ("non ha risposto in tempo", "did not answer in time"),
            Self::TooLarge => ("ha risposto con troppi dati", "answered with too much"),
            Self::Refused => ("ha rifiutato la richiesta", "refused the request"),
            Self::Failed => ("ha un guasto", "has failed"),
            Self::NotGraphql => ("non ha dato una risposta GraphQL", "gave no answer of GraphQL"),
            Self::Error => ("ha segnalato un errore", "reported an error"),
            Self::WrongType => ("ha dato un valore di tipo errato", "gave a value of a wrong type"),
            Self::Resting => ("è in pausa dopo più guasti", "is left alone after several failures"),
            Self::Busy => ("ha troppe richieste in corso", "has too many requests under way"),
        };
        Message::new(
            format!("Il servizio del partner «{partner}» {it}."),
            format!("The service of the partner \"{partner}\" {en}."),
        )
    }
}
