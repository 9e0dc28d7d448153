use std::sync::Arc;

use async_graphql::{Description, ID, Object};

use super::{NetworkEdge, NetworkNode, node};
use crate::councils::model::SeatCategory;
use crate::graphql::flat::{Flat, FlatList, Writer, json_date, json_enum};
use crate::graphql::scalars::Date;
use crate::network::difference::Difference;
use crate::network::model::{Tie, TieKind};
use crate::network::view::View;
use crate::projects::model::ProjectRole;

/// What changed in a part of the network between two days [differenza].
#[derive(Description)]
pub struct NetworkDifference {
    pub then: (Date, Arc<View>),
    pub now: (Date, Arc<View>),
    pub difference: Difference,
}

/// Two nodes that are tied by the same kind of tie on both days, but by another record, or in another category or role
/// [legame mutato].
#[derive(Description)]
pub struct NetworkEdgeChange {
    view: Arc<View>,
    then: u32,
    now: u32,
}

impl NetworkEdgeChange {
    fn then(&self) -> &Tie {
        self.view.snapshot.tie(self.then)
    }

    fn now(&self) -> &Tie {
        self.view.snapshot.tie(self.now)
    }
}

impl Flat for NetworkEdgeChange {
    fn writer(field: &str) -> Option<Writer<Self>> {
        Some(match field {
            "kind" => |change, out| json_enum(out, Some(change.now().kind)),
            "from" => |change, out| node::write_id(change.view.snapshot.node(change.now().from), out),
            "to" => |change, out| node::write_id(change.view.snapshot.node(change.now().to), out),
            "validUntilThen" => |change, out| json_date(out, change.then().period.until()),
            "validFromNow" => |change, out| json_date(out, change.now().period.from()),
            "categoryThen" => |change, out| json_enum(out, change.then().category),
            "categoryNow" => |change, out| json_enum(out, change.now().category),
            "roleThen" => |change, out| json_enum(out, change.then().role),
            "roleNow" => |change, out| json_enum(out, change.now().role),
            _ => return None,
        })
    }
}

#[Object(use_type_description)]
impl NetworkEdgeChange {
    /// What ties the two.
    async fn kind(&self) -> TieKind {
        self.now().kind
    }

    /// Global id of the node where the tie starts.
    async fn from(&self) -> ID {
        node::node_id(self.view.snapshot.node(self.now().from)).id()
    }

    /// Global id of the node where it leads.
    async fn to(&self) -> ID {
        node::node_id(self.view.snapshot.node(self.now().to)).id()
    }

    /// Last day of the former tie.
    async fn valid_until_then(&self) -> Option<Date> {
        self.then().period.until().map(Date)
    }

    /// First day of the tie that took its place.
    async fn valid_from_now(&self) -> Option<Date> {
        self.now().period.from().map(Date)
    }

    /// Category of the former seat.
    async fn category_then(&self) -> Option<SeatCategory> {
        self.then().category
    }

    /// Category of the seat that took its place.
    async fn category_now(&self) -> Option<SeatCategory> {
        self.now().category
    }

    /// Role of the former part in a project.
    async fn role_then(&self) -> Option<ProjectRole> {
        self.then().role
    }

    /// Role of the part that took its place.
    async fn role_now(&self) -> Option<ProjectRole> {
        self.now().role
    }
}

/// Lists hold up to 1,000 items when records are asked for; else as many as make 32 MiB of JSON.
#[Object(use_type_description)]
impl NetworkDifference {
    /// The earlier day.
    async fn then(&self) -> Date {
        self.then.0
    }

    /// The later day.
    async fn now(&self) -> Date {
        self.now.0
    }

    /// Nodes that are there now and were not then.
    async fn appeared_nodes(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.now.1, &self.difference.appeared_nodes)
    }

    /// Nodes that were there then and are not now.
    async fn ended_nodes(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.then.1, &self.difference.ended_nodes)
    }

    /// Ties that hold now, between two that were not tied so then.
    async fn appeared_edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.now.1, &self.difference.appeared_ties)
    }

    /// Ties that held then, between two that are not tied so now.
    async fn ended_edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.then.1, &self.difference.ended_ties)
    }

    /// Ties that hold on both days by different records, or in another category or role.
    async fn changed_edges(&self) -> FlatList<NetworkEdgeChange> {
        let change = |(then, now): &(u32, u32)| NetworkEdgeChange { view: self.now.1.clone(), then: *then, now: *now };
        FlatList(self.difference.changed_ties.iter().map(change).collect())
    }

    /// How many nodes appeared.
    async fn appeared_node_count(&self) -> usize {
        self.difference.appeared_nodes.len()
    }

    /// How many nodes ended.
    async fn ended_node_count(&self) -> usize {
        self.difference.ended_nodes.len()
    }

    /// How many ties appeared.
    async fn appeared_edge_count(&self) -> usize {
        self.difference.appeared_ties.len()
    }

    /// How many ties ended.
    async fn ended_edge_count(&self) -> usize {
        self.difference.ended_ties.len()
    }

    /// How many ties changed.
    async fn changed_edge_count(&self) -> usize {
        self.difference.changed_ties.len()
    }
}
