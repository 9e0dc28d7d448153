use chrono::NaiveDate;
use uuid::Uuid;

use crate::access::{Caller, Viewer};
use crate::text_enum;

text_enum! {
    /// What kind of caller used something [tipo di utilizzatore].
    pub enum FieldCallerKind {
        /// A program that an organisation registered [client].
        Client = "client",
        /// People who signed in, on the hub's own pages; who they are is not counted [persone che hanno fatto accesso].
        Session = "session",
        /// A caller of the demonstration [dimostrazione].
        Demonstration = "demonstration",
        /// Anyone, without sign-in [pubblico].
        Public = "public",
    }
}

text_enum! {
    /// What kind of operation used something [tipo di operazione].
    pub enum FieldOperationKind {
        /// A question [interrogazione].
        Query = "query",
        /// A change [modifica].
        Mutation = "mutation",
        /// A stream, counted when it begins [sottoscrizione].
        Subscription = "subscription",
        /// Operations of a caller that had too many on one day to be told apart [altre operazioni].
        Other = "other",
    }
}

/// By which callers are counted who are no client; the database knows them by these, too.
const PUBLIC: Uuid = Uuid::from_u128(1);
const SESSION: Uuid = Uuid::from_u128(2);
const DEMONSTRATION: Uuid = Uuid::from_u128(3);

/// By what a caller is counted: a program by its client, anybody else by their kind alone.
pub fn counted_as(viewer: &Viewer) -> Uuid {
    match &viewer.caller {
        Caller::Public => PUBLIC,
        Caller::Person(_) => SESSION,
        Caller::Persona(_) => DEMONSTRATION,
        Caller::Client(client) => client.id,
    }
}

/// The use of any of these coordinates, from a day on, until another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UseOf {
    pub coordinates: Vec<String>,
    pub since: NaiveDate,
    pub until: Option<NaiveDate>,
}

/// How much something was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub calls: i64,
    pub callers: i64,
    pub operations: i64,
    pub last_used_on: Option<NaiveDate>,
}

/// A caller with its use of something.
#[derive(Clone, Debug)]
pub struct CallerRow {
    pub id: Uuid,
    pub kind: FieldCallerKind,
    /// Of a client.
    pub name: Option<String>,
    pub organisation_id: Option<Uuid>,
    pub calls: i64,
    pub last_used_on: NaiveDate,
}

/// An operation of a caller that used something.
#[derive(Clone, Debug)]
pub struct OperationRow {
    pub id: Uuid,
    pub kind: FieldOperationKind,
    pub name: Option<String>,
    pub calls: i64,
    pub last_used_on: NaiveDate,
}
