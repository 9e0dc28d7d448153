use std::fmt;
use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};

use super::node::{node_id, write_id};
use crate::agreements::query::PARTY;
use crate::councils::model::SeatCategory;
use crate::councils::query::SEAT;
use crate::funding::query::CALL;
use crate::graphql::flat::{Flat, FlatList, Writer, json, json_date, json_enum};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Result};
use crate::network::model::{Tie, TieKind, TieRecordKind};
use crate::network::view::View;
use crate::organisations::query::{self as organisations, COMPETENCE};
use crate::plans::query::INTERVENTION;
use crate::projects::model::ProjectRole;
use crate::projects::query::{PARTICIPATION, PROJECT};
use crate::relay::query as relay;

/// A tie between two nodes, which follows from a record [legame].
#[derive(Description)]
pub struct NetworkEdge {
    view: Arc<View>,
    /// Place in the snapshot.
    index: u32,
}

/// Kind of the global ids of ties: names for a client's store, which `node` does not know.
const EDGE: &str = "NetworkEdge";

/// Kind of the global ids of the records that ties follow from.
fn id_kind(kind: TieRecordKind) -> &'static str {
    match kind {
        TieRecordKind::Organisation => organisations::NODE,
        TieRecordKind::OfficeCompetence => COMPETENCE,
        TieRecordKind::CouncilSeat => SEAT,
        TieRecordKind::Project => PROJECT,
        TieRecordKind::ProjectParticipation => PARTICIPATION,
        TieRecordKind::FundingCall => CALL,
        TieRecordKind::AgreementParty => PARTY,
        TieRecordKind::PlanIntervention => INTERVENTION,
    }
}

/// What tells a tie from all others: its kind and record, and its end where the record makes many ties.
struct Key<'a>(&'a NetworkEdge);

impl fmt::Display for Key<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tie = self.0.tie();
        write!(formatter, "{}:{}", tie.kind.as_str(), tie.record)?;
        match tie.record_kind {
            TieRecordKind::FundingCall => write!(formatter, ":{}", self.0.view.snapshot.node(tie.to).id),
            _ => Ok(()),
        }
    }
}

impl NetworkEdge {
    pub fn list(view: &Arc<View>, ties: &[u32]) -> FlatList<Self> {
        FlatList(ties.iter().map(|index| Self { view: view.clone(), index: *index }).collect())
    }

    fn tie(&self) -> &Tie {
        self.view.snapshot.tie(self.index)
    }

    fn record_node(&self) -> NodeId {
        NodeId::new(id_kind(self.tie().record_kind), self.tie().record)
    }
}

impl Flat for NetworkEdge {
    fn writer(field: &str) -> Option<Writer<Self>> {
        Some(match field {
            "id" => |edge, out| NodeId::write_json(EDGE, Key(edge), out),
            "kind" => |edge, out| json_enum(out, Some(edge.tie().kind)),
            "from" => |edge, out| write_id(edge.view.snapshot.node(edge.tie().from), out),
            "to" => |edge, out| write_id(edge.view.snapshot.node(edge.tie().to), out),
            "validFrom" => |edge, out| json_date(out, edge.tie().period.from()),
            "validUntil" => |edge, out| json_date(out, edge.tie().period.until()),
            "recordKind" => |edge, out| json_enum(out, Some(edge.tie().record_kind)),
            "recordId" => |edge, out| NodeId::write_json(id_kind(edge.tie().record_kind), edge.tie().record, out),
            "category" => |edge, out| json_enum(out, edge.tie().category),
            "role" => |edge, out| json_enum(out, edge.tie().role),
            "isSynthetic" => |edge, out| json(out, &edge.tie().is_synthetic),
            _ => return None,
        })
    }
}

#[Object(use_type_description)]
impl NetworkEdge {
    /// Stable id of the tie, for a client's store; `node` does not know it: ask for the record.
    async fn id(&self) -> ID {
        NodeId::new(EDGE, Key(self)).id()
    }

    /// What ties the two [tipo di legame].
    async fn kind(&self) -> TieKind {
        self.tie().kind
    }

    /// Global id of the node where it starts: always a body.
    async fn from(&self) -> ID {
        node_id(self.view.snapshot.node(self.tie().from)).id()
    }

    /// Global id of the node where it leads.
    async fn to(&self) -> ID {
        node_id(self.view.snapshot.node(self.tie().to)).id()
    }

    /// First day on which it holds; null where it has always held.
    async fn valid_from(&self) -> Option<Date> {
        self.tie().period.from().map(Date)
    }

    /// Last day on which it holds; null while it does.
    async fn valid_until(&self) -> Option<Date> {
        self.tie().period.until().map(Date)
    }

    /// Kind of the record that it follows from.
    async fn record_kind(&self) -> TieRecordKind {
        self.tie().record_kind
    }

    /// Global id of the record that it follows from: `node` finds it.
    async fn record_id(&self) -> ID {
        self.record_node().id()
    }

    /// Of a seat, its category of art. 57 DPR 394/1999 [categoria].
    async fn category(&self) -> Option<SeatCategory> {
        self.tie().category
    }

    /// Of a part in a project, its role [ruolo].
    async fn role(&self) -> Option<ProjectRole> {
        self.tie().role
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.tie().is_synthetic
    }

    /// The record that it follows from; null where it has just been removed.
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<relay::Node>> {
        relay::node(Graph::of(ctx), &self.record_node()).await
    }
}
