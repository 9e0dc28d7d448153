//! How a mutation answers: with its payload, in which what stood in its way is data, so that its siblings stand.
//!
//! The way of every mutation, in its room's `mutation` part: read the input ([`record`]); load what it is about as the
//! caller sees it, which is not there otherwise ([`UserError::not_found`]); ask the rules ([`super::Graph::allow`]); hold the
//! input against the record ([`same_version`], [`Flaws`]); open a change ([`super::Graph::change`]), write, commit it with its
//! entry in the audit; read the record anew. Each step is left with `?`; [`answer`] makes the payload.

use async_graphql::ID;

use super::{Error, NodeId, Result, UserError};
use crate::access::rules;
use crate::locale::Message;

/// Why a mutation stops; whatever a step gives turns into it.
#[derive(Clone, Debug)]
pub enum Stop {
    /// Expected: told in the payload.
    Refused(Vec<UserError>),
    /// Not the caller's doing: an error of the field.
    Failed(Error),
}

/// What the steps of a mutation give.
pub type Outcome<T> = Result<T, Stop>;

/// Declares a payload, `null` in every field where nothing was done:
/// `payload! { /// doc  pub struct EndSessionPayload { /// doc  session: Session } }`.
#[macro_export]
macro_rules! payload {
    ($(#[$outer:meta])* pub struct $name:ident { $($(#[$inner:meta])* $field:ident : $type:ty),+ $(,)? }) => {
        $(#[$outer])*
        #[derive(async_graphql::SimpleObject, Default)]
        pub struct $name {
            $($(#[$inner])* pub $field: Option<$type>,)+
            /// Why nothing was done; empty where it was [motivi del rifiuto].
            pub user_errors: Vec<$crate::graphql::UserError>,
        }

        impl From<Vec<$crate::graphql::UserError>> for $name {
            fn from(user_errors: Vec<$crate::graphql::UserError>) -> Self {
                Self { user_errors, ..Self::default() }
            }
        }
    };
}

/// Runs a mutation's steps and makes its payload. An error makes the field null and leaves its siblings.
pub async fn answer<P: From<Vec<UserError>>>(steps: impl Future<Output = Outcome<P>>) -> Result<Option<P>> {
    match steps.await {
        Ok(payload) => Ok(Some(payload)),
        Err(Stop::Refused(errors)) => Ok(Some(errors.into())),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// The key of the record that an input's field names.
pub fn record(kind: &'static str, id: &ID, field: &str) -> Outcome<uuid::Uuid> {
    NodeId::uuid(kind, id).map_err(|error| match error {
        Error::BadInput(message) => UserError::invalid(field, "ID_INVALID", message).into(),
        error => error.into(),
    })
}

/// Holds the version that the caller has seen against the record's; without one, whatever stands may be changed.
pub fn same_version(expected: Option<i32>, found: i32) -> Outcome<()> {
    match expected {
        Some(expected) if expected != found => Err(changed_meanwhile().into()),
        _ => Ok(()),
    }
}

/// Whether a statement found the record as it was loaded.
pub fn saved(is_saved: bool) -> Outcome<()> {
    if is_saved { Ok(()) } else { Err(changed_meanwhile().into()) }
}

fn changed_meanwhile() -> UserError {
    let message = Message::new(
        "Qualcun altro l'ha modificato nel frattempo: rileggerlo e riprovare.",
        "Somebody else has changed it meanwhile: read it again and retry.",
    );
    UserError::conflict("expectedVersion", "CHANGED_MEANWHILE", message)
}

/// What is wrong with an input: all of it is told at once.
#[derive(Default)]
pub struct Flaws(Vec<UserError>);

impl Flaws {
    /// Notes a flaw of a field, unless the rule holds.
    pub fn unless(mut self, holds: bool, field: &str, rule: &str, it: &str, en: &str) -> Self {
        if !holds {
            self.0.push(UserError::invalid(field, rule, Message::new(it, en)));
        }
        self
    }

    /// Notes these.
    pub fn and(mut self, flaws: impl IntoIterator<Item = UserError>) -> Self {
        self.0.extend(flaws);
        self
    }

    /// Goes on where there are none.
    pub fn none(self) -> Outcome<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Stop::Refused(self.0)) }
    }
}

/// Constraints of the database that a caller can run into when two do the same thing at once: constraint, rule,
/// messages. Every other broken constraint is a fault of the product.
const CONSTRAINTS: &[(&str, &str, &str, &str)] = &[
    (
        "membership_in_force",
        "ALREADY_MEMBER",
        "La persona appartiene già a questo ente.",
        "The person belongs to this organisation already.",
    ),
    ("project_cup_key", "CUP_IN_USE", "Un altro progetto ha già questo CUP.", "Another project has this CUP already."),
    (
        "funding_call_reference_key",
        "REFERENCE_IN_USE",
        "Un altro avviso ha già questo numero.",
        "Another call has this reference already.",
    ),
    (
        "territorial_plan_revision",
        "REVISION_OPEN",
        "Una revisione di questo piano è già aperta.",
        "A revision of this plan is open already.",
    ),
    (
        "client_external",
        "ALREADY_REGISTERED",
        "Questo client esterno è già registrato.",
        "This external client is registered already.",
    ),
    (
        "council_seat_once",
        "SEAT_HELD_ALREADY",
        "L'ente ha già un seggio in questa categoria in quel periodo.",
        "The body holds a seat in this category already in that period.",
    ),
    (
        "agreement_reference",
        "REFERENCE_TAKEN",
        "Il promotore ha già un protocollo con questo numero.",
        "The promoter has an agreement with this reference already.",
    ),
    (
        "agreement_renewal",
        "RENEWED_ALREADY",
        "Il protocollo ha già un rinnovo in corso o in vigore.",
        "The agreement has a renewal under way or in force already.",
    ),
    ("subgraph_name", "NAME_TAKEN", "Un altro sottografo si chiama così.", "Another subgraph is called so."),
    (
        "supergraph_pkey",
        "SUPERGRAPH_MOVED",
        "Nel frattempo il grafo è cambiato: riprovare.",
        "The graph has changed meanwhile: try again.",
    ),
];

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        let broken = error.as_database_error().and_then(|cause| cause.constraint());
        match CONSTRAINTS.iter().find(|(constraint, ..)| Some(*constraint) == broken) {
            Some((_, rule, it, en)) => UserError::conflict("", rule, Message::new(*it, *en)).into(),
            None => Error::from(error).into(),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::BadInput(message) => UserError::invalid("", "INPUT_INVALID", message).into(),
            error => Self::Failed(error),
        }
    }
}

impl From<UserError> for Stop {
    fn from(error: UserError) -> Self {
        Self::Refused(vec![error])
    }
}

impl From<rules::Refusal> for Stop {
    fn from(refusal: rules::Refusal) -> Self {
        UserError::from(refusal).into()
    }
}
