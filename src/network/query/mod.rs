//! The network in the graph.

mod affiliation;
mod change;
mod difference;
mod edge;
pub mod export;
mod measure;
mod node;
mod provinces;
mod question;
mod root;
mod structure;
mod timeline;

use std::sync::Arc;

use async_graphql::{Context, Description, Object, SimpleObject};
use uuid::Uuid;

use super::affiliation::Affiliation;
use super::analysis::Deadline;
use super::difference::Difference;
use super::export::Format;
use super::model::{NetworkMetric, NetworkNodeKind};
use super::shape::Shape;
use super::study::study;
use super::view::{Found, Part, View};
use crate::graphql::flat::FlatList;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::query as organisations;

pub use affiliation::{NetworkBroker, NetworkTwoMode};
pub use change::{NetworkChange, NetworkSubscription};
pub use difference::NetworkDifference;
pub use edge::NetworkEdge;
pub use export::NetworkExport;
pub use measure::NetworkMeasure;
pub use node::{NetworkNode, node_id};
pub use provinces::ProvinceNetwork;
pub use question::{Narrowing, NetworkScope};
pub use root::NetworkQuery;
pub use structure::NetworkStructure;
pub use timeline::NetworkTimeline;

/// A part of the coordination network on a day, as the caller may see it [rete di coordinamento].
#[derive(Clone, Description)]
pub struct Network {
    scope: NetworkScope,
    narrowing: Narrowing,
    pub view: Arc<View>,
    pub part: Part,
    pub as_of: Date,
    pub found: Arc<Found>,
}

/// How many nodes of a kind are not in an answer, though tied to it [esclusi].
#[derive(SimpleObject)]
pub struct LeftOut {
    /// Their kind.
    kind: NetworkNodeKind,
    /// How many.
    count: usize,
}

/// A step of a path: two nodes and all ties between them.
#[derive(SimpleObject)]
pub struct NetworkPathStep {
    /// Where the step starts.
    from: NetworkNode,
    /// Where it leads.
    to: NetworkNode,
    /// Every tie between the two on that day that the caller may see, whichever way it points [legami].
    edges: FlatList<NetworkEdge>,
}

/// A connection between two nodes on a day [percorso].
#[derive(SimpleObject)]
pub struct NetworkPath {
    /// Data version of the network that it was found in.
    version: i64,
    /// The day.
    as_of: Date,
    /// How many steps it has; 0 from a node to itself.
    length: i32,
    /// Its steps, from the start to the end.
    steps: Vec<NetworkPathStep>,
}

/// What lies around a body, as its type shows it; `None` where the viewer may not see the body.
pub async fn around(graph: &Graph, organisation: Uuid, narrowing: Narrowing) -> Result<Option<Network>> {
    let scope = NetworkScope::Around(NodeId::new(organisations::NODE, organisation).id());
    question::network(graph, scope, narrowing).await
}

/// Up to so many shortest ways between two nodes.
async fn paths(graph: &Graph, from: &str, to: &str, count: usize, narrowing: &Narrowing) -> Result<Vec<NetworkPath>> {
    let (view, as_of) = question::view(graph, narrowing)?;
    let view = Arc::new(view);
    let ends = (question::find(&view.snapshot, from)?, question::find(&view.snapshot, to)?);
    let (Some(from), Some(to)) = ends else { return Ok(Vec::new()) };
    let ways = if count == 1 {
        let way = question::in_turn(graph, || view.path(from, to, &Deadline::none())).await?;
        way.into_iter().collect()
    } else {
        let view = view.clone();
        study(move |deadline| view.paths(from, to, count, deadline)).await?
    };
    let node = |index| NetworkNode::new(&view, index);
    let step = |ends: &[u32]| NetworkPathStep {
        from: node(ends[0]),
        to: node(ends[1]),
        edges: NetworkEdge::list(&view, &view.between(ends[0], ends[1])),
    };
    let path = |nodes: Vec<u32>| NetworkPath {
        version: view.snapshot.version,
        as_of,
        length: nodes.len() as i32 - 1,
        steps: nodes.windows(2).map(step).collect(),
    };
    Ok(ways.into_iter().map(path).collect())
}

impl Network {
    fn shape(&self) -> Arc<Shape> {
        self.view.snapshot.shapes().get(&self.view, &self.part, &self.found)
    }

    /// What changed between another day and its own.
    fn since(&self, since: Date) -> NetworkDifference {
        let view = Arc::new(self.view.on(super::model::day(since.0)));
        let other = (since, view.clone(), Arc::new(view.find(&self.part)));
        let now = (self.as_of, self.view.clone(), self.found.clone());
        let (then, now) = if since.0 <= self.as_of.0 { (other, now) } else { (now, other) };
        let difference = Difference::between(&self.view.snapshot, &then.2, &now.2);
        NetworkDifference { then: (then.0, then.1), now: (now.0, now.1), difference }
    }
}

#[Object(use_type_description)]
impl Network {
    /// Data version that it shows, to be held against `dataVersion`: a change is here as soon as what it touched was
    /// read again, as a rule within milliseconds of its commit [versione dei dati].
    async fn version(&self) -> i64 {
        self.view.snapshot.version
    }

    /// The day.
    async fn as_of(&self) -> Date {
        self.as_of
    }

    /// Its nodes, always in the same order. Up to 1,000 when their records are asked for; else as many as
    /// make, with all such lists of the request, 32 MiB of JSON [nodi].
    async fn nodes(&self, ctx: &Context<'_>) -> Result<FlatList<NetworkNode>> {
        let selected = ctx.look_ahead();
        if !selected.field("x").exists() && !selected.field("y").exists() {
            return Ok(NetworkNode::list(&self.view, &self.found.nodes));
        }
        let shape = self.shape();
        shape.draw(&self.view, &self.part).await?;
        Ok(NetworkNode::drawn(&self.view, &shape))
    }

    /// All ties among its nodes, always in the same order. Up to 1,000 when their records are asked for;
    /// else as many as make, with all such lists of the request, 32 MiB of JSON [legami].
    async fn edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.view, &self.found.ties)
    }

    /// How many nodes it has.
    async fn node_count(&self) -> usize {
        self.found.nodes.len()
    }

    /// How many ties it has.
    async fn edge_count(&self) -> usize {
        self.found.ties.len()
    }

    /// What is tied to its nodes on that day and may be seen by the caller, but is not among them: too many steps away, or
    /// of what was not asked for. Kinds of which nothing was left out are left out [nodi esclusi].
    async fn left_out(&self, ctx: &Context<'_>) -> Vec<LeftOut> {
        let counts = question::in_turn(Graph::of(ctx), || self.view.left_out(&self.found)).await;
        let kinds = NetworkNodeKind::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
        kinds.map(|(kind, count)| LeftOut { kind: *kind, count }).collect()
    }

    /// The same from afar: its provinces as single nodes, with what each holds and how much ties them to each other
    /// [rete delle province].
    async fn by_province(&self, ctx: &Context<'_>) -> ProvinceNetwork {
        question::in_turn(Graph::of(ctx), || ProvinceNetwork::of(self)).await
    }

    /// How it stood at the beginning of each month, from the month of one day to that of another: 600 months at the
    /// most [serie storica]. What belongs to the part is found anew for each month.
    async fn timeline(
        &self,
        #[graphql(desc = "A day of the first month.")] from: Date,
        #[graphql(desc = "A day of the last month; this answer's day when left out.")] until: Option<Date>,
    ) -> Result<NetworkTimeline> {
        timeline::timeline(self, from, until.unwrap_or(self.as_of)).await
    }

    /// What changed between another day and this answer's day: what appeared, what ended, what is tied otherwise. The
    /// earlier of the two is `then`, whichever is given [differenza].
    async fn difference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The other day.")] since: Date,
    ) -> Result<NetworkDifference> {
        let since = question::checked(since)?;
        Ok(question::in_turn(Graph::of(ctx), || self.since(since)).await)
    }

    /// A value for each of its nodes, which measures their place in it [misura]. Worked out over what the caller may see
    /// of this part on this day, on the network of who is tied to whom, whichever way a tie points.
    ///
    /// Kept until the data change. Errors: `TIMEOUT` where it would take more than 10 seconds.
    async fn measure(&self, #[graphql(desc = "What to measure.")] metric: NetworkMetric) -> Result<NetworkMeasure> {
        let shape = self.shape();
        let measure = shape.measure(metric).await?;
        Ok(NetworkMeasure { view: self.view.clone(), found: self.found.clone(), metric, measure })
    }

    /// How it holds together: density, parts, communities, bridges [struttura].
    async fn structure(&self) -> NetworkStructure {
        NetworkStructure { network: self.clone(), shape: self.shape() }
    }

    /// Bodies on one side, on the other what they take part in; and who shares how much with whom [rete bimodale].
    async fn two_mode(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what bodies take part in of these kinds; all when left out.")] through: Option<
            Vec<Affiliation>,
        >,
    ) -> NetworkTwoMode {
        question::in_turn(Graph::of(ctx), || NetworkTwoMode::of(self, through)).await
    }

    /// The bodies that stand most often between two others which have nothing in common themselves, with the roles in
    /// which they do: within a level of governance or between levels. Two bodies have something in common where both
    /// take part in a project, council, agreement or intervention [intermediari].
    ///
    /// Errors: `LIMIT_EXCEEDED` where more than 500,000 pairs have something in common.
    async fn brokers(
        &self,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
    ) -> Result<Vec<NetworkBroker>> {
        NetworkBroker::list(self, first).await
    }

    /// The same as a file: an address that ends after 5 minutes [esportazione]. A client needs the scope `network:export`.
    async fn export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the file is written.")] format: Format,
    ) -> Result<NetworkExport> {
        NetworkExport::of(Graph::of(ctx), self.question(), format).await
    }
}
