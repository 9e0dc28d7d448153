//! A subgraph with its versions, as deeds change it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::joining::Joined;
use super::model::{SubgraphRow, SubgraphVersionStatus, VersionRow};
use super::store;
use crate::access::{Action, Room, Viewer};
use crate::deeds::{Aggregate, Group, Part};
use crate::graphql::{Change, Outcome};

/// Kinds of the global ids of subgraphs and of their versions.
pub const SUBGRAPH: &str = "Subgraph";
pub const VERSION: &str = "SubgraphVersion";

/// A subgraph.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubgraphDocument {
    pub subgraph: SubgraphRow,
    pub subgraph_version: Vec<VersionRow>,
    #[serde(default, skip_serializing)]
    pub facts: Facts,
    /// What is written beside the change, in its transaction.
    #[serde(skip)]
    pub beside: Beside,
}

/// What decisions about a subgraph ask of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Facts {
    /// The central department, which decides.
    pub central: Option<Uuid>,
    /// The schema of the version that waits for a decision.
    pub pending_sdl: Option<String>,
    /// The version that is served.
    pub served: Option<Uuid>,
}

/// What goes with a change of a subgraph.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The schema of a new version.
    pub sdl: Option<String>,
    /// The graph that it makes.
    pub joined: Option<Joined>,
}

impl Aggregate for SubgraphDocument {
    const KIND: &'static str = SUBGRAPH;
    const ROOM: Room = Room::Federation;
    const ROOT: &'static str = "subgraph";
    const PARTS: &'static [Part] =
        &[Part { table: "subgraph_version", kind: VERSION, key: &["id"], of: "subgraph_id", order: "number" }];
    const FACTS: Option<&'static str> = Some(
        "jsonb_build_object('central', (select o.id from organisation o
           where o.kind = 'central_authority' and o.parent_id is null order by o.number limit 1),
           'pending_sdl', (select t.sdl from subgraph_version v join schema_text t on t.hash = v.sdl_hash
             where v.subgraph_id = r.id and v.status = 'proposed'),
           'served', (select m.version_id from supergraph_member m
             where m.subgraph_id = r.id and m.number = (select max(number) from supergraph)))",
    );

    fn id(&self) -> Uuid {
        self.subgraph.id
    }

    fn version(&self) -> i32 {
        self.subgraph.version
    }

    fn audience(&self) -> i32 {
        self.subgraph.audience
    }

    fn owner_number(&self) -> i32 {
        self.subgraph.owner_number
    }

    /// The body that runs it; whether it takes part is the central department's to decide.
    fn owner(&self, action: Action, _viewer: &Viewer) -> Uuid {
        let is_decision = matches!(action, Action::ApproveSubgraph | Action::RefuseSubgraph);
        self.facts.central.filter(|_| is_decision).unwrap_or(self.subgraph.organisation_id)
    }

    /// Who decides sees it from the first.
    fn group(&mut self) -> Option<Group<'_>> {
        let bodies = [Some(self.subgraph.organisation_id), self.facts.central].into_iter().flatten().collect();
        Some(Group { number: &mut self.subgraph.group_number, bodies, province: None })
    }

    async fn beside(&self, writing: &mut Change<'_>) -> Outcome<()> {
        let Beside { sdl, joined } = &self.beside;
        match (joined, sdl) {
            (Some(joined), sdl) => joined.write(writing, sdl.as_deref()).await,
            (None, Some(sdl)) => Ok(store::keep_text(writing.statement(), sdl).await?),
            (None, None) => Ok(()),
        }
    }
}

impl SubgraphDocument {
    /// The version that waits for a decision.
    pub fn pending(&self) -> Option<&VersionRow> {
        self.subgraph_version.iter().find(|version| version.status == SubgraphVersionStatus::Proposed)
    }

    /// The version approved last.
    pub fn approved(&self) -> Option<&VersionRow> {
        self.subgraph_version.iter().rfind(|version| version.status == SubgraphVersionStatus::Approved)
    }

    /// The number of the next version.
    pub fn next_number(&self) -> i32 {
        self.subgraph_version.last().map_or(1, |last| last.number + 1)
    }
}
