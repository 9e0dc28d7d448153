use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::access::audit::Subject;
use crate::access::{Action, Room, Viewer};
use crate::graphql::{Change, Outcome};

/// A table that holds parts of a record.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub table: &'static str,
    /// Name of the parts' kind in the graph.
    pub kind: &'static str,
    /// Columns that tell one part from the others.
    pub key: &'static [&'static str],
    /// Column that names the record.
    pub of: &'static str,
    /// Columns by which they are sorted.
    pub order: &'static str,
}

/// The bodies that share a record with its owner: a group of its own, of which `audience_key()` makes its key.
pub struct Group<'a> {
    /// The record's `group_number`: given by the kit where there is none yet.
    pub number: &'a mut Option<i32>,
    /// All of them; the owner need not be named.
    pub bodies: Vec<Uuid>,
    /// ISTAT code of the province whose bodies share it besides.
    pub province: Option<String>,
}

/// A record that callers change, as one document: `{ <root table>: {column: …}, <part table>: [{…}, …] }`.
///
/// The type is a struct with one field for each table, named like it; rows are structs whose fields are named like the
/// columns. Columns that the database keeps by itself are read and never written: `audience`, `version`, `updated_at`.
pub trait Aggregate: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Name of its kind in the graph and in global ids.
    const KIND: &'static str;
    const ROOM: Room;
    /// Table of the record itself; its key is `id`.
    const ROOT: &'static str;
    const PARTS: &'static [Part];
    /// What its rules ask of other records: an SQL expression of type jsonb over the root row `r`, read as the caller sees
    /// it into the document's field `facts`, which is never written.
    const FACTS: Option<&'static str> = None;

    fn id(&self) -> Uuid;
    /// The room with whose keys it is seen.
    fn room(&self) -> Room {
        Self::ROOM
    }
    /// Grows by one with each deed.
    fn version(&self) -> i32;
    /// The record's audience key.
    fn audience(&self) -> i32;
    /// Number of the organisation that it belongs to.
    fn owner_number(&self) -> i32;
    /// The organisation that must be the caller's own for this action.
    fn owner(&self, action: Action, viewer: &Viewer) -> Uuid;

    /// The bodies that share it as it now is, where it needs a group of its own. Before a deed is written, the kit makes
    /// the group, or changes its members where they are others than before; the record's visibility says whether the
    /// group counts (`owner`, `territory`). `None` leaves the group as it is.
    fn group(&mut self) -> Option<Group<'_>> {
        None
    }

    /// Whether its group follows from other records, too. Its members may then be others than [`Self::group`] named before the
    /// deed: the records were others when it was made, or whoever made it saw less of them.
    fn follows_others(&self) -> bool {
        false
    }

    /// Writes what goes with a change beside the record's own rows, in the same transaction.
    fn beside(&self, writing: &mut Change<'_>) -> impl Future<Output = Outcome<()>> + Send {
        let _ = writing;
        std::future::ready(Ok(()))
    }

    /// As the subject of an entry of the audit.
    fn subject(&self) -> Subject {
        Subject { kind: Self::KIND, id: self.id(), owner_number: Some(self.owner_number()), audience: self.audience() }
    }
}

/// Columns that only the database writes.
const KEPT: [&str; 3] = ["audience", "version", "updated_at"];

/// The document as JSON, without what only the database writes and without facts.
pub fn document<A: Aggregate>(record: &A) -> Map<String, Value> {
    let Ok(Value::Object(mut document)) = serde_json::to_value(record) else {
        unreachable!("an aggregate is a struct of plain rows");
    };
    document.remove("facts");
    if let Some(Value::Object(root)) = document.get_mut(A::ROOT) {
        KEPT.iter().for_each(|column| drop(root.remove(*column)));
    }
    document
}

/// The document of a record made anew.
pub fn read<A: Aggregate>(document: Value) -> Result<A, serde_json::Error> {
    serde_json::from_value(document)
}

impl Part {
    /// The key of one of its rows, as text.
    pub fn key_of(&self, row: &Map<String, Value>) -> String {
        let values = self.key.iter().map(|column| match row.get(*column) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        });
        values.collect::<Vec<_>>().join("/")
    }
}
