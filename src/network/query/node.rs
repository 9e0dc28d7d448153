use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};

use crate::access::Level;
use crate::agreements::query::AGREEMENT;
use crate::graphql::flat::{Flat, FlatList, Writer, json, json_enum};
use crate::graphql::{Graph, NodeId, Result};
use crate::network::model::{NetworkNodeKind, Node};
use crate::network::view::View;
use crate::organisations::model::OrganisationKind;
use crate::organisations::query as organisations;
use crate::plans::query::INTERVENTION;
use crate::projects::query::PROJECT;
use crate::relay::query as relay;
use crate::territory::query::PROVINCE;

/// A node of the network: a body, province, project, agreement or intervention [nodo].
#[derive(Description)]
pub struct NetworkNode {
    pub view: Arc<View>,
    /// Place in the snapshot.
    pub index: u32,
}

/// Kind of the global ids of a node's records.
pub fn id_kind(kind: NetworkNodeKind) -> &'static str {
    match kind {
        NetworkNodeKind::Organisation => organisations::NODE,
        NetworkNodeKind::Province => PROVINCE,
        NetworkNodeKind::Project => PROJECT,
        NetworkNodeKind::Agreement => AGREEMENT,
        NetworkNodeKind::Intervention => INTERVENTION,
    }
}

/// A province's ISTAT code.
pub struct Code(pub u16);

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:03}", self.0)
    }
}

/// Writes the global id of a node's record.
pub fn write_id(node: &Node, out: &mut Vec<u8>) {
    match node.province {
        Some(number) if node.kind == NetworkNodeKind::Province => NodeId::write_json(PROVINCE, Code(number), out),
        _ => NodeId::write_json(id_kind(node.kind), node.id, out),
    }
}

/// The global id of a node's record.
pub fn node_id(node: &Node) -> NodeId {
    match node.province {
        Some(number) if node.kind == NetworkNodeKind::Province => NodeId::new(PROVINCE, Code(number)),
        _ => NodeId::new(id_kind(node.kind), node.id),
    }
}

impl NetworkNode {
    pub fn list(view: &Arc<View>, nodes: &[u32]) -> FlatList<Self> {
        FlatList(nodes.iter().map(|index| Self { view: view.clone(), index: *index }).collect())
    }

    fn node(&self) -> &Node {
        self.view.snapshot.node(self.index)
    }

    fn code(&self) -> Option<String> {
        self.node().province.map(|number| Code(number).to_string())
    }
}

impl Flat for NetworkNode {
    fn writer(field: &str) -> Option<Writer<Self>> {
        Some(match field {
            "id" => |node, out| write_id(node.node(), out),
            "kind" => |node, out| json_enum(out, Some(node.node().kind)),
            "organisationKind" => |node, out| json_enum(out, node.node().organisation),
            "level" => |node, out| json_enum(out, node.node().organisation.map(OrganisationKind::level)),
            "name" => |node, out| json(out, &node.view.snapshot.name(node.index)),
            "province" => |node, out| json(out, &node.code()),
            "isSynthetic" => |node, out| json(out, &node.node().is_synthetic),
            "degree" => |node, out| json(out, &node.view.degree(node.index)),
            _ => return None,
        })
    }
}

#[Object(use_type_description)]
impl NetworkNode {
    /// Global id of its record.
    async fn id(&self) -> ID {
        node_id(self.node()).id()
    }

    /// What it stands for [tipo di nodo].
    async fn kind(&self) -> NetworkNodeKind {
        self.node().kind
    }

    /// Kind of body; null where it is none [tipo di ente].
    async fn organisation_kind(&self) -> Option<OrganisationKind> {
        self.node().organisation
    }

    /// Level of governance that the body acts at; null where it is none [livello].
    async fn level(&self) -> Option<Level> {
        self.node().organisation.map(OrganisationKind::level)
    }

    /// Name or title.
    async fn name(&self) -> &str {
        self.view.snapshot.name(self.index)
    }

    /// ISTAT code of the province where it is seated, is for, or which it is [provincia].
    async fn province(&self) -> Option<String> {
        self.code()
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.node().is_synthetic
    }

    /// How many ties of the kinds asked for it has on that day that the caller may see, also to nodes beyond this answer
    /// [grado].
    async fn degree(&self) -> usize {
        self.view.degree(self.index)
    }

    /// The record that it stands for; null where it has just been removed.
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<relay::Node>> {
        relay::node(Graph::of(ctx), &node_id(self.node())).await
    }
}
